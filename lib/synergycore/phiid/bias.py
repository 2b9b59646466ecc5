"""Exact finite-sample bias of Gaussian informations, for samples that are independent in time.

A sample covariance of d variables with f degrees of freedom has
E[ln|Σ̂|] - ln|Σ| = Σ_{i=1..d} ψ((f + 1 - i) / 2) + d ln(2 / f)  (Wishart). It depends on d and f
alone, so it moves every atom by a constant, and never changes which information is the least.
Autocorrelation and the minimum bias the atoms too; that part is not corrected. Normal scores of
ranks (the copula) are no independent Gaussian samples: for them the correction is approximate.
"""

from __future__ import annotations

import numpy as np
from scipy.special import digamma

from synergycore.phiid.lattice import ATOMS, TOTAL, invert

VARIABLES = {"r": 1, "x": 1, "y": 1, "s": 2}
"""Variables that carry the information of a node, on the side of its letter."""


def entropy_bias(variables: int, freedom: int) -> float:
    """Expected error, nats, of the plug-in Gaussian entropy; `freedom` > variables - 1."""
    order = np.arange(variables)
    return float(0.5 * np.sum(digamma((freedom - order) / 2) + np.log(2 / freedom)))


def information_bias(past: int, future: int, freedom: int) -> float:
    """Expected error, nats, of the information between `past` and `future` many variables."""
    return (
        entropy_bias(past, freedom)
        + entropy_bias(future, freedom)
        - entropy_bias(past + future, freedom)
    )


def atom_bias(freedom: int) -> dict[str, float]:
    """Expected error of each MMI atom and of TOTAL, nats.

    `freedom` = samples less means removed.
    """
    sides = {atom: (VARIABLES[atom[0]], VARIABLES[atom[2]]) for atom in ATOMS}
    nodes = {atom: information_bias(*side, freedom) for atom, side in sides.items()}
    return dict(invert(nodes, (*ATOMS, TOTAL)))
