"""The statistics of Figure 2's claims and their evidence; rules are in book/claims.yml."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from synergycore import stats
from synergycore.claims import Evidence
from synergycore.evidence import Evaluation, Sampled
from synergycore.figure2.cores import AverageShapes, log_core_ratio
from synergycore.figure2.shapes import Measures
from synergycore.figure2.shuffled import NULLS, Shuffled

CHAPTER = "fig2_networks"


def integration(m: Measures, weights: np.ndarray) -> np.ndarray:
    """Claim 10: efficiency of synergy minus that of redundancy, at mean weight 1."""
    return _synergy_minus_redundancy(stats.weighted_mean(weights, m.shapes.efficiency))


def segregation(m: Measures, weights: np.ndarray) -> np.ndarray:
    """Claim 11: modularity of redundancy minus that of synergy."""
    return -_synergy_minus_redundancy(stats.weighted_mean(weights, m.shapes.modularity))


def integration_at_densities(m: Measures, weights: np.ndarray) -> np.ndarray:
    """Claim 10 on the strongest edges only, mean over densities."""
    mean = stats.weighted_mean(weights, m.shapes.efficiency_at).mean(axis=1)
    return _synergy_minus_redundancy(mean)


def segregation_at_densities(m: Measures, weights: np.ndarray) -> np.ndarray:
    """Claim 11 on the strongest edges only, mean over densities."""
    mean = stats.weighted_mean(weights, m.shapes.modularity_at).mean(axis=1)
    return -_synergy_minus_redundancy(mean)


def _synergy_minus_redundancy(values: np.ndarray) -> np.ndarray:
    return values[..., 0] - values[..., 1]


def null_of(run: Evaluation[Measures], name: str, values: np.ndarray) -> Sampled:
    """Mean over prompts of shuffles `values` (prompt, draw); every sample draws one per prompt.

    Uses the bootstrap weights of the effect, so that a margin compares the same prompts. Prompts
    without a shape (NaN) are left out.
    """
    rows = np.arange(values.shape[0])
    chosen = run.generator(0, f"{name}, paired").integers(values.shape[1], size=run.weights.shape)
    drawn = values[rows, chosen]
    weights = run.weights * np.isfinite(drawn)
    with np.errstate(invalid="ignore", divide="ignore"):
        draws = (weights * np.nan_to_num(drawn)).sum(axis=1) / weights.sum(axis=1)
    return Sampled(float(np.nanmean(values)), draws)


def evaluate(
    run: Evaluation[Measures],
    shuffled: Mapping[str, Shuffled],
    averages: Mapping[str, AverageShapes],
) -> list[Evidence]:
    """Evidence for claims 10, 11 and 12.

    `shuffled` and `averages` hold the shuffles of each prompt's graphs and of the average graphs,
    by the names of `NULLS`.
    """
    integrated: dict[str, Sampled] = {"equal_density": run.of(integration_at_densities)}
    segregated: dict[str, Sampled] = {"equal_density": run.of(segregation_at_densities)}
    for name in NULLS:
        difference = _synergy_minus_redundancy(shuffled[name].efficiency)
        integrated[name] = null_of(run, name, difference)
        opposite = _synergy_minus_redundancy(shuffled[name].modularity)
        segregated[name] = null_of(run, name, -opposite)
    cores = {name: run.null(12, name, averages[name].log_core) for name in NULLS}
    return [
        run.evidence(10, run.of(integration), integrated),
        run.evidence(11, run.of(segregation), segregated),
        run.evidence(12, run.of(log_core_ratio), cores),
    ]


def null_draws(null_samples: int) -> int:
    """Shuffles per prompt: two to five, which sixty prompts make into a few hundred."""
    return min(5, max(2, null_samples // 60))
