"""The shape of every graph: efficiency, modularity, agreement with the layers, rich club."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import xarray as xr

from synergycore.errors import SynergyError
from synergycore.graphs.agreement import adjusted_rand, depth_blocks
from synergycore.graphs.communities import louvain
from synergycore.graphs.cores import rich_club
from synergycore.graphs.efficiency import direct_share, global_efficiency, relative_efficiency
from synergycore.graphs.pairs import Graph, complete, with_clubs
from synergycore.graphs.threads import in_threads
from synergycore.graphs.weights import edge_weights, normalised, strongest
from synergycore.stats import generator

RUNS = 100
"""Louvain runs on a prompt's graphs."""
REPEATED_RUNS = 10
"""Louvain runs where there are many graphs: shuffles, densities, subsets, twins."""

MEASURES = {
    "mean_weight": "nats",
    "efficiency": "efficiency at mean weight 1",
    "direct": "share of pairs",
    "modularity": "modularity",
    "best": "modularity",
    "spread": "modularity",
    "agreement": "adjusted Rand index",
    "in_blocks": "adjusted Rand index",
    "club": "share of the most possible",
}
"""What `shapes` measures, with units."""
REPEATED = ("efficiency", "modularity", "agreement", "club")
"""What is measured of shuffles and at densities."""


def shapes(
    networks: xr.Dataset, clubs: xr.DataArray, *, runs: int = RUNS, seed: int = 0
) -> xr.Dataset:
    """Shapes (prompt, graph) of the `networks`, with the rich club of `clubs` (graph, unit).

    `mean_weight`; `efficiency` with weights divided by their mean; `direct`, the share of pairs
    whose own edge is a shortest path; `modularity`, the median over `runs` Louvain runs, `best`
    the largest and `spread` largest minus smallest; `agreement`, the adjusted Rand index of the
    best communities and the layers, and `in_blocks` the same if they were equal blocks of depth;
    `club`, the rich-club coefficient. NaN for a graph of fewer than four heads or without edges.
    """

    def one(prompt: int) -> list[dict[str, float]]:
        both = with_clubs(complete(networks.weight.isel(prompt=prompt)), clubs)
        rngs = [generator(seed, 11, "louvain", prompt, graph) for graph in range(len(both))]
        return [_shape(graph, runs, rng) for graph, rng in zip(both, rngs, strict=True)]

    found = in_threads(one, networks.sizes["prompt"], "shapes of the graphs")
    return labelled(found, ("prompt", "graph"), graph=networks.graph)


def _shape(graph: Graph, runs: int, rng: np.random.Generator) -> dict[str, float]:
    if not graph.measurable:
        return dict.fromkeys(MEASURES, np.nan)
    communities = louvain(graph.weights, runs, rng)
    blocks = depth_blocks(graph.layer, communities.labels.max() + 1)
    return {
        "mean_weight": edge_weights(graph.weights).mean(),
        "efficiency": relative_efficiency(graph.weights),
        "direct": direct_share(graph.weights),
        "modularity": communities.median,
        "best": communities.best,
        "spread": communities.spread,
        "agreement": adjusted_rand(communities.labels, graph.layer),
        "in_blocks": adjusted_rand(blocks, graph.layer),
        "club": club_of(graph.weights, graph.club),
    }


def shapes_at(
    networks: xr.Dataset, clubs: xr.DataArray, densities: Sequence[float], *, seed: int = 0
) -> xr.Dataset:
    """Shapes (prompt, graph, density) of the strongest edges alone, a share `density` of all pairs.

    `efficiency` with the weights of the edges that are kept divided by their mean (pairs that no
    path joins count 0), and `modularity`, `agreement` and `club` as in `shapes`.
    """

    def one(prompt: int) -> list[list[dict[str, float]]]:
        both = with_clubs(complete(networks.weight.isel(prompt=prompt)), clubs)
        return [
            [_thinned(graph, share, rng(prompt, g, d)) for d, share in enumerate(densities)]
            for g, graph in enumerate(both)
        ]

    def rng(*places: int) -> np.random.Generator:
        return generator(seed, 11, "louvain at a density", *places)

    found = in_threads(one, networks.sizes["prompt"], "shapes of the strongest edges")
    names = {"graph": networks.graph, "density": list(densities)}
    return labelled(found, ("prompt", "graph", "density"), **names)


def _thinned(graph: Graph, density: float, rng: np.random.Generator) -> dict[str, float]:
    if not graph.measurable:
        return dict.fromkeys(REPEATED, np.nan)
    thin = graph._replace(weights=strongest(graph.weights, density))
    efficiency = global_efficiency(normalised(thin.weights))
    return {"efficiency": efficiency, **_communities(thin, rng)}


def repeated_shape(graph: Graph, rng: np.random.Generator) -> dict[str, float]:
    """The measures `REPEATED` of one graph, with weights divided by their mean in `efficiency`."""
    return {"efficiency": relative_efficiency(graph.weights), **_communities(graph, rng)}


def _communities(graph: Graph, rng: np.random.Generator) -> dict[str, float]:
    communities = louvain(graph.weights, REPEATED_RUNS, rng)
    return {
        "modularity": communities.median,
        "agreement": adjusted_rand(communities.labels, graph.layer),
        "club": club_of(graph.weights, graph.club),
    }


def club_of(weights: np.ndarray, members: np.ndarray) -> float:
    """Rich-club coefficient; NaN where fewer than two of the `members` are in the graph."""
    return rich_club(weights, members) if len(members) > 1 else float("nan")


def labelled(found: Any, dims: tuple[str, ...], **coords: Any) -> xr.Dataset:
    """Nested lists of dicts as a Dataset: the levels are `dims`, the keys its variables.

    A value that is itself a list takes the last of the `dims`. Raises SynergyError where one of
    them has no entries.
    """
    cells = np.array(found, dtype=object)
    if not cells.size:
        raise SynergyError(
            f"there is no {dims[cells.shape.index(0)]} to measure; ask for one at least."
        )
    columns = {}
    for name in cells.flat[0]:
        values = np.array([cell[name] for cell in cells.flat], dtype=np.float64)
        values = values.reshape(*cells.shape, *values.shape[1:])
        columns[name] = (dims[: values.ndim], values, {"units": MEASURES.get(name, "")})
    return xr.Dataset(columns, coords=coords)
