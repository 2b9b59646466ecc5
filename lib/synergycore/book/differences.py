"""Runs that differ from the book: said in their file name, title, banner and to their kernel."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Any

from synergycore.book import executed
from synergycore.book.escape import literal

if TYPE_CHECKING:
    from nbformat import NotebookNode

Differences = dict[str, tuple[Any, Any]]
"""Parameter -> its value in the run and its value in the book."""
PLAIN = r"-?[a-z0-9_.]+(-[a-z0-9_.]+)*"
"""Values that stand in a file name as they are, on every file system."""
LONGEST = 100
"""Characters of a file name; longer ones are cut."""


def between(values: dict[str, Any], book: dict[str, Any]) -> Differences:
    """What a run has otherwise than the book; another model is no difference."""
    return {
        name: (value, book[name])
        for name, value in values.items()
        if name != "model" and value != book[name]
    }


def sentence(differences: Differences) -> str:
    """ "tau 2 (1), signal write_norm (z_norm)"; empty for a run as in the book."""
    return ", ".join(f"{name} {value} ({book})" for name, (value, book) in differences.items())


def file_name(start: str, differences: Differences) -> str:
    """`start--tau=2`: another one for every other run, with a digest where it cannot say all."""
    texts = {name: _text(value) for name, (value, _) in differences.items()}
    name = "--".join([start, *(f"{key}={text}" for key, text in texts.items())])
    if len(name) <= LONGEST and all(re.fullmatch(PLAIN, text) for text in texts.values()):
        return name
    digest = hashlib.sha256(repr(differences).encode()).hexdigest()[:10]
    return f"{re.sub('[^A-Za-z0-9._=-]', '-', name)[:LONGEST]}--{digest}"


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def say(notebook: NotebookNode, differences: Differences) -> None:
    """Put the differences into the title of a chapter and into a banner under it, in place."""
    if differences:
        short = ", ".join(f"{name} {value}" for name, (value, _) in differences.items())
        long = f"This run differs from the book: {literal(sentence(differences))}."
        executed.retitle(notebook, short, below=f":::{{attention}}\n{long}\n:::\n")
