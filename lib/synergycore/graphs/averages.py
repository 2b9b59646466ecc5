"""The graphs averaged over prompts: their shapes, and those of many shuffles of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import xarray as xr

from synergycore.graphs.cores import clubs, core_ratio
from synergycore.graphs.measures import REPEATED, club_of, labelled, repeated_shape
from synergycore.graphs.pairs import Graph, with_clubs
from synergycore.graphs.shuffled import shuffled
from synergycore.graphs.threads import in_threads
from synergycore.stats import generator

SHARES = tuple(np.arange(1, 11) / 20)
"""Shares of the heads in a club."""
PARTS = 16
"""In which draws are made side by side; a fixed number, whatever the machine."""


def average_shapes(
    average: xr.DataArray,
    score: xr.DataArray,
    kind: str | None = None,
    *,
    draws: int = 1,
    shares: Sequence[float] = SHARES,
    seed: int = 0,
) -> xr.Dataset:
    """Shapes (sample, graph) of `average` (graph, unit, partner), or of `draws` shuffles of it.

    `efficiency`, `modularity` and `agreement` as in `shapes`; `core`, the mean weight in the
    graph's club of a quarter of the heads divided by that of all pairs; and `club` (sample, graph,
    share), the rich-club coefficient for every one of the `shares` of heads, in the order of
    `score` (unit) as `clubs` takes it. `kind` None is the graph itself. NaN for a graph of
    fewer than four heads or without edges. Raises SynergyError for a `kind` that is none of
    `SHUFFLES`.
    """
    name, both = kind or "average", with_clubs(average, clubs(score))
    circles = [
        [graph.club for graph in with_clubs(average, clubs(score, share))] for share in shares
    ]
    parts = [range(draws)[part::PARTS] for part in range(min(PARTS, draws))]

    def one(part: int) -> list[list[dict]]:
        rngs = [generator(seed, 12, name, part, graph) for graph in range(len(both))]
        visiting = [
            generator(seed, 12, f"louvain, {name}", part, graph) for graph in range(len(both))
        ]
        drawn = shuffled(both, kind, len(parts[part]), rngs) if kind else [both]
        return [list(map(_shape, some, zip(*circles, strict=True), visiting)) for some in drawn]

    found = [
        shape for part in in_threads(one, len(parts), f"average graphs, {name}") for shape in part
    ]
    names = {"graph": average.graph, "share": list(shares)}
    return labelled(found, ("sample", "graph", "share"), **names)


def _shape(graph: Graph, circles: Sequence[np.ndarray], rng: np.random.Generator) -> dict:
    if not graph.measurable:
        nothing = dict.fromkeys((*REPEATED, "core"), np.nan)
        return nothing | {"club": [np.nan] * len(circles)}
    shape = repeated_shape(graph, rng)
    core = core_ratio(graph.weights, graph.club)
    return shape | {"core": core, "club": [club_of(graph.weights, members) for members in circles]}
