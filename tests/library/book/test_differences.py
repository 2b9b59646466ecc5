"""Runs that differ from the book say so, and no two share a file."""

import nbformat.v4 as nb
import pytest

from synergycore.book import differences

BOOK = {"model": "m", "tau": 1, "signal": "z_norm", "label": "a", "layers": [0]}


def of(**changes):
    return differences.between(BOOK | changes, BOOK)


def test_another_model_is_no_difference():
    assert of(model="n") == {}
    assert of(tau=2, model="n") == {"tau": (2, 1)}
    both = of(tau=2, signal="write_norm")
    assert differences.sentence(both) == "tau 2 (1), signal write_norm (z_norm)"
    assert differences.sentence({}) == ""


def test_a_file_name_says_what_differs():
    assert differences.file_name("c--m", {}) == "c--m"
    assert differences.file_name("c--m", of(tau=2)) == "c--m--tau=2"
    assert differences.file_name("c", of(signal="write_norm", tau=-2)) == (
        "c--tau=-2--signal=write_norm"
    )


def test_no_two_runs_share_a_file_name_on_any_file_system():
    runs = [
        *(of(label=text) for text in ("b", "B", "../b", "b--tau=2", "b-", "b b", "b/b", "", "é")),
        *(of(label="x" * length) for length in (20, 200, 201)),
        *(of(layers=layers) for layers in ([1], [1, 2], [12])),
        of(label="b", tau=2),
        of(tau=2),
    ]
    names = [differences.file_name("c--m", run) for run in runs]
    assert len({name.lower() for name in names}) == len(runs)
    assert all(len(name) < 120 and "/" not in name and " " not in name for name in names)


def page():
    return nb.new_notebook(cells=[nb.new_markdown_cell("# Title\n\nText.")])


def test_title_and_banner_name_the_differences():
    changed = page()
    differences.say(changed, of(tau=2))
    assert changed.cells[0].source == (
        "# Title (tau 2)\n\n"
        ":::{attention}\nThis run differs from the book: tau 2 (1).\n:::\n\n\nText."
    )


def test_a_run_as_in_the_book_is_left_alone():
    unchanged = page()
    differences.say(unchanged, {})
    assert unchanged.cells[0].source == "# Title\n\nText."


@pytest.mark.parametrize("value", ["`x`", "a\n:::\n# b", "{{x}}", "<b>", "$x$", "*a*", "{glue:x}"])
def test_values_are_text_and_nothing_more(value):
    changed = page()
    differences.say(changed, of(label=value))
    banner = changed.cells[0].source.split(":::")[1]
    assert not set("`{<$*") & set(banner.removeprefix("{attention}"))
    assert len(changed.cells[0].source.splitlines()) == 8
