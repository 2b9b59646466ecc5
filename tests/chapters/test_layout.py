"""Code on a page fits the page: no line is cut off, no cell is a scroll."""

from pathlib import Path

import jupytext
import pytest

NOTEBOOKS = sorted(
    (Path(__file__).parents[2] / "notebooks").glob("*.md"), key=lambda path: path.stem
)
FOLDED = {"hide-input", "hide-cell", "remove-cell", "remove-input"}
VISIBLE_WIDTH, FOLDED_WIDTH, LINES = 79, 95, 25


def too_large(cell, name):
    """What is too long in one code cell, in words."""
    folded = FOLDED & set(cell.metadata.get("tags", ()))
    width = FOLDED_WIDTH if folded else VISIBLE_WIDTH
    lines = [line for line in cell.source.splitlines() if line.strip()]
    for line in lines:
        if len(line) > width:
            yield f"{name}: {len(line)} characters, at most {width}: {line}"
    if len(lines) > LINES:
        yield f"{name}: {len(lines)} lines of code, at most {LINES}: {lines[0]} …"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_the_code_of_a_chapter_fits_its_page(path):
    cells = jupytext.read(path, fmt="md:myst").cells
    code = [cell for cell in cells if cell.cell_type == "code"]
    assert code
    found = [
        complaint
        for number, cell in enumerate(code, 1)
        for complaint in too_large(cell, f"{path.stem}, code cell {number}")
    ]
    assert not found, "\n" + "\n".join(found)
