"""Outputs of a run under the chapter's present text."""

import nbformat.v4 as nb
import pytest

from synergycore.book import executed
from synergycore.errors import SynergyError


def code(source, *outputs, **metadata):
    return nb.new_code_cell(source, outputs=list(outputs), metadata=metadata)


def output(**data):
    return nb.new_output("display_data", data={key.replace("_", "/"): v for key, v in data.items()})


@pytest.fixture
def text():
    cells = [
        nb.new_markdown_cell("# New title\n\nNew sentence."),
        code("tau = 1", tags=["parameters"]),
        code("plot()", mystnb={"figure": {"caption": "New."}}),
    ]
    return nb.new_notebook(
        cells=cells, metadata={"jupytext": {}, "kernelspec": {"name": "p", "display_name": "P"}}
    )


@pytest.fixture
def ran():
    cells = [
        nb.new_markdown_cell("# Old title"),
        code("tau = 2", tags=["parameters"]),
        code("plot()", output(image_png="aaaa"), mystnb={"figure": {"caption": "Old."}}),
    ]
    run = {"language_info": {"name": "python"}, "synergy": {"seconds": 3}}
    return nb.new_notebook(cells=cells, metadata=run)


def test_a_page_has_the_new_text_and_the_outputs_and_values_of_the_run(text, ran):
    page = executed.finished(text, ran)
    assert page.cells[0].source == "# New title\n\nNew sentence."
    assert page.cells[1].source == "tau = 2"
    assert page.cells[2].metadata.mystnb.figure.caption == "New."
    assert page.cells[2].outputs[0].data["image/png"] == "aaaa"
    assert page.metadata.synergy.seconds == 3
    assert page.metadata.language_info.name == "python"
    assert "jupytext" not in page.metadata
    assert text.cells[2].outputs == []


def test_text_whose_code_is_not_what_ran_is_refused(text, ran):
    text.cells[2].source = "plot(2)"
    with pytest.raises(SynergyError, match="the code of the chapter has changed"):
        executed.finished(text, ran)
    del text.cells[2]
    with pytest.raises(SynergyError, match="the code of the chapter has changed"):
        executed.finished(text, ran)


def test_no_widget_is_left(text, ran):
    ran.cells[2].outputs = [output(text_plain="x")]
    ran.cells[2].outputs[0].data[executed.WIDGET] = {"model_id": "x"}
    assert executed.finished(text, ran).cells[2].outputs[0].data == {"text/plain": "x"}


def test_a_title_is_extended_and_text_put_under_it():
    page = nb.new_notebook(cells=[code("# no title"), nb.new_markdown_cell("(l)=\n# T\n\nText.")])
    executed.retitle(page, "tau 2", below="Banner.")
    assert page.cells[1].source == "(l)=\n# T (tau 2)\n\nBanner.\n\nText."
    executed.retitle(page, "m")
    assert page.cells[1].source.startswith("(l)=\n# T (tau 2) (m)\n\nBanner.")


def test_a_chapter_without_a_title_is_told():
    with pytest.raises(SynergyError, match="has no title"):
        executed.retitle(nb.new_notebook(cells=[code("# x")]), "m")


def test_endless_text_is_cut_with_a_word_and_images_stay():
    text = nb.new_output("stream", name="stdout", text="x" * (executed.LONGEST + 5))
    page = nb.new_output("display_data", {"text/html": "<b>" + "y" * executed.LONGEST})
    image = nb.new_output("display_data", {"image/png": "z" * executed.LONGEST})
    (cut,) = executed._cut([text, page])
    assert cut.text.startswith("x" * executed.LONGEST)
    assert cut.text.endswith("… cut: 5 characters more, and whatever followed\n")
    (html,) = executed._cut([page])
    assert html.data["text/html"] == "\n… cut: 3 characters more, and whatever followed\n"
    assert executed._cut([image, image]) == [image, image]
