"""Numbers with intervals, and the one rule that turns them into a verdict.

The rule is written in words at the head of `book/claims.yml`; this is the same in code.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from synergycore import format
from synergycore.claims.registry import Claim, registry
from synergycore.errors import SynergyError
from synergycore.stats import UNDEFINED, Estimate, Sampled

REPLICATES = "replicates"
PARTLY = "partly"
DOES_NOT = "does not replicate"
NOT_TESTABLE = "not testable here"
VERDICTS = (REPLICATES, PARTLY, DOES_NOT, NOT_TESTABLE)


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
    undefined: float = 0.0
    """Share of the effect's resamples that are not defined."""

    @property
    def verdict(self) -> str:
        """One of `VERDICTS`."""
        return verdict(registry()[self.claim], self)

    @property
    def frame(self) -> pd.DataFrame:
        """The effect and each control, by name: value, margin, and whether it passes."""
        claim = registry()[self.claim]
        passed = passes(self.effect, claim, claim.threshold)
        rows: dict[str, tuple] = {"effect": (self.effect, "", passed)}
        for name, control in self.controls.items():
            null = claim.roles[name] == "null"
            rows[name] = (
                control.value, control.margin if null else "", control_passes(claim, name, control)
            )  # fmt: skip
        head = [f"value [95 %], {self.unit}", "effect − control", "passes"]
        frame = pd.DataFrame.from_dict(rows, orient="index", columns=head)
        return frame.assign(passes=frame.passes.map({True: "yes", False: "no"}))

    def _repr_html_(self) -> str:
        headline = f"<p style='margin-top: 1rem'>{self._headline('<b>', '</b>')}</p>"
        return headline + format.table(self.frame)._repr_html_()

    def __repr__(self) -> str:
        return f"{self._headline()}\n{format.table(self.frame)}"

    def _headline(self, begin: str = "", end: str = "") -> str:
        claim = registry()[self.claim]
        found = f"Claim {claim.id}, {claim.name}: {begin}{self.verdict}{end}"
        if self.undefined:
            found += f" ({format.percent(self.undefined, 1)} of the resamples are not defined)"
        return found


def judge(
    number: int,
    effect: Sampled,
    controls: Mapping[str, Sampled] | None = None,
    *,
    model: str,
    unit: str | None = None,
) -> Evidence:
    """The evidence for claim `number` on `model`, every control with its paired margin.

    Displays itself with its verdict. `unit` is that of the registry unless the chapter was run with
    a score that has another. Raises SynergyError for an unknown claim and for controls
    other than those that book/claims.yml demands.
    """
    claims = registry()
    if number not in claims:
        raise SynergyError(f"claim {number} is not in book/claims.yml; choose one of its numbers.")
    paired = {
        name: Control(control.estimate, (effect - control).estimate)
        for name, control in (controls or {}).items()
    }
    claim = claims[number]
    found = Evidence(
        number,
        model,
        effect.estimate,
        unit or claim.unit,
        paired,
        claim.chapter or "",
        effect.undefined,
    )
    check(claim, found)
    return found


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
