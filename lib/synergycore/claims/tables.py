"""Verdicts as tables for chapters, the book and the README."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

import pandas as pd

from synergycore import format
from synergycore.claims.evidence import NOT_TESTABLE, Evidence
from synergycore.claims.records import read, records
from synergycore.claims.registry import Claim, glossary, registry
from synergycore.settings import root

NOT_YET = "not measured yet"
REMARK = "†"
FOOTNOTE = f"{REMARK} A remark made after the numbers were seen stands with the claim's definition"


def table_rows(
    records: list[dict[str, Any]], claims: dict[int, Claim] | None = None
) -> list[dict[str, Any]]:
    """One row per claim and model, all claims in order; a claim without a record gets one row.

    Keys: claim (int), name, statement, model, effect, controls, verdict, chapter, afterwards (text;
    empty where there is nothing to say).
    """
    claims = registry() if claims is None else claims
    rows = []
    for number, claim in claims.items():
        measured = [record for record in records if record["claim"] == number]
        rows += [_row(claim, record) for record in measured] or [_empty_row(claim)]
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
                row["controls"].replace("`", "") or "none beyond the comparison itself"
                for row in rows
            ],
            "verdict": [row["verdict"] for row in rows],
        }
    )
    if os.environ.get("SYNERGY_DIFFERS"):
        frame["in the book"] = [_in_the_book(row) for row in rows]
    return format.table(frame.set_index("claim"))


def _in_the_book(row: dict[str, Any]) -> str:
    """Effect and verdict of the same claim and model in the committed results."""
    path = root() / "results" / "claims" / "demo" / f"{row['chapter']}.json"
    kept = read(path) if path.is_file() else []
    same = [one for one in kept if (one["claim"], one["model"]) == (row["claim"], row["model"])]
    if not same:
        return "not there"
    effect = _number(same[0]["effect"], same[0]["interval"])
    return f"{effect}, {same[0]['verdict']}"


def table_markdown(records: list[dict[str, Any]], full: bool = True) -> str:
    """The verdicts as Markdown.

    `full=False` (index page, README): the measured claims, without controls. `full=True` (claims
    page of the book): all claims with their controls, each measured one with a link to its
    chapter and the others in a table of their own, then how each number is defined, then the
    glossary of controls.
    """
    claims = registry()
    rows = table_rows(records, claims)
    if full:
        return "\n".join([_full_table(rows), *_definitions(claims), *_glossary()])
    measured = [row for row in rows if row["model"]]
    if not measured:
        return "No claim has been measured yet.\n"
    lines = [
        [f"{r['claim']}. {r['statement']}", f"`{r['model']}`", r["effect"], _verdict(r)]
        for r in measured
    ]
    table = _table(["Claim of the paper", "Model", "Effect [95 % interval]", "Verdict"], lines)
    return table + _footnote(measured, " on the claims page.")


def _full_table(rows: list[dict[str, Any]]) -> str:
    measured = [_measured_line(row) for row in rows if row["model"]]
    others = [[_title(row), row["statement"], row["verdict"]] for row in rows if not row["model"]]
    head = ["Claim", "Model", "Effect [95 % interval]", "Controls", "Verdict"]
    tables = [_table(head, measured) + _footnote(rows, " below.")] if measured else []
    tables += [_table(["Claim without a measurement", "", "Verdict"], others)] if others else []
    return "\n".join(tables)


def _verdict(row: dict[str, Any]) -> str:
    return f"**{row['verdict']}**" + (f" {REMARK}" if row["afterwards"] else "")


def _footnote(rows: list[dict[str, Any]], where: str) -> str:
    remarked = any(row["afterwards"] for row in rows if row["model"])
    return f"\n{FOOTNOTE}{where}\n" if remarked else ""


def _title(row: dict[str, Any]) -> str:
    return f"{row['claim']}. {row['name']}"


def _measured_line(row: dict[str, Any]) -> list[str]:
    link = f"{{doc}}`{_title(row)} </notebooks/{row['chapter']}>`"
    return [link, f"`{row['model']}`", row["effect"], row["controls"], _verdict(row)]


def _row(claim: Claim, record: dict[str, Any]) -> dict[str, Any]:
    return {
        "claim": claim.id,
        "name": claim.name,
        "statement": claim.statement,
        "model": record["model"],
        "effect": _number(record["effect"], record["interval"], f" {record['unit']}"),
        "controls": "; ".join(_control(name, entry) for name, entry in record["control"].items()),
        "verdict": record["verdict"],
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


def _control(name: str, entry: dict[str, Any]) -> str:
    if entry["role"] == "sensitivity":
        what = f"effect {_number(entry['effect'], entry['interval'])}"
    else:
        what = f"margin {_number(entry['margin'], entry['margin_interval'])}"
    return f"`{name}` {'passes' if entry['passes'] else 'does not pass'}, {what}"


def _number(value: float | None, interval: list[float | None], unit: str = "") -> str:
    if value is None:
        return "not defined"
    low, high = ("?" if end is None else _short(end) for end in interval)
    return f"{_short(value)} [{low}, {high}]{unit}"


def _short(number: float) -> str:
    return format.significant(number, 3, sign=True)


def _definitions(claims: dict[int, Claim]) -> list[str]:
    lines = ["", "## How each number is defined", ""]
    for claim in claims.values():
        side = "above" if claim.direction == "positive" else "below"
        lines += [
            f"**{claim.id}. {claim.name}.**",
            claim.statement,
            "",
            f"- *Quantity* ({claim.unit}, predicted {side} {claim.threshold:g}): {claim.quantity}",
            f"- *Controls*: {_uses(claim)}.",
            f"- *Rule*: {claim.rule}",
            *([] if claim.testable_here else [f"- *Not testable here*: {claim.reason}"]),
            f"- *Others found*: {claim.others_found}",
            *([f"- *Seen afterwards* ({REMARK}): {claim.afterwards}"] if claim.afterwards else []),
            "",
        ]
    return lines


def _uses(claim: Claim) -> str:
    names = [
        f"`{name}`" + (" (sensitivity)" if role == "sensitivity" else "")
        for name, role in claim.roles.items()
    ]
    return ", ".join(names) or "none beyond the comparison itself"


def _glossary() -> list[str]:
    entries = [f"- `{name}`: {sentence}" for name, sentence in glossary().items()]
    return ["## The controls", "", *entries, ""]


def _table(head: list[str], lines: list[list[str]]) -> str:
    rows = [head, ["---"] * len(head), *lines]
    escaped = [[cell.replace("|", r"\|") for cell in row] for row in rows]
    return "\n".join(f"| {' | '.join(row)} |" for row in escaped) + "\n"
