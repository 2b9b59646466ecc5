"""README's verdict table: written between markers, and the committed one is up to date."""

import re
from pathlib import Path

import pytest

from synergycore import claims
from synergycore.cli import readme
from synergycore.errors import SynergyError

REPOSITORY = Path(__file__).resolve().parents[3]
COMMITTED = REPOSITORY / "results" / "claims" / "demo"
RECORD = {
    "claim": 1,
    "model": "m",
    "effect": 1.5,
    "interval": [1.0, 2.0],
    "unit": "nats",
    "control": {},
    "verdict": "replicates",
    "chapter": "fig1_synergistic_core",
}


def test_the_table_replaces_what_stands_between_the_markers():
    text = f"before\n{readme.BEGIN}\nold\n{readme.END}\nafter\n"
    new = readme.updated(text, [RECORD])
    assert "old" not in new
    assert "replicates" in new
    assert new.startswith(f"before\n{readme.BEGIN}\n|")
    assert new.endswith(f"{readme.END}\nafter\n")
    assert readme.updated(new, [RECORD]) == new


def test_a_readme_without_markers_is_refused():
    with pytest.raises(SynergyError, match="lacks the lines"):
        readme.updated("no markers", [])


def without_timings(text):
    """The number of claim 15 is measured by the clock: every build of the book moves it."""
    return re.sub(r"^(\| 15\. [^|]*\|[^|]*\|)[^|]*\|", r"\1 |", text, flags=re.M)


def test_the_committed_readme_shows_the_committed_claims():
    records = claims.read(COMMITTED) if COMMITTED.is_dir() else []
    text = (REPOSITORY / "README.md").read_text("utf-8")
    found = readme.updated(text, records)
    assert without_timings(found) == without_timings(text), "run `make readme`"


def test_only_the_number_of_claim_15_may_move():
    row = "| 15. Costly. | `m` | +1 [+0, +2] log ratio | **partly** |\n"
    assert without_timings(row) == without_timings(row.replace("+1 [", "+3 ["))
    assert without_timings(row) != without_timings(row.replace("partly", "replicates"))
    assert without_timings(row) != without_timings(row.replace("15.", "14."))
    assert without_timings(row.replace("15.", "14.")) == row.replace("15.", "14.")
