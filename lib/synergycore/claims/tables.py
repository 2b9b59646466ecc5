"""Verdicts as rows, and as the table that ends a chapter."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd

from synergycore import format
from synergycore.claims.evidence import NOT_TESTABLE, Evidence
from synergycore.claims.files import read
from synergycore.claims.records import records
from synergycore.claims.registry import Claim, registry
from synergycore.errors import SynergyError
from synergycore.settings import root

NOT_YET = "not measured yet"


def table_rows(
    records: list[dict[str, Any]],
    claims: dict[int, Claim] | None = None,
    *,
    name: Callable[[str], str] = str,
    text: Callable[[str], str] = str,
) -> list[dict[str, Any]]:
    """One row per claim and model, all claims in order; a claim without a record gets one row.

    `name` writes names of models and controls, and `text` what else a record says in words, as the
    place demands where they are shown.
    Keys: claim (int), name, statement, model, effect, controls, verdict, chapter, afterwards (text;
    empty where there is nothing to say).
    """
    claims = registry() if claims is None else claims
    rows = []
    for number, claim in claims.items():
        measured = [record for record in records if record["claim"] == number]
        rows += [_row(claim, one, name, text) for one in measured] or [_empty_row(claim)]
    return rows


def table(evidence: Sequence[Evidence]) -> format.Table:
    """What the paper says, what we got, against which control, and the verdict.

    In a run that differs from the book (`SYNERGY_DIFFERS`), a column says what the book has.
    """
    measured = {item.claim: registry()[item.claim] for item in evidence}
    rows = table_rows(records(evidence), measured)
    frame = pd.DataFrame(
        {
            "claim": [row["claim"] for row in rows],
            "what the paper says": [row["statement"] for row in rows],
            "what we got [95 % interval]": [row["effect"] for row in rows],
            "against which control": [
                row["controls"] or "none beyond the comparison itself" for row in rows
            ],
            "verdict": [row["verdict"] for row in rows],
        }
    )
    if os.environ.get("SYNERGY_DIFFERS"):
        frame["in the published book"] = [_in_the_book(row) for row in rows]
    return format.table(frame.set_index("claim"))


def _in_the_book(row: dict[str, Any]) -> str:
    """Effect and verdict of the same claim and model in the committed results.

    Where these are refused, the reason: the run that is compared with them is none the worse.
    """
    path = root() / "results" / "claims" / "demo" / f"{row['chapter']}.json"
    try:
        kept = read(path) if path.is_file() else []
    except SynergyError as error:
        return f"not readable: {error}"
    same = [one for one in kept if (one["claim"], one["model"]) == (row["claim"], row["model"])]
    if not same:
        return "not there"
    effect = _number(same[0]["effect"], same[0]["interval"])
    return f"{effect}, {same[0]['verdict']}"


def _row(
    claim: Claim, record: dict[str, Any], name: Callable[[str], str], text: Callable[[str], str]
) -> dict[str, Any]:
    unit = text(record["unit"])
    controls = [f"{name(key)} {_control(entry)}" for key, entry in record["control"].items()]
    return {
        "claim": claim.id,
        "name": claim.name,
        "statement": claim.statement,
        "model": name(record["model"]),
        "effect": _number(record["effect"], record["interval"], f" {unit}"),
        "controls": "; ".join(controls),
        "verdict": text(record["verdict"]),
        "chapter": record["chapter"],
        "afterwards": claim.afterwards or "",
    }


def _empty_row(claim: Claim) -> dict[str, Any]:
    return {
        "claim": claim.id,
        "name": claim.name,
        "statement": claim.statement,
        "model": "",
        "effect": "",
        "controls": "",
        "verdict": NOT_YET if claim.testable_here else NOT_TESTABLE,
        "chapter": "",
        "afterwards": "",
    }


def _control(entry: dict[str, Any]) -> str:
    if entry["role"] == "sensitivity":
        what = f"effect {_number(entry['effect'], entry['interval'])}"
    else:
        what = f"margin {_number(entry['margin'], entry['margin_interval'])}"
    return f"{'passes' if entry['passes'] else 'does not pass'}, {what}"


def _number(value: float | None, interval: list[float | None], unit: str = "") -> str:
    if value is None:
        return "not defined"
    low, high = ("?" if end is None else _short(end) for end in interval)
    return f"{_short(value)} [{low}, {high}]{unit}"


def _short(number: float) -> str:
    return format.significant(number, 3, sign=True)
