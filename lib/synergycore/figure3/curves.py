"""What the plots of Figure 3 draw."""

from __future__ import annotations

from functools import partial

import numpy as np

from synergycore import stats
from synergycore.cost import Costs, Counts
from synergycore.energy import ADDITIONS
from synergycore.evidence import Evaluation, uniform
from synergycore.figure3.measures import Measures, energy_profile, rank_profile
from synergycore.figure3.verdicts import shifted_tracking, tracking
from synergycore.figures import Band, bands

Curves = dict[str, Band]


def _band(run: Evaluation[Measures], values: np.ndarray) -> Band:
    """Curve of values (prompt, layer) with its bootstrap band."""
    point = stats.weighted_mean(uniform(run.real), values)[0]
    return bands(point, stats.weighted_mean(run.weights, values))


def _twin_band(run: Evaluation[Measures], field: str, name: str) -> Band:
    """The same over all twins: mean curve, band over prompts and twins together."""
    values = [getattr(twin, field)[name] for twin in run.twins]
    point = np.mean([stats.weighted_mean(uniform(run.real), v)[0] for v in values], axis=0)
    return bands(point, np.concatenate([stats.weighted_mean(run.weights, v) for v in values]))


def energy_curves(run: Evaluation[Measures]) -> dict[str, Curves]:
    """Arguments of `plots.energies`."""
    return {
        "real": {name: _band(run, run.real.energy[name]) for name in ADDITIONS},
        "twin": {name: _twin_band(run, "energy", name) for name in ADDITIONS},
    }


def factor_curves(run: Evaluation[Measures]) -> dict[str, Curves]:
    """Arguments of `plots.factors`."""
    return {
        "size": {name: _band(run, run.real.size[name]) for name in ADDITIONS},
        "turn": {name: _band(run, run.real.turn[name]) for name in ADDITIONS},
    }


def rank_scatter(run: Evaluation[Measures]) -> dict:
    """Arguments of `plots.rank_scatters`: layers by rank, with correlation and share of shifts.

    The share is that of the shifts along depth that correlate at least as strongly.
    """
    everyone = uniform(run.real)
    synergy = rank_profile(run.real, everyone)[0]
    panels = {}
    for name in ADDITIONS:
        found = run.of(partial(tracking, name=name)).estimate()
        beyond = float(np.mean(shifted_tracking(run.real, name) >= found.value))
        panels[name] = (energy_profile(run.real, everyone, name)[0], found, beyond)
    return {"synergy": synergy, "panels": panels}


def other_definition(values: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Means (layer,) over prompts of what `energy.against_previous_update` returns."""
    return {
        name: np.concatenate([[np.nan], of_prompts[:, 1:].mean(axis=0)])
        for name, of_prompts in values.items()
    }


def cost_curves(costs: Costs, counts: Counts, long: Counts) -> dict:
    """Arguments of `plots.costs`: every layer relative to the median layer."""

    def relative(values: np.ndarray) -> np.ndarray:
        return values / np.median(values)

    middle = np.median(costs.values, axis=0)
    low, high = np.quantile(costs.values, [0.25, 0.75], axis=0)
    scale = np.median(middle)
    return {
        "measured": (middle / scale, low / scale, high / scale),
        "operations": relative(counts.operations),
        "bytes": relative(counts.bytes),
        "long": relative(long.operations),
    }
