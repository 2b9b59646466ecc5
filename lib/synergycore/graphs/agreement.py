"""Are communities the layers? Agreement of partitions, and the most that few blocks can have."""

from __future__ import annotations

import numpy as np

from synergycore.errors import SynergyError
from synergycore.stats import checks


def adjusted_rand(first: np.ndarray, second: np.ndarray) -> float:
    """Agreement of two partitions (unit,): 1 if they are the same, 0 on average by chance.

    Hubert & Arabie 1985. NaN where chance alone fixes the answer: one class on both sides (a
    model of one layer in one community), or every unit alone on both, or no unit at all. Raises
    SynergyError for partitions of unlike numbers of units.
    """
    if len(first) != len(second):
        raise SynergyError(
            f"partitions of {len(first)} and {len(second)} units were given; compare partitions of "
            "the same units."
        )
    if len(first) == 0:
        return float("nan")
    _, a = np.unique(first, return_inverse=True)
    _, b = np.unique(second, return_inverse=True)
    table = np.zeros((a.max() + 1, b.max() + 1))
    np.add.at(table, (a, b), 1)
    together, in_first, in_second = (
        _couples(t).sum() for t in (table, table.sum(axis=1), table.sum(axis=0))
    )
    expected = in_first * in_second / _couples(np.array(len(a)))
    most = (in_first + in_second) / 2
    return float((together - expected) / (most - expected)) if most != expected else float("nan")


def _couples(counts: np.ndarray) -> np.ndarray:
    return counts * (counts - 1) / 2


def depth_blocks(layer: np.ndarray, count: int) -> np.ndarray:
    """Labels (unit,) of `count` communities that are nothing but stretches of neighbouring layers.

    What agreement with the layers such communities have is the most that so few can have. Raises
    SynergyError for fewer than one.
    """
    checks.at_least(1, count, "blocks")
    _, depth = np.unique(layer, return_inverse=True)
    return depth * count // (depth.max() + 1)
