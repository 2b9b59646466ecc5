"""What the plots of Figure 3 draw."""

from __future__ import annotations

from functools import partial

import numpy as np

from synergycore import stats
from synergycore.cost import Costs
from synergycore.energy import ADDITIONS
from synergycore.evidence import Evaluation, uniform
from synergycore.figure3.counts import Counted
from synergycore.figure3.measures import Measures, energy_profile, rank_profile
from synergycore.figure3.tracking import shifts_reaching, tracking
from synergycore.figures import Band, bands

Curves = dict[str, Band]


def _band(weights: np.ndarray, values: np.ndarray) -> Band:
    """Mean curve of values (prompt, layer) with its bootstrap band."""
    point = stats.weighted_mean(np.full((1, len(values)), 1 / len(values)), values)[0]
    return bands(point, stats.weighted_mean(weights, values))


def _twin_band(run: Evaluation[Measures], name: str) -> Band:
    """Energy of all twins: mean curve, band over prompts and twins together."""
    points = [energy_profile(twin, uniform(twin), name)[0] for twin in run.twins]
    draws = [energy_profile(twin, run.weights, name) for twin in run.twins]
    return bands(np.mean(points, axis=0), np.concatenate(draws))


def energy_curves(run: Evaluation[Measures]) -> dict[str, Curves]:
    """Arguments of `plots.energies`."""
    return {
        "real": {name: _band(run.weights, run.real.energy[name]) for name in ADDITIONS},
        "twin": {name: _twin_band(run, name) for name in ADDITIONS},
    }


def factor_curves(run: Evaluation[Measures]) -> dict[str, Curves]:
    """Arguments of `plots.factors`."""
    return {
        "size": {name: _band(run.weights, run.real.size[name]) for name in ADDITIONS},
        "turn": {name: _band(run.weights, run.real.turn[name]) for name in ADDITIONS},
    }


def definition_curves(
    run: Evaluation[Measures], every: int, update: dict[str, np.ndarray]
) -> dict[str, Curves]:
    """Arguments of `plots.two_definitions`, both on every `every`-th prompt.

    `update` as `energy.against_previous_update` returns it for those prompts; its layer 0 is NaN.
    """
    stream = {name: run.real.energy[name][::every] for name in ADDITIONS}
    rng = run.generator(13, "definitions")
    weights = stats.bootstrap_weights(len(stream["both"]), len(run.weights), rng)
    return {
        "stream": {name: _band(weights, values) for name, values in stream.items()},
        "update": {name: _band_from_one(weights, update[name]) for name in ADDITIONS},
    }


def _band_from_one(weights: np.ndarray, values: np.ndarray) -> Band:
    """Band of the layers from 1 on, NaN in layer 0."""
    middle, low, high = (np.append(np.nan, c) for c in _band(weights, values[:, 1:]))
    return middle, low, high


def rank_scatter(run: Evaluation[Measures]) -> dict:
    """Arguments of `plots.rank_scatters`: layers by rank, correlation, shifts that reach it."""
    everyone = uniform(run.real)
    panels = {
        name: (
            energy_profile(run.real, everyone, name)[0],
            run.of(partial(tracking, name=name)).estimate(),
            shifts_reaching(run.real, name),
        )
        for name in ADDITIONS
    }
    return {"synergy": rank_profile(run.real, everyone)[0], "panels": panels}


def cost_curves(costs: Costs, counted: Counted) -> dict:
    """Arguments of `plots.costs`: every layer relative to the median layer."""
    measured = {"seconds": costs.seconds, "joules": costs.joules}
    drawn = {
        f"operations, {counted.labels['text']}": ("text", "operations"),
        f"bytes, {counted.labels['text']}": ("text", "bytes"),
        f"operations, {counted.labels['long']}": ("long", "operations"),
        f"bytes, {counted.labels['step']}": ("step", "bytes"),
    }
    return {
        "measured": {name: _quartiles(v) for name, v in measured.items() if v is not None},
        "counted": {
            label: _relative(getattr(counted.passes[key], field))
            for label, (key, field) in drawn.items()
            if counted.passes
        },
    }


def _quartiles(values: np.ndarray) -> Band:
    low, middle, high = np.quantile(values, [0.25, 0.5, 0.75], axis=0) / np.median(
        np.median(values, axis=0)
    )
    return middle, low, high


def _relative(values: np.ndarray) -> np.ndarray:
    return values / np.median(values)
