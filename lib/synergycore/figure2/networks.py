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
FEWEST = 4  # heads of a graph whose shape is measured; fewer cannot be shuffled


def core_of(order: np.ndarray, fraction: float = CORE) -> np.ndarray:
    """The first `fraction` of the heads in `order`, two at least."""
    return order[: max(2, round(fraction * len(order)))]


def measurable(weights: np.ndarray) -> bool:
    """Whether a graph has heads and edges enough for its shape to mean anything."""
    return len(weights) >= FEWEST and bool(weights.any())


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

    def clubs(self, fraction: float = CORE) -> tuple[np.ndarray, np.ndarray]:
        """The most synergistic heads, and the most redundant ones."""
        return core_of(self.order, fraction), core_of(self.order[::-1], fraction)


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
    kept. Heads without a series in a prompt (constant, or perfectly correlated with another) are
    not in that prompt's graphs, and are logged by name.
    """
    edges, means, shares = [], [], []
    for prompt, series in enumerate(ranking.flatten_heads(signal)):
        atoms = phiid.decompose_pairs(ranking.trim(series), tau=tau, atoms=ATOMS)
        _report_missing(prompt, atoms["sts"] + atoms["rtr"])
        weights = np.stack([graphs.edge_weights(atoms[name]) for name in ATOMS])
        means.append([ranking.mean_over_partners(atoms[name]) for name in ATOMS])
        shares.append(np.mean(weights < 0, axis=1))
        edges.append(np.where(weights < 0, 0.0, weights))
    scores = np.array(means)
    return Networks(signal.shape[1], scores[:, 0], scores[:, 1], np.array(edges), np.array(shares))


def _report_missing(prompt: int, pairs: np.ndarray) -> None:
    missing = np.setdiff1d(np.arange(len(pairs)), graphs.defined_units(pairs))
    if missing.size:
        names = ", ".join(map(str, missing[:10])) + (", …" if missing.size > 10 else "")
        log.warning(
            "prompt %d: %d of %d heads are left out of its graphs (heads %s)",
            prompt, missing.size, len(pairs), names,
        )  # fmt: skip


def self_prediction(n: Networks, signal: np.ndarray, *, tau: int = 1) -> Networks:
    """The same networks with the synergy of every pair replaced by 2 min(S_i, S_j), nats.

    S = −½ ln(1 − r²), r a head's autocorrelation at lag `tau` in `signal` (prompt, layer, head,
    step): what MMI calls the synergy of two heads that know nothing of each other.
    """
    first, second = np.triu_indices(n.units, 1)
    own = -0.5 * np.log1p(-(ranking.lag_correlation(signal, tau=tau) ** 2))
    synergy = 2 * np.minimum(own[:, first], own[:, second])
    edges = np.stack([np.where(np.isfinite(n.edges[:, 0]), synergy, np.nan), n.edges[:, 1]], 1)
    full = [graphs.from_edges(values, n.units) for values in edges[:, 0]]
    sts = [ranking.mean_over_partners(pairs) for pairs in full]
    clipped = np.column_stack([np.zeros(n.prompts), n.clipped[:, 1]])
    return Networks(n.layers, np.array(sts), n.rtr, edges, clipped)
