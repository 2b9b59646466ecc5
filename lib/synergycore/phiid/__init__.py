"""Integrated information decomposition (ΦID) of time series: exact, in nats, one pair or all pairs.

Read in this order: lattice, information, redundancy, gaussian, estimators, single, pairs.
"""

from synergycore.phiid.lattice import ATOMS, Atoms
from synergycore.phiid.pairs import decompose_correlations, decompose_pairs, unit_means
from synergycore.phiid.single import decompose, decompose_covariance

__all__ = [
    "ATOMS",
    "Atoms",
    "decompose",
    "decompose_correlations",
    "decompose_covariance",
    "decompose_pairs",
    "unit_means",
]
