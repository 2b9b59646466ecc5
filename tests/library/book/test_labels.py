"""A chapter that stands in the book twice must not define a label twice."""

import nbformat
import pytest

from synergycore.book import labels

v4 = nbformat.v4
FIGURE = {"name": "fig-b", "caption": "As in {numref}`fig-a`, not {numref}`fig-z`."}


@pytest.fixture
def notebook():
    text = "\n".join(
        [
            "(top)=",
            "# Title",
            "See {numref}`fig-a`, {ref}`top`, {ref}`here <top>`, [there](#fig-a), [x](top).",
            "The word top and `fig-a` in code stay, and so do {ref}`elsewhere` and {ref}`topmost`.",
            "```{figure} a.png",
            ":name: fig-a",
            "```",
            "$$",
            "x = 1",
            "$$ (eq-x)",
            "By {eq}`eq-x`, (top) of [the page](../book/claims.md).",
        ]
    )
    code = v4.new_code_cell("1", metadata={"mystnb": {"figure": dict(FIGURE)}})
    return v4.new_notebook(cells=[v4.new_markdown_cell(text), code])


def test_labels_are_made_the_pages_own_where_defined_and_where_used(notebook):
    labels.suffix(notebook, "m")
    text, code = notebook.cells
    assert text.source.splitlines() == [
        "(top--m)=",
        "# Title",
        "See {numref}`fig-a--m`, {ref}`top--m`, {ref}`here <top--m>`, [there](#fig-a--m), "
        "[x](top--m).",
        "The word top and `fig-a` in code stay, and so do {ref}`elsewhere` and {ref}`topmost`.",
        "```{figure} a.png",
        ":name: fig-a--m",
        "```",
        "$$",
        "x = 1",
        "$$ (eq-x--m)",
        "By {eq}`eq-x--m`, (top) of [the page](../book/claims.md).",
    ]
    assert code.metadata["mystnb"]["figure"] == {
        "name": "fig-b--m",
        "caption": "As in {numref}`fig-a--m`, not {numref}`fig-z`.",
    }


def test_a_notebook_without_labels_is_left_alone():
    notebook = v4.new_notebook(cells=[v4.new_markdown_cell("plain {ref}`other`")])
    labels.suffix(notebook, "m")
    assert notebook.cells[0].source == "plain {ref}`other`"
