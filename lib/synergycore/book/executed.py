"""Executed chapters: their outputs under the chapter's text, and what a page says of the run."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

from synergycore.book import escape, glue
from synergycore.errors import SynergyError

if TYPE_CHECKING:
    from nbformat import NotebookNode

LONGEST = 1_000_000
"""Characters of text that a cell may leave on its page."""
WIDGET = "application/vnd.jupyter.widget-view+json"


def finished(text: NotebookNode, executed: NotebookNode) -> NotebookNode:
    """A chapter's text, captions and tags with the outputs of its run, every number filled in.

    The two may differ in all but their code; of the parameters, the values of the run are shown.
    Raises SynergyError when the code differs, and as `glue.fill` does.
    """
    notebook = copy.deepcopy(text)
    cells, ran = _code(notebook), _code(executed)
    if [_key(cell) for cell in cells] != [_key(cell) for cell in ran]:
        raise SynergyError("the code of the chapter has changed since it was run; run it again.")
    for cell, done in zip(cells, ran, strict=True):
        cell.source, cell.execution_count = done.source, done.execution_count
        cell.outputs = _cut([_without_widget(output) for output in done.outputs])
    notebook.metadata.pop("jupytext", None)  # would let Jupyter refuse to save the notebook
    notebook.metadata.setdefault("language_info", {"name": "python"})
    for key in ("language_info", "synergy"):
        if key in executed.metadata:
            notebook.metadata[key] = copy.deepcopy(executed.metadata[key])
    glue.fill(notebook)
    return notebook


def _code(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def _key(cell: NotebookNode) -> str:
    return "" if "parameters" in cell.metadata.get("tags", []) else cell.source


def _without_widget(output: NotebookNode) -> NotebookNode:
    """Widgets fetch their program from the network."""
    output = copy.deepcopy(output)
    output.get("data", {}).pop(WIDGET, None)
    return output


def _cut(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """The outputs of a cell, text beyond `LONGEST` characters cut with a word; images stay."""
    left, kept = LONGEST, []
    for output in outputs:
        if left < 0:
            break
        texts = output if "text" in output else output.get("data", {})
        for name in [one for one in texts if one == "text" or one.startswith("text/")]:
            text = "".join(texts[name])
            left -= len(text)
            if left < 0:
                said = f"\n… cut: {-left:,} characters more, and whatever followed\n"
                texts[name] = said if name == "text/html" else text[: len(text) + left] + said
        kept.append(output)
    return kept


def retitle(notebook: NotebookNode, ending: str, *, below: str = "") -> None:
    """Append ` (ending)`, any text, to the title and put the Markdown `below` under it, in place.

    Raises SynergyError for a notebook without a title (`# ...`).
    """
    for cell in notebook.cells:
        lines = cell.source.split("\n")
        place = next((k for k, line in enumerate(lines) if line.startswith("# ")), None)
        if cell.cell_type == "markdown" and place is not None:
            lines[place] += f" ({escape.title(ending)})"
            lines[place + 1 : place + 1] = ["", below] if below else []
            cell.source = "\n".join(lines)
            return
    raise SynergyError("a chapter has no title; begin it with a line `# ...`.")
