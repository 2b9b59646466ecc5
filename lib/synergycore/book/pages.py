"""Tables that are made when pages are staged: verdicts, models, what a build costs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from synergycore import claims, models, settings
from synergycore.book import paths, plan, toc

REFERENCE_PROFILE = "demo"
"""The profile whose measured build the book reports."""


def fragments(records: list[dict[str, Any]], notebooks: list[Path]) -> dict[str, str]:
    """Markdown by name, for `{include} _generated/<name>.md` in the pages under book/.

    `records` are the claim records to print, `notebooks` the executed chapters whose cost to print.
    """
    return {
        "verdicts": claims.table_markdown(records, full=False),
        "claims_table": claims.table_markdown(records, full=True),
        "models_table": models_table(),
        "measured": measured() + "\n" + chapter_times(notebooks),
    }


def gathered(book: plan.Plan) -> list[dict[str, Any]]:
    """Claim records of all chapters of a build."""
    gathered = [paths.gathered(book.profile, chapter) for chapter in book.chapters]
    return [record for path in gathered for record in claims.read(path)]


def table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def models_table() -> str:
    """The registry, without what is true of one machine only; sources folded, for want of width."""
    rows = models.table()
    head = ["name", "family", "layers × heads", "size", "licence"]
    cells = [[f"`{row['name']}`", *(row[key] for key in head[1:])] for row in rows]
    sources = [f"- `{row['name']}`: {row['source']}" for row in rows]
    folded = [":::{dropdown} Where each of them comes from", *sources, ":::", ""]
    return table(head, cells) + "\n" + "\n".join(folded)


def measured() -> str:
    """Time and memory of a whole build, as `make bench` last measured it."""
    path = settings.root() / "results" / "measured" / f"{REFERENCE_PROFILE}.json"
    if not path.is_file():
        return (
            f"No build of the profile `{REFERENCE_PROFILE}` has been measured yet: `make bench`.\n"
        )
    return measured_sentence(json.loads(path.read_text()))


def measured_sentence(record: dict[str, Any]) -> str:
    with_models = "the models fetched" if record["models_fetched"] else "the models fetched before"
    return (
        f"A first `make book` (profile `{record['profile']}`, the environment installed, "
        f"{with_models}, nothing recorded) took **{record['cold_seconds'] / 60:.1f} minutes**, a "
        f"second one with nothing changed **{record['warm_seconds']:.0f} seconds**; the peak "
        f"memory of all its processes together was **{record['peak_memory_bytes'] / 1e9:.1f} GB**. "
        f"Measured on {record['date']}: {record['machine']}.\n"
    )


def chapter_times(notebooks: list[Path]) -> str:
    """Minutes and memory of executed chapters, from what each notebook says of its run."""
    runs = [json.loads(path.read_text())["metadata"]["synergy"] for path in notebooks]
    if not runs:
        return ""
    chapters = [run["chapter"] for run in runs]
    first = [chapter not in chapters[:k] for k, chapter in enumerate(chapters)]
    rows = [_chapter_row(run, main) for run, main in zip(runs, first, strict=True)]
    head = ["Chapter", "Model", "Minutes", "Peak memory"]
    return "In this build:\n\n" + table(head, rows)


def _chapter_row(run: dict[str, Any], main: bool) -> list[str]:
    """`main`: the chapter's own page and not one of its pages for further models."""
    model = run["parameters"].get("model", "")
    page = run["chapter"] if main else toc.page(run["chapter"], model)
    return [
        f"{{doc}}`/{toc.FOLDER}{page}`",
        f"`{model}`" if model else "",
        f"{run['seconds'] / 60:.1f}",
        f"{run['peak_memory_bytes'] / 1e9:.1f} GB",
    ]
