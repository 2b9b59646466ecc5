"""Contrasts over depth, change points and smooth alternatives, of profiles with dimension layer.

All results are in the unit of the profile unless the docstring says otherwise, and keep every
other dimension (draws, additions). Where there are too few layers the answer is NaN.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

import numpy as np
import xarray as xr
from scipy.stats import rankdata

from synergycore.stats import checks
from synergycore.stats.relation import pearson

THIRDS = 3
LEAST_FOR_PARABOLA = 5  # it takes three of them; of four layers only a sign would be left
ROUNDING = 1e-12
"""A profile that varies by less than this share of its largest value is flat."""


def over_layers(function: Callable[..., np.ndarray]) -> Callable[..., xr.DataArray]:
    """Let a function of arrays (..., layer) that reduces the layers take labelled profiles.

    NaN for a profile with a layer that is not finite. Raises SynergyError for profiles without
    layers or of unlike numbers of them.
    """

    def where_defined(*arrays: np.ndarray) -> np.ndarray:
        defined = [np.isfinite(values).all(axis=-1) for values in arrays]
        with np.errstate(invalid="ignore"):
            return np.where(np.logical_and.reduce(defined), function(*arrays), np.nan)

    @wraps(function)
    def labelled(*profiles: xr.DataArray) -> xr.DataArray:
        checks.same_sizes(["layer"], *map(_checked, profiles))
        dims = [["layer"]] * len(profiles)
        return xr.apply_ufunc(where_defined, *profiles, input_core_dims=dims, keep_attrs=False)

    return labelled


def _checked(profile: xr.DataArray) -> xr.DataArray:
    return checks.labelled(profile, ["layer"], "the profile")


def thirds(profile: xr.DataArray) -> tuple[xr.DataArray, xr.DataArray, xr.DataArray]:
    """Means over the early, middle and late third of the layers.

    Raises SynergyError for a profile without layers.
    """
    if _checked(profile).sizes["layer"] < THIRDS:
        nothing = profile.sum("layer") * np.nan
        return nothing, nothing, nothing
    early, middle, late = (
        profile.isel(layer=part).mean("layer")
        for part in np.array_split(np.arange(profile.sizes["layer"]), THIRDS)
    )
    return early, middle, late


def rise(profile: xr.DataArray) -> xr.DataArray:
    """How far the middle third lies above the higher end: min(mid − early, mid − late)."""
    early, middle, late = thirds(profile)
    return xr.ufuncs.minimum(middle - early, middle - late)


def dip(profile: xr.DataArray) -> xr.DataArray:
    """How far the middle third lies below the lower end: min(early − mid, late − mid)."""
    return rise(-_checked(profile))


def mid_minus_ends(profile: xr.DataArray) -> xr.DataArray:
    """Mean of the middle third minus the mean of the two outer thirds."""
    early, middle, late = thirds(profile)
    return middle - (early + late) / 2


def enhance_erase_enhance(profile: xr.DataArray) -> xr.DataArray:
    """The smallest of four numbers that are positive when both ends are, and the middle dips."""
    early, _, late = thirds(profile)
    return xr.ufuncs.minimum(xr.ufuncs.minimum(early, late), dip(profile))


@over_layers
def quadratic_coefficient(profile: np.ndarray) -> np.ndarray:
    """Coefficient of x² in a least-squares parabola over depth x in [−1, 1]."""
    if profile.shape[-1] < THIRDS:
        return np.full(profile.shape[:-1], np.nan)
    return _parabola(profile)[0]


def _parabola(profile: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Coefficient of x² (...) and fitted values (..., layer)."""
    design = np.vander(np.linspace(-1, 1, profile.shape[-1]), 3)
    coefficients = profile @ np.linalg.pinv(design).T
    return coefficients[..., 0], coefficients @ design.T


def parabola_fit(profile: xr.DataArray) -> xr.DataArray:
    """Fitted values over layer of the least-squares parabola."""
    layers = [["layer"]]
    return xr.apply_ufunc(
        lambda values: _parabola(values)[1],
        profile,
        input_core_dims=layers,
        output_core_dims=layers,
    )


@over_layers
def change_point(profile: np.ndarray) -> np.ndarray:
    """First layer of the second of two constant segments that fit best in least squares.

    NaN for a flat profile.
    """
    layers = profile.shape[-1]
    if layers < 2:
        return np.full(profile.shape[:-1], np.nan)
    costs = [_spread(profile[..., :cut]) + _spread(profile[..., cut:]) for cut in range(1, layers)]
    return np.where(_flat(profile), np.nan, np.argmin(np.stack(costs), axis=0) + 1)


def _flat(profile: np.ndarray) -> np.ndarray:
    return np.ptp(profile, axis=-1) <= ROUNDING * np.abs(profile).max(axis=-1)


def _three_segments(profile: np.ndarray) -> np.ndarray:
    """The least squares that three constant segments of two layers or more leave."""
    layers = profile.shape[-1]
    costs = [
        _spread(profile[..., :i]) + _spread(profile[..., i:j]) + _spread(profile[..., j:])
        for i in range(2, layers - 3)
        for j in range(i + 2, layers - 1)
    ]
    return np.min(costs, axis=0)


def _spread(segment: np.ndarray) -> np.ndarray:
    """Sum of squares around the mean, over the last axis."""
    return ((segment - segment.mean(axis=-1, keepdims=True)) ** 2).sum(axis=-1)


@over_layers
def sharpness(profile: np.ndarray) -> np.ndarray:
    """BIC(parabola) − BIC(three constant segments): positive where sharp steps describe better.

    BIC = n ln(RSS/n) + k ln n with n layers; k is 3 for the parabola and 5 (three levels, two
    cuts) for the segments; both also estimate the noise variance. NaN for a flat profile.
    """
    n = profile.shape[-1]
    if n < 2 * THIRDS:
        return np.full(profile.shape[:-1], np.nan)
    smooth = ((profile - _parabola(profile)[1]) ** 2).sum(axis=-1)
    steps = _three_segments(profile)
    with np.errstate(divide="ignore", invalid="ignore"):
        difference = n * np.log(smooth / steps) + (3 - 5) * np.log(n)
    return np.where(_flat(profile), np.nan, difference)


def smooth_resamples(profile: xr.DataArray, samples: int, rng: np.random.Generator) -> xr.DataArray:
    """Profiles (draw, layer) around the parabola fitted to `profile` (layer), with its noise.

    Raises SynergyError for a profile without layers, and for fewer than one of `samples`.
    """
    fit = parabola_fit(_checked(profile))
    checks.at_least(1, samples, "draws")
    layers = profile.sizes["layer"]
    if layers <= THIRDS:
        return xr.full_like(fit, np.nan).expand_dims(draw=samples)
    noise = float(np.sqrt(((profile - fit) ** 2).sum() / (layers - 3)))
    scatter = rng.normal(scale=noise, size=(samples, layers))
    return fit + xr.DataArray(scatter, dims=("draw", "layer"))


@over_layers
def correlation_given_depth(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Correlation of what depth and depth² leave of the ranks of two profiles.

    The partial rank correlation: whether two profiles agree beyond both being high early, late or
    in the middle. NaN for fewer than five layers, and where depth leaves nothing of one of them.
    """
    if first.shape[-1] < LEAST_FOR_PARABOLA:
        return np.full(np.broadcast_shapes(first.shape[:-1], second.shape[:-1]), np.nan)
    return pearson(*(_beyond_depth(rankdata(profile, axis=-1)) for profile in (first, second)))


def _beyond_depth(ranks: np.ndarray) -> np.ndarray:
    """Residuals of the parabola over depth; exact zeros where they are only rounding."""
    left = ranks - _parabola(ranks)[1]
    return np.where(np.abs(left).max(axis=-1, keepdims=True) > 1e-9 * ranks.shape[-1], left, 0.0)
