"""The verdicts as pages and README show them: Markdown from the records of claims."""

from __future__ import annotations

import re
from typing import Any

from synergycore.book.escape import code, literal
from synergycore.claims import Claim, glossary, registry, table_rows

REMARK = "†"
FOOTNOTE = f"{REMARK} A remark made after the numbers were seen stands with the claim's definition"


def table(records: list[dict[str, Any]], full: bool = True) -> str:
    """The verdicts as Markdown.

    `full=False` (index page, README): the measured claims, without controls. `full=True` (claims
    page of the book): all claims with their controls, each measured one with a link to its
    chapter and the others in a table of their own, then how each number is defined, then the
    glossary of controls.
    """
    claims = registry()
    rows = table_rows(records, claims, name=code, text=literal)
    if full:
        return "\n".join([_full_table(rows), *_definitions(claims), *_glossary()])
    measured = [row for row in rows if row["model"]]
    if not measured:
        return "No claim has been measured yet.\n"
    lines = [
        [f"{r['claim']}. {r['statement']}", r["model"], r["effect"], _verdict(r)] for r in measured
    ]
    table = markdown_table(
        ["Claim of the paper", "Model", "Effect [95 % interval]", "Verdict"], lines
    )
    return table + _footnote(measured, " on the claims page.")


def _full_table(rows: list[dict[str, Any]]) -> str:
    measured = [_measured_line(row) for row in rows if row["model"]]
    others = [[_title(row), row["statement"], row["verdict"]] for row in rows if not row["model"]]
    head = ["Claim", "Model", "Effect [95 % interval]", "Controls", "Verdict"]
    tables = [markdown_table(head, measured) + _footnote(rows, " below.")] if measured else []
    tables += (
        [markdown_table(["Claim without a measurement", "", "Verdict"], others)] if others else []
    )
    return "\n".join(tables)


def _verdict(row: dict[str, Any]) -> str:
    return f"**{row['verdict']}**" + (f" {REMARK}" if row["afterwards"] else "")


def _footnote(rows: list[dict[str, Any]], where: str) -> str:
    remarked = any(row["afterwards"] for row in rows if row["model"])
    return f"\n{FOOTNOTE}{where}\n" if remarked else ""


def _title(row: dict[str, Any]) -> str:
    return f"{row['claim']}. {row['name']}"


def _measured_line(row: dict[str, Any]) -> list[str]:
    return [_link(row), row["model"], row["effect"], row["controls"], _verdict(row)]


def _link(row: dict[str, Any]) -> str:
    """To the chapter, if that is a name; a record without one has the title alone."""
    if not re.fullmatch(r"[\w.-]+", row["chapter"]):
        return literal(_title(row))
    return f"{{doc}}`{_title(row)} </notebooks/{row['chapter']}>`"


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


def markdown_table(head: list[str], lines: list[list[str]]) -> str:
    """A table of Markdown; bars in cells are escaped."""
    rows = [head, ["---"] * len(head), *lines]
    escaped = [[cell.replace("|", r"\|") for cell in row] for row in rows]
    return "\n".join(f"| {' | '.join(row)} |" for row in escaped) + "\n"
