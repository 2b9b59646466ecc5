"""Claim 14: does the energy of a layer follow its synergy, and would it by chance?"""

from __future__ import annotations

import numpy as np

from synergycore.evidence import uniform
from synergycore.figure3.depth import correlation, correlation_given_depth
from synergycore.figure3.measures import Measures, energy_profile, rank_profile

FIRST = 2  # layers left out at the start in the sensitivity analysis


def tracking(m: Measures, weights: np.ndarray, name: str = "both") -> np.ndarray:
    """Claim 14."""
    return correlation(energy_profile(m, weights, name), rank_profile(m, weights))


def tracking_without_first(m: Measures, weights: np.ndarray, name: str = "both") -> np.ndarray:
    """Claim 14 on the layers from `FIRST` on."""
    return correlation(
        energy_profile(m, weights, name)[:, FIRST:], rank_profile(m, weights)[:, FIRST:]
    )


def tracking_given_depth(m: Measures, weights: np.ndarray, name: str = "both") -> np.ndarray:
    """Claim 14 without what both owe to a linear and a quadratic course over depth."""
    return correlation_given_depth(energy_profile(m, weights, name), rank_profile(m, weights))


def shifted_tracking(m: Measures, name: str = "both") -> np.ndarray:
    """Claim 14 (shift,) with the rank profile shifted along depth by 1 to L − 1 layers.

    The end is joined to the start, so that a shifted profile has a step there. Empty for one layer.
    """
    energy, ranks = energy_profile(m, uniform(m), name)[0], rank_profile(m, uniform(m))[0]
    shifts = [np.roll(ranks, shift) for shift in range(1, m.layers)]
    return np.array([float(correlation(energy, shifted)) for shifted in shifts])


def shifts_reaching(m: Measures, name: str = "both") -> int:
    """k, how many of the L − 1 shifts correlate at least as highly; p is (k + 1)/L."""
    unshifted = tracking(m, uniform(m), name)[0]
    return int((shifted_tracking(m, name) >= unshifted - 1e-9).sum())
