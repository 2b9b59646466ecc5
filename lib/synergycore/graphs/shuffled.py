"""The shapes that shuffled graphs have, and how far from them a real graph is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

import numpy as np
import xarray as xr

from synergycore.graphs.measures import REPEATED, labelled, repeated_shape
from synergycore.graphs.pairs import Graph, complete, with_clubs
from synergycore.graphs.rewiring import shuffles
from synergycore.graphs.threads import in_threads
from synergycore.stats import checks, generator


def shuffled(
    both: Sequence[Graph], kind: str, draws: int, rngs: Sequence[np.random.Generator]
) -> Iterator[list[Graph]]:
    """`draws` times a shuffle of each of the graphs; heads keep their layers and their clubs.

    `kind` is one of `SHUFFLES`; every graph has a stream of its own, with one of the `rngs`.
    """
    streams = [
        shuffles(graph.weights, graph.layer, kind, rng)
        for graph, rng in zip(both, rngs, strict=True)
    ]
    for drawn in islice(zip(*streams, strict=True), draws):
        yield [graph._replace(weights=w) for graph, w in zip(both, drawn, strict=True)]


def shuffled_shapes(
    networks: xr.Dataset, clubs: xr.DataArray, kind: str, *, draws: int, seed: int = 0
) -> xr.Dataset:
    """Shapes (prompt, sample, graph) of `draws` shuffles of each graph of every prompt.

    `efficiency`, `modularity` (median of `REPEATED_RUNS` Louvain runs), `agreement` and `club` as
    in `shapes`; NaN for a prompt of which a graph has no shape. Raises SynergyError for a `kind`
    that is none of `SHUFFLES`.
    """
    graphs = range(networks.sizes["graph"])
    nothing = [[dict.fromkeys(REPEATED, np.nan) for _ in graphs] for _ in range(draws)]

    def one(prompt: int) -> list[list[dict[str, float]]]:
        both = with_clubs(complete(networks.weight.isel(prompt=prompt)), clubs)
        if not all(graph.measurable for graph in both):
            return nothing
        shuffling = [generator(seed, 10, kind, prompt, graph) for graph in graphs]
        visiting = [generator(seed, 11, f"louvain, {kind}", prompt, graph) for graph in graphs]
        drawn = shuffled(both, kind, draws, shuffling)
        return [list(map(repeated_shape, some, visiting)) for some in drawn]

    found = in_threads(one, networks.sizes["prompt"], f"shuffles, {kind}")
    return labelled(found, ("prompt", "sample", "graph"), graph=networks.graph)


def z_scores(values: xr.DataArray, samples: xr.DataArray) -> xr.DataArray:
    """`values` in standard deviations of their shuffles `samples` (..., sample).

    A prompt has too few shuffles for a spread of its own, so that all prompts share one: the root
    of the mean over prompts of the variance within a prompt. NaN where the shuffles do not vary.
    """
    variance = checks.labelled(samples, ["sample"], "the array of samples").var(
        "sample", ddof=1, skipna=False
    )
    spread = np.sqrt(variance.mean("prompt") if "prompt" in variance.dims else variance)
    centre = samples.mean("sample", skipna=False)
    return ((values - centre) / spread).where(spread > 1e-9)
