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
from synergycore.phiid.windows import checked_tau

Matrix = NDArray[np.float64]


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

    def stationary(self) -> Matrix:
        """(state, state) covariance of the state: Γ0 = A Γ0 Aᵀ + Q."""
        return solve_discrete_lyapunov(self.transition, self.innovation)

    def covariance(self, tau: int = 1) -> Matrix:
        """(4, 4) covariance of (x_t, y_t, x_{t+tau}, y_{t+tau}), with Γτ = A^τ Γ0 of the state."""
        state = self.stationary()
        ahead = np.linalg.matrix_power(self.transition, checked_tau(tau)) @ state
        now = self.readout @ state @ self.readout.T + self.noise * np.eye(2)
        later = self.readout @ ahead @ self.readout.T
        return np.block([[now, later.T], [later, now]])

    def simulate(self, time: int, seed: int) -> Matrix:
        """(2, time) series of x and y; the first state is drawn from the stationary covariance."""
        rng = np.random.default_rng(seed)
        nowhere = np.zeros(len(self.transition))
        states = rng.multivariate_normal(nowhere, self.innovation, time)
        states[:1] = rng.multivariate_normal(nowhere, self.stationary(), min(time, 1))
        for t in range(1, time):
            states[t] += self.transition @ states[t - 1]
        seen = states @ self.readout.T
        return (seen + self.noise**0.5 * rng.standard_normal(seen.shape)).T


def information(r: float) -> float:
    """S(r) = -½ ln(1 - r²), nats: mutual information of Gaussian variables of correlation r."""
    return float(-0.5 * np.log1p(-(r**2)))


def var(transition: ArrayLike, correlation: float = 0.0, known: dict | None = None) -> System:
    """A two-unit VAR(1) with unit innovations of the given correlation.

    Raises SynergyError if it is not stationary, as all systems below do.
    """
    innovation = np.array([[1.0, correlation], [correlation, 1.0]])
    return System(checked_transition(transition), innovation, known or {})


def checked_transition(transition: ArrayLike) -> Matrix:
    """Raises SynergyError unless all eigenvalues are inside the unit circle."""
    matrix = np.asarray(transition, dtype=float)
    radius = max(abs(np.linalg.eigvals(matrix))) if np.isfinite(matrix).all() else np.nan
    if not radius < 1:
        raise SynergyError(
            f"the transition matrix has spectral radius {radius:.3g}; expected below 1, shrink it."
        )
    return matrix


def independent_white() -> System:
    """Nothing is shared with the past: every atom is 0."""
    return var(np.zeros((2, 2)), known={"sts": 0.0})


def independent_ar(a: float, b: float) -> System:
    """Two AR(1) processes that know nothing of each other: MMI sees synergy 2 min(S(a), S(b))."""
    transition = checked_transition(np.diag([a, b]))
    m = min(information(a), information(b))
    known = {"xtx": information(a), "yty": information(b), "sts": 2 * m, "rts": m, "str": m}
    return var(transition, known=known | dict.fromkeys(("xts", "yts", "stx", "sty"), -m))


def ar_pair(a: float, q: float) -> System:
    """Two AR(1) processes of one coefficient and correlation q: sts + rtr = TDMI = 2 S(a)."""
    transition = checked_transition(np.eye(2) * a)
    s, c = information(a), information(a * q)
    known = {"rtr": c, "sts": 2 * s - c} | dict.fromkeys(("xtx", "yty", "rts", "str"), s - c)
    return var(transition, q, known | dict.fromkeys(("xts", "yts", "stx", "sty"), c - s))


def one_way_transfer(strength: float) -> System:
    """x is white and y follows it: y' = strength x + e; only x→y, all in `xty`."""
    known = {"xty": 0.5 * float(np.log1p(strength**2))}
    return var([[0.0, 0.0], [strength, 0.0]], known=known)


def exchange(a: float) -> System:
    """x and y change places at every step: independent AR processes up to the future's labels."""
    transition = checked_transition([[0.0, a], [a, 0.0]])
    s = information(a)
    known = {"sts": 2 * s} | dict.fromkeys(("xty", "ytx", "rts", "str"), s)
    return var(transition, known=known | dict.fromkeys(("xts", "yts", "stx", "sty"), -s))


def mean_field(strength: float, correlation: float = 0.0) -> System:
    """Both follow the sum of both: x' = strength (x + y) + e, and the same for y."""
    transition = checked_transition(np.full((2, 2), strength))
    total = 2 * (1 + correlation) / (1 - 4 * strength**2)  # variance of x + y
    variance = strength**2 * total + 1
    corner = information(strength * total / 2 / variance)
    edge = information(strength * (total / variance) ** 0.5)  # of x + y with one future, or back
    known = {"rtr": corner, "rts": edge - corner, "str": edge - corner}
    whole = information(2 * strength)
    return var(transition, correlation, known | {"sts": whole - 2 * edge + corner})


def common_driver(a: float, noise: float) -> System:
    """One hidden AR(1) seen twice, each time with fresh noise of variance `noise`."""
    transition = checked_transition([[a]])
    hidden = 1 / (1 - a**2)
    one, both = hidden / (hidden + noise), hidden / (hidden + noise / 2)  # share of signal
    corner, edge = information(a * one), information(a * (one * both) ** 0.5)
    known = {"rtr": corner, "rts": edge - corner, "str": edge - corner}
    known["sts"] = information(a * both) - 2 * edge + corner
    return System(transition, np.array([[1.0]]), known, np.ones((2, 1)), noise)


def rotation(keep: float, turn: float, correlation: float = 0.0) -> System:
    """x' = keep x - turn y, y' = turn x + keep y; known for |keep| ≥ |turn|, uncorrelated noise."""
    transition, known = checked_transition([[keep, -turn], [turn, keep]]), {}
    if correlation == 0 and abs(keep) >= abs(turn):
        own, cross = information(keep), information(turn)
        both = information((keep**2 + turn**2) ** 0.5)
        known = {"rtr": cross, "sts": 2 * own - cross, "xtx": own - cross, "yty": own - cross}
        known |= {"rts": both - cross, "str": both - cross}
        known |= dict.fromkeys(("xts", "yts", "stx", "sty"), cross - own)
    return var(transition, correlation, known)
