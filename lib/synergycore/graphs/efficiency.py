"""Shortest paths and global efficiency, exact, over all pairs.

Floyd–Warshall on half of the matrix, compiled: on dense graphs it does less work than a search
from every node, and its inner loop runs over contiguous memory.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from synergycore.graphs.weights import checked, edge_weights

compiled = njit(nogil=True, cache=True, error_model="numpy", fastmath={"nsz", "contract"})


def distances(weights: np.ndarray) -> np.ndarray:
    """Lengths (unit, unit) of the shortest paths, an edge of weight w having length 1/w.

    Units that no path joins are infinitely far apart. Raises SynergyError as `weights.checked`.
    """
    with np.errstate(divide="ignore"):
        lengths = 1 / checked(weights)
    np.fill_diagonal(lengths, 0.0)
    _relax(lengths)
    upper = np.triu_indices(len(lengths), 1)
    lengths[upper] = lengths.T[upper]
    return lengths


def global_efficiency(weights: np.ndarray) -> float:
    """Mean over all pairs of 1 / shortest path length, in the unit of the weights.

    Latora & Marchiori 2001 (PRL 87:198701), eq. 1, not divided by an ideal graph. A pair that no
    path joins counts 0, so that a disconnected graph has a value. On a complete graph whose direct
    edges are all shortest paths it is the mean weight. Raises SynergyError as `weights.checked`.
    """
    lengths = distances(weights)
    pairs = np.triu_indices(len(lengths), 1)
    return float((1 / lengths[pairs]).mean())


def relative_efficiency(weights: np.ndarray) -> float:
    """Global efficiency with all weights divided by their mean over all pairs, dimensionless.

    1 where every direct edge is a shortest path; what is above it are detours over strong edges.
    NaN for a graph without edges. Raises SynergyError as `weights.checked`.
    """
    mean = edge_weights(checked(weights)).mean()
    return global_efficiency(weights / mean) if mean > 0 else float("nan")


def direct_share(weights: np.ndarray) -> float:
    """Share of all pairs whose own edge is a shortest path between them, 0 to 1.

    Raises SynergyError as `weights.checked`.
    """
    lengths, graph = distances(weights), checked(weights)
    pairs = np.triu_indices(len(graph), 1)
    direct = graph[pairs] * (1 + 1e-9) >= 1 / lengths[pairs]
    return float(np.mean(direct & (graph[pairs] > 0)))


@compiled
def _relax(d):
    """Shortest paths in the lower triangle of `d`; the upper one is left as it was."""
    units = len(d)
    via = np.empty(units)
    for k in range(units):
        via[: k + 1] = d[k, : k + 1]
        for i in range(k + 1, units):
            via[i] = d[i, k]
        for i in range(units):
            _shorten(d[i, :i], via, via[i])


@compiled
def _shorten(row, via, first):
    for j in range(len(row)):
        detour = first + via[j]
        row[j] = detour if detour < row[j] else row[j]
