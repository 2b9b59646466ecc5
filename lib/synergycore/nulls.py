"""What could produce the numbers without the thing the paper claims: surrogates and controls."""

from __future__ import annotations

import numpy as np
from scipy.signal import detrend as scipy_detrend

from synergycore import phiid
from synergycore.errors import SynergyError
from synergycore.ranking import flatten_heads, mean_over_partners, trim


def correlations(series: np.ndarray, tau: int = 1) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Past, future and lagged correlation matrices, each (unit, unit), of `series` (unit, step).

    `lagged[i, j]` is the correlation of unit i now with unit j after τ steps. A constant unit has
    NaN in its row and column.
    """
    past, future = _standardise(series[:, :-tau]), _standardise(series[:, tau:])
    return past @ past.T, future @ future.T, past @ future.T


def _standardise(window: np.ndarray) -> np.ndarray:
    """Rows with zero mean and unit length; NaN rows for constant ones."""
    centred = window - window.mean(axis=1, keepdims=True)
    length = np.linalg.norm(centred, axis=1, keepdims=True)
    constant = length <= 1e-12 * np.sqrt(window.shape[1]) * np.abs(window).max(1, keepdims=True)
    return centred / np.where(constant, np.nan, length)


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


def residual_synergy(signal: np.ndarray, *, tau: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Synergy above its Kronecker substitution, (prompt, unit), nats, mean over partners.

    The second array (prompt,) is the share of pairs left out: no uncoupled pair of AR(1) processes
    can be as strongly correlated at lag 0 as these are while their autocorrelations differ as
    much, so that the substitution does not exist.
    """
    pairs = [_residual_pairs(trim(series), tau) for series in flatten_heads(signal)]
    off = ~np.eye(pairs[0].shape[0], dtype=bool)
    infeasible = np.array([np.isnan(matrix[off]).mean() for matrix in pairs])
    return np.array([mean_over_partners(matrix) for matrix in pairs]), infeasible


def _residual_pairs(series: np.ndarray, tau: int) -> np.ndarray:
    past, future, lagged = correlations(series, tau)
    observed = phiid.decompose_correlations(past, future, lagged, atoms=("sts",))["sts"]
    uncoupled = kronecker(past, future, lagged)
    expected = phiid.decompose_correlations(past, future, uncoupled, atoms=("sts",))["sts"]
    return observed - expected


def cross_prompt(signal: np.ndarray, *, tau: int = 1, shift: int = 1) -> dict[str, np.ndarray]:
    """Atoms between head i in one prompt and head j in another, mean over partners j.

    Nothing can pass between two texts, so what is left is what autocorrelation, position trends
    and series length give by themselves. Prompt p meets prompt p + `shift` (cyclic); both are cut
    to the shorter of the two. Returns (prompt, unit) arrays in nats: `sts`, `rtr` and `residual`
    (synergy above its Kronecker substitution).
    """
    if len(signal) < 2:
        raise SynergyError("cross-prompt pairing needs at least 2 prompts; give it more.")
    series = [trim(one) for one in flatten_heads(signal)]
    partners = series[shift:] + series[:shift]
    rows = [_crossed(one, other, tau) for one, other in zip(series, partners, strict=True)]
    return {name: np.array([row[name] for row in rows]) for name in rows[0]}


def _crossed(one: np.ndarray, other: np.ndarray, tau: int) -> dict[str, np.ndarray]:
    steps = min(one.shape[1], other.shape[1])
    both = np.concatenate([one[:, :steps], other[:, :steps]])
    units = len(one)
    atoms = phiid.decompose_correlations(*correlations(both, tau), atoms=("sts", "rtr"))
    pairs = {**atoms, "residual": _residual_pairs(both, tau)}
    return {name: mean_over_partners(matrix[:units, units:]) for name, matrix in pairs.items()}


def scatter_prompts(signal: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """`signal` (prompt, layer, head, step) with every head's prompts in an order of its own.

    Heads that sit together then come from different texts, all but one pair in as many as there
    are prompts, and nothing can have passed between them; every series is whole. All heads of a
    new prompt are cut to the shortest of their texts (NaN beyond).
    """
    scattered = np.empty(signal.shape, dtype=np.float64)
    for layer, head in np.ndindex(signal.shape[1:3]):
        scattered[:, layer, head] = signal[rng.permutation(len(signal)), layer, head]
    flat = scattered.reshape(len(signal), -1, signal.shape[-1])
    used = np.isfinite(flat).any(axis=2, keepdims=True)  # a head without a series ends nothing
    flat[np.broadcast_to((np.isnan(flat) & used).any(axis=1, keepdims=True), flat.shape)] = np.nan
    return scattered


def distance_matched(
    pairs: np.ndarray, layers: int, samples: int, rng: np.random.Generator
) -> np.ndarray:
    """Head scores (samples, atom, unit) after shuffling pairs within layer distances.

    `pairs` (atom, unit, unit) holds symmetric matrices; the atoms of a pair move together. Keeps
    how a pair's values depend on the distance between its two layers; destroys everything else.
    Any quantity that falls with distance scores higher in the middle of a stack, which has near
    partners on both sides: this null shows by how much.
    """
    rows, columns, bins = _pairs_by_distance(pairs.shape[-1], layers)
    values = pairs[:, rows, columns]
    draws = []
    for _ in range(samples):
        order = np.arange(rows.size)
        for positions in bins:
            order[positions] = rng.permutation(positions)
        draws.append([_means(atom[order], rows, columns, pairs.shape[-1]) for atom in values])
    return np.array(draws)


def _pairs_by_distance(units: int, layers: int) -> tuple[np.ndarray, np.ndarray, list[np.ndarray]]:
    """Upper-triangle indices of all pairs, and the positions of the pairs at each distance."""
    rows, columns = np.triu_indices(units, 1)
    layer = np.arange(units) // (units // layers)
    distance = np.abs(layer[rows] - layer[columns])
    return rows, columns, [np.flatnonzero(distance == d) for d in range(layers)]


def _means(values: np.ndarray, rows: np.ndarray, columns: np.ndarray, units: int) -> np.ndarray:
    """Mean over partners (unit,) of pair values given with their two members."""
    known = np.isfinite(values)
    filled = np.where(known, values, 0.0)
    total = np.bincount(rows, filled, units) + np.bincount(columns, filled, units)
    count = np.bincount(rows, known, units) + np.bincount(columns, known, units)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(count > 0, total / count, np.nan)


def detrended(signal: np.ndarray) -> np.ndarray:
    """`signal` (prompt, layer, head, step) without each series' linear trend; NaN stays NaN."""
    result = np.full(signal.shape, np.nan)
    for index in np.ndindex(signal.shape[:-1]):
        inside = np.isfinite(signal[index])
        if inside.sum() > 2:
            result[index][inside] = scipy_detrend(signal[index][inside].astype(np.float64))
    return result
