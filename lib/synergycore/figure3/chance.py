"""How often two profiles that have nothing to do with each other pass the rule of claim 14."""

from __future__ import annotations

import numpy as np

from synergycore import stats

NOISE = 0.5  # of a layer, in standard deviations of the shape over depth
PAIRS = 500


def chance_of_passing(layers: int, shape: str, *, pairs: int = PAIRS, seed: int = 0) -> float:
    """Share of independent pairs that correlate positively and beat their own circular shifts.

    `shape` is one of `SHAPES`; each profile draws its own, and noise. NaN for under three layers.
    """
    if layers < 3:
        return float("nan")
    first, second = (
        profiles(shape, pairs, layers, stats.generator(seed, 14, f"chance, {shape}", side))
        for side in range(2)
    )
    shifted = (np.arange(layers) - np.arange(layers)[:, None]) % layers
    found = stats.spearman(first[:, None], second[:, shifted])  # (pair, shift), unshifted first
    margins = found[:, :1] - found[:, 1:]
    low = np.quantile(margins, (1 - stats.LEVEL) / 2, axis=1)
    return float(np.mean((found[:, 0] > 0) & (low > 0)))


def profiles(shape: str, count: int, layers: int, rng: np.random.Generator) -> np.ndarray:
    """Profiles (count, layer) of `shape` with noise, every one drawn on its own."""
    depth = np.linspace(-1, 1, layers)
    drawn = SHAPES[shape](np.tile(depth, (count, 1)), rng)
    scale = drawn.std(axis=1, keepdims=True)
    return drawn + NOISE * scale * rng.normal(size=drawn.shape)


def _line(depth: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Straight, as often up as down."""
    return rng.choice([-1, 1], size=(len(depth), 1)) * depth


def _hump(depth: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A parabola whose top lies anywhere in the middle half."""
    return -((depth - rng.uniform(-0.5, 0.5, size=(len(depth), 1))) ** 2)


SHAPES = {"line": _line, "hump": _hump}
