"""Shuffled graphs: the same weights on other edges, keeping the strengths or the layer distances.

Both keep the weights themselves exactly, as a set, and so the mean weight and every quantile.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator

import numpy as np
from numba import njit

from synergycore.errors import SynergyError
from synergycore.graphs.weights import checked, edge_weights, from_edges

log = logging.getLogger(__name__)
compiled = njit(nogil=True, cache=True, error_model="numpy")

TOLERANCE = 0.01
"""Largest difference of a head's strength, relative to its own or to the mean if that is more."""
SWEEPS = 400
"""Each sweep proposes as many exchanges as there are pairs; afterwards it is given up."""
LEARNING = 40
"""Sweeps in which the fields are learned, before the first shuffle of a graph."""
MIXING = 25
"""Sweeps that lead from one shuffle to the next."""


def strength_preserving(weights: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """One of `strength_shuffles`."""
    return next(strength_shuffles(weights, rng))


def strength_shuffles(weights: np.ndarray, rng: np.random.Generator) -> Iterator[np.ndarray]:
    """Random graphs without end, of exactly these weights and, to `TOLERANCE`, these strengths.

    As even a draw among all such graphs as can be had (the canonical ensemble): from a random
    order on, two pairs at a time exchange their weights by the rule of Metropolis, in a field on
    each head that is learned until its strength is right on average; then what is left of the
    differences is frozen out. Exact strengths are in general impossible with weights on other
    edges. Logs a warning where a strength stays further off. Raises SynergyError as
    `weights.checked`.
    """
    graph = checked(weights)
    values, target = rng.permutation(edge_weights(graph)), graph.sum(axis=1)
    field, sweeps = np.zeros(len(graph)), LEARNING
    while True:
        if values.any():
            _exchange(values, target, field, sweeps, SWEEPS, rng)
        shuffled = from_edges(values, len(graph))
        _report(strength_errors(graph, shuffled).max())
        sweeps = MIXING
        yield shuffled


def _report(worst: float) -> None:
    if worst > TOLERANCE * (1 + 1e-9):
        log.warning("a strength-preserving shuffle left a strength %.1f %% off", 100 * worst)


def strength_errors(graph: np.ndarray, shuffled: np.ndarray) -> np.ndarray:
    """|difference of strength| (unit,) relative to the strength, or to the mean if that is more."""
    strength = graph.sum(axis=1)
    scale = np.maximum(strength, max(strength.mean(), np.finfo(float).tiny))
    return np.abs(shuffled.sum(axis=1) - strength) / scale


@compiled
def _exchange(values, target, field, warm, most, rng):
    """Exchange `values` (pair,) in place; `field` (head,) keeps what is learned in `warm` sweeps.

    Energy of a graph: stiffness Σ error² − Σ field · strength. Newton's rule, damped, moves the
    fields against the errors. After `warm` sweeps stiffness sets in and doubles per sweep.
    """
    error = _strengths(values, len(target)) - target
    scale = target.mean()
    allowed = TOLERANCE * np.maximum(target, scale)
    variance = np.maximum(target, 0.01 * scale) ** 2 / (len(target) - 1)
    stiffness, stiffest = 0.0, 36 / (TOLERANCE * scale) ** 2
    for sweep in range(most):
        if sweep == warm:
            field = field.copy()
        if sweep >= warm:
            if (np.abs(error) <= allowed).all():
                return
            stiffness = min(max(2 * stiffness, 10 / scale**2), stiffest)
        _sweep(values, error, field, stiffness, rng)
        field -= 0.3 * error * (1 / variance + 2 * stiffness)


@compiled
def _strengths(values, units):
    strength, p = np.zeros(units), 0
    for a in range(units):
        for b in range(a + 1, units):
            strength[a] += values[p]
            strength[b] += values[p]
            p += 1
    return strength


@compiled
def _sweep(values, error, field, stiffness, rng):
    """Propose to every pair (a, b) in turn an exchange with a pair (c, d) drawn at random."""
    units, p = len(error), -1
    for a in range(units):
        for b in range(a + 1, units):
            p += 1
            one, other = int(rng.random() * units), int(rng.random() * (units - 1))
            other += other >= one
            c, d = min(one, other), max(one, other)
            q = c * (2 * units - c - 1) // 2 + d - c - 1
            step = values[q] - values[p]
            if step == 0.0:
                continue
            ends = 2 if a in (c, d) or b in (c, d) else 4  # a shared end stays as it is
            pull = 2 * (error[a] + error[b] - error[c] - error[d]) + ends * step
            change = step * (stiffness * pull - field[a] - field[b] + field[c] + field[d])
            if change <= 0 or (change < 30 and rng.random() < np.exp(-change)):
                values[p], values[q] = values[q], values[p]
                error[a] += step
                error[b] += step
                error[c] -= step
                error[d] -= step


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
