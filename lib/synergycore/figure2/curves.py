"""What the plots of Figure 2 draw."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from synergycore import stats
from synergycore.claims import Estimate
from synergycore.evidence import Evaluation, uniform
from synergycore.figure2.cores import FRACTIONS, AverageShapes
from synergycore.figure2.networks import GRAPHS
from synergycore.figure2.shapes import DENSITIES, Measures
from synergycore.figure2.shuffled import Shuffled
from synergycore.figure2.verdicts import null_of
from synergycore.figures import Band, bands

NAMES = {"strength_preserving": "same strengths", "distance_matched": "same distances"}
LABELS = {"efficiency": "efficiency at mean weight 1", "modularity": "modularity Q"}


def of_graph(run: Evaluation[Measures], field: str, column: int) -> Estimate:
    """Mean over prompts of a field of the shapes, for one graph."""

    def statistic(m: Measures, weights: np.ndarray) -> np.ndarray:
        return stats.weighted_mean(weights, getattr(m.shapes, field))[:, column]

    return run.of(statistic).estimate()


def both(run: Evaluation[Measures], field: str) -> dict[str, Estimate]:
    return {name: of_graph(run, field, column) for column, name in enumerate(GRAPHS)}


def published_bars(run: Evaluation[Measures]) -> dict:
    """Arguments of `plots.as_published`."""
    shapes = run.real.shapes
    return {
        "efficiency": both(run, "raw"),
        "modularity": both(run, "modularity"),
        "mean": shapes.mean,
        "raw": shapes.raw,
    }


def difference(run: Evaluation[Measures], field: str) -> Estimate:
    """Synergy minus redundancy, prompt by prompt, of a field of the shapes."""

    def statistic(m: Measures, weights: np.ndarray) -> np.ndarray:
        values = getattr(m.shapes, field)
        return stats.weighted_mean(weights, values[:, 0] - values[:, 1])

    return run.of(statistic).estimate()


def controlled_panels(
    run: Evaluation[Measures], shuffled: Mapping[str, Shuffled], others: Mapping[str, Measures]
) -> dict:
    """Arguments of `plots.controlled`; `others` are networks without interaction, by name."""

    def of(m: Measures, field: str, column: int) -> Estimate:
        return run.of(
            lambda m, weights: stats.weighted_mean(weights, getattr(m.shapes, field))[:, column], m
        ).estimate()

    def twins(field: str, column: int) -> Estimate:
        return run.of_twins(
            lambda m, weights: stats.weighted_mean(weights, getattr(m.shapes, field))[:, column]
        ).estimate()

    panels = {}
    for field, label in LABELS.items():
        rows = {"real model": list(both(run, field).values())}
        for name, shuffles in shuffled.items():
            values = getattr(shuffles, field)
            rows[NAMES[name]] = [
                null_of(run, name, values[..., column]).estimate() for column in range(len(GRAPHS))
            ]
        for name, m in others.items():
            rows[name] = [of(m, field, column) for column in range(len(GRAPHS))]
        rows["random twin"] = [twins(field, column) for column in range(len(GRAPHS))]
        panels[label] = rows
    return panels


def density_curves(run: Evaluation[Measures]) -> dict:
    """Arguments of `plots.at_densities`."""

    def curves(values: np.ndarray) -> dict[str, Band]:
        point = stats.weighted_mean(uniform(run.real), values)[0]
        draws = stats.weighted_mean(run.weights, values)
        return {
            name: bands(point[:, column], draws[..., column]) for column, name in enumerate(GRAPHS)
        }

    shapes = run.real.shapes
    measures = {
        "efficiency, kept edges at mean 1": curves(shapes.efficiency_at),
        "modularity Q": curves(shapes.modularity_at),
        "communities ~ layers (adjusted Rand)": curves(shapes.agreement_at),
        "rich club of a quarter": curves(shapes.club_at),
    }
    return {"densities": DENSITIES, "measures": measures}


def club_curves(real: AverageShapes, averages: Mapping[str, AverageShapes]) -> dict:
    """Arguments of `plots.rich_clubs`."""

    def bands_of(null: AverageShapes) -> tuple[Band, Band]:
        synergy, redundancy = (
            bands(null.club[:, column].mean(axis=0), null.club[:, column]) for column in range(2)
        )
        return synergy, redundancy

    nulls = {NAMES[name]: bands_of(null) for name, null in averages.items()}
    return {"fractions": FRACTIONS, "real": real.club[0], "nulls": nulls}
