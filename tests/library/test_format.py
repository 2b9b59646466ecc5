"""Numbers, intervals and tables are written in one way."""

import nbformat
import numpy as np
import pandas as pd
import pytest
from nbclient import NotebookClient

from synergycore import format
from synergycore.stats import UNDEFINED, Estimate


def test_numbers_have_a_true_minus_sign_and_undefined_ones_say_so():
    assert format.number(-0.1234, 2) == "−0.12"
    assert format.number(0.5, 1, sign=True) == "+0.5"
    assert format.number(-0.0004, 3) == "0.000"
    assert format.number(float("nan")) == "not defined"
    assert format.percent(-0.016, 1) == "−1.6 %"
    assert format.percent(float("inf")) == "not defined"


def test_an_interval_does_not_break():
    shown = format.estimate(Estimate(0.1234, -0.05, 0.3), 2)
    assert shown.replace("\u00a0", " ") == "0.12 [−0.05, 0.30]"
    assert shown.count(" ") == 1
    assert format.estimate(UNDEFINED) == "not defined"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.0001234, "0.000123"),
        (12.345, "12.3"),
        (123456.0, "123,000"),
        (-2.5, "−2.5"),
        (999.6, "1,000"),
    ],
)
def test_significant_digits(value, shown):
    assert format.significant(value) == shown


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(2.32e-8, "23.2 ns"), (0.0154, "15.4 ms"), (59.99, "1 min"), (66.0, "1.1 min"), (7200, "2 h")],
)
def test_durations_come_in_the_unit_a_reader_would_choose(seconds, shown):
    assert format.duration(seconds) == shown.replace(" ", "\u00a0")


def test_a_table_formats_every_cell_and_keeps_the_frame():
    frame = pd.DataFrame(
        {"effect": [Estimate(0.5, 0.25, 0.75), Estimate(-1.0, -2.0, 0.0)], "p": [0.25, np.nan],
         "who": ["<b>model</b>", "a | b"]}
    )  # fmt: skip
    shown = format.table(frame, digits=2)
    page = shown._repr_html_().replace("\u00a0", " ")
    assert "0.50 [0.25, 0.75]" in page
    assert "−1.00 [−2.00, 0.00]" in page
    assert "not defined" in page
    assert "&lt;b&gt;model&lt;/b&gt;" in page
    assert "<b>model" not in page
    assert shown.frame is frame
    assert frame.sort_values("effect").who.iloc[0] == "a | b"
    assert "0.50" in repr(shown)


def test_a_long_cell_is_not_cut():
    text = "word " * 100
    assert text.strip() in format.table(pd.DataFrame({"a": [text.strip()]}))._repr_html_()


def test_source_shows_the_lines_of_a_function():
    shown = format.source(format.percent, format.number).data
    assert shown.startswith("```python\ndef percent(share")
    assert "def number(value" in shown
    assert shown.endswith("```")


def test_glued_numbers_are_plain_and_an_estimate_is_three():
    code = (
        "import numpy as np\n"
        "from synergycore.format import glue\n"
        "from synergycore.stats import Estimate\n"
        "glue(share=np.float64(0.25), count=np.int64(3), icc=Estimate(0.5, 0.25, 0.75), who='m')"
    )
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)])
    NotebookClient(notebook, kernel_name="python3").execute()
    kept = {
        output.metadata["scrapbook"]["name"]: output.data["application/papermill.record/text/plain"]
        for output in notebook.cells[0].outputs
    }
    expected = {"share": "0.25", "count": "3", "icc": "0.5", "icc_low": "0.25", "icc_high": "0.75"}
    assert kept == {**expected, "who": "'m'"}
