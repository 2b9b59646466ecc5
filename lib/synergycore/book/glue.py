"""Numbers in sentences: what a chapter glued takes the place of the roles that name it.

`myst_nb.glue(name, value)` leaves a value in an output of the executed notebook, and a sentence or
caption says where it belongs and how it is written: {glue:text}`name:.2f`.  The finished notebook
holds the sentence with its number, so that it reads the same on the page and in Jupyter.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Any

from synergycore.book.escape import literal
from synergycore.errors import SynergyError

if TYPE_CHECKING:
    from nbformat import NotebookNode

RECORD = "application/papermill.record/text/plain"
ROLE = re.compile(r"\{glue:text\}`(?P<name>[^`:]+?)\s*(:(?P<form>[^`]*))?`")
ANY = re.compile(r"\{glue[:}]\S*")


def glued(notebook: NotebookNode) -> dict[str, str]:
    """Name -> what a chapter glued under it, as Python writes it.

    Raises SynergyError for a name with two different values.
    """
    found: dict[str, str] = {}
    for output in (one for cell in notebook.cells for one in cell.get("outputs", [])):
        name = output.get("metadata", {}).get("scrapbook", {}).get("name")
        text = output.get("data", {}).get(RECORD)
        if name is None or text is None:
            continue
        if found.setdefault(name, text) != text:
            raise SynergyError(
                f"{name!r} is glued twice, as {found[name]} and as {text}; give them two names."
            )
    return found


def fill(notebook: NotebookNode) -> None:
    """Put the glued values into sentences, captions and alternative texts, in place.

    Raises SynergyError for a name that was not glued, a value that is no number or string, a format
    that does not fit it, and for any other glue directive or role.
    """
    known = glued(notebook)
    for number, cell in enumerate(notebook.cells):
        if cell.cell_type == "markdown":
            cell.source = _filled(cell.source, known, number)
        elif "mystnb" in cell.metadata:
            cell.metadata["mystnb"] = _filled(cell.metadata["mystnb"], known, number)


def _filled(text: Any, known: dict[str, str], number: int, markdown: bool = True) -> Any:
    """`text`, or every string of a dict; an alternative text is no Markdown."""
    if isinstance(text, dict):
        return {key: _filled(one, known, number, key != "alt") for key, one in text.items()}
    if not isinstance(text, str):
        return text
    if left := ANY.search(ROLE.sub("", text)):
        raise SynergyError(
            f"cell {number} holds {left[0]}; only {{glue:text}} is known: a figure or table is "
            "shown by the cell that makes it."
        )
    return ROLE.sub(lambda role: _written(role, known, number, markdown), text)


def _written(role: re.Match[str], known: dict[str, str], number: int, markdown: bool) -> str:
    name, form = role["name"], role["form"] or ""
    if name not in known:
        raise SynergyError(
            f"cell {number} says {role[0]}, but nothing of that name was glued; the names are "
            f"{', '.join(sorted(known)) or 'none'}."
        )
    try:
        value = _value(known[name])
        written = format(value, form)
    except (ValueError, SyntaxError, TypeError) as error:
        raise SynergyError(
            f"cell {number} says {role[0]}, but {name} is {known[name]}, and that cannot be "
            f"written so ({error}); glue a plain number or string and give it a format of its kind."
        ) from None
    if isinstance(value, str):
        return literal(written) if markdown else written
    return written.replace("-", "−")


def _value(text: str) -> int | float | str:
    if text in ("nan", "inf", "-inf"):
        return float(text)
    value = ast.literal_eval(text)
    if not isinstance(value, int | float | str):
        raise TypeError(f"it is of type {type(value).__name__}")
    return value
