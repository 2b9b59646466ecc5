"""Pairs of bits whose atoms are known, and simulators to draw series from them.

The discrete counterpart of `systems`. A pair of bits is in one of four states 2x + y.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from synergycore.phiid.lattice import ATOMS, Atoms

BIT = float(np.log(2))
"""One bit in nats."""


@dataclass(frozen=True)
class Chain:
    """A Markov chain of two bits."""

    transition: NDArray[np.float64]
    """(state, state'): probability of the next state, rows summing to 1."""
    known: dict[str, float] = field(default_factory=dict)
    """MMI atoms at lag 1 in closed form, nats; atoms not named are 0, unless nothing is named."""
    start: NDArray[np.float64] = field(default_factory=lambda: np.full(4, 0.25))
    """(state,): the stationary distribution."""

    @property
    def atoms(self) -> Atoms:
        """All 16 MMI atoms in closed form, nats; NaN where no closed form was given."""
        return Atoms({a: self.known.get(a, 0.0 if self.known else np.nan) for a in ATOMS})

    def table(self) -> NDArray[np.float64]:
        """(2, 2, 2, 2): probability of (x, y, x', y')."""
        return (self.start[:, None] * self.transition).reshape(2, 2, 2, 2)

    def simulate(self, time: int, seed: int) -> NDArray[np.int64]:
        """(2, time) series of x and y."""
        rng = np.random.default_rng(seed)
        states = np.empty(time, dtype=np.int64)
        states[0] = rng.choice(4, p=self.start)
        cumulative, draws = self.transition.cumsum(1), rng.random(time)
        for t in range(1, time):
            states[t] = min(np.searchsorted(cumulative[states[t - 1]], draws[t], "right"), 3)
        return np.stack([states >> 1, states & 1])


def capacity(p: float) -> float:
    """ln 2 - H(p), nats: what a fair bit tells of one that equals it with probability p."""
    return BIT + float(sum(q * np.log(q) for q in (p, 1 - p) if q > 0))


def chain(rule: Callable[[int, int, int, int], float], known: dict | None = None) -> Chain:
    """The chain in which (x, y) goes to (x', y') with probability `rule(x, y, x', y')`.

    It starts from the stationary distribution, the uniform one where that is stationary.
    """
    table = np.array([[rule(s >> 1, s & 1, t >> 1, t & 1) for t in range(4)] for s in range(4)])
    if np.allclose(table.sum(0), 1):
        return Chain(table, known or {})
    eigenvalues, vectors = np.linalg.eig(table.T)
    stationary = np.real(vectors[:, np.argmax(np.real(eigenvalues))])
    return Chain(table, known or {}, stationary / stationary.sum())


def noisy_parity(p: float) -> Chain:
    """Only x⊕y persists, with probability p; all else is drawn afresh: pure synergy."""
    return chain(lambda x, y, x2, y2: (p if x ^ y == x2 ^ y2 else 1 - p) / 2, {"sts": capacity(p)})


def twin_bits(flip: float) -> Chain:
    """x = y always, and both flip together: pure redundancy."""
    keep = [[1 - flip, flip], [flip, 1 - flip]]
    table = np.zeros((4, 4))
    table[np.ix_([0, 3], [0, 3])] = keep
    table[np.ix_([1, 2], [0, 3])] = 0.5  # never visited
    return Chain(table, {"rtr": capacity(flip)}, np.array([0.5, 0, 0, 0.5]))


def independent_bits(flip: float) -> Chain:
    """Each bit persists by itself; MMI sees synergy where there is none."""
    c, keep = capacity(flip), [[1 - flip, flip], [flip, 1 - flip]]
    known = {"sts": 2 * c} | dict.fromkeys(("xtx", "yty", "rts", "str"), c)
    known |= dict.fromkeys(("xts", "yts", "stx", "sty"), -c)
    return chain(lambda x, y, x2, y2: keep[x][x2] * keep[y][y2], known)


def parity_to_x() -> Chain:
    """x' = x⊕y and y' is random: one bit of synergy becomes unique to x."""
    return chain(lambda x, y, x2, y2: (x2 == x ^ y) / 2, {"stx": BIT})


def copy_to_x() -> Chain:
    """x' = y and y' is random: one bit moves from y to x."""
    return chain(lambda x, y, x2, y2: (x2 == y) / 2, {"ytx": BIT})


def parity_to_both(flip: float) -> Chain:
    """x' = x⊕y and y' = x⊕y, each flipped by itself: synergy becomes redundant, and some stays."""
    keep = (1 - flip, flip)
    return chain(lambda x, y, x2, y2: keep[x2 ^ x ^ y] * keep[y2 ^ x ^ y])
