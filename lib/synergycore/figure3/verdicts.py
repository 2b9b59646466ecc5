"""The statistics of Figure 3's claims and their evidence; rules are in book/claims.yml."""

from __future__ import annotations

import numpy as np

from synergycore import stats
from synergycore.claims import Evidence
from synergycore.cost import Costs, Counts
from synergycore.evidence import Evaluation, Sampled, uniform
from synergycore.figure3.measures import Measures, energy_profile, rank_profile

CHAPTER = "fig3_energy"
FIRST = 2  # layers left out at the start in the sensitivity analysis


def peak(m: Measures, weights: np.ndarray) -> np.ndarray:
    """Claim 13."""
    return stats.rise(energy_profile(m, weights))


def peak_without_first(m: Measures, weights: np.ndarray) -> np.ndarray:
    """Claim 13 on the layers from `FIRST` on."""
    return stats.rise(energy_profile(m, weights)[:, FIRST:])


def tracking(m: Measures, weights: np.ndarray, name: str = "both") -> np.ndarray:
    """Claim 14."""
    return stats.spearman(energy_profile(m, weights, name), rank_profile(m, weights))


def tracking_without_first(m: Measures, weights: np.ndarray) -> np.ndarray:
    """Claim 14 on the layers from `FIRST` on."""
    return stats.spearman(
        energy_profile(m, weights)[:, FIRST:], rank_profile(m, weights)[:, FIRST:]
    )


def shifted_tracking(m: Measures, name: str = "both") -> np.ndarray:
    """Claim 14 (shift,) with the rank profile shifted along depth by 1 to L − 1 layers."""
    energy, ranks = energy_profile(m, uniform(m), name)[0], rank_profile(m, uniform(m))[0]
    shifts = np.stack([np.roll(ranks, shift) for shift in range(1, m.layers)])
    return stats.spearman(np.tile(energy, (len(shifts), 1)), shifts)


def log_rise(cost: np.ndarray) -> np.ndarray:
    """Claim 15 (...): by how much the middle third exceeds the dearer end, of costs (..., layer).

    Contrast of logarithms, so that 0.05 is five per cent whatever the unit.
    """
    return stats.rise(np.log(cost))


def costly(costs: Costs, samples: int, rng: np.random.Generator) -> Sampled:
    """Claim 15 with rounds of timing resampled whole, as all layers share a round's conditions."""
    rounds = rng.integers(len(costs.values), size=(samples, len(costs.values)))
    draws = np.array([log_rise(np.median(costs.values[rows], axis=0)) for rows in rounds])
    return Sampled(float(log_rise(np.median(costs.values, axis=0))), draws)


def counted(counts: Counts, samples: int) -> Sampled:
    """The larger of the contrasts of operations and of bytes; counted, so without an interval."""
    value = float(max(log_rise(counts.operations), log_rise(counts.bytes)))
    return Sampled(value, np.full(samples, value))


def evaluate(run: Evaluation[Measures], costs: Costs, counts: Counts) -> list[Evidence]:
    """Evidence for claims 13, 14 and 15."""
    samples = len(run.weights)
    return [
        run.evidence(
            13,
            run.of(peak),
            {
                "random_twin": run.of_twins(peak),
                "without_first_two": run.of(peak_without_first),
            },
        ),
        run.evidence(
            14,
            run.of(tracking),
            {
                "circular_shift": run.null(shifted_tracking(run.real)),
                "without_first_two": run.of(tracking_without_first),
            },
        ),
        run.evidence(
            15,
            costly(costs, samples, run.rng),
            {"analytic_cost": counted(counts, samples)},
        ),
    ]


def timing_rounds(bootstrap_samples: int) -> int:
    """Rounds of timing that go with a profile's bootstrap: five to forty."""
    return min(40, max(5, bootstrap_samples // 40))
