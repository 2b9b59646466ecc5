"""A chapter as it stands in the repository."""

import pytest

import tiny_book as tiny
from synergycore.book import text
from synergycore.errors import SynergyError


@pytest.fixture
def load(tmp_path, monkeypatch):
    monkeypatch.setenv("SYNERGY_ROOT", str(tmp_path))

    def loaded(front="", chapter=tiny.CHAPTER):
        (tmp_path / "notebooks").mkdir(exist_ok=True)
        changed = chapter.replace("kernelspec:", f"{front}\nkernelspec:", 1)
        (tmp_path / "notebooks" / "tiny.md").write_text(changed)
        return text.load("tiny")

    return loaded


def test_a_chapter_says_what_it_needs(load):
    assert load().needs == []
    assert load("synergy: {needs: [recordings, claims]}").needs == ["recordings", "claims"]


@pytest.mark.parametrize(
    "front",
    ["synergy: {needs: [coffee]}", "synergy: {needs: recordings}", "synergy: x", "synergy: {a: 1}"],
)
def test_needs_that_do_not_exist_are_refused(load, front):
    with pytest.raises(SynergyError, match=r"chapter tiny needs .* recordings, claims, benchmarks"):
        load(front).needs  # noqa: B018


def test_front_matter_that_is_no_yaml_is_told(load):
    with pytest.raises(SynergyError, match=r"front matter of .*tiny.md is no YAML"):
        load("synergy: [")


def test_its_code_is_what_runs_and_not_what_it_says(load):
    before = load().code
    assert before.startswith('model = "smollm2-135m"\ntau = 1')
    assert "import os" in before
    assert load(chapter=tiny.CHAPTER.replace("The rate", "A rate")).code == before
    tagged = tiny.CHAPTER.replace("ipython3\nimport", "ipython3\n:tags: [hide-input]\nimport")
    assert load(chapter=tagged).code == before
    assert load(chapter=tiny.CHAPTER.replace("tau = 1", "tau = 2")).code != before
    assert load(chapter=tiny.CHAPTER.replace("import os\n", "import os, sys\n")).code != before


def test_an_unknown_chapter_lists_the_known_ones(load):
    load()
    with pytest.raises(SynergyError, match="unknown chapter 'x'; choose one of tiny"):
        text.load("x")
