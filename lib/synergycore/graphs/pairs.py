"""From atoms of pairs to labelled graphs: one synergy and one redundancy graph for every prompt."""

from __future__ import annotations

import logging
from typing import NamedTuple

import numpy as np
import xarray as xr

from synergycore.errors import SynergyError
from synergycore.graphs.weights import defined_units
from synergycore.stats import checks

log = logging.getLogger(__name__)

GRAPHS = {"synergy": "sts", "redundancy": "rtr"}
"""The graphs, and the atom that is the weight of their edges."""
PAIR = ("unit", "partner")
FEWEST = 4
"""Heads of a graph whose shape is measured; fewer cannot be shuffled."""


def networks(pairs: xr.Dataset) -> xr.Dataset:
    """Graphs of the heads of every prompt, from the atoms `sts` and `rtr` of `heads.pairs`, nats.

    Returns `weight` (prompt, graph, unit, partner), nats, with negative values set to 0, since a
    length cannot be negative, and NaN on the diagonal and where an atom is undefined; and
    `clipped` (prompt, graph), the share of pairs that were set to 0. Heads without a series in a
    prompt (constant, or perfectly correlated with another) will not be in that prompt's graphs
    (see `complete`); how many is logged once. Raises SynergyError for what is not such pairs.
    """
    _check(pairs)
    graph = xr.IndexVariable("graph", list(GRAPHS))
    atoms = xr.concat([pairs[atom] for atom in GRAPHS.values()], graph)
    units = np.arange(pairs.sizes["unit"])
    atoms = atoms.assign_coords(unit=units, partner=units).transpose("prompt", "graph", *PAIR)
    _report_missing(atoms)
    negative = atoms < 0
    share = negative.sum(PAIR) / (units.size * (units.size - 1))
    clipped = share.assign_attrs(units="share of pairs")
    weight = atoms.where(~negative, 0.0).assign_attrs(units="nats")
    return xr.Dataset({"weight": weight, "clipped": clipped})


def _check(pairs: xr.Dataset) -> None:
    if absent := [atom for atom in GRAPHS.values() if atom not in getattr(pairs, "data_vars", ())]:
        raise SynergyError(
            f"the {type(pairs).__name__} of pairs lacks the atom {', '.join(absent)}; expected "
            f"{', '.join(GRAPHS.values())} as heads.pairs gives them, so hand that on whole."
        )
    for atom in GRAPHS.values():
        checks.array(pairs[atom], ("prompt", *PAIR), f"{atom} of pairs")
    checks.coordinates(pairs, ["layer"], "pairs")


def _report_missing(weights: xr.DataArray) -> None:
    units = weights.sizes["unit"]
    defined = [len(defined_units(one.values)) for one in weights.sum("graph", skipna=False)]
    missing = units - np.array(defined)
    if missing.any():
        log.warning(
            "in %d of %d prompts heads without a series are left out of the graphs, "
            "at most %d of %d", (missing > 0).sum(), missing.size, missing.max(), units,
        )  # fmt: skip


def complete(weights: xr.DataArray) -> xr.DataArray:
    """`weights` (graph, unit, partner) without the heads that have an undefined pair in any graph.

    With zeros on the diagonal, so that every graph's `.values` can be measured.
    """
    kept = defined_units(weights.sum("graph", skipna=False).values)
    inside = weights.isel(unit=kept, partner=kept)
    return inside.where(inside.unit != inside.partner, 0.0)


class Graph(NamedTuple):
    """One graph as the measures take it."""

    weights: np.ndarray
    """(head, head), as in `weights.checked`."""
    layer: np.ndarray
    """(head,) in which layer each head is."""
    club: np.ndarray
    """Indices of those heads that are in the graph's club."""

    @property
    def measurable(self) -> bool:
        """Whether there are heads and edges enough for a shape to mean anything."""
        return len(self.weights) >= FEWEST and bool(self.weights.any())


def with_clubs(weights: xr.DataArray, clubs: xr.DataArray) -> list[Graph]:
    """The graphs of `complete` `weights` (graph, unit, partner) with `clubs` (graph, unit).

    Raises SynergyError for clubs of other graphs or of other heads.
    """
    checks.array(clubs, ("graph", "unit"), "the array of clubs")
    checks.same_sizes(["graph"], weights, clubs)
    if absent := sorted(set(weights.unit.values) - set(clubs.unit.values)):
        raise SynergyError(
            f"the clubs are of {clubs.sizes['unit']} heads, and {len(absent)} of "
            f"{weights.sizes['unit']} in a graph are none of them; make both of the same pairs."
        )
    inside = clubs.sel(unit=weights.unit)
    return [
        Graph(weights.sel(graph=name).values, weights.layer.values, np.flatnonzero(member))
        for name, member in zip(weights.graph.values, inside.values, strict=True)
    ]
