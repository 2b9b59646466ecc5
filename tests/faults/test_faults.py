"""The quick fault cases, each a test; all of them run by `make faults`."""

import unittest
from collections import Counter

import pytest

from faults import registry
from faults.__main__ import table
from faults.harness import Case, Outcome, complaint, of_call, of_said, of_sentence
from synergycore.errors import SynergyError

CLEAR = "unknown profile 'x'; choose one of demo, smoke."
QUICK = [
    pytest.param(area.name, case, id=f"{area.name}-{case.name}")
    for area in registry.selected(registry.areas(), [], quick=True)
    for case in area.cases
]


@pytest.mark.parametrize(("area", "case"), QUICK)
def test_a_fault_is_survived(area, case):
    one = registry.seen(area, case)
    if one.what == registry.SKIPPED:
        pytest.skip(one.words)
    assert one.what == Outcome.SURVIVED, one.words


def refused(sentence):
    raise SynergyError(sentence)


PLANTED = {
    "a clear refusal": (lambda: of_call(lambda: refused(CLEAR), ["'x'"]), "survived"),
    "a refusal that does not name it": (lambda: of_call(lambda: refused(CLEAR), ["y"]), "unclear"),
    "another exception": (lambda: of_call(lambda: {}["x"]), "unclear"),
    "a right result": (lambda: of_call(lambda: 3, right=lambda found: found == 3), "survived"),
    "a wrong result": (lambda: of_call(lambda: 4, right=lambda found: found == 3), "silent"),
    "a result where there is none": (lambda: of_call(lambda: 4), "silent"),
    "a sentence on stderr": (lambda: of_said(2, f"progress\nerror: {CLEAR}\n"), "survived"),
    "a traceback on stderr": (
        lambda: of_said(1, "Traceback (most recent call last):\n  x\nKeyError: 'x'\n"),
        "unclear",
    ),
    "an end without a word": (lambda: of_said(1, ""), "unclear"),
    "success that should not be": (lambda: of_said(0, ""), "silent"),
    "success that is right": (lambda: of_said(0, "", right=lambda: True), "survived"),
    "a lost file": (lambda: Outcome.LOST, "lost"),
    "an exception of the case": (lambda: {}["x"], "unclear"),
}


def skipping(folder):
    raise unittest.SkipTest("there is no browser")


@pytest.mark.parametrize("name", PLANTED)
def test_planted_outcomes_are_told_apart(name):
    run, expected = PLANTED[name]
    assert registry.seen("planted", Case(name, lambda folder: run())).what == expected


def test_a_case_that_cannot_run_here_is_counted_and_not_tried():
    one = registry.seen("planted", Case("browser", skipping))
    count = registry.counts([one])
    assert (count["skipped"], count["tried"], one.words) == (1, 0, "there is no browser")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "invalid input; give another.",
        "KeyError: 'x', give another.",
        "unknown profile 'x'; choose another",
        "unknown profile 'x'.",
        "unknown profile 'x'; choose one of\ndemo.",
        "unknown profile 'x'. Please choose another, or none.",
        "unknown profile 'x'; " + "choose " * 60 + "one.",
    ],
)
def test_what_is_no_clear_sentence(text):
    assert complaint(text)
    assert of_sentence(text) == Outcome.UNCLEAR


def test_a_clear_sentence():
    assert not complaint(CLEAR, ["'x'", "demo"])


@pytest.mark.parametrize(
    ("count", "wrong"),
    [
        ({"tried": 300, "survived": 285, "unclear": 15}, []),
        ({"tried": 300, "unclear": 16}, ["16 unclear, more than 5%"]),
        ({"tried": 300, "silent": 1}, ["1 silent"]),
        ({"tried": 300, "lost": 1}, ["1 lost"]),
        ({"tried": 299}, ["299 tried, fewer than 300"]),
    ],
)
def test_the_verdict_on_a_run(count, wrong):
    assert registry.verdict(Counter(count)) == wrong


def test_a_part_of_the_cases_may_be_few():
    assert registry.verdict(Counter(tried=1), whole=False) == []


def test_an_area_that_cannot_be_read_is_named():
    missing = registry.Area("browser", missing="No module named 'playwright'")
    assert "browser is missing as a whole: No module named 'playwright'" in table([missing], [])


def test_cases_are_chosen_by_area_and_name():
    found = [registry.Area("cli", [Case("no root", skipping), Case("bad name", skipping, True)])]
    names = lambda *words, quick=False: [  # noqa: E731
        case.name for area in registry.selected(found, words, quick) for case in area.cases
    ]
    assert names() == ["no root", "bad name"]
    assert names(quick=True) == ["bad name"]
    assert names("cli: no") == ["no root"]
