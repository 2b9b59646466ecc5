"""A run with other parameters than the book's: a file of its own, and what it says of itself."""

import nbformat
import pytest

import tiny_book as tiny

CHAPTER = tiny.CHAPTER.replace(
    "print(Path.cwd()",
    """from myst_nb import glue
glue("rate", -0.125 * tau, display=False)
print(os.environ["SYNERGY_DIFFERS"])
print(Path.cwd()""",
).replace(
    "The rate is",
    """## The rate

At lag {glue:text}`rate:.2f`.

```{code-cell} ipython3
---
mystnb:
  figure:
    name: line
    caption: Rate {glue:text}`rate:.2f`.
  image:
    alt: A line.
---
import sys
import tqdm.auto
import matplotlib.pyplot as plt
from synergycore import progress
print("a word of a library", file=sys.__stderr__)
for _ in progress.track(range(3), "counting", unit="sheep"):
    plt.plot([0, tau])
plt.show()
```

The rate is""",
)
"""With a number in a sentence, a figure, and a step that takes long."""
NAME = "tiny--smollm2-135m"
DIFFERENT = f"{NAME}--tau=2--stop_at_eos=true"
SAID = "tau 2 (1), stop_at_eos True (False)"


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """A run as in the book, then one that differs from it, with its page."""
    root = tiny.copy_root(tmp_path_factory.mktemp("root"), CHAPTER)
    (root / "notebooks" / "other.md").write_text(tiny.CHAPTER)
    toc = (root / "_toc.yml").read_text()
    (root / "_toc.yml").write_text(toc.replace("]", ", {file: notebooks/other}]"))
    command = ("chapter", "tiny", "-P", "smoke")
    as_in_book = tiny.synergy(root, *command, MPLBACKEND="agg")
    different = tiny.synergy(root, *command, "-p", "tau=2", "-p", "stop_at_eos=true", "--html")
    assert as_in_book.returncode == 0, as_in_book.stderr
    assert different.returncode == 0, different.stderr
    return root / "build" / "chapters" / "smoke", different


def notebook(folder, name):
    return nbformat.read(folder / f"{name}.ipynb", 4)


def printed(notebook):
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    return "".join(output.get("text", "") for output in outputs)


def test_every_run_has_a_file_and_a_folder_of_its_own(runs):
    expected = {NAME, f"{NAME}.ipynb", DIFFERENT, f"{DIFFERENT}.ipynb"}
    assert {path.name for path in runs[0].iterdir()} == expected
    assert printed(notebook(runs[0], NAME)).startswith("('smollm2-135m', 1, 0, False)\n\n")


def test_title_banner_and_kernel_say_what_differs(runs):
    head = notebook(runs[0], DIFFERENT).cells[0].source
    assert head.startswith("# Tiny (tau 2, stop_at_eos True)\n\n:::{attention}\n")
    assert f"This run differs from the book: {SAID}." in head
    assert f"\n{SAID}\n" in printed(notebook(runs[0], DIFFERENT))
    assert notebook(runs[0], NAME).cells[0].source == "# Tiny"


@pytest.mark.parametrize(("name", "rate"), [(NAME, "−0.12"), (DIFFERENT, "−0.25")])
def test_the_executed_notebook_has_its_figures_and_its_numbers(runs, name, rate):
    page = notebook(runs[0], name)
    nbformat.validate(page)
    assert "{glue:" not in nbformat.writes(page)
    assert any(f"At lag {rate}." in cell.source for cell in page.cells)
    figure = next(cell for cell in page.cells if "mystnb" in cell.metadata)
    assert figure.metadata["mystnb"]["figure"]["caption"] == f"Rate {rate}."
    assert [list(output.data) for output in figure.outputs] == [["image/png", "text/plain"]]


def test_progress_goes_to_the_terminal_and_not_onto_the_page(runs):
    assert "\n  The rate\n" in runs[1].stdout
    assert runs[1].stderr == "a word of a library\ncounting: 3 sheep\n"
    outputs = [one for c in notebook(runs[0], NAME).cells for one in c.get("outputs", [])]
    assert not [one for one in outputs if one.get("name") == "stderr"]


def test_its_page_is_rendered_without_the_other_chapters(runs):
    page = runs[0] / DIFFERENT / "html" / "notebooks" / "tiny.html"
    assert runs[1].stdout.splitlines()[-1] == f"open {page}"
    assert f"This run differs from the book: {SAID}." in page.read_text()
    assert "At lag −0.25." in page.read_text()
    assert "Rate −0.25." in page.read_text()
    assert not (page.parent / "other.html").exists()
