"""Make the labels of a page its own, so that the same chapter can stand in the book twice."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nbformat import NotebookNode

DEFINITIONS = (
    r"^\((?P<label>[^()\s]+)\)=\s*$",  # (label)= before a heading or paragraph
    r"^:(?:name|label):\s*(?P<label>\S+)\s*$",  # options of directives
    r"^\$\$\s*\((?P<label>[^()\s]+)\)\s*$",  # $$ ... $$ (label)
)


def defined(notebook: NotebookNode) -> set[str]:
    """Labels that the text of a notebook and the captions of its figures define."""
    text = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    found = {
        match["label"]
        for pattern in DEFINITIONS
        for match in re.finditer(pattern, text, re.MULTILINE)
    }
    return found | {figure["name"] for figure in _figures(notebook) if "name" in figure}


def suffix(notebook: NotebookNode, ending: str) -> None:
    """Append `--ending` to every label that the notebook defines, where defined and where used.

    Changes the notebook in place; labels of other pages stay as they are.
    """
    labels = defined(notebook)
    if not labels:
        return
    either = "|".join(re.escape(label) for label in sorted(labels, key=len, reverse=True))
    # a whole label: not inside a longer word, but after (, #, <, ` or a space
    whole = re.compile(rf"(?<=[(#<`\s])(?:{either})(?=[)>`\s]|$)", re.MULTILINE)
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = "\n".join(_line(line, whole, ending) for line in cell.source.split("\n"))
    for figure in _figures(notebook):
        if figure.get("name") in labels:
            figure["name"] += f"--{ending}"


def _line(line: str, whole: re.Pattern[str], ending: str) -> str:
    """Only where a label can stand: a definition, a role, or the target of a link."""
    place = re.compile(
        r"^\([^()\s]+\)=\s*$|^:(?:name|label):.*$|^\$\$\s*\(\S+\)\s*$"
        r"|\{(?:ref|numref|eq|doc)\}`[^`]*`|\]\(#?[^()\s]*\)"
    )
    return place.sub(lambda match: whole.sub(rf"\g<0>--{ending}", match[0]), line)


def _figures(notebook: NotebookNode) -> list[dict[str, str]]:
    blocks = [cell.metadata.get("mystnb", {}) for cell in notebook.cells]
    return [block["figure"] for block in blocks if "figure" in block]
