"""Shuffled graphs: the same weights on other edges, keeping the strengths or the layer distances.

Both keep the weights themselves exactly, as a set, and so the mean weight and every quantile.
"""

from __future__ import annotations

import logging

import numpy as np
from numba import njit

from synergycore.errors import SynergyError
from synergycore.graphs.weights import checked, edge_weights, from_edges

log = logging.getLogger(__name__)
compiled = njit(nogil=True, cache=True, error_model="numpy")

TOLERANCE = 0.01
"""Largest difference of a head's strength, relative to the mean strength."""
SWEEPS = 400
"""Each sweep proposes as many exchanges as there are pairs."""


def strength_preserving(weights: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A random graph with exactly these weights and, to within `TOLERANCE`, these strengths.

    All weights are put on pairs in random order; then two pairs at a time exchange theirs if that
    brings the strengths nearer to the original ones (and now and then if it does not, by less than
    the tolerance, lest they get stuck), until every one is near enough. Exact strengths are in
    general impossible with other weights in place. Logs a warning if the strengths stay further
    off. Raises SynergyError as `weights.checked`.
    """
    graph = checked(weights)
    units = len(graph)
    first, second = np.triu_indices(units, 1)
    values = rng.permutation(graph[first, second])
    target = graph.sum(axis=1)
    _exchange(values, first, second, target, TOLERANCE * target.mean(), SWEEPS, rng)
    shuffled = from_edges(values, units)
    worst = strength_errors(graph, shuffled).max()
    if worst > TOLERANCE * (1 + 1e-9):
        log.warning("a strength-preserving shuffle left a strength %.1f %% off", 100 * worst)
    return shuffled


def strength_errors(graph: np.ndarray, shuffled: np.ndarray) -> np.ndarray:
    """|difference of strength| (unit,) relative to the mean strength; 0 in an empty graph."""
    strength = graph.sum(axis=1)
    return np.abs(shuffled.sum(axis=1) - strength) / max(strength.mean(), np.finfo(float).tiny)


@compiled
def _exchange(values, first, second, target, tolerance, sweeps, rng):
    """Exchange values (pair,) in place until all strengths are within `tolerance` of `target`."""
    error = -target
    for pair in range(len(values)):
        error[first[pair]] += values[pair]
        error[second[pair]] += values[pair]
    heat = (tolerance / 4) ** 2  # leaves the largest of many errors near half the tolerance
    for _ in range(sweeps):
        if np.abs(error).max() <= tolerance:
            return
        for p in range(len(values)):
            q = rng.integers(0, len(values))
            step = values[q] - values[p]
            if step == 0.0:
                continue
            before = _squares(error, first, second, p, q)
            _add(error, first, second, p, q, step)
            worse = _squares(error, first, second, p, q) - before
            if worse < 0 or (worse < 9 * heat and rng.random() < np.exp(-worse / heat)):
                values[p], values[q] = values[q], values[p]
            else:
                _add(error, first, second, p, q, -step)


@compiled
def _squares(error, first, second, p, q):
    """Squared errors of the four ends; a shared end counts twice, before as after."""
    return (
        error[first[p]] ** 2 + error[second[p]] ** 2 + error[first[q]] ** 2 + error[second[q]] ** 2
    )


@compiled
def _add(error, first, second, p, q, step):
    error[first[p]] += step
    error[second[p]] += step
    error[first[q]] -= step
    error[second[q]] -= step


def distance_matched(
    weights: np.ndarray, layer: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """The graph with weights shuffled among pairs that are equally many layers apart.

    `layer` (unit,) is the layer of each unit. Keeps every weight and how weights depend on the
    distance in depth; destroys the strengths. In a graph of one layer it is a plain shuffle.
    Raises SynergyError as `weights.checked` and for a `layer` of another length.
    """
    graph = checked(weights)
    if len(layer) != len(graph):
        raise SynergyError(
            f"{len(layer)} layer numbers were given for a graph of {len(graph)} units; "
            "give one for every unit."
        )
    first, second = np.triu_indices(len(graph), 1)
    distance = np.abs(np.asarray(layer)[first] - np.asarray(layer)[second])
    values = edge_weights(graph)
    for positions in (np.flatnonzero(distance == d) for d in np.unique(distance)):
        values[positions] = rng.permutation(values[positions])
    return from_edges(values, len(graph))
