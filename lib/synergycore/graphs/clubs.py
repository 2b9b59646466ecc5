"""Does a set of heads form one core? Weight inside the set, against all and against the best."""

from __future__ import annotations

import numpy as np

from synergycore.errors import SynergyError
from synergycore.graphs.weights import checked, edge_weights


def core_ratio(weights: np.ndarray, members: np.ndarray) -> float:
    """Mean weight among `members` (indices) divided by the mean weight of all pairs.

    NaN for a graph without edges. Raises SynergyError for fewer than two members.
    """
    graph = checked(weights)
    overall = edge_weights(graph).mean()
    return float(_inside(graph, members).mean() / overall) if overall > 0 else float("nan")


def rich_club(weights: np.ndarray, members: np.ndarray) -> float:
    """Weight among `members` as a share of the most that equally many pairs could hold, 0 to 1.

    Opsahl et al. 2008 (PRL 101:168702), eq. 1, with every pair of members counted, as on a
    complete graph. Heads of great strength have strong edges by arithmetic, so read it only
    beside a strength-preserving null. NaN for a graph without edges. Raises SynergyError for fewer
    than two members.
    """
    graph = checked(weights)
    inside = _inside(graph, members)
    most = np.sort(edge_weights(graph))[::-1][: inside.size].sum()
    return float(inside.sum() / most) if most > 0 else float("nan")


def _inside(graph: np.ndarray, members: np.ndarray) -> np.ndarray:
    if len(members) < 2:
        raise SynergyError(f"a core of {len(members)} heads was given; two are the least.")
    return edge_weights(graph[np.ix_(members, members)])
