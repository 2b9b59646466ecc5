"""Shuffled graphs: the same weights on other edges, keeping the strengths or the layer distances.

Both keep the weights themselves exactly, as a set, and so the mean weight and every quantile.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from functools import cache

import numpy as np
from numba import njit

from synergycore.errors import SynergyError
from synergycore.graphs.weights import checked, edge_weights, from_edges

log = logging.getLogger(__name__)
compiled = njit(nogil=True, cache=True, error_model="numpy")

TOLERANCE = 0.01
"""Largest change of a head's strength, relative to its own."""
BURN_IN = 200
"""Sweeps from the graph to its first shuffle; a sweep proposes as many exchanges as pairs."""
BETWEEN = 25
"""Sweeps that lead from one shuffle to the next."""
LOCKED = 0.95
"""Share of the strongest weights that may stay; by chance a tenth would."""
SHUFFLES = ("strength_preserving", "distance_matched")
"""The kinds of shuffles, by the names that the claims give them."""


def shuffles(
    weights: np.ndarray, layer: np.ndarray, kind: str, rng: np.random.Generator
) -> Iterator[np.ndarray]:
    """Shuffles of a graph without end, of a `kind` of `SHUFFLES`; `layer` (unit,) of each unit.

    Raises SynergyError for another kind.
    """
    if kind not in SHUFFLES:
        raise SynergyError(f"unknown shuffle {kind!r}; choose one of {', '.join(SHUFFLES)}.")
    if kind == "strength_preserving":
        yield from strength_shuffles(weights, rng)
    while True:
        yield distance_matched(weights, layer, rng)


def strength_preserving(weights: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """One of `strength_shuffles`."""
    return next(strength_shuffles(weights, rng))


def strength_shuffles(weights: np.ndarray, rng: np.random.Generator) -> Iterator[np.ndarray]:
    """Random graphs without end, of exactly these weights and, to `TOLERANCE`, these strengths.

    The weighted kin of degree-preserving rewiring (Maslov & Sneppen 2002): around four heads drawn
    at random, a-b-c-d-a, the weights ab and bc change places, and so do cd and da. That leaves b
    and d as they are, and is done if a and c stay within their tolerance. A move and its reverse
    are equally likely, so that in the long run every such graph that moves can reach is; exact
    strengths are in general impossible with weights on other edges. Where weights take few values,
    no single move may fit the tolerance; a warning is logged if the strongest tenth of the weights
    hardly moved. A graph of fewer than four heads has no such move and is its own shuffle. Raises
    SynergyError as `weights.checked`.
    """
    edges = edge_weights(checked(weights))
    graph = from_edges(edges, len(weights))  # symmetric to the last digit, and our own to change
    strength = graph.sum(axis=1)
    sweeps = BURN_IN
    while True:
        if len(graph) >= 4:
            _exchange(graph, strength, sweeps * edges.size, rng)
            if sweeps == BURN_IN:
                _report_locked(edges, edge_weights(graph))
        sweeps = BETWEEN
        yield graph.copy()


def _report_locked(before: np.ndarray, after: np.ndarray) -> None:
    strong = max(1, before.size // 10)
    if (limit := np.sort(before)[-strong]) > np.median(before):
        stayed = np.mean(after[before >= limit] >= limit)
        if stayed > LOCKED:
            _say_locked()


@cache
def _say_locked() -> None:
    """Once: a small model has thousands of such shuffles."""
    share = 100 * LOCKED
    log.warning("a shuffle left more than %.0f %% of the strongest weights in place", share)


def strength_errors(graph: np.ndarray, shuffled: np.ndarray) -> np.ndarray:
    """|difference of strength| (unit,) relative to the strength; 0 for a unit without any."""
    strength = graph.sum(axis=1)
    difference = np.abs(shuffled.sum(axis=1) - strength)
    return difference / np.where(strength > 0, strength, 1.0)


@compiled
def _exchange(graph, strength, proposals, rng):
    """Rearrange `graph` in place by `proposals` moves around four heads, done where allowed."""
    units, error = len(graph), graph.sum(axis=1) - strength
    allowed = TOLERANCE * strength
    for _ in range(proposals):
        a, b = int(rng.random() * units), int(rng.random() * units)
        c, d = int(rng.random() * units), int(rng.random() * units)
        if a in (b, c, d) or b in (c, d) or c == d:
            continue
        gain = graph[b, c] + graph[c, d] - graph[a, b] - graph[d, a]  # of a, and c's loss
        if abs(error[a] + gain) <= allowed[a] and abs(error[c] - gain) <= allowed[c]:
            error[a] += gain
            error[c] -= gain
            _swap(graph, b, a, c)
            _swap(graph, d, a, c)


@compiled
def _swap(graph, centre, a, c):
    """Exchange the weights of `centre` with a and with c."""
    first, second = graph[centre, a], graph[centre, c]
    graph[centre, a] = graph[a, centre] = second
    graph[centre, c] = graph[c, centre] = first


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
