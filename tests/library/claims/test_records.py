from pathlib import Path

import pytest

from synergycore import claims
from synergycore.claims import Control, Evidence
from synergycore.errors import SynergyError
from synergycore.stats import Estimate

ROOT = Path(__file__).parents[3]
HIGH = Estimate(0.7, 0.6, 0.8)
FIG1 = "fig1_synergistic_core"


@pytest.fixture(autouse=True)
def _repository(monkeypatch):
    monkeypatch.setenv("SYNERGY_ROOT", str(ROOT))


def reliability(model="b-model", effect=HIGH, margin=HIGH) -> Evidence:
    controls = {"shuffled_heads": Control(Estimate(0.0, -0.02, 0.03), margin)}
    return Evidence(29, model, effect, "correlation", controls, FIG1)


def learned(model="a-model") -> Evidence:
    return Evidence(27, model, Estimate(1 / 3, 0.1, 0.5), "rank fraction", {}, FIG1)


def opposed(effect) -> Evidence:
    controls = {"balance_normalised": Control(effect)}
    return Evidence(7, "a-model", effect, "correlation", controls, FIG1)


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
        "chapter": FIG1,
    }


def test_a_control_is_recorded_with_its_margin_role_and_whether_it_passes():
    (record,) = claims.records([reliability()])
    assert record["control"]["shuffled_heads"] == {
        "effect": 0.0,
        "interval": [-0.02, 0.03],
        "margin": 0.7,
        "margin_interval": [0.6, 0.8],
        "role": "null",
        "passes": True,
    }


def test_records_stand_in_the_order_of_claim_and_model():
    found = claims.records([reliability("b"), reliability("a"), learned("c")])
    assert [(r["claim"], r["model"]) for r in found] == [(27, "c"), (29, "a"), (29, "b")]


def test_a_record_judged_again_gives_the_same_record():
    found = claims.records([reliability(), learned(), opposed(Estimate(-1e-9 / 3, -1, -1e-9 / 7))])
    assert claims.records(map(claims.evidence_of, found)) == found


def test_the_verdict_follows_from_the_rounded_numbers():
    just_above = Estimate(0.6, 0.5000000001, 0.7)  # rounds onto the threshold of claim 29
    assert claims.records([reliability(effect=just_above)])[0]["verdict"] == "does not replicate"


def test_an_unknown_claim_is_an_error():
    with pytest.raises(SynergyError, match=r"claim 31 is not in book/claims\.yml"):
        claims.records([Evidence(31, "m", HIGH, "nats")])
