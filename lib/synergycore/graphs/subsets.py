"""Sets of heads as graphs of their own, beside random heads of the same layers."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import xarray as xr

from synergycore.errors import SynergyError
from synergycore.graphs.communities import louvain
from synergycore.graphs.efficiency import relative_efficiency
from synergycore.graphs.measures import REPEATED_RUNS, labelled
from synergycore.graphs.pairs import FEWEST, complete
from synergycore.graphs.threads import in_threads
from synergycore.graphs.weights import edge_weights
from synergycore.stats import generator

MEASURES = ("mean_weight", "efficiency", "modularity")


def layer_matched(member: np.ndarray, layer: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Indices of as many heads of every layer as `member` (unit,) bool has, drawn at random."""
    counts = np.bincount(layer[member], minlength=layer.max() + 1)
    drawn = [
        rng.choice(np.flatnonzero(layer == index), size=count, replace=False)
        for index, count in enumerate(counts)
    ]
    return np.concatenate(drawn)


def subset_shapes(
    networks: xr.Dataset, subsets: Mapping[str, xr.DataArray], *, draws: int, seed: int = 0
) -> xr.Dataset:
    """Shapes (prompt, subset, heads, graph) of sets of heads as graphs of their own.

    `subsets` holds for every name whether each unit belongs to it. `mean_weight`, nats,
    `efficiency` at mean weight 1 and `modularity`, the median of `REPEATED_RUNS` Louvain runs;
    along `heads`, "chosen" are the heads of the subset and "random" the mean over `draws` sets
    with as many heads of every layer, which may hold some of the chosen ones. Raises SynergyError
    for a subset that does not speak of every unit.
    """
    members = [member.values for member in subsets.values()]
    layer = networks.layer.values
    for name, member in zip(subsets, members, strict=True):
        if member.shape != layer.shape:
            raise SynergyError(
                f"subset {name!r} says of {member.size} heads whether they belong to it, and there "
                f"are {layer.size}; say it of every head."
            )

    def one(prompt: int) -> list[list[list[dict[str, float]]]]:
        drawing = generator(seed, 0, "layer-matched", prompt)
        visiting = generator(seed, 0, "louvain, subsets", prompt)
        both = complete(networks.weight.isel(prompt=prompt))

        def shapes(units: np.ndarray) -> list[dict[str, float]]:
            inside = np.flatnonzero(np.isin(both.unit.values, units))
            kept = both.values[:, inside[:, None], inside]
            return [_shape(weights, visiting) for weights in kept]

        chosen = [shapes(np.flatnonzero(member)) for member in members]
        sets = [[layer_matched(member, layer, drawing) for _ in range(draws)] for member in members]
        matched = [_means([shapes(units) for units in some]) for some in sets]
        return [list(pair) for pair in zip(chosen, matched, strict=True)]

    found = in_threads(one, networks.sizes["prompt"], "subsets of heads")
    names = {"subset": list(subsets), "heads": ["chosen", "random"], "graph": networks.graph}
    return labelled(found, ("prompt", "subset", "heads", "graph"), **names)


def _means(rows: list[list[dict[str, float]]]) -> list[dict[str, float]]:
    """Mean over the draws of every measure of every graph."""
    return [
        {name: float(np.mean([shape[name] for shape in graph])) for name in MEASURES}
        for graph in zip(*rows, strict=True)
    ]


def _shape(weights: np.ndarray, rng: np.random.Generator) -> dict[str, float]:
    if len(weights) < FEWEST or not weights.any():
        return dict.fromkeys(MEASURES, np.nan)
    median = louvain(weights, REPEATED_RUNS, rng).median
    values = (edge_weights(weights).mean(), relative_efficiency(weights), median)
    return dict(zip(MEASURES, values, strict=True))
