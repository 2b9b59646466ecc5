"""Does a set of heads form one core? Weight inside the set, against all and against the best."""

from __future__ import annotations

import numpy as np
import xarray as xr

from synergycore.errors import SynergyError
from synergycore.graphs.pairs import GRAPHS, PAIR
from synergycore.graphs.weights import checked, edge_weights
from synergycore.stats import checks

CORE = 0.25
"""Share of the heads that counts as a core."""


def clubs(score: xr.DataArray, share: float = CORE) -> xr.DataArray:
    """Whether each head (graph, unit) is in the club of a graph, a `share` of all heads, two at
    least: the highest `score` (unit) in the synergy graph, the lowest in the redundancy graph.

    A head without a score counts as one of score 0. Raises SynergyError for scores that are not
    (unit), and for a share of none or more than all.
    """
    if not 0 < share <= 1:
        raise SynergyError(f"a share of {share} heads was given; expected one above 0, at most 1.")
    values = checks.array(score, ["unit"], "the score").values
    order = np.argsort(-np.nan_to_num(values), kind="stable")
    size = max(2, round(share * order.size))
    member = np.zeros((len(GRAPHS), order.size), dtype=bool)
    member[0, order[:size]] = member[1, order[::-1][:size]] = True
    coords = {"graph": list(GRAPHS), "unit": np.arange(order.size)}
    return xr.DataArray(member, dims=("graph", "unit"), coords=coords)


def core_sums(weight: xr.DataArray, core: xr.DataArray) -> xr.Dataset:
    """Sums (...) of the defined weights in and around a core, from which its mean weight follows.

    `weight` (..., unit, partner), `core` (unit) true for its heads. Returns `inside`, the weight of
    the pairs within the core, and `inside_pairs`, their number; `all` and `pairs`, the same of all
    pairs. Means over prompts of these give means over all pairs of all prompts. Raises SynergyError
    for a core of another number of heads.
    """
    checks.same_sizes(["unit"], weight, core)
    within = weight.where(core & core.rename(unit="partner"))
    return xr.Dataset({
        "inside": within.sum(PAIR).assign_attrs(units="nats"),
        "inside_pairs": within.count(PAIR).assign_attrs(units="pairs"),
        "all": weight.sum(PAIR).assign_attrs(units="nats"),
        "pairs": weight.count(PAIR).assign_attrs(units="pairs"),
    })  # fmt: skip


def core_ratio(weights: np.ndarray, members: np.ndarray) -> float:
    """Mean weight among `members`, indices or a mask, divided by the mean weight of all pairs.

    NaN for a graph without edges. Raises SynergyError for fewer than two members, and for members
    that the graph has not.
    """
    graph = checked(weights)
    overall = edge_weights(graph).mean()
    return float(_inside(graph, members).mean() / overall) if overall > 0 else float("nan")


def rich_club(weights: np.ndarray, members: np.ndarray) -> float:
    """Weight among `members` as a share of the most that equally many pairs could hold, 0 to 1.

    Opsahl et al. 2008 (PRL 101:168702), eq. 1, with every pair of members counted, as on a
    complete graph. Heads of great strength have strong edges by arithmetic, so read it only
    beside a strength-preserving null. NaN for a graph without edges. Members and errors as in
    `core_ratio`.
    """
    graph = checked(weights)
    inside = _inside(graph, members)
    most = np.sort(edge_weights(graph))[::-1][: inside.size].sum()
    return float(inside.sum() / most) if most > 0 else float("nan")


def _inside(graph: np.ndarray, members: np.ndarray) -> np.ndarray:
    chosen = _indices(np.asarray(members), len(graph))
    if len(chosen) < 2:
        raise SynergyError(
            f"a core of {len(chosen)} different heads was given; two are the least, so give more."
        )
    return edge_weights(graph[np.ix_(chosen, chosen)])


def _indices(members: np.ndarray, units: int) -> np.ndarray:
    """Indices of the members, each once."""
    if members.dtype == bool:
        if members.shape != (units,):
            raise SynergyError(
                f"a mask of {members.size} heads was given for a graph of {units}; give one value "
                "for every head."
            )
        return np.flatnonzero(members)
    if (outside := members[(members < 0) | (members >= units)]).size:
        raise SynergyError(
            f"head {outside[0]} is not in a graph of {units} heads; choose from 0 to {units - 1}."
        )
    return np.unique(members)
