"""Claim records of a build, each read as what it must be: those of a run, or of a profile."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from synergycore import claims
from synergycore.book import paths
from synergycore.errors import SynergyError


def of_run(notebook: Path) -> list[dict[str, Any]]:
    """What the run that made the executed `notebook` wrote beside it.

    Raises SynergyError for a notebook that does not say what it ran with, and for claims of another
    chapter or of other parameters.
    """
    try:
        run = json.loads(notebook.read_text("utf-8"))["metadata"]["synergy"]
        made_by = {name: run[name] for name in ("chapter", "parameters")}
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise SynergyError(
            f"{notebook} is no executed chapter that says what it ran with "
            f"({type(error).__name__}: {error}); delete it and run its chapter again (make book)."
        ) from None
    return claims.read(notebook.with_suffix("") / "claims.json", **made_by)


def of_profile(profile: str, chapter: str) -> list[dict[str, Any]]:
    """What a build gathered from all runs of a chapter. Raises as `of_run` does."""
    return claims.read(paths.gathered(profile, chapter), profile=profile, chapter=chapter)
