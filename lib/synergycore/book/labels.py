"""Make the labels of a page its own, so that the same chapter can stand in the book twice."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nbformat import NotebookNode

DEFINITION = re.compile(
    r"^\((?P<target>[^()\s]+)\)=\s*$"  # (label)= before a heading or paragraph
    r"|^:(?:name|label):\s*(?P<option>\S+)\s*$"  # options of directives
    r"|^\$\$\s*\((?P<equation>[^()\s]+)\)\s*$",  # $$ ... $$ (label)
    re.MULTILINE,
)
USE = re.compile(r"\{(?:ref|numref|eq)\}`[^`]*`|\]\(#?[^()\s]*\)")


def suffix(notebook: NotebookNode, ending: str) -> None:
    """Append `--ending` to every label that the notebook defines, where defined and where used.

    Changes the notebook in place; labels of other pages stay as they are.
    """
    text = [cell for cell in notebook.cells if cell.cell_type == "markdown"]
    figures = list(_figures(notebook))
    found = [match for cell in text for match in DEFINITION.finditer(cell.source)]
    labels = {match[match.lastgroup or 0] for match in found}
    labels |= {figure["name"] for figure in figures if "name" in figure}
    if not labels:
        return
    for cell in text:
        cell.source = _suffixed(cell.source, labels, ending)
    for figure in figures:
        figure["caption"] = _suffixed(figure.get("caption", ""), labels, ending)
        if "name" in figure:
            figure["name"] += f"--{ending}"


def _suffixed(text: str, labels: set[str], ending: str) -> str:
    """Only where a label can stand: a definition, a role, or the target of a link."""
    either = "|".join(re.escape(label) for label in sorted(labels, key=len, reverse=True))
    # a whole label: not inside a longer word, but after (, #, <, ` or a space
    whole = re.compile(rf"(?<=[(#<`\s])(?:{either})(?=[)>`\s]|$)")
    for place in (DEFINITION, USE):
        text = place.sub(lambda match: whole.sub(rf"\g<0>--{ending}", match[0]), text)
    return text


def _figures(notebook: NotebookNode) -> Iterator[dict[str, Any]]:
    for cell in notebook.cells:
        if "figure" in cell.metadata.get("mystnb", {}):
            yield cell.metadata["mystnb"]["figure"]
