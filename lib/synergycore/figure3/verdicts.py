"""The statistics of Figure 3's claims and their evidence; rules are in book/claims.yml."""

from __future__ import annotations

import numpy as np

from synergycore.claims import Evidence
from synergycore.cost import Costs, Counts
from synergycore.evidence import Evaluation, Sampled
from synergycore.figure3.depth import rise
from synergycore.figure3.measures import Measures, energy_profile
from synergycore.figure3.tracking import FIRST, shifted_tracking, tracking, tracking_without_first

CHAPTER = "fig3_energy"


def peak(m: Measures, weights: np.ndarray, name: str = "both", start: int = 0) -> np.ndarray:
    """Claim 13, on the layers from `start` on."""
    return rise(energy_profile(m, weights, name)[:, start:])


def peak_without_first(m: Measures, weights: np.ndarray) -> np.ndarray:
    """Claim 13 on the layers from `FIRST` on."""
    return peak(m, weights, start=FIRST)


def log_rise(cost: np.ndarray) -> np.ndarray:
    """Claim 15 (...): by how much the middle third exceeds the dearer end, of costs (..., layer).

    Contrast of logarithms, so that 0.05 is five per cent whatever the unit.
    """
    return rise(np.log(cost))


def costly(costs: Costs, samples: int, rng: np.random.Generator) -> Sampled:
    """Claim 15 with rounds of timing resampled whole, as all layers share a round's conditions."""
    rounds = rng.integers(len(costs.values), size=(samples, len(costs.values)))
    draws = np.array([log_rise(np.median(costs.values[rows], axis=0)) for rows in rounds])
    return Sampled(float(log_rise(np.median(costs.values, axis=0))), draws)


def counted_rise(counts: Counts | None, samples: int) -> Sampled:
    """The larger of the contrasts of operations and of bytes; counted, so without an interval."""
    if counts is None:
        return undefined(samples)
    value = float(max(log_rise(counts.operations), log_rise(counts.bytes)))
    return Sampled(value, np.full(samples, value))


def undefined(samples: int) -> Sampled:
    """What cannot be measured; it passes nothing."""
    return Sampled(float("nan"), np.full(samples, np.nan))


def evaluate(run: Evaluation[Measures], costs: Costs, counts: Counts | None) -> list[Evidence]:
    """Evidence for claims 13, 14 and 15; `counts` of the text that was timed, None if unknown."""
    samples = len(run.weights)
    shifted = shifted_tracking(run.real)
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
                "circular_shift": run.null(14, "circular_shift", shifted)
                if len(shifted)
                else undefined(samples),
                "without_first_two": run.of(tracking_without_first),
            },
        ),
        run.evidence(
            15,
            costly(costs, samples, run.generator(15, "rounds")),
            {"analytic_cost": counted_rise(counts, samples)},
        ),
    ]


def timing_rounds(bootstrap_samples: int) -> int:
    """Rounds of timing that go with a profile's bootstrap: five to forty."""
    return min(40, max(5, bootstrap_samples // 40))
