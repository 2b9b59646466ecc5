"""What counts as a graph of heads, and how pairs of atoms become one.

A graph is its weight matrix (unit, unit): symmetric, zero on the diagonal, finite, not negative.
Zero means no edge. Every measure checks this first, so that a case nobody meant is refused.
"""

from __future__ import annotations

import numpy as np

from synergycore.errors import SynergyError
from synergycore.phiid.arrays import as_float64


def checked(weights: np.ndarray) -> np.ndarray:
    """`weights` (unit, unit) as float64 if they are a graph.

    Raises SynergyError for what is no real number, another shape, fewer than two units, NaN or
    infinite edges, negative weights, self-loops, and a direction (weights that differ from their
    transpose).
    """
    graph = as_float64(weights, "the graph")
    if graph.ndim != 2 or graph.shape[0] != graph.shape[1] or len(graph) < 2:
        raise SynergyError(
            f"a graph of shape {graph.shape} was given; expected (unit, unit) with two units or "
            "more."
        )
    for bad, what, remedy in _refusals(graph):
        if bad.any():
            raise SynergyError(
                f"the graph has {int(bad.sum())} {what}, the first at {_first(bad)}; {remedy}."
            )
    return graph


def _refusals(graph: np.ndarray) -> list[tuple[np.ndarray, str, str]]:
    off = ~np.eye(len(graph), dtype=bool)
    with np.errstate(invalid="ignore"):
        asymmetric = np.abs(graph - graph.T) > 1e-9 * np.abs(graph + graph.T)
    return [
        (~np.isfinite(graph), "weights that are not finite", "leave out units without weights"),
        (graph < 0, "negative weights", "an edge length 1/w needs w ≥ 0: clip or shift them"),
        (~off & (graph != 0), "self-loops", "set the diagonal to zero"),
        (asymmetric, "weights that depend on the direction", "make the matrix symmetric"),
    ]


def _first(bad: np.ndarray) -> tuple[int, int]:
    row, column = np.argwhere(bad)[0]
    return int(row), int(column)


def defined_units(pairs: np.ndarray) -> np.ndarray:
    """Indices of units between which every pair of `pairs` (unit, unit) is defined.

    The unit with the most undefined pairs goes first, until none is left: a constant head goes
    alone, and of two perfectly correlated heads one goes. The diagonal does not count.
    """
    undefined = ~np.isfinite(pairs)
    np.fill_diagonal(undefined, False)
    kept = np.arange(len(pairs))
    while undefined.any():
        worst = int(np.argmax(undefined.sum(axis=1)))
        undefined = np.delete(np.delete(undefined, worst, 0), worst, 1)
        kept = np.delete(kept, worst)
    return kept


def clipped(pairs: np.ndarray) -> tuple[np.ndarray, float]:
    """Graph of `pairs` (unit, unit), negative values set to 0, and the share of pairs that were.

    An atom can be negative, a length cannot. Raises SynergyError as `checked` does.
    """
    graph = np.array(pairs, dtype=np.float64)
    np.fill_diagonal(graph, 0.0)
    negative = graph < 0
    graph[negative] = 0.0
    return checked(graph), float(negative.sum() / (graph.size - len(graph)))


def edge_weights(graph: np.ndarray) -> np.ndarray:
    """Weights (unit · (unit − 1) / 2,) of all pairs, row by row above the diagonal."""
    return graph[np.triu_indices(len(graph), 1)]


def from_edges(values: np.ndarray, units: int) -> np.ndarray:
    """The graph (unit, unit) whose `edge_weights` are `values`.

    Raises SynergyError for another number of them.
    """
    if len(values) != (pairs := units * (units - 1) // 2):
        raise SynergyError(
            f"{len(values)} weights were given for {pairs} pairs of {units} units; give one a pair."
        )
    graph = np.zeros((units, units))
    graph[np.triu_indices(units, 1)] = values
    return graph + graph.T


def normalised(graph: np.ndarray) -> np.ndarray:
    """Weights divided by their mean over the edges there are (weight > 0), so that it is 1.

    Without this, efficiency compares how large the weights are. Raises SynergyError for a graph
    without edges, and as `checked`.
    """
    present = checked(graph)[graph > 0]
    if present.size == 0:
        raise SynergyError(
            f"a graph of {len(graph)} units has no edge of positive weight; "
            "it has no mean weight to divide by, so leave it out."
        )
    return graph / present.mean()


def strongest(graph: np.ndarray, density: float) -> np.ndarray:
    """The same graph with only the strongest `density` (0 to 1] of all pairs kept as edges.

    Ties go to the first pair, so that graphs of one size keep equally many pairs. Raises
    SynergyError for a density outside of its range.
    """
    if not 0 < density <= 1:
        raise SynergyError(f"density {density} was given; expected a share above 0, at most 1.")
    values = edge_weights(checked(graph))
    count = max(1, round(density * values.size))
    order = np.argsort(-values, kind="stable")
    values[order[count:]] = 0.0
    return from_edges(values, len(graph))
