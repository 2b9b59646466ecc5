"""The contents: chapters in reading order, nested pages for further models."""

from pathlib import Path

import pytest

from synergycore import settings
from synergycore.book import paths, toc
from synergycore.errors import SynergyError

TOC = {
    "format": "jb-book",
    "root": "book/index",
    "parts": [
        {"caption": "Figures", "chapters": [{"file": "notebooks/b"}, {"file": "notebooks/a"}]},
        {"chapters": [{"file": "book/x", "sections": [{"file": "notebooks/c"}]}]},
    ],
}


def test_chapters_come_in_reading_order():
    assert toc.chapters(TOC) == ["b", "a", "c"]


def test_further_models_are_nested_under_their_chapter():
    staged = toc.staged(TOC, {"b": ["m1", "m2"], "a": [], "c": []})
    assert staged["parts"][0]["chapters"][0] == {
        "file": "notebooks/b",
        "sections": [
            {"file": "notebooks/b--m1", "title": "m1"},
            {"file": "notebooks/b--m2", "title": "m2"},
        ],
    }
    assert staged["parts"][0]["chapters"][1] == {"file": "notebooks/a"}
    assert "sections" not in TOC["parts"][0]["chapters"][0]
    assert list(toc.files(staged))[:4] == [
        "notebooks/b", "notebooks/b--m1", "notebooks/b--m2", "notebooks/a",
    ]  # fmt: skip


def test_one_chapter_alone_keeps_the_prose_and_drops_the_other_chapters():
    assert toc.staged(TOC, {"c": []}) == {
        "format": "jb-book",
        "root": "book/index",
        "parts": [{"chapters": [{"file": "book/x", "sections": [{"file": "notebooks/c"}]}]}],
    }
    assert list(toc.files(toc.staged(TOC, {"a": []}))) == ["notebooks/a", "book/x"]


def test_a_contents_file_without_root_is_refused(tmp_path, monkeypatch):
    monkeypatch.setenv("SYNERGY_ROOT", str(tmp_path))
    (tmp_path / "_toc.yml").write_text("parts: []")
    with pytest.raises(SynergyError, match="has no `root`"):
        toc.read()


def test_every_chapter_of_the_repository_is_in_the_contents():
    assert sorted(toc.chapters(toc.read())) == settings.chapter_names()


def test_every_page_in_the_contents_exists():
    files = [*toc.files(toc.read()), toc.read()["root"]]
    missing = [file for file in files if not (settings.root() / f"{file}.md").is_file()]
    assert missing == []


@pytest.mark.parametrize("name", ["smollm2-135m", "a.b_c"])
def test_a_plain_model_name_is_its_own_slug(name):
    assert paths.slug(name) == name


@pytest.mark.parametrize("name", ["/data/my model", "./x", "pythia-1b@step1000", "..", "-rf"])
def test_any_other_model_name_becomes_one_safe_path_component(name):
    slug = paths.slug(name)
    assert Path(slug).name == slug
    assert slug not in ("..", ".")
    assert slug != paths.slug(name + "x")
