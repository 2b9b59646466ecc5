"""ΦID of one pair of series, or of one covariance: the formulas, nothing faster."""

from __future__ import annotations

from collections.abc import Sequence

from synergycore.errors import SynergyError
from synergycore.phiid import discrete, gaussian
from synergycore.phiid.arrays import Array, as_float64, check_same_library, is_tensor, namespace
from synergycore.phiid.estimators import (
    Measure,
    atoms_from_entropies,
    ccs_atoms,
    local_atoms,
    pair_atoms,
)
from synergycore.phiid.lattice import ATOMS, Atoms
from synergycore.phiid.windows import checked_segments, checked_tau, sample_count


def decompose(
    x: Array,
    y: Array,
    *,
    tau: int = 1,
    estimator: str = "gaussian",
    redundancy: str = "mmi",
    pointwise: bool = False,
    segments: Sequence[int] | None = None,
    bias_correction: bool = False,
) -> Atoms:
    """The 16 atoms of one pair of series, in nats (Mediano et al. 2021, arXiv:2109.13186).

    `x`, `y`: (time,) series. `estimator`: "gaussian", "copula" (ranks as normal scores) or
    "discrete" (each window binarised at its mean). `redundancy`: "mmi" or "ccs"; the double
    redundancy of CCS has the sign mask of the reference implementation phyid, which differs from
    the published definition (see `redundancy.ccs`). `segments`: lengths of the prompts that the
    series concatenate; each is demeaned by itself (before it is ranked, for the copula) and no
    sample spans two. `bias_correction` takes off the bias of Gaussian informations: exact for
    Gaussian samples that are independent in time, approximate for the copula (see `bias`).

    Returns atom -> float, or array (sample,) whose mean it is when `pointwise`, one value for each
    t up to T - tau (in each segment); NaN throughout where the pair is undefined (constant, not
    finite or masked, collinear, too short: see `windows.FREEDOM`). Under MMI a local value is that
    of the source or target with the least average, the first where averages tie. Raises
    SynergyError for unequal lengths, unknown options and anything but real numbers.
    """
    x, y, tau = as_float64(x, "x"), as_float64(y, "y"), checked_tau(tau)
    check_same_library(x=x, y=y)
    if x.ndim != 1 or x.shape != y.shape:
        raise SynergyError(
            f"x and y have shapes {tuple(x.shape)} and {tuple(y.shape)}; "
            "expected two series (time,) of one length, cut them alike."
        )
    measure = Measure(estimator, redundancy, ATOMS, bias_correction)
    units = measure.functions.prepare(namespace(x).stack([x, y]), tau, segments)
    one, other = units.rows(slice(0, 1)), units.rows(slice(1, 2))
    if pointwise:
        local = measure.unbiased(local_atoms(measure, one, other), units)
        samples = sample_count(checked_segments(segments, len(x)), tau)  # none leave one NaN
        return Atoms({atom: values[:samples] for atom, values in local.items()})
    pair = measure.unbiased(pair_atoms(measure, one, other), units)
    return Atoms({atom: float(values[0, 0]) for atom, values in pair.items()})


def decompose_covariance(cov: Array) -> Atoms:
    """The 16 Gaussian MMI atoms, in nats, of a covariance of (x_t, y_t, x_{t+tau}, y_{t+tau}).

    `cov`: (4, 4), or (..., 4, 4) for many at once. Returns atom -> float, or array (...,) of the
    same library and device; NaN where the covariance is collinear, has a value that is not finite
    or is not a covariance at all (not positive definite). A tensor gives tensors, also for one.
    Closed form: half log-determinants (Barrett 2015, arXiv:1411.2832). Raises SynergyError for
    another shape and for an asymmetric matrix.
    """
    cov = as_float64(cov, "cov")
    if tuple(cov.shape[-2:]) != (4, 4):
        raise SynergyError(
            f"cov has shape {tuple(cov.shape)}; "
            "expected (4, 4), of x and y now and x and y later, take those four."
        )
    xp = namespace(cov)
    cov = xp.where(xp.isfinite(cov), cov, float("nan"))
    variance = xp.diagonal(cov, 0, -2, -1)
    sd = xp.where(variance > 0, variance, float("nan")) ** 0.5
    r = cov / sd[..., :, None] / sd[..., None, :]
    gaussian.check_symmetric(r, "cov")
    nested = [[1 if i == j else r[..., i, j] for j in range(4)] for i in range(4)]
    found = atoms_from_entropies(gaussian.entropies(nested), ATOMS)
    one = cov.ndim == 2 and not is_tensor(cov)
    return Atoms({atom: float(v) for atom, v in found.items()}) if one else found


def decompose_probabilities(table: Array, *, redundancy: str = "mmi") -> Atoms:
    """The 16 atoms, in nats, of two bits whose joint distribution over one step is known.

    `table`: (2, 2, 2, 2) probabilities of (x_t, y_t, x_{t+tau}, y_{t+tau}). Raises SynergyError
    for another shape, for negative values and for a sum other than 1.
    """
    table = as_float64(table, "table")
    if tuple(table.shape) != (2, 2, 2, 2):
        raise SynergyError(
            f"table has shape {tuple(table.shape)}; expected (2, 2, 2, 2), reshape it."
        )
    if not ((table >= 0).all() and abs(table.sum() - 1) < 1e-9):
        raise SynergyError(
            f"table sums to {float(table.sum()):.6g} with least value {float(table.min()):.3g}; "
            "expected probabilities that sum to 1, divide by the sum."
        )
    table = table[..., None, None]
    if Measure("discrete", redundancy).redundancy == "mmi":
        found = atoms_from_entropies(discrete.mean_entropies(table))
    else:
        found = ccs_atoms(discrete.local_entropies(table))
    return Atoms({atom: float(values[0, 0]) for atom, values in found.items()})
