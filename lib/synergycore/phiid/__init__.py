"""Integrated information decomposition (ΦID) of time series: exact, in nats, one pair or all pairs.

Read in this order: lattice, information, redundancy, gaussian (discrete, copula), windows,
estimators, single, pairs, blocks, kernel. `aggregates` names sums of atoms; `examples` holds
systems with known answers; `bias` says what a finite sample adds, `undefined` what has no answer.
"""

from synergycore.phiid.lattice import ATOMS, Atoms
from synergycore.phiid.pairs import decompose_correlations, decompose_pairs, unit_means
from synergycore.phiid.single import decompose, decompose_covariance, decompose_probabilities
from synergycore.phiid.undefined import one_count
