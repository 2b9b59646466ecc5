"""ΦID of one pair of series, or of one covariance: the formulas, nothing faster."""

from __future__ import annotations

import numpy as np

from synergycore.errors import SynergyError
from synergycore.phiid import gaussian
from synergycore.phiid.arrays import Array, as_float64, namespace
from synergycore.phiid.estimators import (
    atoms_from_entropies,
    choose,
    local_atoms,
    pair_atoms,
)
from synergycore.phiid.lattice import ATOMS, Atoms
from synergycore.phiid.windows import checked_tau


def decompose(
    x: Array,
    y: Array,
    *,
    tau: int = 1,
    estimator: str = "gaussian",
    redundancy: str = "mmi",
    pointwise: bool = False,
) -> Atoms:
    """The 16 atoms of one pair of series, in nats (Mediano et al. 2021, arXiv:2109.13186).

    `x`, `y`: (time,) series. Returns atom -> float, or array (T - tau,) whose mean it is when
    `pointwise`; NaN throughout where the pair is undefined (constant, not finite, collinear, too
    short). Raises SynergyError for unequal lengths, unknown options and anything but real numbers.
    """
    x, y, tau = as_float64(x, "x"), as_float64(y, "y"), checked_tau(tau)
    if x.ndim != 1 or x.shape != y.shape:
        raise SynergyError(
            f"x and y have shapes {tuple(x.shape)} and {tuple(y.shape)}; "
            "expected two series (time,) of one length, cut them alike."
        )
    how = choose(estimator, redundancy)
    units = how.prepare(namespace(x).stack([x, y]), tau)
    one, other = units.rows(slice(0, 1)), units.rows(slice(1, 2))
    if pointwise:
        local = local_atoms(how, redundancy, one, other)
        return Atoms({atom: values[0, 0] for atom, values in local.items()})
    pair = pair_atoms(how, redundancy, one, other)
    return Atoms({atom: float(values[0, 0]) for atom, values in pair.items()})


def decompose_covariance(cov: Array) -> Atoms:
    """The 16 Gaussian MMI atoms, in nats, of a covariance of (x_t, y_t, x_{t+tau}, y_{t+tau}).

    `cov`: (4, 4), or (..., 4, 4) for many at once. Returns atom -> float (or array); NaN where
    the covariance is singular, has NaN or is not a covariance at all (not positive definite).
    Closed form: half log-determinants (Barrett 2015, arXiv:1411.2832). Raises SynergyError for
    another shape and for an asymmetric matrix.
    """
    cov = np.asarray(as_float64(cov, "cov"))
    if cov.shape[-2:] != (4, 4):
        raise SynergyError(
            f"cov has shape {cov.shape}; expected (4, 4), of x and y now and x and y later."
        )
    cov = np.where(np.isfinite(cov), cov, np.nan)
    variance = np.diagonal(cov, axis1=-2, axis2=-1)
    sd = np.sqrt(np.where(variance > 0, variance, np.nan))
    r = cov / sd[..., :, None] / sd[..., None, :]
    if np.nanmax(np.abs(r - np.swapaxes(r, -1, -2)), initial=0.0) > 1e-8:
        raise SynergyError("cov is not symmetric; expected a covariance, pass (cov + cov.T) / 2.")
    nested = [[1 if i == j else r[..., i, j] for j in range(4)] for i in range(4)]
    found = atoms_from_entropies(gaussian.entropies(nested), ATOMS)
    return found if cov.ndim > 2 else Atoms({atom: float(v) for atom, v in found.items()})
