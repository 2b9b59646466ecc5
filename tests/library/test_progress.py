"""Progress: a bar where somebody looks, one line where nobody does, nothing on a page."""

import io
import os
import subprocess
import sys

import nbformat
import pytest
from nbclient import NotebookClient

from synergycore import progress


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_without_a_terminal_it_is_one_line(capsys):
    assert list(progress.track([1, 2, 3], "counting", unit="sheep")) == [1, 2, 3]
    assert list(progress.track(iter([1]), "waiting")) == [1]
    assert list(progress.track(iter([1]), "waiting", total=1)) == [1]
    assert capsys.readouterr().err == "counting: 3 sheep\nwaiting\nwaiting: 1\n"


def test_on_a_terminal_it_is_a_bar_that_goes_away(monkeypatch):
    monkeypatch.setattr(sys, "stderr", Terminal())
    assert list(progress.track([1, 2], "counting")) == [1, 2]
    assert "counting:   0%|" in sys.stderr.getvalue()
    assert sys.stderr.getvalue().endswith("\r")


def test_the_bar_is_there_where_other_libraries_bars_are_off():
    code = (
        "import sys; from synergycore import progress; sys.stderr.isatty = lambda: True;"
        "list(progress.track([1], 'counting'))"
    )
    environment = {**os.environ, "TQDM_DISABLE": "1"}  # tqdm reads it when it is imported
    run = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert "counting:   0%|" in run.stderr


def test_in_a_chapter_it_goes_past_the_notebook(monkeypatch):
    monkeypatch.setenv("SYNERGY_CHAPTER_OUT", "x")
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    monkeypatch.setattr(sys, "__stderr__", io.StringIO())
    list(progress.track([1], "counting"))
    assert sys.stderr.getvalue() == ""
    assert sys.__stderr__.getvalue() == "counting: 1\n"


def test_in_jupyter_it_is_written_where_prints_are():
    notebook = nbformat.v4.new_notebook(
        cells=[
            nbformat.v4.new_code_cell(
                "from synergycore import progress\nlist(progress.track([1], 'counting'))"
            )
        ]
    )
    NotebookClient(notebook, kernel_name="python3").execute()
    streams = [one for one in notebook.cells[0].outputs if one.output_type == "stream"]
    assert [(one.name, one.text) for one in streams] == [("stdout", "counting: 1\n")]


def test_a_reader_who_has_left_stops_no_work(monkeypatch):
    class Closed(io.StringIO):
        def write(self, text):
            raise BrokenPipeError

    monkeypatch.setattr(sys, "stderr", Closed())
    assert list(progress.track([1], "counting")) == [1]


def test_it_can_be_told_to_be_quiet(capsys):
    with progress.bar(3, "counting", shown=False) as advance:
        advance(3)
    assert capsys.readouterr().err == ""


def test_an_error_in_the_work_passes(capsys):
    with pytest.raises(ZeroDivisionError), progress.bar(1, "counting"):
        1 / 0  # noqa: B018
