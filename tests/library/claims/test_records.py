import json
import math
from pathlib import Path

import pytest

from synergycore import claims
from synergycore.claims import Control, Evidence
from synergycore.claims.evidence import UNDEFINED
from synergycore.errors import SynergyError
from synergycore.stats import Estimate

ROOT = Path(__file__).parents[3]
HIGH = Estimate(0.7, 0.6, 0.8)


@pytest.fixture(autouse=True)
def _repository(monkeypatch):
    monkeypatch.setenv("SYNERGY_ROOT", str(ROOT))


def reliability(model="b-model", effect=HIGH, margin=HIGH) -> Evidence:
    controls = {"shuffled_heads": Control(Estimate(0.01, -0.02, 0.03), margin)}
    return Evidence(29, model, effect, "correlation", controls, "fig1_synergistic_core")


def learned(model="a-model") -> Evidence:
    return Evidence(27, model, Estimate(1 / 3, 0.1, 0.5), "rank fraction", {}, "fig1")


def opposed(effect) -> Evidence:
    return Evidence(7, "a-model", effect, "correlation", {"balance_normalised": Control(effect)})


def test_the_record_has_the_agreed_keys_and_rounded_numbers():
    (record,) = claims.records([learned()])
    assert record == {
        "claim": 27,
        "model": "a-model",
        "effect": 0.333333,
        "interval": [0.1, 0.5],
        "unit": "rank fraction",
        "control": {},
        "verdict": "replicates",
        "chapter": "fig1",
    }


def test_a_control_is_recorded_with_its_margin_role_and_whether_it_passes():
    (record,) = claims.records([reliability()])
    assert record["control"]["shuffled_heads"] == {
        "effect": 0.01,
        "interval": [-0.02, 0.03],
        "margin": 0.7,
        "margin_interval": [0.6, 0.8],
        "role": "null",
        "passes": True,
    }


def test_records_stand_in_the_order_of_claim_and_model():
    found = claims.records([reliability("b"), reliability("a"), learned("c")])
    assert [(r["claim"], r["model"]) for r in found] == [(27, "c"), (29, "a"), (29, "b")]


def test_writing_and_reading_gives_the_same_records(tmp_path):
    path = tmp_path / "new" / "claims.json"
    claims.write(path, [reliability(), learned()])
    assert claims.read(path) == claims.records([reliability(), learned()])
    assert list(path.parent.iterdir()) == [path]
    assert path.read_text("utf-8").endswith("]\n")


def test_undefined_numbers_become_null_and_come_back_as_nan(tmp_path):
    path = tmp_path / "claims.json"
    claims.write(path, [reliability(effect=UNDEFINED, margin=Estimate(1, 0.5, math.inf))])
    (record,) = claims.read(path)
    assert "NaN" not in path.read_text("utf-8")
    assert "Infinity" not in path.read_text("utf-8")
    assert record["effect"] is None
    assert record["interval"] == [None, None]
    assert record["control"]["shuffled_heads"]["margin_interval"] == [0.5, None]
    assert record["verdict"] == "does not replicate"
    assert math.isnan(claims.evidence_of(record).effect.value)


def test_a_record_judged_again_gives_the_same_record():
    found = claims.records([reliability(), learned(), opposed(Estimate(-1e-9 / 3, -1, -1e-9 / 7))])
    assert claims.records(map(claims.evidence_of, found)) == found


def test_the_verdict_follows_from_the_rounded_numbers():
    just_above = Estimate(0.6, 0.5000000001, 0.7)  # rounds onto the threshold of claim 29
    assert claims.records([reliability(effect=just_above)])[0]["verdict"] == "does not replicate"


def test_a_folder_is_read_as_a_whole(tmp_path):
    claims.write(tmp_path / "b.json", [learned()])
    claims.write(tmp_path / "a.json", [reliability()])
    assert [r["claim"] for r in claims.read(tmp_path)] == [27, 29]


def test_the_same_claim_and_model_twice_is_an_error(tmp_path):
    with pytest.raises(SynergyError, match="claim 27 on a-model 2 times"):
        claims.records([learned(), learned()])
    for name in ("a.json", "b.json"):
        claims.write(tmp_path / name, [learned()])
    with pytest.raises(SynergyError, match="claim 27 on a-model 2 times"):
        claims.read(tmp_path)


def test_an_unknown_claim_is_an_error():
    with pytest.raises(SynergyError, match=r"claim 31 is not in book/claims\.yml"):
        claims.records([Evidence(31, "m", HIGH, "nats")])


def test_a_missing_control_is_an_error_and_nothing_is_written(tmp_path):
    path = tmp_path / "claims.json"
    with pytest.raises(SynergyError, match="shuffled_heads"):
        claims.write(path, [Evidence(29, "m", HIGH, "correlation")])
    assert not path.exists()


def test_a_missing_path_is_named(tmp_path):
    with pytest.raises(SynergyError, match="does not exist"):
        claims.read(tmp_path / "nothing.json")


@pytest.mark.parametrize(
    "text",
    ["{", "{}", '[{"claim": 1}]', "[1]", b"\xff\xfe\x00bad"],
    ids=["broken", "no list", "missing keys", "no record", "no text"],
)
def test_a_damaged_file_is_named(tmp_path, text):
    path = tmp_path / "claims.json"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(SynergyError, match=r"claims\.json .*run its chapter again"):
        claims.read(path)


def test_a_verdict_that_the_book_does_not_know_is_refused(tmp_path):
    path = tmp_path / "claims.json"
    path.write_text(json.dumps([claims.records([learned()])[0] | {"verdict": "yes"}]))
    with pytest.raises(SynergyError, match="run its chapter again"):
        claims.read(path)


def test_committed_verdicts_follow_from_committed_numbers():
    for folder in (ROOT / "results" / "claims").glob("*"):
        stored = claims.read(folder)
        assert claims.records(map(claims.evidence_of, stored)) == stored
