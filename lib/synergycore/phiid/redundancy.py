"""Redundancy functions: from the nine mutual informations to all sixteen nodes of the lattice.

Neither function is canonical. MMI does not see how strongly the sources are correlated (Barrett
2015, arXiv:1411.2832); CCS looks at every sample, and its atoms can be negative.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from synergycore.phiid.arrays import Array, namespace
from synergycore.phiid.lattice import ATOMS, coefficients

TWO_SOURCES = {f"rt{f}": (f"xt{f}", f"yt{f}", f"st{f}") for f in "xys"} | {
    f"{p}tr": (f"{p}tx", f"{p}ty", f"{p}ts") for p in "xys"
}
"""Node with one redundancy -> the two informations that share it, and the joint one."""

CORNERS = ("xtx", "xty", "ytx", "yty")
"""The four single informations that share the double redundancy rtr."""


NEGLIGIBLE = 1e-12
"""Informations (nats) closer than this differ by rounding only: so do their signs next to zero."""


def mmi(mean: Mapping[str, Array], values: Mapping[str, Array] | None = None) -> dict[str, Array]:
    """Minimum mutual information (Barrett 2015; double version: Mediano et al. 2019).

    The redundancy is that of the source (or target) with the least *average* information.
    `mean`: the nine average informations; `values`: what to return of the chosen one, for
    instance its local values (default: the averages). Arrays that broadcast together, nats.
    Where averages tie, as those of bits often do, the first is chosen (x before y): the local
    values are then those of the first, and tell x from y though the averages do not.
    """
    values = mean if values is None else values

    def least(*nodes: str) -> Array:
        lowest, chosen = mean[nodes[0]], values[nodes[0]]
        for node in nodes[1:]:
            xp = namespace(lowest)
            chosen = xp.where(mean[node] < lowest - NEGLIGIBLE, values[node], chosen)
            lowest = xp.minimum(lowest, mean[node])
        return chosen

    shared = {node: least(a, b) for node, (a, b, _) in TWO_SOURCES.items()}
    return {**values, **shared, "rtr": least(*CORNERS)}


def ccs(local: Mapping[str, Array]) -> dict[str, Array]:
    """Common change in surprisal (Ince 2017; double version: arXiv:2109.13186).

    `local`: the nine local informations (nats), sample by sample; so is the result. A sample
    counts where all terms agree in sign, as in the reference implementation phyid: for the double
    redundancy the four corners and the double co-information itself (the published text may mean
    the full joint information in its place).
    """
    nodes = dict(local)
    for node, (a, b, joint) in TWO_SOURCES.items():
        coinformation = local[a] + local[b] - local[joint]
        nodes[node] = _where_signs_agree(coinformation, local[a], local[b], local[joint])
    signs = coefficients("sts")
    double = -sum(signs[node] * nodes[node] for node in ATOMS if node != "rtr")
    nodes["rtr"] = _where_signs_agree(double, *(local[corner] for corner in CORNERS))
    return nodes


def _where_signs_agree(shared: Array, *terms: Array) -> Array:
    """What is shared where it and all the terms are positive or all negative; 0 elsewhere.

    Bits have many local informations that are exactly 0; the sign of their rounding is no sign.
    """
    up, down = shared > NEGLIGIBLE, shared < -NEGLIGIBLE
    for term in terms:
        up, down = up & (term > NEGLIGIBLE), down & (term < -NEGLIGIBLE)
    return namespace(shared).where(up | down, shared, 0 * shared)


REDUNDANCIES: dict[str, Callable] = {"mmi": mmi, "ccs": ccs}
