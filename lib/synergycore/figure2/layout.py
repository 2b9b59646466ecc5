"""Where to draw the heads: one force-directed rule for both networks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse.csgraph import connected_components

from synergycore import graphs
from synergycore.figure2.networks import Networks

DEGREE = 6.0
"""Mean number of drawn edges per head: enough to show a shape, few enough to see it."""
PIECE = 4
"""Heads that a piece without edges to the rest needs to be drawn; strays would fly far off."""


@dataclass(frozen=True)
class Drawing:
    """A network laid out, without pieces of fewer than `PIECE` heads."""

    positions: np.ndarray  # (head, 2)
    layer: np.ndarray  # (head,)
    edges: np.ndarray  # (edge, 2), indices of heads


def density(units: int) -> float:
    """Share of pairs to draw, the same in both networks."""
    return min(1.0, DEGREE / (units - 1))


def draw(n: Networks, seed: int = 0) -> tuple[Drawing, Drawing]:
    """Layouts of the average synergy graph and the average redundancy graph.

    Fruchterman–Reingold with networkx's defaults, on the strongest edges at one density, from one
    seed, with weights as they are: nothing that could make one look more compact than the other.
    """
    pair = n.average
    synergy, redundancy = (_draw(weights, pair.layer, seed) for weights in pair.weights)
    return synergy, redundancy


def _draw(weights: np.ndarray, layer: np.ndarray, seed: int) -> Drawing:
    import networkx as nx

    graph = graphs.strongest(weights, density(len(weights)))
    _, piece = connected_components(graph, directed=False)
    shown = np.flatnonzero(np.bincount(piece)[piece] >= PIECE)
    graph = graph[np.ix_(shown, shown)] / graph.max()
    edges = np.argwhere(np.triu(graph))
    places = nx.spring_layout(nx.from_numpy_array(graph), seed=seed, iterations=200)
    return Drawing(np.array([places[head] for head in range(len(graph))]), layer[shown], edges)
