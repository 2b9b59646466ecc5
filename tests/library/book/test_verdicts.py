"""The verdicts as Markdown."""

from pathlib import Path

import pytest

from synergycore import claims
from synergycore.book import verdicts
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


def cells(markdown):
    """The rows of the Markdown tables in `markdown` as lists of cells."""
    lines = [line for line in markdown.splitlines() if line.startswith("|")]
    return [line.strip("|").split(" | ") for line in lines]


def test_the_short_table_holds_measured_claims_alone(found):
    table = cells(verdicts.table(found, full=False))
    assert len(table) == 4
    assert {len(row) for row in table} == {4}
    assert "`a-model`" in table[2][1]


def test_the_short_table_without_records_is_a_sentence():
    assert verdicts.table([], full=False) == "No claim has been measured yet.\n"


def test_the_full_table_holds_all_claims_definitions_and_controls(found):
    text = verdicts.table(found, full=True)
    table = cells(text)
    assert [len(row) for row in table] == 4 * [5] + (2 + 29) * [3]
    assert text.count("{doc}`8. residual-flow </notebooks/fig1_synergistic_core>`") == 2
    assert all(f"- `{name}`: " in text for name in claims.glossary())
    assert all(f"**{c.id}. {c.name}.**" in text for c in claims.registry().values())


def test_the_full_table_without_records_has_one_table():
    table = cells(verdicts.table([], full=True))
    assert [len(row) for row in table] == (2 + 30) * [3]
    assert table[-1][-1].strip() == "not measured yet"


def test_a_bar_in_a_cell_does_not_break_the_table():
    made = Evidence(27, "a|b", Estimate(1, 1, 1), "rank fraction", {}, "c")
    assert r"`a\|b`" in verdicts.table(claims.records([made]), full=False)


def test_a_remark_made_afterwards_is_marked_and_stands_with_the_definition():
    remarked = {number for number, claim in claims.registry().items() if claim.afterwards}
    assert 11 in remarked
    assert 8 not in remarked
    controls = {name: Control(Estimate(1, 1, 1)) for name in claims.registry()[11].roles}
    made = [Evidence(11, "m", Estimate(1, 1, 1), "modularity", controls, "fig2_networks")]
    short = verdicts.table(claims.records(made), full=False)
    assert cells(short)[2][3].strip().endswith("** †")
    assert "† A remark made after the numbers were seen" in short
    text = verdicts.table(claims.records(made), full=True)
    assert f"*Seen afterwards* (†): {claims.registry()[11].afterwards}" in text


def test_no_mark_without_a_remark(found):
    for full in (False, True):
        assert verdicts.FOOTNOTE not in verdicts.table(found, full=full)
