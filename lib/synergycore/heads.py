"""From recorded norms to scores of heads: atoms with all partners, and what heads do alone.

A head's score is the mean of an atom over *all* its partners, earlier and later heads alike. The
paper's own scripts average over later heads only; `first_member_scores` reproduces that.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
import xarray as xr

from synergycore import phiid
from synergycore.phiid import windows
from synergycore.progress import track
from synergycore.stats import UNIT, checks, rank

log = logging.getLogger(__name__)

SCORED = ("sts", "rtr", "tdmi")
PAIRED = ("sts", "rtr")


def ordered(norms: xr.DataArray) -> xr.DataArray:
    """`norms` as (prompt, layer, head, step).

    Raises SynergyError unless it is a DataArray of real numbers with these dimensions alone.
    """
    return checks.array(norms, ("prompt", *UNIT, "step"), "norms")


def series_of(norms: xr.DataArray) -> list[np.ndarray]:
    """One array (unit, step) a prompt, unit = layer × heads + head, cut at the end of its text.

    Raises SynergyError as `ordered`.
    """
    values = ordered(norms).values.astype(np.float64)
    return [trim(one.reshape(-1, one.shape[-1])) for one in values]


def trim(series: np.ndarray) -> np.ndarray:
    """Cut the trailing steps of `series` (unit, step) that lie beyond the end of the text."""
    inside = np.isfinite(series).any(axis=0)
    return series[:, : inside.size - np.argmax(inside[::-1])] if inside.any() else series


def scores(
    norms: xr.DataArray, *, tau: int = 1, estimator: str = "gaussian", redundancy: str = "mmi"
) -> xr.Dataset:
    """Scores of every head of `norms` (prompt, layer, head, step): means over all partners, nats.

    Returns (prompt, layer, head): `sts` synergy (Syn→Syn), `rtr` redundancy (Red→Red) and `tdmi`,
    time-delayed mutual information. A head whose series is constant or not finite in a prompt is
    NaN there, never zero, and their number is logged once. Raises SynergyError as `ordered` and
    `phiid.unit_means`.
    """
    options: dict[str, Any] = {"tau": tau, "estimator": estimator, "redundancy": redundancy}
    with phiid.one_count(said=False):  # `report_undefined` names the heads
        found = [
            phiid.unit_means(series, atoms=SCORED, **options)
            for series in track(series_of(norms), "ΦID of all pairs of heads", unit="prompts")
        ]
    scored = by_head(norms, {name: [one[name] for one in found] for name in SCORED})
    report_undefined(scored.sts)
    return scored.assign_attrs(options)


def by_head(norms: xr.DataArray, values: dict[str, list[np.ndarray]]) -> xr.Dataset:
    """Arrays (prompt, unit) as a Dataset (prompt, layer, head), nats, with the names of `norms`."""
    shape = tuple(norms.sizes[name] for name in ("prompt", *UNIT))
    made = {
        name: (("prompt", *UNIT), np.array(rows).reshape(shape), {"units": "nats"})
        for name, rows in values.items()
    }
    return xr.Dataset(made, coords=_of_prompts(norms))


def _of_prompts(norms: xr.DataArray) -> dict[Any, Any]:
    """The names and categories of the prompts."""
    return {name: norms[name] for name in norms.coords if set(norms[name].dims) <= {"prompt"}}


def report_undefined(values: xr.DataArray) -> None:
    """Log how many scores (prompt, layer, head) are NaN, and of which heads."""
    undefined = np.argwhere(~np.isfinite(values.values))
    if len(undefined):
        concerned = sorted({(int(layer), int(head)) for _, layer, head in undefined})
        log.warning(
            "%d of %d prompt × head scores are undefined; (layer, head) concerned: %s",
            len(undefined), values.size, concerned[:10],
        )  # fmt: skip


def pairs(
    norms: xr.DataArray, *, tau: int = 1, estimator: str = "gaussian", redundancy: str = "mmi"
) -> xr.Dataset:
    """Synergy `sts` and redundancy `rtr` of all pairs of heads, (prompt, unit, partner), nats.

    Units are heads layer by layer; coordinates `layer` and `head` say which one a unit is. The
    diagonal and undefined pairs are NaN. Errors as `scores`.
    """
    options: dict[str, Any] = {"tau": tau, "estimator": estimator, "redundancy": redundancy}
    with phiid.one_count():
        found = [
            phiid.decompose_pairs(series, atoms=PAIRED, **options)
            for series in track(series_of(norms), "ΦID of all pairs of heads", unit="prompts")
        ]
    place = np.indices((norms.sizes["layer"], norms.sizes["head"])).reshape(2, -1)
    coords: dict[Any, Any] = {"layer": ("unit", place[0]), "head": ("unit", place[1])}
    coords |= _of_prompts(norms)
    dims, unit = ("prompt", "unit", "partner"), {"units": "nats"}
    made = {name: (dims, np.array([one[name] for one in found]), unit) for name in PAIRED}
    return xr.Dataset(made, coords=coords).assign_attrs(options)


Units = TypeVar("Units", xr.DataArray, xr.Dataset)


def of_units(values: Units) -> Units:
    """`values` (unit, ...) of `pairs` with the two dimensions layer and head in place of unit."""
    checks.coordinates(values, UNIT, "the values of units")
    return values.set_index(unit=list(UNIT)).unstack("unit")


def first_member_scores(matrix: xr.DataArray) -> xr.DataArray:
    """Mean of `matrix` (unit, partner) over *later* partners only, as the public scripts group.

    (layer, head); the last head of the last layer has no later partner and is NaN.
    """
    units = matrix.sizes["unit"]
    later = xr.DataArray(np.triu(np.ones((units, units), bool), 1), dims=("unit", "partner"))
    return of_units(matrix.where(later).mean("partner"))


def rank_difference(scored: xr.Dataset) -> xr.DataArray:
    """rank(synergy) − rank(redundancy), in (−1, 1): the parent paper's (Luppi et al. 2022)."""
    return rank(scored.sts) - rank(scored.rtr)


def difference(scored: xr.Dataset) -> xr.DataArray:
    """rank(synergy − redundancy), in (0, 1]: the score of the public scripts nearest to v1."""
    return rank(scored.sts - scored.rtr)


def ratio(scored: xr.Dataset) -> xr.DataArray:
    """synergy / (synergy + redundancy), dimensionless: how the two balance."""
    share = scored.sts / (scored.sts + scored.rtr)
    return share.assign_attrs(units="dimensionless")


SCORES: dict[str, Callable[[xr.Dataset], xr.DataArray]] = {
    "rank_difference": rank_difference,
    "difference": difference,
    "ratio": ratio,
}
"""The scores by the names that the parameter `score` takes."""

LABELS = {
    "rank_difference": "rank(synergy) − rank(redundancy)",
    "difference": "rank(synergy − redundancy)",
    "ratio": "synergy / (synergy + redundancy)",
}
"""The same scores on axes and in tables."""

BALANCED = {"rank_difference": 0.0, "difference": 0.5, "ratio": 0.5}
"""The score of a head that leans to neither atom, or of the median head."""


def autocorrelation(norms: xr.DataArray, *, tau: int = 1) -> xr.DataArray:
    """Correlation (prompt, layer, head) of every head's norm with itself `tau` steps later.

    NaN where `scores` are. Errors as `scores`.
    """
    lag = windows.checked_tau(tau)
    with phiid.one_count():
        found = [windows.cut(series, lag).own for series in series_of(norms)]
    return by_head(norms, {"r": found}).r.assign_attrs(units="dimensionless")


def drift(norms: xr.DataArray) -> xr.DataArray:
    """Change (prompt, layer, head) over the series along its linear fit, as a share of its mean.

    NaN for a series of one step, and where the mean is zero.
    """
    found = [_drift(series) for series in series_of(norms)]
    return by_head(norms, {"drift": found}).drift.assign_attrs(units="share of the mean")


def _drift(series: np.ndarray) -> np.ndarray:
    if series.shape[1] < 2:
        return np.full(len(series), np.nan)
    time, mean = np.linspace(-0.5, 0.5, series.shape[1]), series.mean(axis=1)
    slope = (series - mean[:, None]) @ time / (time**2).sum()
    rounding = windows.CONSTANT * np.abs(series).max(axis=1)
    return slope / np.where(np.abs(mean) > rounding, mean, np.nan)


def min_max(profile: xr.DataArray) -> xr.DataArray:
    """Scaled to [0, 1]."""
    return (profile - profile.min()) / (profile.max() - profile.min())


def published_smoothing(profile: xr.DataArray) -> xr.DataArray:
    """The public scripts' curve over layers: zero-padded moving average, then Savitzky–Golay.

    Windows max(4, L // 5) and min(15, L // 2 · 2 + 1), order 3, as
    `utils/plot/synergy_core_syn_ratio_rank.py` at commit 4f359cf of the authors' repository. The
    zero padding bends both ends down: a flat profile comes out as an inverted U. NaN where that
    window is longer than the profile, which the scripts cannot draw either.
    """
    from scipy.signal import savgol_filter

    layers = profile.sizes["layer"]
    window = max(4, layers // 5)
    averaged = np.convolve(profile.values, np.full(window, 1 / window), mode="same")
    wide = min(15, layers // 2 * 2 + 1)
    if not 3 < wide <= layers:
        return profile * np.nan
    return profile.copy(data=savgol_filter(averaged, wide, 3))
