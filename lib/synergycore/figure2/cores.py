"""Cores: the most synergistic heads among themselves, and subsets of heads as their own graphs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from synergycore import graphs, stats
from synergycore.figure2.networks import CORE, Networks, core_of, measurable
from synergycore.figure2.shapes import FEW_RUNS, Measures, club_of, each, efficiency
from synergycore.figure2.shuffled import pair_shuffles

FRACTIONS = np.arange(0.05, 0.501, 0.05)
SUBSETS = ("abstract", "memory")
SUBSET_MEASURES = ("mean weight", "efficiency", "modularity")
PARTS = 16  # in which draws are made in parallel; a fixed number, whatever the machine


def log_core_ratio(m: Measures, weights: np.ndarray) -> np.ndarray:
    """Claim 12 (samples,), with the core that all prompts together choose.

    Choosing it anew in every bootstrap sample would count the luck of the choice again.
    """
    n = m.networks
    member = np.zeros(n.units, dtype=bool)
    member[core_of(n.order)] = True
    first, second = np.triu_indices(n.units, 1)
    synergy = n.edges[:, 0]
    inside = _pooled_mean(weights, synergy[:, member[first] & member[second]])
    return np.log(inside / _pooled_mean(weights, synergy))


def _pooled_mean(weights: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Mean (samples,) over the defined entries of `values` (prompt, pair)."""
    count = np.isfinite(values).sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return (weights @ np.nansum(values, axis=1)) / (weights @ count)


@dataclass(frozen=True)
class AverageShapes:
    """Measures of the average graphs, or of shuffles of them; leading axis: draw."""

    log_core: np.ndarray  # (draw,), log of core weight / mean weight in the synergy graph
    club: np.ndarray  # (draw, graph, fraction), rich-club coefficient
    efficiency: np.ndarray  # (draw, graph)
    modularity: np.ndarray  # (draw, graph)
    agreement: np.ndarray  # (draw, graph), of communities and layers

    @property
    def quarter(self) -> np.ndarray:
        """(draw, graph), the rich-club coefficient of a core."""
        return self.club[..., np.abs(FRACTIONS - CORE).argmin()]


def average_shapes(
    n: Networks, null: str | None = None, *, draws: int = 1, seed: int = 0
) -> AverageShapes:
    """Shapes of the average graphs (`null` None), or of `draws` shuffles of them.

    The club of the synergy graph takes heads from the most synergistic on, that of the redundancy
    graph from the most redundant on. The heads keep their places when the weights are shuffled.
    """
    parts = [range(draws)[part::PARTS] for part in range(min(PARTS, draws))]

    def one(part: int) -> list[tuple]:
        kind, size = null or "average", len(parts[part])
        shuffling, visiting = (
            [stats.generator(seed, 12, name, part, graph) for graph in range(2)]
            for name in (kind, f"louvain, {kind}")
        )
        drawn = pair_shuffles(n.average, null, size, shuffling) if null else [n.average.weights]
        return [_average_shape(n, both, visiting) for both in drawn]

    found = [shape for part in each(one, len(parts)) for shape in part]
    return AverageShapes(*map(np.array, zip(*found, strict=True)))


def _average_shape(
    n: Networks, both: Sequence[np.ndarray], rngs: Sequence[np.random.Generator]
) -> tuple[float, list[list[float]], list[float], list[float], list[float]]:
    """The fields of `AverageShapes` for one draw of both graphs."""
    find = n.average.find
    clubs = [
        [club_of(graph, find(n.clubs(fraction)[column])) for fraction in FRACTIONS]
        for column, graph in enumerate(both)
    ]
    communities = [
        graphs.louvain(graph, FEW_RUNS, rng) for graph, rng in zip(both, rngs, strict=True)
    ]
    return (
        float(np.log(graphs.core_ratio(both[0], find(core_of(n.order))))), clubs,
        [efficiency(graph) for graph in both], [found.median for found in communities],
        [graphs.adjusted_rand(found.labels, n.average.layer) for found in communities],
    )  # fmt: skip


def layer_matched(members: np.ndarray, layer: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """As many heads of every layer as `members` (indices) has, drawn at random."""
    counts = np.bincount(layer[members], minlength=layer.max() + 1)
    drawn = [
        rng.choice(np.flatnonzero(layer == index), size=count, replace=False)
        for index, count in enumerate(counts)
    ]
    return np.concatenate(drawn)


def subset_shapes(n: Networks, *, draws: int, seed: int = 0) -> dict[str, np.ndarray]:
    """The most and the least synergistic quarter of heads as graphs of their own.

    Keys `abstract`, `memory` and, for `draws` layer-matched random sets of heads, `abstract random`
    and `memory random`; values (prompt, draw, graph, measure) with the measures of
    `SUBSET_MEASURES`: mean weight (nats), efficiency at mean weight 1, median modularity. A random
    set may hold some of the heads that it is compared with.
    """
    chosen = dict(zip(SUBSETS, n.clubs(), strict=True))

    def one(prompt: int) -> dict[str, np.ndarray]:
        drawing = stats.generator(seed, 0, "layer-matched", prompt)
        visiting = stats.generator(seed, 0, "louvain, subsets", prompt)
        pair = n.of_prompt(prompt)

        def shapes(units: np.ndarray) -> np.ndarray:
            inside = np.ix_(places := pair.find(units), places)
            return np.array([_subset(weights[inside], visiting) for weights in pair.weights])

        found = {name: shapes(units)[None] for name, units in chosen.items()}
        for name, units in chosen.items():
            sets = [layer_matched(units, n.layer, drawing) for _ in range(draws)]
            found[f"{name} random"] = np.array([shapes(other) for other in sets])
        return found

    rows = each(one, n.prompts)
    return {name: np.array([row[name] for row in rows]) for name in rows[0]}


def _subset(weights: np.ndarray, rng: np.random.Generator) -> list[float]:
    if not measurable(weights):
        return [np.nan] * len(SUBSET_MEASURES)
    median = graphs.louvain(weights, FEW_RUNS, rng).median
    return [graphs.edge_weights(weights).mean(), efficiency(weights), median]
