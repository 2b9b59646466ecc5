"""What a build found goes into git on purpose only, but for what a clock measured."""

import os
from pathlib import Path

import pytest

import tiny_book as tiny
from synergycore import claims
from synergycore.book import lock, paths, results
from synergycore.claims import Control, Evidence
from synergycore.errors import SynergyError
from synergycore.stats import Estimate

REPOSITORY = Path(__file__).resolve().parents[3]
COMMITTED = REPOSITORY / "results" / "claims" / "demo"
HIGH = Estimate(1.5, 1.0, 2.0)
COUNTED = {"analytic_cost": Control(Estimate(0.0, 0.0, 0.0), HIGH)}
CLOCKED = Evidence(15, "m", HIGH, "log ratio", COUNTED, "fig3_energy")
RECORD, TIMED = (
    claims.records([one])[0]
    for one in (Evidence(27, "m", HIGH, "rank fraction", {}, "fig1_synergistic_core"), CLOCKED)
)
README = f"before\n{results.BEGIN}\nold\n{results.END}\nafter\n"


@pytest.fixture
def root(tmp_path, monkeypatch):
    """A repository with a finished demo build of one chapter, which measured two claims."""
    root = tiny.copy_root(tmp_path, tiny.ONCE)
    monkeypatch.setenv("SYNERGY_ROOT", str(root))
    monkeypatch.delenv("SYNERGY_BUILD", raising=False)
    (root / "README.md").write_text(README)
    made_by = {"chapter": "tiny", "profile": "demo"}
    tiny.pretend_built("demo", claims.as_text([RECORD, TIMED], made_by))
    (root / "results" / "claims" / "demo").mkdir(parents=True)
    (root / "results" / "claims" / "demo" / "renamed.json").write_text("[]")
    return root


def replace(path, text):
    """Other content of the same age: a build sees nothing to do."""
    times = path.stat()
    path.write_text(text)
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))


def test_claims_go_into_results_and_readme_but_for_what_a_clock_measured(root):
    folder = results.export("demo")
    assert folder == root / "results" / "claims" / "demo"
    assert [path.name for path in folder.iterdir()] == ["tiny.json"]
    assert claims.read(folder) == [RECORD]
    readme = (root / "README.md").read_text()
    assert "| 27. " in readme
    assert "| 15. " not in readme


def test_an_edited_claim_is_refused_and_changes_nothing(root):
    gathered = paths.gathered("demo", "tiny")
    replace(gathered, gathered.read_text().replace('"replicates"', '"partly"'))
    with pytest.raises(SynergyError, match=r"tiny\.json is not as it was written"):
        results.export("demo")
    assert (root / "results" / "claims" / "demo" / "renamed.json").is_file()
    assert (root / "README.md").read_text() == README


def test_claims_of_another_profile_are_refused(root):
    made_by = {"chapter": "tiny", "profile": "smoke"}
    replace(paths.gathered("demo", "tiny"), claims.as_text([RECORD], made_by))
    with pytest.raises(SynergyError, match="another run, of profile 'smoke' and not 'demo'"):
        results.export("demo")


def test_a_profile_without_meaning_is_refused(root):
    with pytest.raises(SynergyError, match="numbers of profile 'smoke' mean nothing"):
        results.export("smoke")


def test_a_build_made_elsewhere_is_refused(root, monkeypatch, tmp_path):
    monkeypatch.setenv("SYNERGY_BUILD", str(tmp_path / "elsewhere"))
    with pytest.raises(SynergyError, match="elsewhere is not this repository's own"):
        results.export("demo")


def test_a_build_that_is_out_of_date_is_refused_and_changes_nothing(root):
    text = (root / "notebooks" / "tiny.md").read_text()
    (root / "notebooks" / "tiny.md").write_text(text.replace("import os\n", "import os, re\n"))
    with pytest.raises(SynergyError, match=r"not finished or out of date: 4 files"):
        results.export("demo")
    assert (root / "results" / "claims" / "demo" / "renamed.json").is_file()
    assert (root / "README.md").read_text() == README


def test_results_are_not_taken_while_a_build_runs(root):
    running = pytest.raises(SynergyError, match="another build is running")
    with lock.only_one(paths.build("demo")), running:
        results.export("demo")


def test_the_table_replaces_what_stands_between_the_markers():
    new = results.with_table(README, [RECORD])
    assert "old" not in new
    assert "replicates" in new
    assert new.startswith(f"before\n{results.BEGIN}\n|")
    assert new.endswith(f"{results.END}\nafter\n")
    assert results.with_table(new, [RECORD]) == new


def test_a_readme_without_markers_is_refused():
    with pytest.raises(SynergyError, match="lacks the lines"):
        results.with_table("no markers", [])


def test_the_committed_readme_shows_the_committed_claims():
    text = (REPOSITORY / "README.md").read_text("utf-8")
    assert results.with_table(text, claims.read(COMMITTED)) == text, "run `make results`"


def test_what_a_clock_measured_is_not_among_the_committed_numbers():
    kept = claims.read(COMMITTED)
    assert kept
    assert results.lasting(kept) == kept
