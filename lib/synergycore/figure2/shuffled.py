"""The shapes that shuffled graphs have, and how far from them a real graph is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from itertools import islice

import numpy as np

from synergycore import graphs, stats
from synergycore.errors import SynergyError
from synergycore.figure2.networks import Networks, Pair, measurable
from synergycore.figure2.shapes import FEW_RUNS, club_of, each, efficiency

NULLS = ("strength_preserving", "distance_matched")


@dataclass(frozen=True)
class Shuffled:
    """The shapes of shuffled graphs, all (prompt, draw, graph), as in `shapes.Shapes`."""

    efficiency: np.ndarray
    modularity: np.ndarray
    agreement: np.ndarray
    club: np.ndarray


def _number(null: str) -> int:
    if null not in NULLS:
        raise SynergyError(f"unknown shuffle {null!r}; choose one of {', '.join(NULLS)}.")
    return NULLS.index(null)


def shuffles(
    weights: np.ndarray, layer: np.ndarray, null: str, rng: np.random.Generator
) -> Iterator[np.ndarray]:
    """Shuffles of the graph without end, of the kind `null`, one of `NULLS`.

    Raises SynergyError for another name.
    """
    if NULLS[_number(null)] == "strength_preserving":
        yield from graphs.strength_shuffles(weights, rng)
    while True:
        yield graphs.distance_matched(weights, layer, rng)


def pair_shuffles(
    pair: Pair, null: str, draws: int, rngs: Sequence[np.random.Generator]
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """`draws` times a shuffled synergy graph and a shuffled redundancy graph, one stream each."""
    synergy, redundancy = (
        shuffles(weights, pair.layer, null, rng)
        for weights, rng in zip(pair.weights, rngs, strict=True)
    )
    return islice(zip(synergy, redundancy, strict=True), draws)


def measure_shuffled(networks: Networks, null: str, *, draws: int, seed: int = 0) -> Shuffled:
    """Shapes of `draws` shuffles of each graph of every prompt; heads keep their places in clubs.

    NaN for graphs that have no shape. Raises SynergyError for another name than one of `NULLS`.
    """
    _number(null)
    nothing = np.full((draws, 2, len(fields(Shuffled))), np.nan)

    def one(prompt: int) -> np.ndarray:
        shuffling, visiting = (
            [stats.generator(seed, claim, name, prompt, graph) for graph in range(2)]
            for claim, name in ((10, null), (11, f"louvain, {null}"))
        )
        pair = networks.of_prompt(prompt)
        if not all(map(measurable, pair.weights)):
            return nothing
        clubs = [pair.find(members) for members in networks.clubs()]
        drawn = pair_shuffles(pair, null, draws, shuffling)
        return np.array([_few(both, clubs, pair.layer, visiting) for both in drawn])

    return Shuffled(*np.moveaxis(np.array(each(one, networks.prompts)), -1, 0))


def _few(
    both: Sequence[np.ndarray],
    clubs: Sequence[np.ndarray],
    layer: np.ndarray,
    rngs: Sequence[np.random.Generator],
) -> list[list[float]]:
    """(graph, measure), in the order of the fields of `Shuffled`."""
    rows = []
    for graph, club, rng in zip(both, clubs, rngs, strict=True):
        found = graphs.louvain(graph, FEW_RUNS, rng)
        agreement = graphs.adjusted_rand(found.labels, layer)
        rows.append([efficiency(graph), found.median, agreement, club_of(graph, club)])
    return rows


def z_scores(values: np.ndarray, draws: np.ndarray) -> np.ndarray:
    """Each prompt's `values` (prompt, graph) in standard deviations of its shuffles.

    `draws` (prompt, draw, graph) are too few for a spread of their own, so that all prompts of a
    graph share one: the root of the mean over prompts of the variance within a prompt.
    """
    spread = np.sqrt(np.nanmean(draws.var(axis=1, ddof=1), axis=0))
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(spread > 1e-9, (values - draws.mean(axis=1)) / spread, np.nan)
