"""One synergy graph and one redundancy graph of all heads for every prompt."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from synergycore import graphs, phiid, ranking

log = logging.getLogger(__name__)

GRAPHS = ("synergy", "redundancy")
ATOMS = ("sts", "rtr")
CORE = 0.25  # share of heads that counts as a core


@dataclass(frozen=True)
class Networks:
    """Graphs of all prompts, as the weights of their pairs, and the scores of their heads."""

    layers: int
    sts: np.ndarray  # (prompt, unit), nats, mean over partners
    rtr: np.ndarray
    edges: np.ndarray  # (prompt, graph, pair), nats, negative ones set to 0, NaN where undefined
    clipped: np.ndarray  # (prompt, graph), share of pairs set to 0

    @property
    def prompts(self) -> int:
        return len(self.edges)

    @property
    def units(self) -> int:
        return self.sts.shape[1]

    @property
    def layer(self) -> np.ndarray:
        """Layer (unit,) of each head."""
        return np.arange(self.units) // (self.units // self.layers)

    def of_prompt(self, prompt: int) -> Pair:
        """Both graphs of one prompt."""
        return pair_of(self.edges[prompt], self.units, self.layer)

    @cached_property
    def average(self) -> Pair:
        """Both graphs with every weight averaged over the prompts in which it is defined."""
        known = np.isfinite(self.edges)
        with np.errstate(invalid="ignore"):
            mean = np.where(known, self.edges, 0).sum(axis=0) / known.sum(axis=0)
        return pair_of(mean, self.units, self.layer)

    @cached_property
    def order(self) -> np.ndarray:
        """Heads (unit,) from the highest rank(synergy) − rank(redundancy) to the lowest."""
        difference = ranking.rank_difference(
            np.nanmean(self.sts, axis=0), np.nanmean(self.rtr, axis=0)
        )
        return np.argsort(-np.nan_to_num(difference), kind="stable")


@dataclass(frozen=True)
class Pair:
    """A synergy graph and a redundancy graph of the same heads."""

    weights: tuple[np.ndarray, np.ndarray]  # each (head, head), nats
    units: np.ndarray  # (head,) which of the model's heads they are
    layer: np.ndarray  # (head,)

    def find(self, units: np.ndarray) -> np.ndarray:
        """Positions in these graphs of those of the model's heads `units` that are in them."""
        return np.flatnonzero(np.isin(self.units, units))


def pair_of(edges: np.ndarray, units: int, layer: np.ndarray) -> Pair:
    """Graphs from the weights of all pairs (graph, pair), without heads that are undefined."""
    full = [graphs.from_edges(values, units) for values in edges]
    kept = graphs.defined_units(full[0] + full[1])
    inside = np.ix_(kept, kept)
    return Pair((full[0][inside], full[1][inside]), kept, layer[kept])


def measure_networks(signal: np.ndarray, *, tau: int = 1) -> Networks:
    """Graphs of `signal` (prompt, layer, head, step), Gaussian MMI, nats.

    Synergy can be below zero and an edge length cannot; such pairs get weight 0 and their share is
    kept. Heads that are constant in a prompt are not in that prompt's graphs; their number is
    logged.
    """
    edges, means, shares = [], [], []
    for series in ranking.flatten_heads(signal):
        atoms = phiid.decompose_pairs(ranking.trim(series), tau=tau, atoms=ATOMS)
        weights = np.stack([graphs.edge_weights(atoms[name]) for name in ATOMS])
        means.append([ranking.mean_over_partners(atoms[name]) for name in ATOMS])
        shares.append(np.mean(weights < 0, axis=1))
        edges.append(np.where(weights < 0, 0.0, weights))
    scores = np.array(means)
    if missing := int(np.isnan(scores[:, 0]).sum()):
        log.warning("%d heads are left out of the graphs of a prompt: no series there", missing)
    return Networks(signal.shape[1], scores[:, 0], scores[:, 1], np.array(edges), np.array(shares))
