"""Statistics of profiles (..., layer) that answer NaN where there are too few layers for them."""

from __future__ import annotations

import numpy as np
from scipy.stats import rankdata

from synergycore import stats

THIRDS = 3
LEAST_FOR_DEPTH = 5  # a parabola takes three of them; of four layers only a sign would be left


def thirds(profile: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """`stats.thirds` (...), NaN for fewer than three layers."""
    if profile.shape[-1] < THIRDS:
        return tuple(np.full((3, *profile.shape[:-1]), np.nan))
    return stats.thirds(profile)


def rise(profile: np.ndarray) -> np.ndarray:
    """`stats.rise` (...), NaN for fewer than three layers."""
    early, middle, late = thirds(profile)
    return np.minimum(middle - early, middle - late)


def correlation(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Spearman's correlation (...) over the layers, NaN for fewer than two."""
    if first.shape[-1] < 2:
        return np.full(first.shape[:-1], np.nan)
    return stats.spearman(first, second)


def correlation_given_depth(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Correlation (...) of what depth and depth² leave of the ranks of both profiles.

    The partial rank correlation: whether two profiles agree beyond both being high early, late or
    in the middle. NaN for fewer than five layers, and where depth leaves nothing of one of them.
    """
    if first.shape[-1] < LEAST_FOR_DEPTH:
        return np.full(first.shape[:-1], np.nan)
    x, y = (_beyond_depth(rankdata(profile, axis=-1)) for profile in (first, second))
    with np.errstate(invalid="ignore", divide="ignore"):
        return (x * y).sum(axis=-1) / np.sqrt((x**2).sum(axis=-1) * (y**2).sum(axis=-1))


def _beyond_depth(ranks: np.ndarray) -> np.ndarray:
    """Residuals of the parabola over depth; exact zeros where they are only rounding."""
    left = ranks - stats.parabola_fit(ranks)
    return np.where(np.abs(left).max(axis=-1, keepdims=True) > 1e-9 * ranks.shape[-1], left, 0.0)
