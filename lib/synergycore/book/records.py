"""Claim records of a build, each read as what it must be: those of a run, or of a profile."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from synergycore import claims
from synergycore.book import paths


def of_run(notebook: Path) -> list[dict[str, Any]]:
    """What the run that made the executed `notebook` wrote beside it.

    Raises SynergyError for claims of another chapter or of other parameters.
    """
    run = json.loads(notebook.read_text("utf-8"))["metadata"]["synergy"]
    return claims.read(
        notebook.with_suffix("") / "claims.json",
        chapter=run["chapter"],
        parameters=run["parameters"],
    )


def of_profile(profile: str, chapter: str) -> list[dict[str, Any]]:
    """What a build gathered from all runs of a chapter. Raises as `of_run` does."""
    return claims.read(paths.gathered(profile, chapter), profile=profile, chapter=chapter)
