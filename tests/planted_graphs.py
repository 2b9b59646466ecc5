"""Pairs of heads whose graphs have a structure that was put there, for tests."""

from __future__ import annotations

import numpy as np
import xarray as xr

LAYERS, HEADS, PROMPTS = 6, 6, 6
UNITS = LAYERS * HEADS
LAYER = np.arange(UNITS) // HEADS
PARITY = np.arange(UNITS) % 2
EVEN = np.ones((UNITS, UNITS))


def planted(
    synergy: np.ndarray, redundancy: np.ndarray, scatter: float = 0.2, seed: int = 0
) -> xr.Dataset:
    """Pairs as `heads.pairs` returns them, scattered around patterns (unit, unit)."""
    rng = np.random.default_rng(seed)
    dims = ("prompt", "unit", "partner")
    atoms = {
        name: (dims, np.array([noisy(pattern, scatter, rng) for _ in range(PROMPTS)]))
        for name, pattern in (("sts", synergy), ("rtr", redundancy))
    }
    return xr.Dataset(
        atoms, coords={"layer": ("unit", LAYER), "head": ("unit", np.arange(UNITS) % HEADS)}
    )


def noisy(pattern: np.ndarray, scatter: float, rng: np.random.Generator) -> np.ndarray:
    noise = np.triu(rng.lognormal(sigma=scatter, size=pattern.shape), 1)
    found = pattern * (noise + noise.T)
    np.fill_diagonal(found, np.nan)
    return found


def communities(contrast: float, label: np.ndarray = PARITY) -> np.ndarray:
    """Stronger by `contrast` among heads of one label."""
    return 1 + contrast * (label[:, None] == label)


def core(members: np.ndarray, contrast: float) -> np.ndarray:
    """Strong among the members alone."""
    inside = np.isin(np.arange(UNITS), members)
    return 1 + contrast * (inside[:, None] & inside)


def apart(members: np.ndarray, inside: float = 3.0) -> np.ndarray:
    """Strong among the members, and weaker towards the others by as much."""
    here, other = np.isin(np.arange(UNITS), members), len(members)
    outside = 1 - (inside - 1) * (other - 1) / (UNITS - other)
    across = here[:, None] ^ here
    return np.where(here[:, None] & here, inside, np.where(across, outside, 1.0))


def strengths(seed: int, spread: float = 0.6) -> np.ndarray:
    """Strong heads, but who is joined to whom follows from that alone."""
    own = np.random.default_rng(seed).lognormal(sigma=spread, size=UNITS)
    return own * own[:, None]


def by_unit(values: np.ndarray) -> xr.DataArray:
    """A score (unit) of every head."""
    return xr.DataArray(values, dims="unit")
