"""Entropies of binary variables from how often their sixteen joint states occur (plug-in)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from synergycore.phiid.arrays import Array, namespace
from synergycore.phiid.information import SUBSETS, Members
from synergycore.phiid.windows import Windows


@dataclass(frozen=True)
class Bits:
    """Past and future window of every unit, 1 where above the window's own mean, else 0."""

    past: Array
    """(unit, sample) of 0.0 and 1.0; NaN for an undefined unit."""
    future: Array

    def rows(self, chosen: slice) -> Bits:
        return Bits(self.past[chosen], self.future[chosen])

    def states(self) -> Array:
        """(4, unit, sample): 1.0 where the unit is in state (now, later) = 00, 01, 10, 11."""
        now, later = self.past, self.future
        states = [(1 - now) * (1 - later), (1 - now) * later, now * (1 - later), now * later]
        return namespace(now).stack(states)


def binarise(windows: Windows) -> Bits:
    xp = namespace(windows.past)
    past, future = (xp.where(xp.isnan(w), w, 1.0 * (w > 0)) for w in (windows.past, windows.future))
    return Bits(past, future)


def probabilities(x: Bits, y: Bits) -> Array:
    """(2, 2, 2, 2, unit of x, unit of y): share of samples in state (x, y, x', y')."""
    counts = x.states()[:, None] @ y.states()[None].swapaxes(-1, -2)
    table = counts.reshape(2, 2, 2, 2, *counts.shape[-2:]).swapaxes(1, 2)
    return table / x.past.shape[-1]


def mean_entropies(table: Array) -> dict[Members, Array]:
    """Entropy (nats) of the 15 subsets; `table`: (2, 2, 2, 2, ...) probabilities (x, y, x', y')."""
    return {m: -(share * _log(share)).sum((0, 1, 2, 3)) for m, share in _marginals(table)}


def local_entropies(table: Array) -> Iterator[tuple[dict[Members, Array], Array]]:
    """Surprisal (nats) of the 15 subsets in each of the 16 states, (16, ...), and its share."""
    shape = (16, *table.shape[4:])
    local = {m: (-_log(share) + 0 * table).reshape(shape) for m, share in _marginals(table)}
    yield local, table.reshape(shape)


def states_over_time(x: Bits, y: Bits) -> list[int]:
    """The state (0 .. 15) of one pair of units at every sample; 0 if undefined."""
    digits = 8 * x.past[0] + 4 * y.past[0] + 2 * x.future[0] + y.future[0]
    return [int(digit) if digit == digit else 0 for digit in digits.tolist()]


def _marginals(table: Array) -> list[tuple[Members, Array]]:
    """Probabilities of each subset's states, the summed axes kept with length 1."""
    shares = []
    for members in SUBSETS:
        share = table
        for axis in set(range(4)) - set(members):
            share = share.sum(axis)[(slice(None),) * axis + (None,)]
        shares.append((members, share))
    return shares


def _log(share: Array) -> Array:
    """ln, with 0 for states that never occur: they weigh nothing."""
    xp = namespace(share)
    return xp.log(xp.where(share > 0, share, 1 + 0 * share))
