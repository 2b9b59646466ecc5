"""Pages of a book that is full of what they could be made to run: it is shown, and nothing runs."""

from __future__ import annotations

import functools
import tempfile
import unittest
from collections.abc import Callable
from pathlib import Path

import hostile_book as hostile
from faults.harness import Case, Outcome
from synergycore.book import escape

FOLDERS = {
    name: f"models/{folder}"
    for name, folder in zip(("first", "other"), hostile.MODELS, strict=True)
}
PAGES = ("main", "further", "single", "index", "search")


@functools.cache
def made() -> tuple[tempfile.TemporaryDirectory[str], dict[str, hostile.Page]]:
    """The book and its pages, once for all cases; the folder goes when the process ends."""
    if hostile.BROWSER is None:
        raise unittest.SkipTest("Chromium is not installed")
    folder = tempfile.TemporaryDirectory(prefix="hostile-", ignore_cleanup_errors=True)
    return folder, hostile.pages(Path(folder.name))


def judged(page: str, shown: dict[str, bool]) -> Outcome:
    """SILENT if something ran or could, or if what should be shown in a place is not."""
    found = made()[1][page]
    absent = [place for place, there in shown.items() if not there]
    if found.ran or found.dangerous:
        print(f"page {page}: it ran ({found.ran}), {found.dangerous} elements could run")
    elif absent:
        print(f"page {page}: not shown as it is in {', '.join(absent)}")
    else:
        return Outcome.SURVIVED
    return Outcome.SILENT


def said(place: int, text: str) -> Outcome:
    """A text that is glued into sentences, caption and alternative text, and stands in tables."""
    page, text = made()[1]["main"], hostile.shown(text)
    return judged(
        "main",
        {
            "a sentence": f"A{place} {text} E{place}" in page.text,
            "the beginning of a paragraph": f" {text} F{place}" in page.text,
            "the caption": f"C{place} {text} D{place}" in page.text,
            "the alternative text": f"C{place} {text} D{place}" in page.alternative,
            "cell, index and columns of a table": page.cells.count(text) >= 3,
        },
    )


def of_place(page: str, expected: str, times: int = 1) -> Outcome:
    text = made()[1][page].text
    return judged(page, {f"{times} places, as {expected}": text.count(expected) >= times})


def titled(page: str, ending: str) -> Outcome:
    """A title has look-alikes of the signs of HTML, as the theme writes it without escaping."""
    expected = ending.translate(escape.LOOKALIKES)
    return judged(page, {"the title": expected in made()[1][page].title})


def in_cells(page: str, expected: str) -> Outcome:
    return judged(page, {"a table": any(expected in cell for cell in made()[1][page].cells)})


SCRIPT, OTHER = hostile.SAID["a script"], list(hostile.SAID.values())[12]
PLACES: dict[str, Callable[[], Outcome]] = {
    "a model in the verdicts": lambda: in_cells("index", FOLDERS["first"]),
    "another model in the verdicts": lambda: in_cells("index", FOLDERS["other"]),
    "a model in title and contents": lambda: titled("further", FOLDERS["other"]),
    "a model in the search for its title": lambda: of_place(
        "search", FOLDERS["other"].translate(escape.LOOKALIKES)
    ),
    "a parameter in the title": lambda: titled("single", SCRIPT),
    "a parameter in the banner": lambda: of_place("single", f"said {SCRIPT} ({OTHER})"),
    "a unit in the evidence": lambda: in_cells("main", f"value [95 %], {hostile.UNIT}"),
    "a machine in what a build costs": lambda: of_place("index", hostile.shown(hostile.MACHINE)),
    "a printed text": lambda: of_place("main", " ".join(map(hostile.shown, PRINTED))),
}
PRINTED = list(hostile.SAID.values())[:3]
CASES = [
    Case(f"{name} in sentences, captions and tables", lambda _, k=k, text=text: said(k, text))
    for k, (name, text) in enumerate(hostile.SAID.items())
]
CASES += [Case(name, lambda _, look=look: look()) for name, look in PLACES.items()]
CASES += [
    Case(f"nothing runs on the page {page}", lambda _, page=page: judged(page, {}))
    for page in PAGES
]
