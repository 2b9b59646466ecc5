"""The contents: chapters in reading order, nested pages for further models."""

from pathlib import Path

import pytest

from synergycore import settings
from synergycore.book import paths, text, toc

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
    staged = toc.with_models(TOC, {"b"}, ("m1", "m2"))
    assert staged["parts"][0]["chapters"][0] == {
        "file": "notebooks/b",
        "sections": [
            {"file": "notebooks/b--m1", "title": "m1"},
            {"file": "notebooks/b--m2", "title": "m2"},
        ],
    }
    assert staged["parts"][0]["chapters"][1] == {"file": "notebooks/a"}
    assert "sections" not in TOC["parts"][0]["chapters"][0]


def test_every_chapter_of_the_repository_is_in_the_contents():
    assert sorted(toc.chapters(toc.read())) == settings.chapter_names()


def test_every_page_in_the_contents_exists():
    files = [entry["file"] for entry in toc.entries(toc.read())] + [toc.read()["root"]]
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
