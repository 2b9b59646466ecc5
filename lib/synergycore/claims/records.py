"""Evidence as small JSON files, so that a changed number is a visible difference."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from synergycore.claims.evidence import (
    Control,
    Evidence,
    check,
    control_passes,
    verdict,
)
from synergycore.claims.registry import Claim, registry
from synergycore.errors import SynergyError
from synergycore.files import write_text
from synergycore.stats import Estimate

DIGITS = 6  # leaves out the last bits, which differ between machines and would make noise in diffs

Number = float | None
Interval = tuple[Number, Number]


class ControlRecord(BaseModel):
    model_config = ConfigDict(extra="forbid")

    effect: Number
    interval: Interval
    margin: Number
    margin_interval: Interval
    role: Literal["null", "sensitivity"]
    passes: bool


class Record(BaseModel):
    """One line of the evidence: a claim on a model. Numbers that are not defined are null."""

    model_config = ConfigDict(extra="forbid")

    claim: int
    model: str
    effect: Number
    interval: Interval
    unit: str
    control: dict[str, ControlRecord]
    verdict: Literal["replicates", "partly", "does not replicate", "not testable here"]
    chapter: str


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
    _refuse_twice(rows, "the evidence")
    return sorted(rows, key=lambda row: (row["claim"], row["model"]))


def write(path: str | Path, evidence: Iterable[Evidence]) -> None:
    """Write the records of `evidence` as JSON, whole or not at all. Raises as `records` does."""
    write_records(Path(path), records(evidence))


def write_records(path: Path, rows: list[dict[str, Any]]) -> None:
    """Records as JSON, whole or not at all."""
    write_text(path, json.dumps(rows, indent=2, ensure_ascii=False, allow_nan=False) + "\n")


def read(path: str | Path) -> list[dict[str, Any]]:
    """Records of one JSON file, or of all `*.json` in a folder, in the order of claim and model.

    Raises SynergyError for a missing path, for a file that is not such JSON, and for the same
    claim and model in two places.
    """
    path = Path(path)
    if not path.exists():
        raise SynergyError(f"{path} does not exist; run the chapter that writes it.")
    paths = sorted(path.glob("*.json")) if path.is_dir() else [path]
    rows = [row for each in paths for row in _read_file(each)]
    _refuse_twice(rows, str(path))
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


def _refuse_twice(rows: list[dict[str, Any]], where: str) -> None:
    counts = Counter((row["claim"], row["model"]) for row in rows)
    for (claim, model), count in counts.items():
        if count > 1:
            raise SynergyError(
                f"{where} holds claim {claim} on {model} {count} times; keep one of them."
            )


def _read_file(path: Path) -> list[dict[str, Any]]:
    try:
        rows = json.loads(path.read_text("utf-8"))
        if not isinstance(rows, list):
            raise SynergyError(f"{path} holds no list of claim records; run its chapter again.")
        return [Record.model_validate(row).model_dump(mode="json") for row in rows]
    except (json.JSONDecodeError, UnicodeDecodeError, ValidationError) as error:
        reason = str(error).splitlines()[0]
        raise SynergyError(
            f"{path} is not a file of claim records ({reason}); run its chapter again."
        ) from None
