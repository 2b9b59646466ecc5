"""Intervals over prompts, contrasts over depth, change points: arrays in, numbers out.

A *profile* is an array (..., layer); leading axes are bootstrap samples or null draws, so that a
statistic and its whole distribution are one call. All statistics are in the unit of the profile
unless the docstring says otherwise.
"""

from __future__ import annotations

import zlib

import numpy as np
from scipy import stats as scipy_stats

LEVEL = 0.95  # of every interval in the book


def generator(seed: int, claim: int, name: str, *places: int) -> np.random.Generator:
    """The random numbers of one draw: its own, whatever was drawn before or beside it.

    `claim` is the claim that the draw serves, 0 where several share it; `name` says which draw,
    and `places` which part of it (a prompt, a graph).
    """
    return np.random.default_rng([seed, claim, zlib.crc32(name.encode()), *places])


def bootstrap_weights(count: int, samples: int, rng: np.random.Generator) -> np.ndarray:
    """Weights (samples, count) of a bootstrap over `count` prompts; each row sums to one."""
    draws = rng.multinomial(count, np.full(count, 1 / count), size=samples)
    return draws / count


def weighted_mean(weights: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Mean over prompts (samples, ...) of `values` (prompt, ...), leaving NaN out."""
    flat = values.reshape(len(values), -1)
    known = np.isfinite(flat)
    total = weights @ np.where(known, flat, 0.0)
    share = weights @ known.astype(float)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(share > 0, total / share, np.nan)
    return mean.reshape(len(weights), *values.shape[1:])


def interval(draws: np.ndarray, level: float = LEVEL) -> tuple[float, float]:
    """Percentile interval of `draws` (samples,); NaN where no draw is finite."""
    finite = draws[np.isfinite(draws)]
    if finite.size == 0:
        return float("nan"), float("nan")
    low, high = np.quantile(finite, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def band(draws: np.ndarray, level: float = LEVEL) -> tuple[np.ndarray, np.ndarray]:
    """Pointwise percentile band (low, high), each (...), of `draws` (samples, ...)."""
    low, high = np.nanquantile(draws, [(1 - level) / 2, (1 + level) / 2], axis=0)
    return low, high


def thirds(profile: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Means (...) over the early, middle and late third of the layers of `profile` (..., layer)."""
    early, middle, late = np.array_split(np.arange(profile.shape[-1]), 3)
    return tuple(np.nanmean(profile[..., part], axis=-1) for part in (early, middle, late))


def rise(profile: np.ndarray) -> np.ndarray:
    """How far the middle third lies above the higher end: min(mid − early, mid − late)."""
    early, middle, late = thirds(profile)
    return np.minimum(middle - early, middle - late)


def dip(profile: np.ndarray) -> np.ndarray:
    """How far the middle third lies below the lower end: min(early − mid, late − mid)."""
    return rise(-profile)


def enhance_erase_enhance(profile: np.ndarray) -> np.ndarray:
    """The smallest of four numbers that are positive when both ends are, and the middle dips."""
    early, _, late = thirds(profile)
    return np.minimum(np.minimum(early, late), dip(profile))


def mid_minus_ends(profile: np.ndarray) -> np.ndarray:
    """Mean of the middle third minus the mean of the two outer thirds."""
    early, middle, late = thirds(profile)
    return middle - (early + late) / 2


def quadratic_coefficient(profile: np.ndarray) -> np.ndarray:
    """Coefficient of x² in a least-squares parabola over depth x in [−1, 1]."""
    return _parabola(profile)[0]


def _parabola(profile: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Coefficient of x² (...) and fitted values (..., layer)."""
    design = np.vander(np.linspace(-1, 1, profile.shape[-1]), 3)
    coefficients = profile @ np.linalg.pinv(design).T
    return coefficients[..., 0], coefficients @ design.T


def parabola_fit(profile: np.ndarray) -> np.ndarray:
    """Fitted values (..., layer) of the least-squares parabola."""
    return _parabola(profile)[1]


def change_point(profile: np.ndarray) -> np.ndarray:
    """First layer (...) of the second of two constant segments that fit best in least squares."""
    layers = profile.shape[-1]
    costs = [_spread(profile[..., :cut]) + _spread(profile[..., cut:]) for cut in range(1, layers)]
    return np.argmin(np.stack(costs), axis=0) + 1


def two_change_points(profile: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Best two cuts for three constant segments of at least two layers each.

    Returns the first layers of the second and third segment and the residual sum of squares.
    """
    layers = profile.shape[-1]
    cuts = [(i, j) for i in range(2, layers - 3) for j in range(i + 2, layers - 1)]
    costs = np.stack(
        [
            _spread(profile[..., :i]) + _spread(profile[..., i:j]) + _spread(profile[..., j:])
            for i, j in cuts
        ]
    )
    best = np.argmin(costs, axis=0)
    first, second = np.array(cuts)[best].T if best.ndim else np.array(cuts)[best]
    return first, second, costs.min(axis=0)


def _spread(segment: np.ndarray) -> np.ndarray:
    """Sum of squares around the mean, over the last axis."""
    return ((segment - segment.mean(axis=-1, keepdims=True)) ** 2).sum(axis=-1)


def sharpness(profile: np.ndarray) -> np.ndarray:
    """BIC(parabola) − BIC(three constant segments): positive where sharp steps describe better.

    BIC = n ln(RSS/n) + k ln n with n layers; k is 3 for the parabola and 5 (three levels, two
    cuts) for the segments; both also estimate the noise variance.
    """
    n = profile.shape[-1]
    smooth = ((profile - parabola_fit(profile)) ** 2).sum(axis=-1)
    steps = two_change_points(profile)[2]
    return n * np.log(smooth / steps) + (3 - 5) * np.log(n)


def intraclass_correlation(values: np.ndarray) -> np.ndarray:
    """ICC(1) of `values` (..., layer, head): share of variance between layers, bias-corrected."""
    heads = values.shape[-1]
    between = heads * values.mean(axis=-1).var(axis=-1, ddof=1)
    within = values.var(axis=-1, ddof=1).mean(axis=-1)
    return (between - within) / (between + (heads - 1) * within)


def variance_shares(values: np.ndarray) -> dict[str, float]:
    """Two-way analysis of variance of `values` (layer, head): shares of the total sum of squares.

    `head index` is the share explained by a head's position within its layer, `layer` by its
    depth; without replication the rest is interaction and noise together.
    """
    centred = values - values.mean()
    total = (centred**2).sum()
    head = len(values) * (centred.mean(axis=0) ** 2).sum() / total
    layer = values.shape[1] * (centred.mean(axis=1) ** 2).sum() / total
    return {"head index": float(head), "layer": float(layer), "rest": float(1 - head - layer)}


def spearman(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Rank correlation (...) over the last axis of two arrays (..., unit), leaving NaN out."""
    keep = np.isfinite(first) & np.isfinite(second)
    if keep.all():
        x, y = (scipy_stats.rankdata(values, axis=-1) for values in (first, second))
        x, y = (values - values.mean(axis=-1, keepdims=True) for values in (x, y))
        scale = np.sqrt((x**2).sum(axis=-1) * (y**2).sum(axis=-1))
        with np.errstate(invalid="ignore", divide="ignore"):
            return (x * y).sum(axis=-1) / scale
    if first.ndim == 1:
        return spearman(first[keep], second[keep]) if keep.sum() > 1 else np.array(np.nan)
    return np.stack([spearman(a, b) for a, b in zip(first, second, strict=True)])


def shuffled(values: np.ndarray, samples: int, rng: np.random.Generator) -> np.ndarray:
    """`samples` independent permutations (samples, unit) of `values` (unit,)."""
    return rng.permuted(np.tile(values, (samples, 1)), axis=1)


def smooth_resamples(profile: np.ndarray, samples: int, rng: np.random.Generator) -> np.ndarray:
    """Profiles (samples, layer) around the parabola fitted to `profile` (layer,), its noise."""
    fit = parabola_fit(profile)
    noise = np.sqrt(((profile - fit) ** 2).sum() / (profile.size - 3))
    return fit + rng.normal(scale=noise, size=(samples, profile.size))


def half_splits(
    count: int, samples: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Weights (samples, count) of two disjoint halves of `count` prompts, drawn at random."""
    order = rng.permuted(np.tile(np.arange(count), (samples, 1)), axis=1)
    first = order < count // 2
    second = (order >= count // 2) & (order < 2 * (count // 2))
    return first / first.sum(1, keepdims=True), second / second.sum(1, keepdims=True)
