"""Communities: weighted modularity, and Louvain on dense graphs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit

from synergycore.errors import SynergyError
from synergycore.graphs.weights import checked
from synergycore.stats import checks

compiled = njit(nogil=True, cache=True, error_model="numpy")

GAIN = 1e-12
"""A move must raise modularity by more than rounding, or two communities could swap forever."""


@dataclass(frozen=True)
class Communities:
    """What many Louvain runs on one graph found."""

    modularity: np.ndarray
    """(run,) of each run's partition."""
    labels: np.ndarray
    """(unit,) community of each unit in the best run."""

    @property
    def best(self) -> float:
        return float(self.modularity.max())

    @property
    def median(self) -> float:
        return float(np.median(self.modularity))

    @property
    def spread(self) -> float:
        """Largest minus smallest."""
        return float(np.ptp(self.modularity))


def modularity(weights: np.ndarray, labels: np.ndarray) -> float:
    """Newman's Q of a partition `labels` (unit,) of a weighted graph, dimensionless.

    Q = (1/2m) Σ_ij (w_ij − k_i k_j / 2m) δ(label_i, label_j), k the strengths, 2m their sum
    (Newman 2006, PNAS 103:8577, weighted). Raises SynergyError for a graph without edges and for
    labels of another length or that are NaN.
    """
    graph = _with_edges(weights)
    if len(labels) != len(graph):
        raise SynergyError(
            f"{len(labels)} labels were given for a graph of {len(graph)} units; give one for "
            "every unit."
        )
    if undefined := int(np.sum(np.asarray(labels) != np.asarray(labels))):
        raise SynergyError(
            f"{undefined} of {len(labels)} labels are NaN; give every unit a community or leave it "
            "out of the graph."
        )
    _, member = np.unique(labels, return_inverse=True)
    return float(_quality(graph, member))


def louvain(weights: np.ndarray, runs: int, rng: np.random.Generator) -> Communities:
    """Partitions by `runs` runs of Louvain, which differ in the order in which units are visited.

    Blondel et al. 2008 (arXiv 0803.0476), resolution 1. Raises SynergyError for a graph without
    edges and for fewer than one run.
    """
    graph = _with_edges(weights)
    checks.at_least(1, runs, "Louvain runs")
    found = [_partition(graph, rng) for _ in range(runs)]
    quality = np.array([_quality(graph, labels) for labels in found])
    return Communities(quality, found[int(np.argmax(quality))])


def _with_edges(weights: np.ndarray) -> np.ndarray:
    graph = checked(weights)
    if not graph.any():
        raise SynergyError(
            f"a graph of {len(graph)} units has no edges; its modularity is not defined, so leave "
            "it out."
        )
    return graph


@compiled
def _quality(graph, member):
    """Q of a partition into the communities 0, 1, ... of `member` (unit,)."""
    inside, strength = 0.0, np.zeros(member.max() + 1)
    for i in range(len(graph)):
        for j in range(len(graph)):
            strength[member[i]] += graph[i, j]
            if member[i] == member[j]:
                inside += graph[i, j]
    share = strength / strength.sum()
    return inside / strength.sum() - (share**2).sum()


@compiled
def _partition(graph, rng):
    """Labels (unit,) of one run: move units, merge communities into units, until nothing moves."""
    labels = np.arange(len(graph))
    merged = graph
    while True:
        moved = _move_units(merged, rng)
        names = np.unique(moved)
        if len(names) == len(merged):
            return labels
        member = np.searchsorted(names, moved)
        labels = member[labels]
        merged = _merge(merged, member, len(names))


@compiled
def _move_units(graph, rng):
    """Community (unit,) of each unit after moving single units while that raises modularity."""
    units = len(graph)
    strength, member = graph.sum(axis=1), np.arange(units)
    total = strength.sum()
    of_community, alive = strength.copy(), np.arange(units)
    size, living = np.ones(units), units
    apart = graph.copy()
    for unit in range(units):
        apart[unit, unit] = 0.0
    joint = apart.copy()  # [community, unit]: weight between them; rows change only on a move
    moving = True
    while moving:
        moving = False
        for unit in rng.permutation(units):
            home, expected = member[unit], strength[unit] / total
            left = of_community[home] - strength[unit]
            best, gain = home, joint[home, unit] - expected * left + GAIN * total
            for community in alive[:living]:
                found = joint[community, unit] - expected * of_community[community]
                if found > gain and community != home:
                    best, gain = community, found
            if best == home:
                continue
            moving = True
            member[unit] = best
            of_community[home] = left
            of_community[best] += strength[unit]
            joint[home] -= apart[unit]
            joint[best] += apart[unit]
            size[home] -= 1
            size[best] += 1
            if size[home] == 0:
                living = _without(alive, living, home)
    return member


@compiled
def _without(alive, living, gone):
    """Take `gone` out of the first `living` entries of `alive`; the new number of them."""
    for place in range(living):
        if alive[place] == gone:
            alive[place] = alive[living - 1]
            return living - 1
    return living


@compiled
def _merge(graph, member, communities):
    """Weights between communities; on the diagonal, twice the weight inside each."""
    merged = np.zeros((communities, communities))
    for i in range(len(graph)):
        for j in range(len(graph)):
            merged[member[i], member[j]] += graph[i, j]
    return merged
