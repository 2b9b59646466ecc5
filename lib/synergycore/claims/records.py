"""Evidence as plain records, and what of a record has to follow from its numbers."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from synergycore.claims.evidence import (
    Control,
    Evidence,
    check,
    control_passes,
    verdict,
)
from synergycore.claims.registry import Claim, registry
from synergycore.errors import SynergyError
from synergycore.stats import Estimate

DIGITS = 6  # leaves out the last bits, which differ between machines and would make noise in diffs

Number = float | None

UNITS_OF_SCORES = {"rank fraction": "dimensionless"}
"""A claim about scores made of ranks has the second unit where the score is a ratio."""


def records(
    evidence: Iterable[Evidence], claims: dict[int, Claim] | None = None
) -> list[dict[str, Any]]:
    """The evidence as plain records with verdicts, in the order of claim and model.

    Numbers are rounded to six significant digits first, so that a verdict follows from what is
    written. Raises SynergyError for an unknown claim, for the same claim and model twice, and for
    controls other than those the claim demands.
    """
    claims = registry() if claims is None else claims
    rows = [_record(item, _claim(claims, item)) for item in evidence]
    refuse_twice(rows, "the evidence")
    return sorted(rows, key=lambda row: (row["claim"], row["model"]))


def evidence_of(record: dict[str, Any]) -> Evidence:
    """The evidence that a record was made from, to judge it again by the present claims file."""
    controls = {
        name: Control(
            _estimate(entry["effect"], entry["interval"]),
            _estimate(entry["margin"], entry["margin_interval"]),
        )
        for name, entry in record["control"].items()
    }
    effect = _estimate(record["effect"], record["interval"])
    return Evidence(
        record["claim"], record["model"], effect, record["unit"], controls, record["chapter"]
    )


def refuse_unfounded(record: dict[str, Any]) -> None:
    """Raises SynergyError unless the record follows from its numbers by book/claims.yml as it is.

    That is: a known claim with its chapter, unit and controls, intervals in order, margins that are
    effect minus control, and the role, `passes` and verdict that these numbers give.
    """
    (again,) = records([evidence_of(record)])
    claim = registry()[record["claim"]]
    again["chapter"] = claim.chapter or ""
    if record["unit"] != UNITS_OF_SCORES.get(claim.unit):
        again["unit"] = claim.unit
    for field, seen, expected in differences(record, again):
        raise SynergyError(f"{field} is {seen!r}, but {expected!r} follows from book/claims.yml")
    for name, control in record["control"].items():
        if not _is_difference(control["margin"], record["effect"], control["effect"]):
            raise SynergyError(
                f"control.{name}.margin is {control['margin']!r}, but the effect minus the control "
                f"is {record['effect']!r} − {control['effect']!r}"
            )


def differences(seen: Any, expected: Any, field: str = "") -> Iterator[tuple[str, Any, Any]]:
    """Where two nested dicts differ: the keys that lead there, and both values or None."""
    if isinstance(seen, dict) and isinstance(expected, dict):
        for key in {**seen, **expected}:
            below = f"{field}.{key}" if field else key
            yield from differences(seen.get(key), expected.get(key), below)
    elif seen != expected:
        yield field, seen, expected


def _is_difference(margin: Number, effect: Number, control: Number) -> bool:
    """Whether margin = effect − control, each rounded to `DIGITS`.

    A margin may be undefined where both are defined (too few draws have both), not the reverse.
    """
    if margin is None:
        return True
    if effect is None or control is None:
        return False
    rounding = sum(map(_half_a_digit, (margin, effect, control)))
    return abs(margin - (effect - control)) <= rounding * (1 + 1e-6)  # and that of this sum


def _half_a_digit(number: float) -> float:
    """The most by which `number` differs from what was rounded to it."""
    return 0.5 * 10.0 ** (math.floor(math.log10(abs(number))) + 1 - DIGITS) if number else 0.0


def _record(item: Evidence, claim: Claim) -> dict[str, Any]:
    check(claim, item)
    controls = {
        name: Control(_rounded(item.controls[name].value), _rounded(item.controls[name].margin))
        for name in claim.roles
    }
    effect = _rounded(item.effect)
    judged = Evidence(item.claim, item.model, effect, item.unit, controls, item.chapter)
    return {
        "claim": item.claim,
        "model": item.model,
        "effect": _plain(effect.value),
        "interval": [_plain(effect.low), _plain(effect.high)],
        "unit": item.unit,
        "control": {name: _control_record(claim, name, each) for name, each in controls.items()},
        "verdict": verdict(claim, judged),
        "chapter": item.chapter,
    }


def _control_record(claim: Claim, name: str, control: Control) -> dict[str, Any]:
    value, margin = control.value, control.margin
    return {
        "effect": _plain(value.value),
        "interval": [_plain(value.low), _plain(value.high)],
        "margin": _plain(margin.value),
        "margin_interval": [_plain(margin.low), _plain(margin.high)],
        "role": claim.roles[name],
        "passes": control_passes(claim, name, control),
    }


def _rounded(estimate: Estimate) -> Estimate:
    numbers = (estimate.value, estimate.low, estimate.high)
    return Estimate(*(float(f"{float(number):.{DIGITS}g}") for number in numbers))


def _plain(number: float) -> Number:
    return number if math.isfinite(number) else None


def _estimate(value: Number, interval: Sequence[Number]) -> Estimate:
    return Estimate(*(math.nan if number is None else number for number in (value, *interval)))


def _claim(claims: dict[int, Claim], item: Evidence) -> Claim:
    if item.claim not in claims:
        raise SynergyError(
            f"claim {item.claim} is not in book/claims.yml; use a number from {min(claims)} to "
            f"{max(claims)}."
        )
    return claims[item.claim]


def refuse_twice(rows: list[dict[str, Any]], where: str) -> None:
    counts = Counter((row["claim"], row["model"]) for row in rows)
    for (claim, model), count in counts.items():
        if count > 1:
            raise SynergyError(
                f"{where} holds claim {claim} on {model} {count} times; keep one of them."
            )
