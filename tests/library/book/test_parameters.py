"""Parameters of a chapter: what the cell may hold, and what values are let in."""

import pytest

from synergycore.book import parameters
from synergycore.errors import SynergyError

CELL = """
"sizes"
model = "smollm2-135m"
tau = 1  # lag
temperature = 0.5
stop_at_eos = False
layers = [0, 1]
limit: int | None = None
words: list[str] = []
"""


@pytest.fixture
def known():
    return parameters.parse(CELL, "tiny")


def test_parse_reads_names_kinds_and_defaults_in_order(known):
    assert list(known) == [
        "model",
        "tau",
        "temperature",
        "stop_at_eos",
        "layers",
        "limit",
        "words",
    ]
    assert [p.kind for p in known.values()] == ["str", "int", "float", "bool", "int", "int", "str"]
    assert known["layers"].is_list
    assert known["limit"].optional
    assert known["words"].default == []


@pytest.mark.parametrize(
    "cell",
    [
        "tau = 1 + n",
        "tau = None",
        "layers = []",
        "import os",
        "a = b = 1",
        "x = {'a': 1}",
        "mixed = [1, 'a']",
        "tau: int = 1.5",
        "tau: int",
        "x[0] = 1",
    ],
)
def test_parse_refuses_what_is_no_plain_parameter(cell):
    with pytest.raises(SynergyError, match=r"chapter tiny: .* is not a plain parameter"):
        parameters.parse(cell, "tiny")


def test_parse_says_where_the_cell_does_not_parse():
    with pytest.raises(SynergyError, match="line 2"):
        parameters.parse("tau = 1\nx = = 2", "tiny")


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("model", "007", "007"),
        ("model", "true", "true"),
        ("model", "", ""),
        ("tau", "007", 7),
        ("tau", "-2", -2),
        ("temperature", "1", 1.0),
        ("temperature", "1e-1", 0.1),
        ("stop_at_eos", "true", True),
        ("stop_at_eos", "False", False),
        ("layers", "3,4", [3, 4]),
        ("layers", "[3, 4]", [3, 4]),
        ("layers", "", []),
        ("limit", "none", None),
        ("limit", "3", 3),
        ("words", "a, b", ["a", "b"]),
        ("words", '["a", "b"]', ["a", "b"]),
    ],
)
def test_text_is_read_as_the_type_of_the_default(known, name, text, value):
    read = parameters.from_text(known[name], text)
    assert read == value
    assert type(read) is type(value)


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("tau", "abc", "an int"),
        ("tau", "1.0", "an int"),
        ("tau", "true", "an int"),
        ("tau", "1_000", "an int"),
        ("tau", "none", "an int"),
        ("temperature", "nan", "a float"),
        ("temperature", "inf", "a float"),
        ("temperature", "1e999", "a float"),
        ("temperature", "1.2.3", "a float"),
        ("stop_at_eos", "1", "a bool"),
        ("stop_at_eos", "yes", "a bool"),
        ("layers", "1,a", "a list of int"),
        ("layers", "[1.5]", "a list of int"),
        ("limit", "x", "an int or none"),
    ],
)
def test_a_parameter_of_the_wrong_type_names_the_type_and_the_value(known, name, text, expected):
    with pytest.raises(SynergyError, match=f"parameter '{name}' expects {expected}, got"):
        parameters.from_text(known[name], text)


@pytest.mark.parametrize(
    ("name", "value"),
    [("tau", True), ("tau", 1.0), ("stop_at_eos", 1), ("model", 1), ("layers", 3), ("tau", None)],
)
def test_a_value_of_the_wrong_type_is_refused(known, name, value):
    with pytest.raises(SynergyError, match="expects"):
        parameters.check(known[name], value)


def test_an_unknown_parameter_lists_the_chapters_parameters(known):
    with pytest.raises(SynergyError, match=r"chapter tiny has no parameter 'taux'.*model, tau"):
        parameters.choose(known, "tiny", given={"taux": "1"})


def test_given_values_go_before_the_profile_and_the_profile_before_defaults(known):
    values = parameters.choose(
        known,
        "tiny",
        given={"tau": "3"},
        profile={"tau": 2, "temperature": 0, "layers": (5,), "batch_size": 12},
    )
    assert values["tau"] == 3
    assert values["temperature"] == 0.0
    assert values["layers"] == [5]
    assert values["model"] == "smollm2-135m"
    assert "batch_size" not in values


def test_assignments_are_split_at_the_first_equals_sign():
    assert parameters.split_assignments(["a=1", "b=x=y"]) == {"a": "1", "b": "x=y"}


@pytest.mark.parametrize("pairs", [["tau"], ["=1"], ["a b=1"], ["tau=1", "tau=2"]])
def test_a_malformed_assignment_is_refused(pairs):
    with pytest.raises(SynergyError):
        parameters.split_assignments(pairs)
