"""Where to draw the heads: one force-directed rule for every network."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.sparse.csgraph import connected_components

from synergycore.graphs.weights import checked, strongest

DEGREE = 6.0
"""Mean number of drawn edges per head: enough to show a shape, few enough to see it."""
PIECE = 4
"""Heads that a piece without edges to the rest needs to be drawn; strays would fly far off."""


class Drawing(NamedTuple):
    """A network laid out, without pieces of fewer than `PIECE` heads."""

    positions: np.ndarray
    """(head, 2)"""
    shown: np.ndarray
    """(head,) which of the graph's heads they are."""
    edges: np.ndarray
    """(edge, 2), indices of the heads that are shown."""


def drawn_density(units: int) -> float:
    """Share of pairs to draw, the same in every network of so many heads."""
    return min(1.0, DEGREE / (units - 1))


def draw(weights: np.ndarray, seed: int = 0) -> Drawing:
    """Layout of the strongest edges of a graph (unit, unit), `DEGREE` / 2 of them for every head.

    Fruchterman–Reingold with networkx's defaults, from one seed, with weights divided by the
    largest: nothing that could make one graph look more compact than another. Raises SynergyError
    as `weights.checked`.
    """
    import networkx as nx

    graph = strongest(weights, drawn_density(len(checked(weights))))
    _, piece = connected_components(graph, directed=False)
    shown = np.flatnonzero(np.bincount(piece)[piece] >= PIECE)
    graph = graph[np.ix_(shown, shown)] / graph.max()
    places = nx.spring_layout(nx.from_numpy_array(graph), seed=seed, iterations=200)
    positions = np.array([places[head] for head in range(len(graph))]).reshape(-1, 2)
    return Drawing(positions, shown, np.argwhere(np.triu(graph)))
