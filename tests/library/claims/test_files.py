"""Records come back from a file as they were written, judged again; anything else is refused."""

import json
import math
from pathlib import Path

import pytest

from synergycore import claims
from synergycore.claims import Control, Evidence
from synergycore.errors import SynergyError
from synergycore.stats import UNDEFINED, Estimate

ROOT = Path(__file__).parents[3]
FIG1 = "fig1_synergistic_core"
HIGH = Estimate(0.7, 0.6, 0.8)


@pytest.fixture(autouse=True)
def _repository(monkeypatch):
    monkeypatch.setenv("SYNERGY_ROOT", str(ROOT))


def reliability(effect=HIGH, margin=HIGH) -> Evidence:
    controls = {"shuffled_heads": Control(Estimate(0.0, -0.02, 0.03), margin)}
    return Evidence(29, "b-model", effect, "correlation", controls, FIG1)


def learned(unit="rank fraction") -> Evidence:
    return Evidence(27, "a-model", Estimate(1 / 3, 0.1, 0.5), unit, {}, FIG1)


def forged(path, **changes):
    """A file of one record with other values and a digest that fits them."""
    (record,) = claims.records([reliability()])
    control = {"shuffled_heads": record["control"]["shuffled_heads"] | changes.pop("control", {})}
    claims.write_records(path, [record | {"control": control} | changes])
    return path


@pytest.fixture
def path(tmp_path):
    return tmp_path / "claims.json"


def test_writing_and_reading_gives_the_same_records(tmp_path):
    path = tmp_path / "new" / "claims.json"
    claims.write(path, [reliability(), learned()])
    assert claims.read(path) == claims.records([reliability(), learned()])
    assert list(path.parent.iterdir()) == [path]
    assert path.read_text("utf-8").endswith("}\n")


def test_undefined_numbers_become_null_and_come_back_as_nan(path):
    claims.write(path, [reliability(effect=UNDEFINED, margin=Estimate(math.nan, 0.5, 0.6))])
    (record,) = claims.read(path)
    assert "NaN" not in path.read_text("utf-8")
    assert "Infinity" not in path.read_text("utf-8")
    assert record["effect"] is None
    assert record["interval"] == [None, None]
    assert record["control"]["shuffled_heads"]["margin"] is None
    assert record["verdict"] == "does not replicate"
    assert math.isnan(claims.evidence_of(record).effect.value)


def test_a_folder_is_read_as_a_whole(tmp_path):
    claims.write(tmp_path / "b.json", [learned()])
    claims.write(tmp_path / "a.json", [reliability()])
    assert [r["claim"] for r in claims.read(tmp_path)] == [27, 29]


def test_the_same_claim_and_model_twice_is_an_error(tmp_path):
    for name in ("a.json", "b.json"):
        claims.write(tmp_path / name, [learned()])
    with pytest.raises(SynergyError, match="claim 27 on a-model 2 times"):
        claims.read(tmp_path)


def test_a_missing_control_is_an_error_and_nothing_is_written(path):
    with pytest.raises(SynergyError, match="shuffled_heads"):
        claims.write(path, [Evidence(29, "m", HIGH, "correlation")])
    assert not path.exists()


def test_a_missing_path_is_named(tmp_path):
    with pytest.raises(SynergyError, match="does not exist"):
        claims.read(tmp_path / "nothing.json")


@pytest.mark.parametrize(
    "text",
    ["{", "{}", "[]", '{"records": [1]}', b"\xff\xfe\x00bad"],
    ids=["broken", "nothing in it", "a list", "no record", "no text"],
)
def test_a_damaged_file_is_named(path, text):
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(SynergyError, match=r"claims\.json is no file of .*run its chapter again"):
        claims.read(path)


@pytest.mark.parametrize(
    ("old", "new"),
    [("0.333333", "0.433333"), ('"a-model"', '"b-model"'), ('"records"', ' "records"')],
)
def test_an_edited_file_is_refused(path, old, new):
    claims.write(path, [learned()])
    path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")
    with pytest.raises(SynergyError, match=r"claims\.json is not as it was written: .* again"):
        claims.read(path)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"verdict": "partly"}, "verdict is 'partly', but 'replicates' follows"),
        ({"unit": "nats"}, "unit is 'nats', but 'correlation' follows"),
        ({"chapter": "fig2_networks"}, "chapter is 'fig2_networks', but 'fig1_syn"),
        ({"claim": 31}, r"claim 31 is not in book/claims\.yml"),
        ({"interval": [0.8, 0.6]}, "an interval from 0.8 to 0.6"),
        ({"effect": 0.71}, r"margin is 0\.7, but the effect minus the control is 0\.71 − 0\.0"),
        ({"effect": 0.70000001}, r"effect is 0\.70000001, but 0\.7 follows"),
        ({"control": {"role": "sensitivity"}}, r"shuffled_heads\.role is 'sensitivity'"),
        ({"control": {"passes": False}}, r"shuffled_heads\.passes is False"),
        ({"control": {"effect": None}}, r"0\.7 − None"),
    ],
)
def test_what_does_not_follow_from_its_numbers_is_refused(path, changes, said):
    assert claims.read(forged(path))
    with pytest.raises(SynergyError, match=rf"claims\.json: claim .*{said}.*run its chapter again"):
        claims.read(forged(path, **changes))


def test_a_margin_is_the_difference_up_to_its_six_digits(path):
    """1.00000 − 0.333333 is 0.666667: what was rounded was 1 − 1/3."""
    one, third = Estimate(1, 0.9, 1.1), Estimate(1 / 3, 0.3, 0.4)
    margin = Estimate(2 / 3, 0.5, 0.8)
    made = Evidence(29, "m", one, "correlation", {"shuffled_heads": Control(third, margin)}, FIG1)
    claims.write(path, [made])
    (record,) = claims.read(path)
    assert record["control"]["shuffled_heads"]["margin"] == 0.666667
    record["control"]["shuffled_heads"]["margin"] = 0.666674
    claims.write_records(path, [record])
    with pytest.raises(SynergyError, match=r"margin is 0\.666674"):
        claims.read(path)


def test_a_score_that_is_a_ratio_has_no_unit(path):
    claims.write(path, [learned("dimensionless")])
    assert claims.read(path)[0]["unit"] == "dimensionless"


def test_a_claim_whose_threshold_moved_is_named(path, tmp_path, monkeypatch):
    claims.write(path, [learned()])
    (tmp_path / "book").mkdir()
    text = (ROOT / "book" / "claims.yml").read_text("utf-8")
    moved = text.replace("- id: 27\n", "- id: 27\n    threshold: 0.2\n")
    assert moved != text
    (tmp_path / "book" / "claims.yml").write_text(moved, "utf-8")
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "_toc.yml").touch()
    monkeypatch.setenv("SYNERGY_ROOT", str(tmp_path))
    with pytest.raises(SynergyError, match="claim 27 on a-model: verdict is 'replicates', but"):
        claims.read(path)


def test_a_sealed_file_says_what_made_it_and_serves_nothing_else(path):
    claims.write(path, [learned()])
    claims.seal(path, chapter=FIG1, parameters={"tau": 1})
    assert json.loads(path.read_text("utf-8"))["made_by"]["parameters"] == {"tau": 1}
    assert claims.read(path, chapter=FIG1, parameters={"tau": 1}) == claims.read(path)
    with pytest.raises(SynergyError, match=r"another run, of parameters\.tau 1 and not 2;"):
        claims.read(path, chapter=FIG1, parameters={"tau": 2})
    with pytest.raises(SynergyError, match="another run, of profile None and not 'demo'"):
        claims.read(path, profile="demo")


def test_a_chapter_without_claims_is_sealed_too(path):
    claims.seal(path, chapter="c")
    assert claims.read(path, chapter="c") == []


def test_committed_verdicts_follow_from_committed_numbers():
    for folder in (ROOT / "results" / "claims").glob("*"):
        assert claims.read(folder, profile=folder.name)
        for path in folder.glob("*.json"):
            assert claims.read(path, chapter=path.stem)
