"""From statistics to evidence: one bootstrap shared by an effect and its controls.

A *statistic* takes the measures of one recording and weights (samples, prompt) and returns one
number a row of weights. Point estimates weigh all prompts alike; intervals come from bootstrap
weights, the same for the model, its twins and its controls, so that margins are paired.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

import numpy as np

from synergycore import stats
from synergycore.claims import Control, Estimate, Evidence, records, registry, table_rows


class OverPrompts(Protocol):
    """Measures of one recording: anything that knows its number of prompts."""

    @property
    def prompts(self) -> int: ...


M = TypeVar("M", bound=OverPrompts)
Statistic = Callable[[Any, np.ndarray], np.ndarray]


def uniform(measures: OverPrompts) -> np.ndarray:
    """Weights (1, prompt) of the point estimate."""
    return np.full((1, measures.prompts), 1 / measures.prompts)


@dataclass(frozen=True)
class Sampled:
    """A number with its bootstrap (or null) distribution."""

    point: float
    draws: np.ndarray

    def estimate(self) -> Estimate:
        return Estimate(self.point, *stats.interval(self.draws))

    def __sub__(self, other: Sampled) -> Sampled:
        return Sampled(self.point - other.point, self.draws - other.draws)


class Evaluation(Generic[M]):
    """One model's evidence: holds the shared bootstrap weights and the random draws."""

    def __init__(
        self, model: str, real: M, twins: Sequence[M], *,
        chapter: str, bootstrap_samples: int, null_samples: int, seed: int,
    ) -> None:  # fmt: skip
        self.model, self.real, self.twins, self.chapter = model, real, twins, chapter
        self.seed = seed
        self.weights = stats.bootstrap_weights(
            real.prompts, bootstrap_samples, self.generator(0, "bootstrap")
        )
        self.twin_drawn = self.generator(0, "twin").integers(len(twins), size=bootstrap_samples)
        self.null_samples = null_samples

    def generator(self, claim: int, name: str, *places: int) -> np.random.Generator:
        """The random numbers of one draw, see `stats.generator`."""
        return stats.generator(self.seed, claim, name, *places)

    def of(self, statistic: Statistic, measures: OverPrompts | None = None) -> Sampled:
        """`statistic` of the real model, or of `measures` taken on the same prompts."""
        m = self.real if measures is None else measures
        return Sampled(float(statistic(m, uniform(m))[0]), statistic(m, self.weights))

    def of_twins(self, statistic: Statistic) -> Sampled:
        """Mean over twins; every draw also draws one of the twins, so their spread counts."""
        each = [self.of(statistic, twin) for twin in self.twins]
        draws = np.stack([one.draws for one in each])
        chosen = draws[self.twin_drawn, np.arange(draws.shape[1])]
        return Sampled(float(np.mean([one.point for one in each])), chosen)

    def null(self, claim: int, name: str, draws: np.ndarray) -> Sampled:
        """A null distribution, resampled to the length of the bootstrap."""
        paired = self.generator(claim, f"{name}, paired").choice(draws, len(self.weights))
        return Sampled(float(np.nanmean(draws)), paired)

    def evidence(self, claim: int, effect: Sampled, controls: Mapping[str, Sampled]) -> Evidence:
        """The record of one claim: effect, and every control with its paired margin."""
        unit = registry()[claim].unit
        paired = {
            name: Control(value=control.estimate(), margin=(effect - control).estimate())
            for name, control in controls.items()
        }
        return Evidence(claim, self.model, effect.estimate(), unit, paired, self.chapter)


def table(evidence: Sequence[Evidence]) -> str:
    """Markdown: what the paper says, what we got, against which control, and the verdict."""
    rows = [
        "| what the paper says | what we got [95 % interval] | against which control | verdict |",
        "|:--|:--|:--|:--|",
    ]
    measured = {item.claim: registry()[item.claim] for item in evidence}
    for row in table_rows(records(evidence), measured):
        controls = row["controls"].replace("; ", "<br>") or "none beyond the comparison itself"
        rows.append(
            f"| {row['claim']}. {row['statement']} | {row['effect']} | {controls} "
            f"| **{row['verdict']}** |"
        )
    return "\n".join(rows)
