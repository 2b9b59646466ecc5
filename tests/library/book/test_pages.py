"""Generated tables, and the record of a run that they are made from."""

import json

import pytest

from synergycore.book import pages, plan, toc
from synergycore.errors import SynergyError

MEASURED = {
    "profile": "demo",
    "cold_seconds": 90.0,
    "warm_seconds": 4.4,
    "peak_memory_bytes": 1_500_000_000,
    "models_fetched": True,
    "date": "2026-11-23",
    "machine": "a machine",
}


@pytest.fixture
def root(tmp_path, monkeypatch):
    monkeypatch.setenv("SYNERGY_ROOT", str(tmp_path))
    return tmp_path


def test_a_measured_build_is_printed_with_its_units():
    sentence = pages.measured_sentence(MEASURED)
    assert "**1.5 minutes**" in sentence
    assert "**4 seconds**" in sentence
    assert "**1.5 GB**" in sentence
    assert "a machine" in sentence


def test_before_a_measurement_the_page_says_how_to_make_one(root):
    assert "make bench" in pages.measured()
    (root / "results" / "measured").mkdir(parents=True)
    (root / "results" / "measured" / "demo.json").write_text(json.dumps(MEASURED))
    assert pages.measured() == pages.measured_sentence(MEASURED)


def executed(folder, model):
    run = {"chapter": "c", "parameters": {"model": model}, "seconds": 90, "peak_memory_bytes": 2e9}
    path = folder / f"{model}.ipynb"
    path.write_text(json.dumps({"metadata": {"synergy": run}}))
    return path


def test_chapter_times_come_from_the_notebooks_and_link_to_each_models_page(tmp_path):
    lines = pages.chapter_times([executed(tmp_path, "m"), executed(tmp_path, "n")]).splitlines()
    assert lines[-2:] == [
        "| {doc}`/notebooks/c` | `m` | 1.5 | 2.0 GB |",
        "| {doc}`/notebooks/c--n` | `n` | 1.5 | 2.0 GB |",
    ]
    assert pages.chapter_times([]) == ""


def test_the_models_table_holds_for_every_machine():
    table = pages.models_table()
    assert "`smollm2-135m`" in table
    assert "cached" not in table


def test_one_chapter_alone_keeps_the_prose_and_drops_the_other_chapters():
    contents = {
        "root": "book/index",
        "parts": [
            {"caption": "A", "chapters": [{"file": "notebooks/a"}]},
            {"caption": "B", "chapters": [{"file": "notebooks/b"}, {"file": "book/x"}]},
        ],
    }
    assert toc.only(contents, "b") == {
        "root": "book/index",
        "parts": [
            {"caption": "B", "chapters": [{"file": "notebooks/b"}, {"file": "book/x"}]},
        ],
    }
    assert toc.only(contents, "a")["parts"][1]["chapters"] == [{"file": "book/x"}]


def test_a_contents_file_without_root_is_refused(root):
    (root / "_toc.yml").write_text("parts: []")
    with pytest.raises(SynergyError, match="has no `root`"):
        toc.read()


def test_layout_code_re_runs_pages_but_no_chapter():
    chapter, page = plan.chapter_files(), plan.page_files()
    site = str(plan.LIBRARY / "book" / "site.py")
    pairs = str(plan.LIBRARY / "phiid" / "pairs.py")
    assert site in page
    assert site not in chapter
    assert pairs in chapter
    assert pairs not in plan.recording_files()
    assert any(path.endswith("results/benchmarks/graphs.json") for path in chapter)
    assert not any("__pycache__" in path for path in chapter + page)
    assert not any("/cli/" in path for path in chapter + page)
