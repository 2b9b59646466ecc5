"""Parameters of a chapter: what the cell may hold, and what values are let in."""

from pathlib import Path

import nbformat.v4 as nb
import pytest
import yaml

from synergycore.book import parameters
from synergycore.book.text import Chapter
from synergycore.errors import SynergyError
from synergycore.settings import Profile

CELL = """
"sizes"
model = "smollm2-135m"
new_tokens = 100
tau = 1  # lag
seed = 0
bootstrap_samples = 1000
batch_size = 12
temperature = 0.5
stop_at_eos = False
signal = "z_norm"
layers = [0, 1]
words = ["a"]
pushes = 3
strength = 1.0
label = "x"
"""
SMOKE = Path(__file__).resolve().parents[3] / "profiles" / "smoke.yml"


def chapter_of(cell):
    tagged = nb.new_code_cell(cell, metadata={"tags": ["parameters"]})
    return Chapter("tiny", Path("tiny.md"), nb.new_notebook(cells=[tagged]))


@pytest.fixture
def chapter():
    return chapter_of(CELL)


def profile(**more):
    return Profile.model_validate(yaml.safe_load(SMOKE.read_text()) | more)


def read(chapter, text):
    name = text.partition("=")[0]
    return parameters.given(chapter, [text])[name]


def test_names_and_defaults_are_read_in_order(chapter):
    assert list(chapter.parameters)[:3] == ["model", "new_tokens", "tau"]
    assert chapter.parameters["layers"] == [0, 1]
    assert chapter.per_model


@pytest.mark.parametrize(
    "cell",
    [
        "tau = 1 + n",
        "x = None",
        "layers = []",
        "import os",
        "a = b = 1",
        "x = {'a': 1}",
        "mixed = [1, 'a']",
        "nested = [[1]]",
        "tau: int = 1",
        "x[0] = 1",
        "x = = 2",
    ],
)
def test_what_is_no_plain_parameter_is_refused(cell):
    with pytest.raises(SynergyError, match=r"chapter tiny: .* is no parameter; write"):
        chapter_of(cell).parameters  # noqa: B018 (reading it is the check)


def test_a_default_that_is_not_allowed_is_refused():
    with pytest.raises(SynergyError, match="chapter tiny: parameter 'tau' is 0, expected greater"):
        chapter_of("tau = 0").parameters  # noqa: B018


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("model=007", "007"),
        ("model=true", "true"),
        ("tau=007", 7),
        ("temperature=1", 1.0),
        ("temperature=1e-1", 0.1),
        ("stop_at_eos=true", True),
        ("stop_at_eos=False", False),
        ("signal=write_norm", "write_norm"),
        ("layers=3,4", [3, 4]),
        ("layers=[3, 4]", [3, 4]),
        ("layers=", []),
        ("words=a, b", ["a", "b"]),
        ('words=["a", "b"]', ["a", "b"]),
        ("pushes=-2", -2),
        ("strength=2", 2.0),
        ("label=", ""),
        ("label=a=b", "a=b"),
    ],
)
def test_text_is_read_as_the_type_says(chapter, text, value):
    assert read(chapter, text) == value
    assert type(read(chapter, text)) is type(value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("new_tokens=6", "is '6', expected greater than or equal to 8"),
        ("bootstrap_samples=1", "is '1', expected greater than or equal to 20"),
        ("seed=-1", "is '-1', expected greater than or equal to 0"),
        ("batch_size=0", "is '0', expected greater than or equal to 1"),
        ("temperature=-1", "is '-1', expected greater than or equal to 0"),
        ("temperature=nan", "is 'nan', expected a finite number"),
        ("temperature=1e999", "is '1e999', expected a finite number"),
        ("tau=one", "is 'one', expected a valid integer"),
        ("tau=1.5", "is '1.5', expected a valid integer"),
        ("tau=true", "is 'true', expected a valid integer"),
        ("stop_at_eos=maybe", "is 'maybe', expected a valid boolean"),
        ("signal=foo", "is 'foo', expected 'z_norm', 'write_norm' or 'chunk_norm'"),
        ("model=", "is '', string should have at least 1 character"),
        ("layers=1,a", "is 'a', expected a valid integer"),
        ("pushes=x", "is 'x', expected a valid integer"),
        ("strength=inf", "is 'inf', expected a finite number"),
    ],
)
def test_what_is_not_allowed_is_refused_with_the_value_and_what_is(chapter, text, said):
    name = text.partition("=")[0]
    with pytest.raises(SynergyError) as error:
        read(chapter, text)
    assert f"parameter {name!r} {said}" in str(error.value)


@pytest.mark.parametrize("pairs", [["tau"], ["=1"], ["a b=1"], ["tau=1", "tau=2"]])
def test_a_malformed_assignment_is_refused(chapter, pairs):
    with pytest.raises(SynergyError, match=r"name=value|given twice"):
        parameters.given(chapter, pairs)


def test_an_unknown_name_lists_the_chapters_own(chapter):
    with pytest.raises(SynergyError, match=r"chapter tiny has no parameter 'taux'.*model, new_tok"):
        parameters.given(chapter, ["taux=1"])


def test_the_book_has_the_profiles_values_and_its_sections_before_the_chapters(chapter):
    values = parameters.of_book(chapter, profile(chapters={"tiny": {"pushes": 7, "seed": 3}}))
    assert values["new_tokens"] == 40
    assert values["pushes"] == 7
    assert values["seed"] == 3
    assert values["signal"] == "z_norm"
    assert values["model"] == "smollm2-135m"
    assert list(values) == list(chapter.parameters)


@pytest.mark.parametrize(
    ("section", "said"),
    [
        ({"pushs": 7}, "has no parameter 'pushs'"),
        ({"pushes": "7"}, "'pushes' is '7', expected a valid integer"),
        ({"seed": True}, "'seed' is True, expected a valid integer"),
        ({"layers": 3}, "'layers' is 3, expected a valid list"),
    ],
)
def test_a_section_that_does_not_fit_the_chapter_is_refused(chapter, section, said):
    with pytest.raises(SynergyError, match=said):
        parameters.of_book(chapter, profile(chapters={"tiny": section}))


def test_values_take_their_place_in_the_cell_and_all_else_stays():
    cell = '"é"; tau = 1  # läg\nx = [0,\n  1]  # x\n# end\nname = "a"'
    values = {"tau": 2, "x": [3], "name": 'q"\n'}
    assert parameters.assigned(cell, values) == (
        '"é"; tau = 2  # läg\nx = [3]  # x\n# end\nname = \'q"\\n\''
    )
    assert parameters.assigned(CELL, parameters.of_book(chapter_of(CELL), profile())) == (
        CELL.replace("new_tokens = 100", "new_tokens = 40")
        .replace("bootstrap_samples = 1000", "bootstrap_samples = 50")
        .replace("batch_size = 12", "batch_size = 6")
        .replace("temperature = 0.5", "temperature = 0.0")
    )


def test_values_are_checked_together():
    parameters.refuse_unfit({"tau": 2, "new_tokens": 8}, "c")
    with pytest.raises(SynergyError, match="tau=3 leaves 5 of 8 steps"):
        parameters.refuse_unfit({"tau": 3, "new_tokens": 8}, "c")
    with pytest.raises(SynergyError, match="unknown model 'm'"):
        parameters.refuse_unfit({"model": "m"}, "c")
