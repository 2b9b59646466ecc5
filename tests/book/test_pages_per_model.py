"""A chapter run for two models: its text, figures and numbers as pages, without one warning."""

import base64
import re

import nbformat
import pytest

import tiny_book as tiny
from synergycore import settings
from synergycore.book import parameters, paths, plan, runner, site, staging, steps, text
from synergycore.errors import SynergyError

FIGURE = """
(top)=
# Tiny

See {ref}`top` and {numref}`tiny-line`: the slope is {glue:text}`slope:.2f`.

```{code-cell} ipython3
---
tags: [hide-input]
mystnb:
  figure:
    name: tiny-line
    caption: |
      **A line** of slope {glue:text}`slope:.1f`, through $x^2$.
  image:
    alt: A line that rises from the left to the right.
---
import matplotlib.pyplot as plt
from myst_nb import glue

glue("slope", 2 / 3, display=False)
plt.figure(figsize=(2, 1))
plt.plot([0, 3], [0, 2])
plt.show()
```
"""
CHAPTER = tiny.CHAPTER.replace("# Tiny\n", FIGURE.lstrip())


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """Two models' runs of the chapter; no model is needed, the chapter only draws."""
    root = tiny.copy_root(tmp_path_factory.mktemp("root"), CHAPTER)
    profile = root / "profiles" / "smoke.yml"
    profile.write_text(profile.read_text().replace("135m]", "135m, gemma-3-270m]"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SYNERGY_ROOT", str(root))
        patch.setenv("SYNERGY_BUILD", str(root / "build"))
        chapter, chosen = text.load("tiny"), settings.load_profile("smoke")
        values = parameters.of_book(chapter, chosen)
        for model in chosen.models:
            target = paths.notebook("smoke", model, "tiny")
            target.parent.mkdir(parents=True)
            runner.run(chapter, {**values, "model": model}, target)
        steps.gather("smoke", "tiny")
        site.build("smoke")
        yield root


@pytest.fixture
def pages(root):
    return root / "build" / "smoke" / "site" / "notebooks"


@pytest.fixture
def staged(root):
    return root / "build" / "smoke" / "stage" / "notebooks"


def test_the_second_model_gets_a_page_nested_under_the_first(pages):
    assert "gemma-3-270m" in (pages / "tiny--gemma-3-270m.html").read_text()
    first = (pages / "tiny.html").read_text()
    assert "('smollm2-135m', " in first.replace("&#39;", "'")
    assert 'href="tiny--gemma-3-270m.html"' in first


def test_a_label_is_defined_once_a_page(staged):
    first = (staged / "tiny.ipynb").read_text()
    second = (staged / "tiny--gemma-3-270m.ipynb").read_text()
    assert "(top)=" in first
    assert "(top--gemma-3-270m)=" in second
    assert "(top)=" not in second
    assert "Tiny (gemma-3-270m)" in second


@pytest.mark.parametrize("page", ["tiny", "tiny--gemma-3-270m"])
def test_a_figure_has_number_caption_and_text_for_those_who_cannot_see_it(pages, page):
    html = (pages / f"{page}.html").read_text()
    (figure,) = re.findall(r"<figure .*?</figure>", html, re.DOTALL)
    assert re.search(r"Fig\. \d", figure)
    assert "<strong>A line</strong> of slope 0.7" in figure
    assert 'alt="A line that rises from the left to the right."' in figure
    assert re.search(r'<span class="std std-numref">Fig\. \d</span>', html)


def test_what_is_downloaded_is_the_run_with_figure_and_numbers(pages, staged):
    offered = pages.parent / "_sources" / "notebooks" / "tiny.ipynb"
    assert offered.read_bytes() == (staged / "tiny.ipynb").read_bytes()
    notebook = nbformat.read(offered, as_version=4)
    assert "the slope is 0.67." in notebook.cells[0].source
    assert "{glue:" not in offered.read_text()
    images = [
        output.data["image/png"]
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if "image/png" in output.get("data", {})
    ]
    assert [base64.b64decode(image)[1:4] for image in images] == [b"PNG"]


def test_an_edited_sentence_stands_above_the_outputs_of_the_run(root, staged):
    path = root / "notebooks" / "tiny.md"
    path.write_text(CHAPTER.replace("The rate is", "The speed is"))
    staging.stage("smoke")
    path.write_text(CHAPTER)
    written = (staged / "tiny.ipynb").read_text()
    assert "The speed is" in written
    assert "image/png" in written


def test_edited_code_is_not_shown_above_the_outputs_of_other_code(root):
    path = root / "notebooks" / "tiny.md"
    path.write_text(CHAPTER.replace("[0, 2]", "[0, 9]"))
    with pytest.raises(SynergyError, match=r"chapter tiny: the code .* has changed since"):
        staging.stage("smoke")
    path.write_text(CHAPTER)


def test_the_graph_lists_both_runs_in_profile_order(root):
    runs = plan.load("smoke").notebooks()
    assert [path.parent.name for path in runs] == ["smollm2-135m", "gemma-3-270m"]
