"""Linear systems whose atoms are known in closed form, and simulators to draw series from them.

With S(r) = -½ ln(1 - r²), the information (nats) between two Gaussian variables of correlation r.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.linalg import solve_discrete_lyapunov

from synergycore.errors import SynergyError
from synergycore.phiid.lattice import ATOMS, Atoms

Matrix = NDArray[np.float64]
BURN_IN = 1000


@dataclass(frozen=True)
class System:
    """A stationary pair: state s' = A s + e, e ~ N(0, Q), seen as (x, y) = C s + noise."""

    transition: Matrix
    """A, (state, state); all eigenvalues inside the unit circle."""
    innovation: Matrix
    """Q, (state, state) covariance of what is new at each step."""
    known: dict[str, float] = field(default_factory=dict)
    """Atoms at lag 1 in closed form, nats; atoms not named are 0, unless nothing is named."""
    readout: Matrix = field(default_factory=lambda: np.eye(2))
    """C, (2, state)."""
    noise: float = 0.0
    """Variance of the observation noise on x and on y."""

    @property
    def atoms(self) -> Atoms:
        """All 16 atoms at lag 1 in closed form, nats; NaN where no closed form was given."""
        return Atoms({a: self.known.get(a, 0.0 if self.known else np.nan) for a in ATOMS})

    def covariance(self, tau: int = 1) -> Matrix:
        """(4, 4) covariance of (x_t, y_t, x_{t+tau}, y_{t+tau}): Γ0 = A Γ0 Aᵀ + Q, Γτ = A^τ Γ0."""
        state = solve_discrete_lyapunov(self.transition, self.innovation)
        ahead = np.linalg.matrix_power(self.transition, tau) @ state
        now = self.readout @ state @ self.readout.T + self.noise * np.eye(2)
        later = self.readout @ ahead @ self.readout.T
        return np.block([[now, later.T], [later, now]])

    def simulate(self, time: int, seed: int) -> Matrix:
        """(2, time) series of x and y, stationary from the first step on."""
        rng = np.random.default_rng(seed)
        size = len(self.transition)
        news = rng.multivariate_normal(np.zeros(size), self.innovation, BURN_IN + time)
        states = np.zeros((BURN_IN + time, size))
        for t in range(1, len(states)):
            states[t] = self.transition @ states[t - 1] + news[t]
        seen = states[BURN_IN:] @ self.readout.T
        return (seen + self.noise**0.5 * rng.standard_normal(seen.shape)).T


def information(r: float) -> float:
    """S(r) = -½ ln(1 - r²), nats: mutual information of Gaussian variables of correlation r."""
    return float(-0.5 * np.log1p(-(r**2)))


def var(transition: ArrayLike, correlation: float = 0.0, known: dict | None = None) -> System:
    """A two-unit VAR(1) with unit innovations of the given correlation.

    Raises SynergyError if it is not stationary.
    """
    matrix = np.asarray(transition, dtype=float)
    radius = max(abs(np.linalg.eigvals(matrix)))
    if not radius < 1:
        raise SynergyError(
            f"the transition matrix has spectral radius {radius:.3g}; expected below 1, shrink it."
        )
    return System(matrix, np.array([[1.0, correlation], [correlation, 1.0]]), known or {})


def independent_white() -> System:
    """Nothing is shared with the past: every atom is 0."""
    return var(np.zeros((2, 2)), known={"sts": 0.0})


def independent_ar(a: float, b: float) -> System:
    """Two AR(1) processes that know nothing of each other: MMI sees synergy 2 min(S(a), S(b))."""
    m = min(information(a), information(b))
    known = {"xtx": information(a), "yty": information(b), "sts": 2 * m, "rts": m, "str": m}
    return var(np.diag([a, b]), known=known | dict.fromkeys(("xts", "yts", "stx", "sty"), -m))


def ar_pair(a: float, q: float) -> System:
    """Two AR(1) processes of one coefficient and correlation q: sts + rtr = TDMI = 2 S(a)."""
    s, c = information(a), information(a * q)
    known = {"rtr": c, "sts": 2 * s - c} | dict.fromkeys(("xtx", "yty", "rts", "str"), s - c)
    return var(np.eye(2) * a, q, known | dict.fromkeys(("xts", "yts", "stx", "sty"), c - s))


def one_way_transfer(strength: float) -> System:
    """x is white and y follows it: y' = strength x + e; only x→y, all in `xty`."""
    known = {"xty": 0.5 * float(np.log1p(strength**2))}
    return var([[0.0, 0.0], [strength, 0.0]], known=known)


def exchange(a: float) -> System:
    """x and y change places at every step: independent AR processes up to the future's labels."""
    s = information(a)
    known = {"sts": 2 * s} | dict.fromkeys(("xty", "ytx", "rts", "str"), s)
    return var([[0.0, a], [a, 0.0]], known=known | dict.fromkeys(("xts", "yts", "stx", "sty"), -s))


def mean_field(strength: float, correlation: float = 0.0) -> System:
    """Both follow the sum of both: x' = strength (x + y) + e, and the same for y."""
    total = 2 * (1 + correlation) / (1 - 4 * strength**2)  # variance of x + y
    variance = strength**2 * total + 1
    corner = information(strength * total / 2 / variance)
    edge = information(strength * (total / variance) ** 0.5)  # of x + y with one future, or back
    known = {"rtr": corner, "rts": edge - corner, "str": edge - corner}
    whole = information(2 * strength)
    return var(np.full((2, 2), strength), correlation, known | {"sts": whole - 2 * edge + corner})


def common_driver(a: float, noise: float) -> System:
    """One hidden AR(1) seen twice, each time with fresh noise of variance `noise`."""
    hidden = 1 / (1 - a**2)
    one, both = hidden / (hidden + noise), hidden / (hidden + noise / 2)  # share of signal
    corner, edge = information(a * one), information(a * (one * both) ** 0.5)
    known = {"rtr": corner, "rts": edge - corner, "str": edge - corner}
    known["sts"] = information(a * both) - 2 * edge + corner
    return System(np.array([[a]]), np.array([[1.0]]), known, np.ones((2, 1)), noise)


def rotation(keep: float, turn: float, correlation: float = 0.0) -> System:
    """x' = keep x - turn y, y' = turn x + keep y; known for keep > turn, uncorrelated noise."""
    known = {}
    if correlation == 0 and abs(keep) >= abs(turn):
        own, cross = information(keep), information(turn)
        both = information((keep**2 + turn**2) ** 0.5)
        known = {"rtr": cross, "sts": 2 * own - cross, "xtx": own - cross, "yty": own - cross}
        known |= {"rts": both - cross, "str": both - cross}
        known |= dict.fromkeys(("xts", "yts", "stx", "sty"), cross - own)
    return var([[keep, -turn], [turn, keep]], correlation, known)
