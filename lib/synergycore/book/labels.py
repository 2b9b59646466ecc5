"""Make the labels of a page its own, so that the same chapter can stand in the book twice."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nbformat import NotebookNode

# (label)= before a heading or paragraph, an option of a directive, $$ ... $$ (label)
DEFINED = r"^\((?=\S+\)=)|^:(?:name|label): +|^\$\$ *\("
USED = r"\]\(#?|<|\{(?:ref|numref|eq)\}`"


def suffix(notebook: NotebookNode, ending: str) -> None:
    """Append `--ending` to every label that the notebook defines, where defined and where used.

    Changes the notebook in place; labels of other pages stay as they are.
    """
    text = [cell for cell in notebook.cells if cell.cell_type == "markdown"]
    blocks = [cell.metadata.get("mystnb", {}) for cell in notebook.cells]
    figures = [block["figure"] for block in blocks if "figure" in block]
    labels = {figure["name"] for figure in figures if "name" in figure}
    for cell in text:
        labels.update(re.findall(rf"(?:{DEFINED})([^()\s]+)", cell.source, re.MULTILINE))
    either = "|".join(map(re.escape, labels)) or "(?!)"
    whole = re.compile(rf"(?:{DEFINED}|{USED})(?:{either})(?=[)>`\s]|$)", re.MULTILINE)
    own = rf"\g<0>--{ending}"
    for cell in text:
        cell.source = whole.sub(own, cell.source)
    for figure in figures:
        if "caption" in figure:
            figure["caption"] = whole.sub(own, figure["caption"])
        if "name" in figure:
            figure["name"] += f"--{ending}"
