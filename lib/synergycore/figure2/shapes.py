"""The shape of every graph: efficiency, modularity, at equal densities, and after shuffling."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice

import numpy as np

from synergycore import graphs
from synergycore.figure2.networks import Networks, Pair

DENSITIES = (0.05, 0.10, 0.15, 0.20, 0.25, 0.30)
RUNS = 100  # of Louvain on a prompt's graphs
FEW_RUNS = 10  # on its shuffles and at each density
NULLS = ("strength_preserving", "distance_matched")


@dataclass(frozen=True)
class Shapes:
    """Measures of the graphs; the last axis is the graph: synergy, redundancy."""

    mean: np.ndarray  # (prompt, graph), mean weight, nats
    efficiency: np.ndarray  # (prompt, graph), with weights divided by their mean
    modularity: np.ndarray  # (prompt, graph), median over Louvain runs
    best: np.ndarray  # (prompt, graph), the best run
    spread: np.ndarray  # (prompt, graph), best minus worst run
    agreement: np.ndarray  # (prompt, graph), adjusted Rand index of communities and layers
    efficiency_at: np.ndarray  # (prompt, density, graph)
    modularity_at: np.ndarray  # (prompt, density, graph)
    agreement_at: np.ndarray  # (prompt, density, graph)

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


@dataclass(frozen=True)
class Shuffled:
    """The shapes of shuffled graphs, both (prompt, draw, graph)."""

    efficiency: np.ndarray
    modularity: np.ndarray


def each(function: Callable[[int], object], count: int) -> list:
    """`function` of 0 … count − 1, in threads: the graph kernels leave the interpreter free."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(function, range(count)))


def measure(
    networks: Networks, *, runs: int = RUNS, densities: Sequence[float] = DENSITIES, seed: int = 0
) -> Measures:
    """Shapes of the graphs of every prompt; without `densities`, the arrays over them are empty."""

    def one(prompt: int) -> list[dict[str, np.ndarray | float]]:
        rng = np.random.default_rng([seed, prompt])
        pair = networks.of_prompt(prompt)
        return [_shape(weights, pair.layer, runs, densities, rng) for weights in pair.weights]

    found = each(one, networks.prompts)
    fields = {
        name: np.moveaxis(np.array([[graph[name] for graph in both] for both in found]), 1, -1)
        for name in found[0][0]
    }
    return Measures(networks, Shapes(**fields))


def _shape(
    weights: np.ndarray,
    layer: np.ndarray,
    runs: int,
    densities: Sequence[float],
    rng: np.random.Generator,
) -> dict[str, np.ndarray | float]:
    communities = graphs.louvain(weights, runs, rng)
    thinned = [graphs.strongest(weights, density) for density in densities]
    found = [graphs.louvain(graph, FEW_RUNS, rng) for graph in thinned]
    return {
        "mean": graphs.edge_weights(weights).mean(),
        "efficiency": efficiency(weights),
        "modularity": communities.median,
        "best": communities.best,
        "spread": communities.spread,
        "agreement": graphs.adjusted_rand(communities.labels, layer),
        "efficiency_at": np.array(
            [graphs.global_efficiency(graphs.normalised(graph)) for graph in thinned]
        ),
        "modularity_at": np.array([one.median for one in found]),
        "agreement_at": np.array([graphs.adjusted_rand(one.labels, layer) for one in found]),
    }


def efficiency(weights: np.ndarray) -> float:
    """Global efficiency at mean weight 1, the mean taken over all pairs; NaN without any edge."""
    mean = graphs.edge_weights(weights).mean()
    return graphs.global_efficiency(weights / mean) if mean > 0 else float("nan")


def shuffles(
    weights: np.ndarray, layer: np.ndarray, null: str, rng: np.random.Generator
) -> Iterator[np.ndarray]:
    """Shuffles of the graph without end, of the kind `null`, one of `NULLS`."""
    if null == "strength_preserving":
        yield from graphs.strength_shuffles(weights, rng)
    while True:
        yield graphs.distance_matched(weights, layer, rng)


def pair_shuffles(
    pair: Pair, null: str, draws: int, rng: np.random.Generator
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """`draws` times a shuffled synergy graph and a shuffled redundancy graph."""
    synergy, redundancy = (shuffles(weights, pair.layer, null, rng) for weights in pair.weights)
    return islice(zip(synergy, redundancy, strict=True), draws)


def measure_shuffled(networks: Networks, null: str, *, draws: int, seed: int = 0) -> Shuffled:
    """Shapes of `draws` shuffles of each graph of every prompt."""

    def one(prompt: int) -> np.ndarray:
        rng = np.random.default_rng([seed, prompt, NULLS.index(null)])
        pair = networks.of_prompt(prompt)
        return np.array([_few(both, rng) for both in pair_shuffles(pair, null, draws, rng)])

    found = np.array(each(one, networks.prompts))
    return Shuffled(found[..., 0], found[..., 1])


def _few(both: Sequence[np.ndarray], rng: np.random.Generator) -> list[list[float]]:
    """(graph, measure): efficiency at mean weight 1 and modularity."""
    return [[efficiency(graph), graphs.louvain(graph, FEW_RUNS, rng).median] for graph in both]
