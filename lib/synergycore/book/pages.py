"""Tables that are made when pages are staged: verdicts, models, what a build costs."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from synergycore import models, settings
from synergycore.book import paths, toc, verdicts
from synergycore.book.escape import code, literal
from synergycore.book.verdicts import markdown_table


def fragments(records: list[dict[str, Any]], notebooks: list[Path]) -> dict[str, str]:
    """Markdown by name, for `{include} _generated/<name>.md` in the pages under book/.

    `records` are the claim records to print, `notebooks` the executed chapters whose cost to print.
    """
    measured = json.loads(paths.measured().read_text())
    runs = [json.loads(path.read_text())["metadata"]["synergy"] for path in notebooks]
    return {
        "verdicts": verdicts.table(records, full=False),
        "claims_table": verdicts.table(records, full=True),
        "models_table": models_table(),
        "profiles_table": profiles_table(),
        "measured": whole_build(measured) + "\nIn this build:\n\n" + chapter_times(runs),
    }


def models_table() -> str:
    """The registry, without what is true of one machine only; sources folded, for want of width."""
    rows = models.table()
    head = ["name", "family", "layers × heads", "size", "licence"]
    cells = [[code(row["name"]), *(literal(row[key]) for key in head[1:])] for row in rows]
    sources = [f"- {code(row['name'])}: {literal(row['source'])}" for row in rows]
    folded = [":::{dropdown} Where each of them comes from", *sources, ":::", ""]
    return markdown_table(head, cells) + "\n" + "\n".join(folded)


SIZES = {
    "prompts_per_category": "Prompts per category",
    "new_tokens": "Tokens per prompt",
    "twin_seeds": "Random twins",
    "bootstrap_samples": "Bootstrap samples",
    "null_samples": "Null samples",
}


def profiles_table() -> str:
    """The sizes of the book side by side, the smallest first."""
    profiles = {name: settings.load_profile(name) for name in settings.profile_names()}
    by_size = sorted(profiles.items(), key=lambda item: item[1].bootstrap_samples)
    rows = [
        [code(name), str(len(profile.models)), *(str(getattr(profile, key)) for key in SIZES)]
        for name, profile in by_size
    ]
    return markdown_table(["Profile", "Models", *SIZES.values()], rows)


def whole_build(measured: dict[str, Any]) -> str:
    """Time and memory of a whole build, as `make bench` last measured it."""
    with_models = (
        "the models fetched" if measured["models_fetched"] else "the models fetched before"
    )
    return (
        f"A first `make book` (profile {code(measured['profile'])}, the environment installed, "
        f"{with_models}, nothing recorded) took **{measured['cold_seconds'] / 60:.1f} minutes**, a "
        f"second one with nothing changed **{measured['warm_seconds']:.0f} seconds**; the peak "
        f"memory of all its processes together was **{measured['peak_memory_bytes'] / 1e9:.1f} "
        f"GB**. Measured on {literal(measured['date'])}: {literal(measured['machine'])}.\n"
    )


def chapter_times(runs: list[dict[str, Any]]) -> str:
    """Minutes and memory of executed chapters, from what each notebook says of its run."""
    chapters = [run["chapter"] for run in runs]
    rows = [_times(run, run["chapter"] not in chapters[:k]) for k, run in enumerate(runs)]
    return markdown_table(["Chapter", "Model", "Minutes", "Peak memory"], rows)


def _times(run: dict[str, Any], main: bool) -> list[str]:
    """`main`: the chapter's own page and not one of its pages for further models."""
    model = run["parameters"].get("model", "")
    page = run["chapter"] if main else toc.page(run["chapter"], model)
    return [
        f"{{doc}}`/{toc.FOLDER}{page}`" if re.fullmatch(r"[\w.-]+", page) else literal(page),
        code(model),
        f"{run['seconds'] / 60:.1f}",
        f"{run['peak_memory_bytes'] / 1e9:.1f} GB",
    ]
