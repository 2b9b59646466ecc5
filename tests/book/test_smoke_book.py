"""The whole path, from a model to a site, in its smallest size."""

import json
import os
import re

import nbformat
import pytest

import tiny_book as tiny
from synergycore import claims
from synergycore.book import glue, toc

CHAPTER = "fig1_synergistic_core"
CHAPTERS = toc.chapters(toc.read())


def files(folder):
    """Every file of a build with the time it was written."""
    return {
        path: path.stat().st_mtime_ns
        for path in folder.rglob("*")
        if path.is_file() and ".snakemake" not in path.parts and path.name != "lock"
    }


@pytest.fixture
def download(smoke_book):
    """What the page of a chapter offers to download."""

    def read(chapter):
        path = smoke_book.site / "_sources" / "notebooks" / f"{chapter}.ipynb"
        return nbformat.read(path, as_version=4)

    return read


def outputs(notebook):
    return [output for cell in notebook.cells for output in cell.get("outputs", [])]


def test_the_site_stands_where_the_last_line_says(smoke_book):
    index = smoke_book.site / "index.html"
    assert index.is_file()
    assert smoke_book.stdout.splitlines()[-1].endswith(f"open {index}")


def test_a_build_changes_nothing_that_stands_in_git(smoke_book):
    assert smoke_book.changed == ""


def test_every_page_of_the_contents_was_rendered(smoke_book):
    pages = {path.relative_to(smoke_book.site).as_posix() for path in smoke_book.site.rglob("*")}
    expected = {f"book/{path.stem}.html" for path in (tiny.REPOSITORY / "book").glob("*.md")}
    assert expected | {f"notebooks/{chapter}.html" for chapter in CHAPTERS} <= pages


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_every_figure_of_a_chapter_is_displayed_where_it_is_drawn(download, chapter):
    blocks = [c for c in download(chapter).cells if "figure" in c.metadata.get("mystnb", {})]
    shown = [any("image/png" in o.get("data", {}) for o in cell.outputs) for cell in blocks]
    assert all(shown)
    assert shown or not chapter.startswith("fig")


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_download_has_its_numbers_in_its_sentences_and_hardly_a_log(download, chapter):
    notebook = download(chapter)
    assert "{glue" not in nbformat.writes(notebook)
    assert len([o for o in outputs(notebook) if o.get("name") == "stderr"]) <= 5


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_number_that_is_kept_for_sentences_stands_in_one(download, chapter):
    text = (tiny.REPOSITORY / "notebooks" / f"{chapter}.md").read_text("utf-8")
    used = set(re.findall(r"\{glue:text\}`([^`:]+)", text))
    ends = re.compile(r"(effect|verdict)_\d+|\w+_(low|high)")  # kept for every claim and estimate
    kept = set(glue.glued(download(chapter)))
    assert used <= kept
    assert {name for name in kept - used if not ends.fullmatch(name)} == set()


def test_the_page_shows_the_parameters_of_the_run(smoke_book, download):
    notebook = download(CHAPTER)
    assert notebook.metadata["synergy"]["parameters"]["new_tokens"] == 40
    source = {tag: c.source for c in notebook.cells for tag in c.metadata.get("tags", [])}
    assert "new_tokens = 40" in source["parameters"]
    html = (smoke_book.site / "notebooks" / f"{CHAPTER}.html").read_text()
    assert 'prompts_per_category</span> <span class="o">=</span> <span class="mi">1<' in html
    assert 'prompts_per_category</span> <span class="o">=</span> <span class="mi">10<' not in html


def test_claims_of_the_smoke_profile_stay_in_the_build(smoke_book):
    records = claims.read(smoke_book.folder / "claims")
    with_chapter = {number: c.chapter for number, c in claims.registry().items() if c.chapter}
    assert {record["claim"]: record["chapter"] for record in records} == with_chapter
    assert {record["model"] for record in records} == {"smollm2-135m"}
    run = tiny.synergy(
        tiny.REPOSITORY,
        *("claims", "--profile", "smoke", "--format", "json"),
        SYNERGY_BUILD=os.fspath(smoke_book.build),
    )
    assert json.loads(run.stdout) == records
    wanted = {"claim", "model", "effect", "interval", "unit", "control", "verdict", "chapter"}
    assert all(wanted <= set(record) for record in records)


def test_minutes_and_memory_of_every_chapter_are_shown(smoke_book):
    html = (smoke_book.site / "book" / "models_and_data.html").read_text()
    table = html.split("In this build:")[1].split("</table>")[0]
    assert all(f'href="../notebooks/{chapter}.html"' in table for chapter in CHAPTERS)
    assert table.count(" GB<") == len(CHAPTERS)


def test_a_second_build_runs_nothing(smoke_book):
    before = files(smoke_book.folder)
    run = tiny.synergy(
        tiny.REPOSITORY, "book", "--profile", "smoke", SYNERGY_BUILD=os.fspath(smoke_book.build)
    )
    assert run.returncode == 0, run.stderr
    assert len(run.stdout.splitlines()) == 1
    assert run.stdout.startswith("built in")
    assert files(smoke_book.folder) == before


def test_the_same_profile_and_seed_give_identical_numbers(smoke_book, tmp_path):
    run = tiny.synergy(
        tiny.REPOSITORY,
        *("chapter", CHAPTER, "--profile", "smoke", "--output", str(tmp_path / "again.ipynb")),
        SYNERGY_BUILD=str(tmp_path),  # a store of its own: everything is recorded again
    )
    assert run.returncode == 0, run.stderr
    again = (tmp_path / "again" / "claims.json").read_text()
    assert again == (smoke_book.folder / "smollm2-135m" / CHAPTER / "claims.json").read_text()
