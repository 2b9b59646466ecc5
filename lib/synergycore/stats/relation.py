"""Ranks, correlations and shares of variance of labelled values."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np
import xarray as xr
from scipy.stats import rankdata

from synergycore.stats import checks

UNIT = ("layer", "head")
"""What one head is: its place in the model."""

Dims = Sequence[Hashable]


def rank(values: xr.DataArray, dims: Dims = UNIT) -> xr.DataArray:
    """Ranks over `dims` together, scaled so that the highest of N is 1 and the lowest 1/N.

    NaN where a value is not finite. Raises SynergyError for values without these dimensions.
    """
    checks.labelled(values, dims, "the array to rank")
    return _reshaping(_rank, values, dims).assign_attrs(units="rank fraction")


def _rank(values: np.ndarray) -> np.ndarray:
    finite = np.isfinite(values)
    ranks = rankdata(np.where(finite, values, np.nan), axis=-1, nan_policy="omit")
    with np.errstate(invalid="ignore"):
        return ranks / finite.sum(axis=-1, keepdims=True)


def _reshaping(function, values: xr.DataArray, dims: Dims) -> xr.DataArray:
    """A function of (..., unit) that keeps the shape, over `dims` flattened to units."""

    def flat(array: np.ndarray) -> np.ndarray:
        rest = array.shape[: array.ndim - len(dims)]
        return function(array.reshape(*rest, -1)).reshape(array.shape)

    found = xr.apply_ufunc(flat, values, input_core_dims=[dims], output_core_dims=[dims])
    return found.transpose(*values.dims).drop_attrs()


def shuffled(
    values: xr.DataArray, samples: int, rng: np.random.Generator, dims: Dims = UNIT
) -> xr.DataArray:
    """`samples` independent permutations of `values` over `dims`, with a dimension draw.

    Raises SynergyError for other dimensions, and for fewer than one of `samples`.
    """
    flat = checks.array(values, dims, "the array to shuffle").values
    checks.at_least(1, samples, "draws")
    orders = rng.permuted(np.tile(flat.ravel(), (samples, 1)), axis=1)
    return xr.DataArray(orders.reshape(samples, *flat.shape), dims=("draw", *dims))


def permuted(values: xr.DataArray, rng: np.random.Generator, dims: Dims = UNIT) -> xr.DataArray:
    """`values` (draw, ...) with the places `dims` of every draw in an order of their own.

    Raises SynergyError for other dimensions.
    """
    ordered = checks.array(values, ("draw", *dims), "the array to shuffle")
    flat = ordered.values.reshape(ordered.sizes["draw"], -1)
    return ordered.copy(data=rng.permuted(flat, axis=1).reshape(ordered.shape))


def spearman(first: xr.DataArray, second: xr.DataArray, dims: Dims = UNIT) -> xr.DataArray:
    """Rank correlation over `dims`, leaving out places where one of the two is NaN.

    Raises SynergyError where they have not these dimensions, of the same lengths.
    """
    both = [checks.labelled(one, dims, "an array to correlate") for one in (first, second)]
    checks.same_sizes(dims, *both)

    def flat(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        x, y = np.broadcast_arrays(x, y)
        rest = x.shape[: x.ndim - len(dims)]
        return _spearman(x.reshape(*rest, -1), y.reshape(*rest, -1))

    return xr.apply_ufunc(flat, first, second, input_core_dims=[dims, dims], keep_attrs=False)


def _spearman(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    keep = np.isfinite(x) & np.isfinite(y)
    if keep.all():
        if x.shape[-1] < 2:
            return np.full(x.shape[:-1], np.nan)
        ranks = (rankdata(values, axis=-1) for values in (x, y))
        return pearson(*(values - values.mean(axis=-1, keepdims=True) for values in ranks))
    if x.ndim == 1:
        return _spearman(x[keep], y[keep]) if keep.sum() > 1 else np.array(np.nan)
    return np.stack([_spearman(a, b) for a, b in zip(x, y, strict=True)])


def pearson(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Correlation (...) over the last axis of values that are centred already."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return (x * y).sum(axis=-1) / np.sqrt((x**2).sum(axis=-1) * (y**2).sum(axis=-1))


def intraclass_correlation(values: xr.DataArray) -> xr.DataArray:
    """ICC(1) of `values` (layer, head): share of variance between layers, bias-corrected.

    NaN where all heads are alike. Raises SynergyError for values without these dimensions.
    """
    values = _varying(values)
    heads = values.sizes["head"]
    between = heads * values.mean("head").var("layer", ddof=1)
    within = values.var("head", ddof=1).mean("layer")
    return ((between - within) / (between + (heads - 1) * within)).drop_attrs()


def variance_shares(values: xr.DataArray) -> xr.Dataset:
    """Two-way analysis of variance of `values` (layer, head): shares of the total sum of squares.

    `index` is the share explained by a head's position within its layer, `layer` by its depth;
    without replication the rest is interaction and noise together. NaN where all heads are alike.
    Raises SynergyError for values without these dimensions.
    """
    values = _varying(values)
    centred = values - values.mean(UNIT)
    total = (centred**2).sum(UNIT)
    index = values.sizes["layer"] * (centred.mean("layer") ** 2).sum("head") / total
    layer = values.sizes["head"] * (centred.mean("head") ** 2).sum("layer") / total
    shares = {"index": index, "layer": layer, "rest": 1 - index - layer}
    return xr.Dataset(shares).drop_attrs()


def _varying(values: xr.DataArray) -> xr.DataArray:
    """`values`, NaN where they differ by rounding only: there is no variance to have shares of."""
    checks.labelled(values, UNIT, "the array of heads")
    spread, largest = values.max(UNIT) - values.min(UNIT), abs(values).max(UNIT)
    return values.where(spread > 1e-12 * largest)
