"""What the steps of a build said when they failed: repeated at its end, where it is read."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

MARK = "SYNERGY_BUILD_RUNNING"
"""Variable that every process of a build inherits; its value is the folder that is built."""
NOTES = "failures.txt"
"""In that folder: a line for each step that failed."""


def note(sentence: str) -> None:
    """Keep what a step of a build says as it fails; nothing outside of a build."""
    if folder := os.environ.get(MARK):
        with suppress(OSError), (Path(folder) / NOTES).open("a", encoding="utf-8") as file:
            file.write(" ".join(sentence.split()) + "\n")


def forget(folder: Path) -> None:
    """Before a build: what the one before it said."""
    (folder / NOTES).unlink(missing_ok=True)


def first(folder: Path) -> str:
    """The first step that failed, in its own words, and how many others did."""
    notes = folder / NOTES
    lines = notes.read_text("utf-8").splitlines() if notes.is_file() else []
    if not lines:
        return "a step ended without a word, most often for want of memory (see above)"
    others = f" (and {len(lines) - 1} more, which stand above)" if len(lines) > 1 else ""
    return lines[0].rstrip(".") + others
