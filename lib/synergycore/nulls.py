"""What could produce the numbers without the thing the paper claims: surrogates and controls."""

from __future__ import annotations

import numpy as np
import xarray as xr
from scipy.signal import detrend as scipy_detrend

from synergycore import phiid
from synergycore.errors import SynergyError
from synergycore.heads import by_head, of_units, ordered, series_of
from synergycore.phiid import windows
from synergycore.progress import track
from synergycore.stats import UNIT, checks

PREPARATIONS = ("none", "differenced", "detrended")


def prepare(norms: xr.DataArray, preparation: str) -> xr.DataArray:
    """`norms` (prompt, layer, head, step) as they are, differenced, or without linear trends.

    Raises SynergyError for another name, and as `heads.ordered`.
    """
    if preparation not in PREPARATIONS:
        raise SynergyError(
            f"unknown preparation {preparation!r}; choose one of {', '.join(PREPARATIONS)}."
        )
    ordered(norms)
    if preparation == "differenced":
        return norms.diff("step")
    return detrended(norms) if preparation == "detrended" else norms


def detrended(norms: xr.DataArray) -> xr.DataArray:
    """`norms` (prompt, layer, head, step) without each series' linear trend; NaN stays NaN.

    A straight series becomes exact zeros, so that its rounding is not decomposed.
    """
    values = ordered(norms).values.astype(np.float64)
    result = np.full(values.shape, np.nan)
    for index in np.ndindex(values.shape[:-1]):
        inside = np.isfinite(values[index])
        if inside.sum() > 2:
            result[index][inside] = _without_trend(values[index][inside])
    return ordered(norms).copy(data=result)


def _without_trend(values: np.ndarray) -> np.ndarray:
    left = scipy_detrend(values)
    rounding = windows.CONSTANT * np.abs(values).max()
    return left if np.abs(left).max() > rounding else np.zeros_like(left)


def correlations(series: np.ndarray, tau: int = 1) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Past, future and lagged correlation matrices, each (unit, unit), of `series` (unit, step).

    `lagged[i, j]` is the correlation of unit i now with unit j after τ steps. A unit without a
    series has NaN in its row and column. Raises SynergyError for a `tau` that is no lag.
    """
    cut = windows.cut(series, windows.checked_tau(tau))
    return cut.past @ cut.past.T, cut.future @ cut.future.T, cut.past @ cut.future.T


def kronecker(past: np.ndarray, future: np.ndarray, lagged: np.ndarray) -> np.ndarray:
    """Lagged correlations (unit, unit) of processes that do not act on each other.

    Keeps every lag-0 correlation q and autocorrelation a, and replaces corr(i now, j later) by
    a_j q_ij: what two AR(1) processes with correlated noise and no coupling would show. What
    synergy is left above this one is lagged interaction.
    """
    own = np.diag(lagged)
    substituted = own[None, :] * (past + future) / 2
    np.fill_diagonal(substituted, own)
    return substituted


def excess_pairs(series: np.ndarray, tau: int = 1) -> np.ndarray:
    """Synergy above its Kronecker substitution of all pairs (unit, unit) of `series`, nats.

    NaN where no uncoupled pair of AR(1) processes can be as strongly correlated at lag 0 as these
    are while their autocorrelations differ as much: the substitution does not exist.
    """
    observed, expected = _observed_and_uncoupled(series, tau)
    return observed - expected


def _observed_and_uncoupled(series: np.ndarray, tau: int) -> tuple[np.ndarray, np.ndarray]:
    with phiid.one_count(said=False):  # what does not exist is in the answer
        past, future, lagged = correlations(series, tau)
        uncoupled = kronecker(past, future, lagged)
        observed, expected = (
            phiid.decompose_correlations(past, future, across, atoms=("sts",))["sts"]
            for across in (lagged, uncoupled)
        )
    return observed, expected


def excess_synergy(norms: xr.DataArray, *, tau: int = 1) -> xr.Dataset:
    """Synergy above its Kronecker substitution, Gaussian MMI, mean over partners.

    `excess` (prompt, layer, head), nats, and `infeasible` (prompt), the share of the defined pairs
    that have no substitution and are left out (see `excess_pairs`).
    """
    each = track(series_of(norms), "synergy above its Kronecker substitution", unit="prompts")
    means, infeasible = [], []
    for series in each:
        observed, expected = _observed_and_uncoupled(series, tau)
        means.append(mean_over_partners(observed - expected))
        defined = np.isfinite(observed)
        infeasible.append((defined & np.isnan(expected)).sum() / (defined.sum() or np.nan))
    return by_head(norms, {"excess": means}).assign(infeasible=("prompt", infeasible))


def mean_over_partners(matrix: np.ndarray) -> np.ndarray:
    """Mean (unit,) of `matrix` (unit, partner), leaving out NaN and each unit with itself."""
    kept = (np.eye(*matrix.shape) == 0) & np.isfinite(matrix)
    count = kept.sum(axis=1)
    total = np.where(kept, matrix, 0.0).sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(count > 0, total / count, np.nan)


def cross_prompt(
    norms: xr.DataArray,
    *,
    tau: int = 1,
    estimator: str = "gaussian",
    redundancy: str = "mmi",
    shift: int = 1,
) -> xr.Dataset:
    """Scores of head i in one prompt with head j in another, means over partners j, nats.

    Nothing can pass between two texts, so what is left is what autocorrelation, position trends
    and series length give by themselves. Prompt p meets prompt p + `shift` (cyclic); both are cut
    to the shorter of the two. Returns (prompt, layer, head) `sts`, `rtr` and `excess` (Gaussian
    synergy above its Kronecker substitution). Raises SynergyError for fewer than two prompts, and
    for a `shift` that pairs every prompt with itself.
    """
    series = series_of(norms)
    if len(series) < 2:
        raise SynergyError("cross-prompt pairing needs at least 2 prompts; give it more.")
    if not (away := shift % len(series)):
        raise SynergyError(
            f"a shift of {shift} pairs each of {len(series)} prompts with itself; choose one from "
            f"1 to {len(series) - 1}."
        )
    others = series[away:] + series[:away]
    rows: dict[str, list[np.ndarray]] = {"sts": [], "rtr": [], "excess": []}
    with phiid.one_count():
        couples = list(zip(series, others, strict=True))
        for one, other in track(couples, "ΦID of heads of different prompts", unit="prompts"):
            steps = min(one.shape[1], other.shape[1])
            one, other = one[:, :steps], other[:, :steps]
            atoms = phiid.decompose_pairs(
                one, partners=other, tau=tau, estimator=estimator, redundancy=redundancy
            )
            both = excess_pairs(np.concatenate([one, other]), tau)
            found = {**atoms, "excess": both[: len(one), len(one) :]}
            for name, matrix in found.items():
                rows[name].append(mean_over_partners(matrix))
    return by_head(norms, rows)


def scatter_prompts(norms: xr.DataArray, rng: np.random.Generator) -> xr.DataArray:
    """`norms` (prompt, layer, head, step) with every head's prompts in an order of its own.

    Heads that sit together then come from different texts, all but one pair in as many as there
    are prompts, and nothing can have passed between them; every series is whole. All heads of a
    new prompt are cut to the shortest of their texts (NaN beyond).
    """
    signal = ordered(norms).values
    scattered = np.empty(signal.shape, dtype=np.float64)
    for layer, head in np.ndindex(signal.shape[1:3]):
        scattered[:, layer, head] = signal[rng.permutation(len(signal)), layer, head]
    flat = scattered.reshape(len(signal), -1, signal.shape[-1])
    used = np.isfinite(flat).any(axis=2, keepdims=True)  # a head without a series ends nothing
    flat[np.broadcast_to((np.isnan(flat) & used).any(axis=1, keepdims=True), flat.shape)] = np.nan
    return ordered(norms).copy(data=scattered)


def distance_matched(pairs: xr.Dataset, samples: int, rng: np.random.Generator) -> xr.Dataset:
    """Scores of heads (draw, layer, head) after shuffling pairs within layer distances.

    `pairs` (unit, partner) are those of `heads.pairs`, averaged over prompts; the atoms of a pair
    move together. Keeps how a pair's values depend on the distance between its two layers;
    destroys everything else. Any quantity that falls with distance scores higher in the middle of
    a stack, which has near partners on both sides: this null shows by how much. Raises SynergyError
    for pairs of several prompts, or that do not say in which layer a unit is.
    """
    checks.at_least(1, samples, "draws")
    checks.coordinates(pairs, UNIT, "pairs")
    for name, matrix in pairs.items():
        checks.array(matrix, ("unit", "partner"), f"{name} of pairs")
    layer = pairs["layer"].values
    units = len(layer)
    rows, columns = np.triu_indices(units, 1)
    distance = np.abs(layer[rows] - layer[columns])
    bins = [np.flatnonzero(distance == d) for d in range(layer.max() + 1)]
    values = {name: matrix.values[rows, columns] for name, matrix in pairs.items()}
    draws: dict = {name: [] for name in values}
    for _ in track(range(samples), "pairs shuffled within distances", unit="shuffles"):
        order = np.arange(rows.size)
        for positions in bins:
            order[positions] = rng.permutation(positions)
        for name, atom in values.items():
            draws[name].append(_means(atom[order], rows, columns, units))
    made = {name: (("draw", "unit"), np.array(rows)) for name, rows in draws.items()}
    coords = {"layer": ("unit", layer), "head": ("unit", pairs["head"].values)}
    return of_units(xr.Dataset(made, coords=coords))


def _means(values: np.ndarray, rows: np.ndarray, columns: np.ndarray, units: int) -> np.ndarray:
    """Mean over partners (unit,) of pair values given with their two members."""
    known = np.isfinite(values)
    filled = np.where(known, values, 0.0)
    total = np.bincount(rows, filled, units) + np.bincount(columns, filled, units)
    count = np.bincount(rows, known, units) + np.bincount(columns, known, units)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(count > 0, total / count, np.nan)


def self_prediction(pairs: xr.Dataset, autocorrelation: xr.DataArray) -> xr.Dataset:
    """`pairs` with the synergy of every two heads replaced by 2 min(S_i, S_j), nats.

    S = −½ ln(1 − r²), r a head's `autocorrelation` (prompt, layer, head) at the lag of `pairs`:
    what MMI calls the synergy of two heads that know nothing of each other. Undefined pairs stay
    NaN, as are those of two heads that predict themselves perfectly. Raises SynergyError for
    the autocorrelation of other prompts.
    """
    r = checks.of_prompts(autocorrelation, pairs, "autocorrelation")
    r = checks.array(r, ("prompt", *UNIT), "autocorrelation").stack(unit=UNIT, create_index=False)
    own = -xr.ufuncs.log1p(-(r.where(abs(r) < 1) ** 2)) / 2
    minima = 2 * xr.ufuncs.minimum(own, own.rename(unit="partner"))
    return pairs.assign(sts=minima.where(pairs.sts.notnull()).assign_attrs(units="nats"))
