"""Other ways to the same atoms, for comparison: as slow as their authors would write them."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations

import numpy as np
from scipy.stats import multivariate_normal

from synergycore.phiid.information import SUBSETS, mutual_information
from synergycore.phiid.lattice import ATOMS, MOBIUS, ZETA
from synergycore.phiid.redundancy import mmi

STS_RTR = [15, 0]


def loop(series: np.ndarray, pairs: int) -> np.ndarray:
    """(pairs, 2): sts and rtr, pair by pair from the definitions.

    Local entropies of the 15 subsets from scipy's multivariate normal, local informations, a
    linear system for the atoms: what the reference implementation phyid does.
    """
    chosen = list(combinations(range(len(series)), 2))[:pairs]
    return np.array([_one_pair(series[i], series[j])[STS_RTR] for i, j in chosen])


def _one_pair(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    samples = np.stack([x[:-1], y[:-1], x[1:], y[1:]])
    samples = (samples - samples.mean(1, keepdims=True)) / samples.std(1, ddof=1, keepdims=True)
    covariance = np.cov(samples)
    local = {
        members: -multivariate_normal(
            np.zeros(len(members)), covariance[np.ix_(members, members)]
        ).logpdf(samples[list(members)].T)
        for members in SUBSETS
    }
    informations = mutual_information(local)
    means = {node: np.mean(values) for node, values in informations.items()}
    nodes = mmi(means, informations)
    return np.linalg.solve(ZETA, np.stack([nodes[atom] for atom in ATOMS])).mean(1)


def batched(series: np.ndarray) -> np.ndarray:
    """(all pairs, 2): sts and rtr from one batch of log-determinants of 4×4 matrices in numpy."""
    past, future = (_unit_rows(window) for window in (series[:, :-1], series[:, 1:]))
    now, later, across = past @ past.T, future @ future.T, past @ future.T
    i, j = np.triu_indices(len(series), 1)
    r = np.tile(np.eye(4), (len(i), 1, 1))
    entries = {
        (0, 1): now[i, j], (2, 3): later[i, j], (0, 2): across[i, i],
        (0, 3): across[i, j], (1, 2): across[j, i], (1, 3): across[j, j],
    }  # fmt: skip
    for (a, b), values in entries.items():
        r[:, a, b] = r[:, b, a] = values
    halves = {m: 0.5 * np.linalg.slogdet(r[:, m][:, :, m])[1] for m in SUBSETS}
    nodes = mmi(mutual_information(halves))
    return (MOBIUS[STS_RTR] @ np.stack([nodes[atom] for atom in ATOMS])).T


def _unit_rows(window: np.ndarray) -> np.ndarray:
    centred = window - window.mean(1, keepdims=True)
    return centred / np.linalg.norm(centred, axis=1, keepdims=True)


def hoi_call(series: np.ndarray) -> Callable[[], np.ndarray] | None:
    """A call that gives sts and rtr of all pairs with hoi, or None where it is not installed.

    (pairs, 2) in nats, in single precision; right only for windows of mean 0. hoi adds up the
    atoms it is asked for, so they take two calls, each of which compiles anew.
    """
    try:
        from hoi.metrics import AtomsPhiID
    except ImportError:
        return None
    model = AtomsPhiID(series.T, verbose=False)

    def call() -> np.ndarray:
        atoms = [model.fit(method="gauss", atoms=[atom]) for atom in ("sts", "rtr")]
        return np.squeeze(np.stack(atoms, -1)) * np.log(2)

    return call
