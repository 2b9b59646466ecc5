"""Numbers in sentences: the roles are filled in from what was glued, or the reader is told."""

import nbformat.v4 as nb
import pytest
from IPython.core.interactiveshell import InteractiveShell

from synergycore.book import glue
from synergycore.errors import SynergyError

FORMATTER = InteractiveShell.instance().display_formatter


def notebook(text, **values):
    """A notebook that glued `values`, as IPython writes them, under a sentence."""
    outputs = [
        nb.new_output(
            "display_data",
            data={glue.RECORD: FORMATTER.format(value)[0]["text/plain"]},
            metadata={"scrapbook": {"name": name, "mime_prefix": "application/papermill.record/"}},
        )
        for name, value in values.items()
    ]
    return nb.new_notebook(cells=[nb.new_markdown_cell(text), nb.new_code_cell(outputs=outputs)])


def filled(text, **values):
    page = notebook(text, **values)
    glue.fill(page)
    return page.cells[0].source


@pytest.mark.parametrize(
    ("role", "value", "written"),
    [
        ("{glue:text}`x`", 3, "3"),
        ("{glue:text}`x:.2f`", -0.1234, "−0.12"),
        ("{glue:text}`x:.0%`", 0.25, "25%"),
        ("{glue:text}`x:,`", 12000, "12,000"),
        ("{glue:text}`x:.1f`", float("nan"), "nan"),
        ("{glue:text}`x`", float("-inf"), "−inf"),
        ("{glue:text}`x`", True, "True"),
        ("{glue:text}`x`", "smollm2-135m", "smollm2-135m"),
        ("{glue:text}`x`", "it's", "it's"),
        ("{glue:text}`x`", "z_norm", "z_norm"),
        ("{glue:text}`x`", "a*b*\n_c_", "a&#42;b&#42; &#95;c&#95;"),
        ("{glue:text}`x`", "long " * 40, ("long " * 40).strip()),
        ("**{glue:text}`x`** of {glue:text}`x:.1f`", 2, "**2** of 2.0"),
    ],
)
def test_a_role_becomes_its_value_in_its_format(role, value, written):
    assert filled(f"Before {role}, after.", x=value) == f"Before {written}, after."


def test_captions_and_alternative_texts_are_filled_too():
    page = notebook("", tau=2, label="a*b")
    caption = "**Lag {glue:text}`tau`** {glue:text}`label`"
    alt = "lag {glue:text}`tau` {glue:text}`label`"
    figure = {"figure": {"name": "f", "caption": caption}, "image": {"alt": alt, "width": 3}}
    page.cells[1].metadata["mystnb"] = figure
    glue.fill(page)
    assert page.cells[1].metadata["mystnb"] == {
        "figure": {"name": "f", "caption": "**Lag 2** a&#42;b"},
        "image": {"alt": "lag 2 a*b", "width": 3},
    }


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{glue:text}`y`", "cell 0 says {glue:text}`y`, but nothing of that name was glued; .* x"),
        ("{glue:text}`x:.2q`", "cell 0 says {glue:text}`x:.2q`, but x is 0.5, and that cannot"),
        ("```{glue:figure} x\n```", "cell 0 holds {glue:figure}; only"),
        ("{glue:md}`x`", "cell 0 holds {glue:md}"),
        ("{glue}`x`", "cell 0 holds {glue}"),
    ],
)
def test_what_cannot_be_filled_names_its_cell_and_role(text, said):
    with pytest.raises(SynergyError, match=said):
        filled(text, x=0.5)


def test_a_value_that_is_no_number_or_string_is_refused():
    with pytest.raises(SynergyError, match=r"x is <object .* glue a plain number or string"):
        filled("{glue:text}`x`", x=object())


def test_a_number_format_does_not_fit_a_string():
    with pytest.raises(SynergyError, match="x is 'abc', and that cannot be written so"):
        filled("{glue:text}`x:.2f`", x="abc")


def test_one_name_has_one_value():
    page = notebook("", x=1)
    page.cells += notebook("", x=1).cells
    assert glue.glued(page) == {"x": "1"}
    page.cells += notebook("", x=2).cells
    with pytest.raises(SynergyError, match="'x' is glued twice, as 1 and as 2"):
        glue.fill(page)
