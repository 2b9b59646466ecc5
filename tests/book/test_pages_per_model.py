"""A chapter run for two models stands in the book twice, and the site still has no warning."""

import pytest

import tiny_book as tiny
from synergycore import settings
from synergycore.book import paths, plan, runner, site, staging, steps, text

LABELLED = tiny.CHAPTER.replace("# Tiny\n", "(top)=\n# Tiny\n\nSee {ref}`top`.\n")


@pytest.fixture
def staged(tmp_path, monkeypatch):
    """Two models' runs of the chapter, staged; no model is needed, the chapter only prints."""
    root = tiny.copy_root(tmp_path, LABELLED)
    profile = (root / "profiles" / "smoke.yml").read_text()
    (root / "profiles" / "smoke.yml").write_text(
        profile.replace("[smollm2-135m]", "[smollm2-135m, gemma-3-270m]")
    )
    monkeypatch.setenv("SYNERGY_ROOT", str(root))
    monkeypatch.setenv("SYNERGY_BUILD", str(root / "build"))
    chapter = text.load("tiny")
    for model in settings.load_profile("smoke").models:
        target = paths.notebook("smoke", model, "tiny")
        target.parent.mkdir(parents=True)
        values = {name: p.default for name, p in chapter.parameters.items()}
        runner.run(chapter, {**values, "model": model}, target)
    steps.gather("smoke", "tiny")
    return staging.stage("smoke")


def test_the_second_model_gets_a_page_nested_under_the_first(staged):
    page = site.build("smoke").parent / "notebooks"
    assert "gemma-3-270m" in (page / "tiny--gemma-3-270m.html").read_text()
    assert "('smollm2-135m', " in (page / "tiny.html").read_text().replace("&#39;", "'")
    contents = (page / "tiny.html").read_text()
    assert 'href="tiny--gemma-3-270m.html"' in contents


def test_a_label_is_defined_once_a_page(staged):
    first = (staged / "notebooks" / "tiny.ipynb").read_text()
    second = (staged / "notebooks" / "tiny--gemma-3-270m.ipynb").read_text()
    assert "(top)=" in first
    assert "(top--gemma-3-270m)=" in second
    assert "(top)=" not in second
    assert "Tiny (gemma-3-270m)" in second


def test_the_graph_lists_both_runs_in_profile_order(staged):
    book = plan.load("smoke")
    assert [path.parent.name for path in book.notebooks()] == ["smollm2-135m", "gemma-3-270m"]
