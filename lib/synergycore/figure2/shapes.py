"""The shape of every graph: efficiency, modularity, agreement with layers, rich club."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields

import numpy as np

from synergycore import graphs, stats
from synergycore.figure2.networks import Networks, measurable

DENSITIES = (0.05, 0.10, 0.15, 0.20, 0.25, 0.30)
RUNS = 100  # of Louvain on a prompt's graphs
FEW_RUNS = 10  # on its shuffles and at each density


@dataclass(frozen=True)
class Shapes:
    """Measures of the graphs; the last axis is the graph: synergy, redundancy.

    NaN for a graph too small or too empty to have a shape (`networks.measurable`).
    """

    mean: np.ndarray  # (prompt, graph), mean weight, nats
    efficiency: np.ndarray  # (prompt, graph), with weights divided by their mean
    direct: np.ndarray  # (prompt, graph), share of pairs whose own edge is a shortest path
    modularity: np.ndarray  # (prompt, graph), median over Louvain runs
    best: np.ndarray  # (prompt, graph), the best run
    spread: np.ndarray  # (prompt, graph), best minus worst run
    agreement: np.ndarray  # (prompt, graph), adjusted Rand index of communities and layers
    in_blocks: np.ndarray  # (prompt, graph), the same, were communities equal blocks of depth
    club: np.ndarray  # (prompt, graph), rich club of the most synergistic or redundant quarter
    efficiency_at: np.ndarray  # (prompt, density, graph)
    modularity_at: np.ndarray  # (prompt, density, graph)
    agreement_at: np.ndarray  # (prompt, density, graph)
    club_at: np.ndarray  # (prompt, density, graph)

    @property
    def raw(self) -> np.ndarray:
        """(prompt, graph), efficiency with weights as they are, nats."""
        return self.efficiency * self.mean


@dataclass(frozen=True)
class Measures:
    """The graphs of one recording and their shapes."""

    networks: Networks
    shapes: Shapes

    @property
    def prompts(self) -> int:
        return self.networks.prompts


def each(function: Callable[[int], object], count: int) -> list:
    """`function` of 0 … count − 1, in threads: the graph kernels leave the interpreter free."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(function, range(count)))


def measure(
    networks: Networks, *, runs: int = RUNS, densities: Sequence[float] = DENSITIES, seed: int = 0
) -> Measures:
    """Shapes of the graphs of every prompt; without `densities`, the arrays over them are empty."""

    def one(prompt: int) -> list[dict[str, np.ndarray | float]]:
        pair = networks.of_prompt(prompt)
        clubs = map(pair.find, networks.clubs())
        return [
            _shape(weights, pair.layer, club, runs, densities, (seed, prompt, graph))
            for graph, (weights, club) in enumerate(zip(pair.weights, clubs, strict=True))
        ]

    found = each(one, networks.prompts)
    columns = {
        name: np.moveaxis(np.array([[graph[name] for graph in both] for both in found]), 1, -1)
        for name in found[0][0]
    }
    return Measures(networks, Shapes(**columns))


def _shape(
    weights: np.ndarray,
    layer: np.ndarray,
    club: np.ndarray,
    runs: int,
    densities: Sequence[float],
    where: tuple[int, int, int],
) -> dict[str, np.ndarray | float]:
    if not measurable(weights):
        empty = np.full(len(densities), np.nan)
        return {f.name: empty if f.name.endswith("_at") else np.nan for f in fields(Shapes)}
    seed, *place = where
    communities = graphs.louvain(weights, runs, stats.generator(seed, 11, "louvain", *place))
    thinned = [graphs.strongest(weights, density) for density in densities]
    found = [
        graphs.louvain(
            graph, FEW_RUNS, stats.generator(seed, 11, "louvain at a density", *place, index)
        )
        for index, graph in enumerate(thinned)
    ]
    return {
        "mean": graphs.edge_weights(weights).mean(),
        "efficiency": efficiency(weights),
        "direct": graphs.direct_share(weights),
        "modularity": communities.median,
        "best": communities.best,
        "spread": communities.spread,
        "agreement": graphs.adjusted_rand(communities.labels, layer),
        "in_blocks": graphs.adjusted_rand(blocks(layer, communities.labels.max() + 1), layer),
        "club": club_of(weights, club),
        "efficiency_at": np.array(
            [graphs.global_efficiency(graphs.normalised(graph)) for graph in thinned]
        ),
        "modularity_at": np.array([one.median for one in found]),
        "agreement_at": np.array([graphs.adjusted_rand(one.labels, layer) for one in found]),
        "club_at": np.array([club_of(graph, club) for graph in thinned]),
    }


def blocks(layer: np.ndarray, count: int) -> np.ndarray:
    """Labels (unit,) of `count` communities that are nothing but stretches of neighbouring layers.

    What agreement with the layers such communities have is the most that so few can have.
    """
    _, depth = np.unique(layer, return_inverse=True)
    return depth * count // (depth.max() + 1)


def club_of(weights: np.ndarray, members: np.ndarray) -> float:
    """Rich-club coefficient; NaN where fewer than two of the `members` are in the graph."""
    return graphs.rich_club(weights, members) if len(members) > 1 else float("nan")


def efficiency(weights: np.ndarray) -> float:
    """Global efficiency at mean weight 1, the mean taken over all pairs; NaN without any edge."""
    mean = graphs.edge_weights(weights).mean()
    return graphs.global_efficiency(weights / mean) if mean > 0 else float("nan")
