"""Bad statistics, weights and draws, and odd profiles: through `stats`."""

from __future__ import annotations

import math

import numpy as np
import xarray as xr

from faults.data import case, never_infinite, same, undefined
from synergycore import stats


def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def data(prompts: int = 6) -> xr.DataArray:
    """Scores (prompt, layer, head) of prompts p0, p1, ..."""
    names = [f"p{k}" for k in range(prompts)]
    values = rng().normal(size=(prompts, 6, 2))
    return xr.DataArray(values, dims=("prompt", "layer", "head"), coords={"prompt": names})


def weights(prompts: int = 6, samples: int = 40) -> xr.DataArray:
    return stats.bootstrap_weights(data(prompts), samples, rng())


def mean(values: xr.DataArray) -> xr.DataArray:
    return values.mean(("layer", "head"))


def over(statistic=mean, of=None, by=None):
    return lambda: stats.over_prompts(
        statistic, data() if of is None else of, weights() if by is None else by
    )


def profile(*values: float) -> xr.DataArray:
    return xr.DataArray(np.array(values, dtype=float), dims="layer")


def of_heads(values) -> xr.DataArray:
    return xr.DataArray(np.asarray(values, dtype=float), dims=("layer", "head"))


def like(reference):
    return lambda found: same(found.draws, reference().draws)


FLAT, STEPS = profile(*[0.1] * 12), profile(*[0, 0, 0, 0, 1, 1, 1, 1, 0, 0, 0, 0])
HOLE = profile(*range(6), np.nan, *range(5))
OTHER = weights().assign_coords(prompt=list("abcdef"))
STATISTICS = [
    case("a statistic that keeps the layers", over(lambda x: x.mean("head")), "layer"),
    case("a statistic that returns nothing", over(lambda x: None), "None"),
    case("a statistic that returns a word", over(lambda x: "high"), "high"),
    case("a statistic that returns a dataset", over(lambda x: xr.Dataset({"x": mean(x)})), "Dataset"),
    case("a statistic that returns a bare array", over(lambda x: x.values), "ndarray"),
    case("a statistic that returns a plain number", over(lambda x: float(x.mean())),
         right=lambda found: math.isfinite(found.value)),
    case("a statistic that is always NaN", over(lambda x: mean(x) * np.nan),
         right=lambda found: not found.estimate.defined),
    case("weights of other prompts", over(by=OTHER), "p0"),
    case("weights of fewer prompts", over(by=weights(4)), "4", "6"),
    case("weights of fewer prompts without names", over(by=weights(4).drop_vars("prompt")), "4", "6"),
    case("weights of prompts in another order", over(by=weights()[:, ::-1]), right=like(over())),
    case("weights that are no draws", over(by=weights()[0]), "draw"),
    case("weights as a bare array", over(by=weights().values), "ndarray"),
    case("weights of no draws", over(by=weights()[:0]), "draw"),
    case("data averaged over prompts already", over(of=data().mean("prompt")), "prompt"),
    case("data as a bare array", over(of=data().values), "ndarray"),
    case("data of NaN", over(of=data() * np.nan), right=lambda f: not f.estimate.defined),
    case("weights with NaN", over(by=weights().where(weights() > 0.2)), "weights"),
    case("a bootstrap of one prompt", lambda: stats.bootstrap_weights(1, 40, rng()), "prompts", "1"),
    case("a bootstrap of no prompts", lambda: stats.bootstrap_weights(0, 40, rng()), "prompts", "0"),
    case("a bootstrap without draws", lambda: stats.bootstrap_weights(6, 0, rng()), "0"),
    case("a bootstrap of −5 draws", lambda: stats.bootstrap_weights(6, -5, rng()), "-5"),
    case("a bootstrap of 2.5 draws", lambda: stats.bootstrap_weights(6, 2.5, rng()), "2.5"),
    case("a bootstrap of what has no prompts",
         lambda: stats.bootstrap_weights(profile(1, 2), 40, rng()), "prompt"),
    case("no twins", lambda: stats.over_twins(mean, [], weights(), rng()), "twin"),
    case("twins of other prompts", lambda: stats.over_twins(mean, [data(4)], weights(), rng()), "4"),
    case("a null without draws", lambda: stats.null([], 40, rng()),
         right=lambda found: not found.estimate.defined),
    case("a null of NaN", lambda: stats.null([np.nan] * 9, 40, rng()),
         right=lambda found: not found.estimate.defined),
    case("a null that is undefined in one of five", lambda: stats.null([1, 2, 3, 4, np.nan], 400, rng()),
         right=lambda found: not found.estimate.defined),
    case("a null resampled no times", lambda: stats.null([1, 2], 0, rng()), "0"),
    case("a null per prompt of fewer prompts",
         lambda: stats.null_per_prompt(data(4).isel(layer=0).rename(head="sample"), weights(), rng()),
         "4", "6"),
    case("a null per prompt of other prompts",
         lambda: stats.null_per_prompt(data().isel(layer=0).rename(head="sample"), OTHER, rng()), "p0"),
    case("a null per prompt of NaN",
         lambda: stats.null_per_prompt(np.nan * data().isel(layer=0).rename(head="sample"), weights(),
                                       rng()),
         right=lambda found: not found.estimate.defined),
    case("a null per prompt without samples",
         lambda: stats.null_per_prompt(data().isel(layer=0), weights(), rng()), "sample"),
    case("draws that are none", lambda: stats.Sampled.from_draws([]).estimate,
         right=lambda found: not found.defined),
    case("differences of unlike draws",
         lambda: stats.Sampled(1, np.ones(3)) - stats.Sampled(1, np.ones(4)), "3", "4"),
    case("an interval upside down", lambda: stats.Estimate(1, 2, 0), "2", "0"),
    case("a level of 95", lambda: stats.interval(np.arange(9.0), 95), "95"),
    case("a level of 0", lambda: stats.interval(np.arange(9.0), 0), "level", "0"),
    case("an interval of nothing", lambda: stats.interval(np.array([])), right=undefined),
    case("a band of what has no draws", lambda: stats.band(profile(1, 2)), "draw"),
    case("a seed below zero", lambda: stats.generator(-1, 1, "x"), "seed", "-1"),
    case("a seed of 1.5", lambda: stats.generator(1.5, 1, "x"), "seed", "1.5"),
    case("halves of one prompt", lambda: stats.half_splits(data(1), 9, rng()), "prompts", "1"),
    case("halves of what has no prompts", lambda: stats.half_splits(profile(1), 9, rng()), "prompt"),
]  # fmt: skip
CONTRASTS = {
    "rise": stats.rise, "dip": stats.dip, "middle minus ends": stats.mid_minus_ends,
    "parabola": stats.quadratic_coefficient, "change point": stats.change_point,
    "sharpness": stats.sharpness, "enhance and erase": stats.enhance_erase_enhance,
}  # fmt: skip
DEPTH = [
    *(case(f"{n} without layers", lambda f=f: f(FLAT.rename(layer="depth")), "layer", "depth")
      for n, f in CONTRASTS.items()),
    *(case(f"{n} of a bare array", lambda f=f: f(FLAT.values), "ndarray")
      for n, f in CONTRASTS.items()),
    *(case(f"{n} of one layer", lambda f=f: f(profile(1)), right=undefined)
      for n, f in CONTRASTS.items()),
    *(case(f"{n} of NaN", lambda f=f: f(FLAT * np.nan), right=undefined)
      for n, f in CONTRASTS.items()),
    *(case(f"{n} with one layer undefined", lambda f=f: f(HOLE), right=undefined)
      for n, f in CONTRASTS.items() if f in (stats.change_point, stats.sharpness,
                                             stats.quadratic_coefficient)),
    *(case(f"{n} with one infinite layer", lambda f=f: f(HOLE.fillna(np.inf)), right=undefined)
      for n, f in CONTRASTS.items() if f in (stats.change_point, stats.sharpness,
                                             stats.quadratic_coefficient)),
    case("sharpness of a flat profile", lambda: stats.sharpness(FLAT), right=undefined),
    case("change point of a flat profile", lambda: stats.change_point(FLAT), right=undefined),
    case("sharpness of perfect steps", lambda: stats.sharpness(STEPS), right=lambda f: f > 0),
    case("smooth resamples of NaN", lambda: stats.smooth_resamples(HOLE, 5, rng()), right=undefined),
    case("smooth resamples without draws", lambda: stats.smooth_resamples(STEPS, 0, rng()), "0"),
    case("given depth, nothing is left",
         lambda: stats.correlation_given_depth(profile(*range(9)), STEPS[:9]), right=undefined),
    case("given depth, profiles of unlike length",
         lambda: stats.correlation_given_depth(STEPS, STEPS[:9]), "12", "9"),
]  # fmt: skip
RELATION = [
    case("ranks of NaN", lambda: stats.rank(of_heads([[np.nan] * 3])), right=undefined),
    case("ranks beside an infinity", lambda: stats.rank(of_heads([[1, np.inf, 3]])),
         right=lambda found: same(found, [[1 / 2, np.nan, 1]])),
    case("ranks of equal values", lambda: stats.rank(of_heads([[0.1] * 4])),
         right=lambda found: same(found, [[2.5 / 4] * 4])),
    case("ranks without heads", lambda: stats.rank(profile(1, 2)), "head"),
    case("rank correlation of a constant",
         lambda: stats.spearman(of_heads([[0.1] * 4]), of_heads([[1, 2, 3, 4]])), right=undefined),
    case("rank correlation of one head", lambda: stats.spearman(of_heads([[1]]), of_heads([[2]])),
         right=undefined),
    case("rank correlation of other dimensions",
         lambda: stats.spearman(of_heads([[1, 2]]), profile(1, 2)), "head"),
    case("rank correlation of unlike models",
         lambda: stats.spearman(of_heads([[1, 2, 3]]), of_heads([[1, 2]])), "3", "2"),
    case("rank correlation with infinities",
         lambda: stats.spearman(of_heads([[1, 2, 3, np.inf]]), of_heads([[1, 2, 3, 0]])),
         right=lambda found: same(found, 1.0)),
    case("rank correlation of huge numbers",
         lambda: stats.spearman(of_heads([[1e300, 2e300, 3e300]]), of_heads([[1, 2, 3]])),
         right=lambda found: same(found, 1.0)),
    case("shares of variance of a constant", lambda: stats.variance_shares(of_heads([[0.1] * 3] * 3)).layer,
         right=undefined),
    case("shares of variance of one head", lambda: stats.variance_shares(of_heads([[1], [2]])),
         right=never_infinite),
    case("intraclass correlation of a constant",
         lambda: stats.intraclass_correlation(of_heads([[0.1] * 3] * 3)), right=undefined),
    case("intraclass correlation of one head a layer",
         lambda: stats.intraclass_correlation(of_heads([[1], [2]])), right=undefined),
    case("intraclass correlation without heads",
         lambda: stats.intraclass_correlation(profile(1, 2)), "head"),
    case("shuffling no times", lambda: stats.shuffled(of_heads([[1, 2]]), 0, rng()), "0"),
    case("permuting what has no draws", lambda: stats.permuted(of_heads([[1, 2]]), rng()), "draw"),
]  # fmt: skip
CASES = STATISTICS + DEPTH + RELATION
