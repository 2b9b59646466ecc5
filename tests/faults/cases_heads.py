"""Odd series of heads: through scores, pairs, what a head does alone, and the nulls."""

from __future__ import annotations

from typing import Any

import numpy as np
import xarray as xr

from faults.data import case, never_infinite, same, series, undefined, with_head
from synergycore import heads, nulls


def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def only_head_is_undefined(found: xr.Dataset) -> bool:
    """Head (1, 0) of prompt 0 is NaN and nothing else is."""
    expected = np.zeros(found.sts.shape, dtype=bool)
    expected[0, 1, 0] = True
    return all((np.isnan(found[name].values) == expected).all() for name in ("sts", "rtr", "tdmi"))


def without_head(found: xr.Dataset) -> bool:
    """The other heads of that prompt have the scores that they have without it."""
    first = series().isel(prompt=[0])
    flat = first.stack(unit=("layer", "head")).isel(unit=[0, 1, 3, 4, 5])
    alone = xr.DataArray(
        flat.transpose("prompt", "unit", "step").values[:, :, None], dims=first.dims
    )
    others = found.sts[0].values.ravel()[[0, 1, 3, 4, 5]]
    return only_head_is_undefined(found) and same(others, heads.scores(alone).sts.values.ravel())


def cut(prompt: int, steps: int) -> xr.DataArray:
    """`series()` with one text that ends after `steps`."""
    made = series()
    made[prompt, :, :, steps:] = np.nan
    return made


def as_alone(found: xr.Dataset) -> bool:
    """The cut prompt has the scores of its own series, and the others theirs."""
    alone = heads.scores(series().isel(prompt=[1], step=slice(0, 50)))
    whole = heads.scores(series())
    return same(found.isel(prompt=[1]), alone) and same(found.isel(prompt=0), whole.isel(prompt=0))


def of(norms: Any, **options: Any):
    return lambda: heads.scores(norms, **options)


TIME = np.arange(80.0)
PAIRS = heads.pairs(series())
ENTRANCES = {
    "scores": heads.scores,
    "pairs": heads.pairs,
    "autocorrelation": heads.autocorrelation,
    "drift": heads.drift,
    "excess synergy": nulls.excess_synergy,
    "cross-prompt": nulls.cross_prompt,
    "detrended": nulls.detrended,
    "scattered prompts": lambda norms: nulls.scatter_prompts(norms, rng()),
    "differenced": lambda norms: nulls.prepare(norms, "differenced"),
}
WRONG = {
    "one prompt taken out": (series().isel(prompt=0), "prompt"),
    "time for step": (series().rename(step="time"), "time"),
    "a bare array": (series().values, "ndarray"),
    "a whole recording": (xr.Dataset({"z_norm": series()}), "Dataset"),
    "complex numbers": (series().astype(complex), "complex"),
}
SHAPES = [
    case(f"{entrance}: {what}", lambda f=f, norms=norms: f(norms), named)
    for entrance, f in ENTRANCES.items()
    for what, (norms, named) in WRONG.items()
]
DATA = [
    case("words for numbers", of(series().astype(str)), "dtype"),
    case("a dimension too many", of(series().expand_dims(sample=2)), "sample"),
    case("no prompts", of(series().isel(prompt=[])), "prompt"),
    case("no heads", of(series().isel(head=[])), "head"),
    case("no steps", of(series().isel(step=[])), "step"),
    case("another order of dimensions", of(series().transpose(...,"prompt")),
         right=lambda found: same(found, heads.scores(series()))),
    case("whole numbers", of((100 * series()).astype(int)),
         right=lambda found: same(found, heads.scores((100 * series()).astype(int).astype(float)))),
    case("one head", of(series(heads=1, layers=1)), right=lambda found: undefined(found.sts)),
    case("a constant head", of(with_head(0.1)), right=without_head),
    case("a head of zeros", of(with_head(0.0)), right=without_head),
    case("a NaN head", of(with_head(np.nan)), right=without_head),
    case("one NaN within", of(with_head([*TIME[:40] % 7, np.nan, *TIME[41:] % 5])),
         right=without_head),
    case("one infinity within", of(with_head([*TIME[:40] % 7, np.inf, *TIME[41:] % 5])),
         right=without_head),
    case("constant but for the last digit", of(with_head(1 + 1e-15 * rng().normal(size=80))),
         right=without_head),
    case("a prompt of NaN", of(cut(1, 0)), right=lambda f: undefined(f.sts[1]) and
         same(f.isel(prompt=0), heads.scores(series()).isel(prompt=0))),
    case("texts of two lengths", of(cut(1, 50)), right=as_alone),
    case("a text of three steps", of(cut(1, 3)), right=lambda found: undefined(found.sts[1])),
    case("too short series", of(series(steps=4)), right=lambda found: undefined(found.sts)),
    case("two heads alike", of(with_head(series()[0, 0, 0])), right=never_infinite),
    case("two heads opposed", of(with_head(-series()[0, 0, 0])), right=never_infinite),
    case("all heads alike", of(0 * series() + np.sin(xr.DataArray(TIME, dims="step"))),
         right=lambda found: undefined(found.sts)),
    case("1e300 times as large", of(1e300 * series()),
         right=lambda found: same(found, heads.scores(series()), 1e-6)),
    case("1e-290 times as large", of(1e-290 * series()),
         right=lambda found: same(found, heads.scores(series()), 1e-6)),
    case("tau 0", of(series(), tau=0), "tau", "0"),
    case("tau −1", of(series(), tau=-1), "tau", "-1"),
    case("tau 1.5", of(series(), tau=1.5), "tau", "1.5"),
    case("tau True", of(series(), tau=True), "tau", "True"),
    case("tau as text", of(series(), tau="1"), "tau", "'1'"),
    case("tau beyond the series", of(series(), tau=80), right=lambda f: undefined(f.sts)),
    case("unknown estimator", of(series(), estimator="Gauss"), "Gauss", "gaussian"),
    case("unknown redundancy", of(series(), redundancy="min"), "min", "mmi"),
]  # fmt: skip
ALONE = [
    case(f"autocorrelation at tau {tau!r}", lambda tau=tau: heads.autocorrelation(series(), tau=tau),
         "tau", repr(tau))
    for tau in (0, -1, 1.5)
] + [
    case("autocorrelation beyond the series", lambda: heads.autocorrelation(series(), tau=90),
         right=undefined),
    case("autocorrelation of a constant", lambda: heads.autocorrelation(with_head(0.1)),
         right=lambda r: undefined(r[0, 1, 0]) and np.isfinite(r).sum() == r.size - 1),
    case("autocorrelation of 1e300", lambda: heads.autocorrelation(1e300 * series()),
         right=lambda r: same(r, heads.autocorrelation(series()), 1e-6)),
    case("drift of one step", lambda: heads.drift(series(steps=1)), right=undefined),
    case("drift around zero", lambda: heads.drift(with_head(TIME - TIME.mean())),
         right=never_infinite),
    case("drift of a head of zeros", lambda: heads.drift(with_head(0.0)),
         right=lambda found: undefined(found[0, 1, 0])),
    case("ratio of nothing", lambda: heads.ratio(0 * heads.scores(series())), right=undefined),
    case("units that are no pairs", lambda: heads.of_units(series()), "unit"),
    case("scaling a flat profile", lambda: heads.min_max(xr.DataArray([1.0, 1.0], dims="layer")),
         right=undefined),
    case("smoothing three layers",
         lambda: heads.published_smoothing(xr.DataArray([1.0, 2, 3], dims="layer")),
         right=undefined),
]  # fmt: skip
NULLS = [
    case("unknown preparation", lambda: nulls.prepare(series(), "difference"), "difference"),
    case("a constant head detrended", lambda: heads.scores(nulls.prepare(with_head(0.1), "detrended")),
         right=only_head_is_undefined),
    case("a straight head detrended",
         lambda: heads.scores(nulls.prepare(with_head(0.1 * TIME), "detrended")),
         right=only_head_is_undefined),
    case("a straight head differenced",
         lambda: heads.scores(nulls.prepare(with_head(0.1 * TIME), "differenced")),
         right=only_head_is_undefined),
    case("one step differenced", lambda: nulls.prepare(series(steps=1), "differenced"),
         right=lambda found: found.sizes["step"] == 0),
    case("detrended with a gap", lambda: nulls.detrended(cut(1, 50)),
         right=lambda found: np.isnan(found[1, :, :, 50:]).all() and np.isfinite(found[0]).all()),
    case("excess at tau 0", lambda: nulls.excess_synergy(series(), tau=0), "tau", "0"),
    case("excess of a constant head", lambda: nulls.excess_synergy(with_head(0.1)).excess,
         right=lambda found: undefined(found[0, 1, 0])),
    case("excess of too short series", lambda: nulls.excess_synergy(series(steps=3)).excess,
         right=undefined),
    case("excess beyond the series", lambda: nulls.excess_synergy(series(), tau=90).excess,
         right=undefined),
    case("cross-prompt of one prompt", lambda: nulls.cross_prompt(series(1)), "2 prompts"),
    case("cross-prompt with itself", lambda: nulls.cross_prompt(series(), shift=3), "shift", "3"),
    case("cross-prompt shifted by 0", lambda: nulls.cross_prompt(series(), shift=0), "shift", "0"),
    case("cross-prompt shifted by more than all", lambda: nulls.cross_prompt(series(), shift=4),
         right=lambda found: same(found, nulls.cross_prompt(series(), shift=1))),
    case("cross-prompt at tau 0", lambda: nulls.cross_prompt(series(), tau=0), "tau", "0"),
    case("distance-matched of all prompts", lambda: nulls.distance_matched(PAIRS, 5, rng()), "prompt"),
    case("distance-matched without layers",
         lambda: nulls.distance_matched(PAIRS.mean("prompt").drop_vars("layer"), 5, rng()), "layer"),
    case("distance-matched without draws",
         lambda: nulls.distance_matched(PAIRS.mean("prompt"), 0, rng()), "0"),
    case("self-prediction from other prompts",
         lambda: nulls.self_prediction(PAIRS, heads.autocorrelation(series(2))), "prompt"),
    case("self-prediction of prompts in another order",
         lambda: nulls.self_prediction(PAIRS, heads.autocorrelation(series())[::-1]).sts,
         right=lambda found: same(
             found, nulls.self_prediction(PAIRS, heads.autocorrelation(series())).sts)),
    case("self-prediction of a straight head",
         lambda: nulls.self_prediction(PAIRS, 0 * heads.autocorrelation(series()) + 1),
         right=never_infinite),
]  # fmt: skip
CASES = SHAPES + DATA + ALONE + NULLS
