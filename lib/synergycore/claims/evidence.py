"""Numbers with intervals, and the one rule that turns them into a verdict.

The rule is written in words at the head of `book/claims.yml`; this is the same in code.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from synergycore.claims.registry import Claim
from synergycore.errors import SynergyError

REPLICATES = "replicates"
PARTLY = "partly"
DOES_NOT = "does not replicate"
NOT_TESTABLE = "not testable here"
VERDICTS = (REPLICATES, PARTLY, DOES_NOT, NOT_TESTABLE)


@dataclass(frozen=True)
class Estimate:
    """A number and its 95 % interval; NaN where it is not defined.

    Raises SynergyError if the interval's ends are in the wrong order.
    """

    value: float
    low: float
    high: float

    def __post_init__(self) -> None:
        if self.low > self.high:
            raise SynergyError(
                f"an interval from {self.low} to {self.high} was given; give the lower end first."
            )

    @property
    def defined(self) -> bool:
        return all(map(math.isfinite, (self.value, self.low, self.high)))


UNDEFINED = Estimate(math.nan, math.nan, math.nan)


@dataclass(frozen=True)
class Control:
    """The effect as measured in a control, and the margin effect − control (sign not turned).

    A control of role sensitivity needs no margin.
    """

    value: Estimate
    margin: Estimate = UNDEFINED


@dataclass(frozen=True)
class Evidence:
    """What a chapter measured for one claim on one model; `unit` is that of effect and controls."""

    claim: int
    model: str
    effect: Estimate
    unit: str
    controls: Mapping[str, Control] = field(default_factory=dict)
    chapter: str = ""


def passes(estimate: Estimate, claim: Claim, threshold: float) -> bool:
    """Whether the whole interval lies beyond `threshold` on the side that the claim predicts."""
    if not estimate.defined:
        return False
    nearest = estimate.low if claim.sign > 0 else estimate.high
    return claim.sign * (nearest - threshold) > 0


def control_passes(claim: Claim, name: str, control: Control) -> bool:
    """A null must be beaten by the effect; a sensitivity analysis must show the effect itself."""
    if claim.roles[name] == "sensitivity":
        return passes(control.value, claim, claim.threshold)
    return passes(control.margin, claim, 0.0)


def verdict(claim: Claim, evidence: Evidence) -> str:
    """One of `VERDICTS`.

    Raises SynergyError if the evidence is for another claim, lacks a control that the claim
    demands, or brings one that the claim does not name.
    """
    check(claim, evidence)
    if not claim.testable_here:
        return NOT_TESTABLE
    if not passes(evidence.effect, claim, claim.threshold):
        return DOES_NOT
    passed = [control_passes(claim, name, evidence.controls[name]) for name in claim.roles]
    return REPLICATES if all(passed) else PARTLY


def check(claim: Claim, evidence: Evidence) -> None:
    """Raises SynergyError unless the evidence is what the claim asks for."""
    if evidence.claim != claim.id:
        raise SynergyError(
            f"evidence for claim {evidence.claim} was judged by claim {claim.id}; pass the claim "
            "of the same number."
        )
    wanted, given = set(claim.roles), set(evidence.controls)
    if wanted != given:
        raise SynergyError(
            f"claim {claim.id} ({claim.name}) on {evidence.model}: controls {sorted(given)} were "
            f"given, but book/claims.yml demands {sorted(wanted)}; measure exactly those."
        )
