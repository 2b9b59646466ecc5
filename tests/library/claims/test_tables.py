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
    assert row["controls"] == "`random_twin` does not pass, margin −0.05 [−0.1, +0.02]"


def test_a_sensitivity_analysis_is_shown_by_its_effect():
    low = Estimate(-0.4, -0.5, -0.3)
    made = Evidence(7, "m", low, "correlation", {"balance_normalised": Control(low)}, "c")
    row = next(r for r in claims.table_rows(claims.records([made])) if r["model"])
    assert row["controls"] == "`balance_normalised` passes, effect −0.4 [−0.5, −0.3]"


def test_an_undefined_number_is_called_so():
    nan = float("nan")
    made = Evidence(27, "m", Estimate(nan, nan, nan), "rank fraction", {}, "c")
    row = next(r for r in claims.table_rows(claims.records([made])) if r["model"])
    assert row["effect"] == "not defined"


def cells(markdown):
    """The rows of the Markdown tables in `markdown` as lists of cells."""
    lines = [line for line in markdown.splitlines() if line.startswith("|")]
    return [line.strip("|").split(" | ") for line in lines]


def test_the_short_table_holds_measured_claims_alone(found):
    table = cells(claims.table_markdown(found, full=False))
    assert len(table) == 4
    assert {len(row) for row in table} == {4}
    assert "`a-model`" in table[2][1]


def test_the_short_table_without_records_is_a_sentence():
    assert claims.table_markdown([], full=False) == "No claim has been measured yet.\n"


def test_the_full_table_holds_all_claims_definitions_and_controls(found):
    text = claims.table_markdown(found, full=True)
    table = cells(text)
    assert [len(row) for row in table] == 4 * [5] + (2 + 29) * [3]
    assert text.count("{doc}`8. residual-flow </notebooks/fig1_synergistic_core>`") == 2
    assert all(f"- `{name}`: " in text for name in claims.glossary())
    assert all(f"**{c.id}. {c.name}.**" in text for c in claims.registry().values())


def test_the_full_table_without_records_has_one_table():
    table = cells(claims.table_markdown([], full=True))
    assert [len(row) for row in table] == (2 + 30) * [3]
    assert table[-1][-1].strip() == "not measured yet"


def test_a_bar_in_a_cell_does_not_break_the_table():
    made = Evidence(27, "a|b", Estimate(1, 1, 1), "rank fraction", {}, "c")
    assert r"`a\|b`" in claims.table_markdown(claims.records([made]), full=False)


def test_a_remark_made_afterwards_is_marked_and_stands_with_the_definition():
    remarked = {number for number, claim in claims.registry().items() if claim.afterwards}
    assert 11 in remarked
    assert 8 not in remarked
    controls = {name: Control(Estimate(1, 1, 1)) for name in claims.registry()[11].roles}
    made = [Evidence(11, "m", Estimate(1, 1, 1), "modularity", controls, "fig2_networks")]
    short = claims.table_markdown(claims.records(made), full=False)
    assert cells(short)[2][3].strip().endswith("** †")
    assert "† A remark made after the numbers were seen" in short
    text = claims.table_markdown(claims.records(made), full=True)
    assert f"*Seen afterwards* (†): {claims.registry()[11].afterwards}" in text


def test_no_mark_without_a_remark(found):
    for full in (False, True):
        assert claims.tables.FOOTNOTE not in claims.table_markdown(found, full=full)


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
    shown = claims.table(made).frame["in the book"]
    assert shown.iloc[0].endswith(one["verdict"])
    assert shown.iloc[0].startswith(claims.tables._short(one["effect"]))
    assert shown.iloc[1] == "not there"
