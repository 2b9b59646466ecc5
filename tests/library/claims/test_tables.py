from pathlib import Path

import pytest

from synergycore import claims
from synergycore.claims import Control, Evidence
from synergycore.stats import Estimate

ROOT = Path(__file__).parents[3]


@pytest.fixture(autouse=True)
def _repository(monkeypatch):
    monkeypatch.setenv("SYNERGY_ROOT", str(ROOT))


@pytest.fixture
def found():
    twin = Control(Estimate(0.01, -0.02, 0.03), Estimate(-0.05, -0.1, 0.02))
    effect = Estimate(0.12345, 0.1, 0.2)
    return claims.records(
        Evidence(8, model, effect, "cosine", {"random_twin": twin}, "fig1_synergistic_core")
        for model in ("a-model", "b-model")
    )


def test_one_row_per_claim_and_model_and_one_for_each_claim_without(found):
    rows = claims.table_rows(found)
    assert len(rows) == 31
    assert [r["claim"] for r in rows] == sorted(r["claim"] for r in rows)
    assert [r["model"] for r in rows if r["claim"] == 8] == ["a-model", "b-model"]


def test_claims_without_a_record_say_why(found):
    verdicts = {r["claim"]: r["verdict"] for r in claims.table_rows(found)}
    assert verdicts[1] == "not measured yet"
    assert verdicts[24] == "not testable here"
    assert verdicts[8] == "partly"


def test_numbers_are_shown_with_interval_and_unit(found):
    row = next(r for r in claims.table_rows(found) if r["model"] == "a-model")
    assert row["effect"] == "+0.123 [+0.1, +0.2] cosine"
    assert row["controls"] == "random_twin does not pass, margin −0.05 [−0.1, +0.02]"


def test_a_sensitivity_analysis_is_shown_by_its_effect():
    low = Estimate(-0.4, -0.5, -0.3)
    made = Evidence(7, "m", low, "correlation", {"balance_normalised": Control(low)}, "c")
    row = next(r for r in claims.table_rows(claims.records([made])) if r["model"])
    assert row["controls"] == "balance_normalised passes, effect −0.4 [−0.5, −0.3]"


def test_an_undefined_number_is_called_so():
    nan = float("nan")
    made = Evidence(27, "m", Estimate(nan, nan, nan), "rank fraction", {}, "c")
    row = next(r for r in claims.table_rows(claims.records([made])) if r["model"])
    assert row["effect"] == "not defined"


def test_a_chapter_ends_with_what_the_paper_says_and_what_we_got(monkeypatch):
    monkeypatch.delenv("SYNERGY_DIFFERS", raising=False)
    margin = Estimate(-0.05, -0.1, 0.02)
    made = Evidence(8, "m", Estimate(0.12345, 0.1, 0.2), "cosine", {"random_twin": Control(
        Estimate(0.01, -0.02, 0.03), margin)}, "fig1_synergistic_core")  # fmt: skip
    frame = claims.table([made]).frame
    assert list(frame.columns) == [
        "what the paper says", "what we got [95 % interval]", "against which control", "verdict"
    ]  # fmt: skip
    assert frame.index[0] == 8
    assert frame.iloc[0, 0].startswith("Sub-layers strengthen the residual stream")
    assert frame.iloc[0, 1] == "+0.123 [+0.1, +0.2] cosine"
    assert frame.iloc[0, 2] == "random_twin does not pass, margin −0.05 [−0.1, +0.02]"
    assert frame.verdict.iloc[0] == "partly"


def test_a_run_that_differs_says_what_the_book_has(monkeypatch):
    monkeypatch.setenv("SYNERGY_DIFFERS", "tau 2 (1)")
    kept = claims.read(ROOT / "results" / "claims" / "demo" / "fig1_synergistic_core.json")
    one = next(record for record in kept if record["claim"] == 8)
    control = {"random_twin": Control(Estimate(0, 0, 0), Estimate(1, 1, 1))}
    made = [
        Evidence(8, model, Estimate(1, 1, 1), "cosine", control, "fig1_synergistic_core")
        for model in (one["model"], "unheard-of")
    ]
    shown = claims.table(made).frame["in the published book"]
    assert shown.iloc[0].endswith(one["verdict"])
    assert shown.iloc[0].startswith(claims.tables._short(one["effect"]))
    assert shown.iloc[1] == "not there"
