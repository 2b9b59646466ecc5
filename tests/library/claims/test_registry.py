from pathlib import Path

import pytest
import yaml

from synergycore import claims
from synergycore.claims.registry import load
from synergycore.errors import SynergyError

FILE = Path(__file__).parents[3] / "book" / "claims.yml"
FIGURE_ONE = {1, 2, 3, 4, 5, 7, 8, 27, 29}


def changed(tmp_path, change) -> Path:
    """The real file with `change` applied to its content."""
    content = yaml.safe_load(FILE.read_text("utf-8"))
    change(content)
    path = tmp_path / "claims.yml"
    path.write_text(yaml.safe_dump(content, allow_unicode=True), "utf-8")
    return path


def test_thirty_claims_numbered_in_order():
    assert list(claims.registry(FILE)) == list(range(1, 31))


def test_every_chapter_measures_its_claims():
    with_chapter = {i: c.chapter for i, c in claims.registry(FILE).items() if c.chapter}
    assert with_chapter == {
        **dict.fromkeys(FIGURE_ONE, "fig1_synergistic_core"),
        **dict.fromkeys((10, 11, 12), "fig2_networks"),
        **dict.fromkeys((13, 14, 15), "fig3_energy"),
    }


def test_controls_and_glossary_name_the_same():
    used = {name for claim in claims.registry(FILE).values() for name in claim.roles}
    assert used == set(claims.glossary(FILE))


def test_roles_of_figure_one():
    registry = claims.registry(FILE)
    sensitivity = {
        (number, name)
        for number in FIGURE_ONE
        for name, role in registry[number].roles.items()
        if role == "sensitivity"
    }
    assert sensitivity == {(5, "detrended"), (7, "balance_normalised")}
    assert {i: set(registry[i].roles) for i in FIGURE_ONE} == {
        1: {"distance_matched", "random_twin", "random_profile"},
        2: {"cross_prompt", "random_twin"},
        3: {"shuffled_layers"},
        4: {"smooth_resample"},
        5: {"cross_prompt", "detrended", "random_twin"},
        7: {"balance_normalised"},
        8: {"random_twin"},
        27: set(),
        29: {"shuffled_heads"},
    }


def test_directions_and_thresholds_that_are_not_the_usual():
    registry = claims.registry(FILE)
    assert {i for i, c in registry.items() if c.direction == "negative"} == {7, 9, 21, 25}
    assert {i: c.threshold for i, c in registry.items() if c.threshold} == {
        9: 0.15, 15: 0.05, 21: 0.1, 23: 0.5, 25: 0.1, 26: 0.5, 28: 0.8, 29: 0.5,
    }  # fmt: skip


def test_role_null_may_be_written_out(tmp_path):
    def write_out(content):
        content["claims"][0]["controls"][1] = {"name": "random_twin", "role": None}

    assert claims.registry(changed(tmp_path, write_out))[1].roles["random_twin"] == "null"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda c: c["claims"][3].update(controls=["magic"]), "'magic' is not in the glossary"),
        (lambda c: c["claims"][3].update(id=1), "id 1 occurs twice"),
        (lambda c: c["claims"][3].update(name="inverted-u"), "name 'inverted-u' occurs twice"),
        (lambda c: c["claims"][3].update(colour="red"), "colour: Extra inputs"),
        (lambda c: c["claims"][3].update(direction="up"), "direction: Input should be"),
        (lambda c: c["claims"][3].update(threshold=float("nan")), "must be finite"),
        (lambda c: c["claims"][3].update(testable_here=False), "give `reason` exactly where"),
        (lambda c: c["claims"][3].update(controls=["random_twin"] * 2), "named twice"),
        (lambda c: c["claims"][3].pop("rule"), "rule: Field required"),
        (lambda c: c.update(notes="x"), "notes: Extra inputs"),
    ],
)
def test_a_bad_file_is_answered_with_what_is_wrong(tmp_path, change, message):
    with pytest.raises(SynergyError, match=message):
        load(changed(tmp_path, change))


def test_a_missing_file_and_unreadable_yaml_are_named(tmp_path):
    with pytest.raises(SynergyError, match="is missing"):
        load(tmp_path / "claims.yml")
    (tmp_path / "claims.yml").write_text("claims: [")
    with pytest.raises(SynergyError, match="not readable YAML"):
        load(tmp_path / "claims.yml")
