"""The engine's page: what it says follows from the JSON of the benchmark."""

import json
import shutil
from pathlib import Path

import jupytext
import pytest
from nbclient import NotebookClient

from synergycore.format import duration

ROOT = Path(__file__).resolve().parents[2]
RESULT = json.loads((ROOT / "results" / "benchmarks" / "phiid.json").read_text())


def executed(root, monkeypatch):
    """The chapter as a notebook, run on the benchmark of a repository at `root`."""
    monkeypatch.setenv("SYNERGY_ROOT", str(root))
    notebook = jupytext.read(ROOT / "notebooks" / "engine_benchmarks.md")
    return NotebookClient(notebook, timeout=120, kernel_name="python3").execute()


def cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def glued(notebook):
    """Name -> number of all that sentences quote."""
    kind = "application/papermill.record/text/plain"
    return {
        output.metadata["scrapbook"]["name"]: float(output.data[kind])
        for cell in cells(notebook)
        for output in cell.outputs
        if kind in output.get("data", {})
    }


def shown(notebook, source):
    """What the cell that has `source` in it displays, as text."""
    (cell,) = [cell for cell in cells(notebook) if source in cell.source]
    return cell.outputs[-1].data["text/plain"]


@pytest.fixture(scope="module")
def page():
    with pytest.MonkeyPatch.context() as monkeypatch:
        return executed(ROOT, monkeypatch)


def test_sentences_quote_the_benchmark(page):
    found, ours, loop = glued(page), RESULT["all_pairs"][0], RESULT["all_pairs"][3]
    assert loop["name"] == "loop over pairs, scipy"
    assert found["whole"] == pytest.approx(ours["seconds"] * 1e3)
    assert found["each"] == pytest.approx(ours["seconds"] / 662_976 * 1e9)
    assert found["loop_all"] == pytest.approx(loop["seconds"] / 200 * 662_976 / 60)
    assert found["floor"] == pytest.approx(RESULT["floor"]["seconds"] * 1e3)
    assert found["over_floor"] == pytest.approx(1 / RESULT["floor"]["times_first"])


def test_every_number_in_a_sentence_was_glued_before_it(page):
    known = set()
    for cell in page.cells:
        if cell.cell_type == "code":
            known |= {
                o.metadata["scrapbook"]["name"] for o in cell.outputs if "scrapbook" in o.metadata
            }
            continue
        asked = {part.split("`")[1].split(":")[0] for part in cell.source.split("{glue:text}")[1:]}
        assert asked <= known


def test_tables_have_a_row_for_each_way_and_each_option(page):
    compared, options = shown(page, "times ours"), shown(page, 'result["options"]')
    for row in RESULT["all_pairs"]:
        (line,) = [line for line in compared.splitlines() if line.startswith(row["name"])]
        assert duration(row["seconds"] / row["pairs"]) in line
        assert duration(row["seconds"] * 662_976 / row["pairs"]) in line
    for row in RESULT["options"]:
        (line,) = [line for line in options.splitlines() if line.startswith(row["name"])]
        assert duration(row["seconds"]) in line


def test_the_figure_is_displayed_and_captioned(page):
    (cell,) = [cell for cell in cells(page) if "plt.subplots" in cell.source]
    assert any("image/png" in output.get("data", {}) for output in cell.outputs)
    assert cell.metadata["mystnb"]["figure"]["name"] == "engine-scaling"


def test_our_atoms_are_those_that_the_page_says_they_are(page):
    assert shown(page, "matrices = ") == "((200, 200), True)"
    assert shown(page, "one = phiid") == "{'sts': True, 'tdmi': True}"
    assert "'redundant': 0.008" in shown(page, "parity_to_both")


def test_an_aim_is_met_or_missed_as_the_numbers_say(page, tmp_path, monkeypatch):
    assert "missed" not in shown(page, "aims = [")
    slower = json.loads(json.dumps(RESULT))
    slower["all_pairs"][0]["seconds"] = 0.05
    slower["all_pairs"][2]["times_first"] = 99.9
    slower["unit_means"] = slower["unit_means"][:1]
    folder = tmp_path / "results" / "benchmarks"
    folder.mkdir(parents=True)
    (folder / "phiid.json").write_text(json.dumps(slower))
    shutil.copy(ROOT / "_toc.yml", tmp_path)
    lines = shown(executed(tmp_path, monkeypatch), "aims = [").splitlines()
    missed = [line.split("  ")[0] for line in lines if line.endswith("missed")]
    assert missed == ["time of a pair", "times faster than batched log-determinants, numpy"]
    assert not any("100,000 units" in line for line in lines)
