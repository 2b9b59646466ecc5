"""From entropies to the nine mutual informations between parts of the past and of the future."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product

from synergycore.phiid.arrays import Array

Members = tuple[int, ...]
"""A subset of the four variables, by position: 0 = x, 1 = y now; 2 = x', 3 = y' after τ steps."""

WHOLE: Members = (0, 1, 2, 3)
"""All four variables."""

PAST: dict[str, Members] = {"x": (0,), "y": (1,), "s": (0, 1)}
FUTURE: dict[str, Members] = {"x": (2,), "y": (3,), "s": (2, 3)}

SUBSETS: tuple[Members, ...] = (
    *PAST.values(),
    *FUTURE.values(),
    *(past + future for past, future in product(PAST.values(), FUTURE.values())),
)
"""The 15 subsets whose entropies determine every mutual information."""


def mutual_information(entropies: Mapping[Members, Array]) -> dict[str, Array]:
    """I(α; β) = H(α) + H(β) - H(α, β) for each of the nine nodes without a redundancy.

    Entropies (nats) by subset, averaged or local, arrays that broadcast together; the result is
    keyed by node name, so "xts" is I(x; x', y') and "sts" the time-delayed mutual information.
    """
    return {
        f"{a}t{b}": entropies[past] + entropies[future] - entropies[past + future]
        for (a, past), (b, future) in product(PAST.items(), FUTURE.items())
    }
