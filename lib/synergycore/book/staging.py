"""Lay out the pages of the site: prose, generated tables, executed notebooks."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from synergycore import claims, settings
from synergycore.book import labels, pages, paths, plan, toc
from synergycore.book.steps import write_text

if TYPE_CHECKING:
    from nbformat import NotebookNode

GENERATED = Path("book") / "_generated"


def stage(profile: str) -> Path:
    """Fill `build/<profile>/stage` anew from the repository and the executed chapters.

    The folder is complete when its `_toc.yml` is there. Returns it.
    """
    book = plan.load(profile)
    target = paths.build(profile) / "stage"
    _prose(target, pages.fragments(pages.gathered(book), book.notebooks()))
    _notebooks(book, target / "notebooks")
    per_model = {name for name, several in book.chapters.items() if several}
    contents = toc.with_models(toc.read(), per_model, tuple(book.models.values())[1:])
    return _close(target, contents)


def stage_single(notebook: Path, chapter: str, target: Path) -> Path:
    """Stage one executed chapter among the prose pages, without the other chapters."""
    records = claims.read(notebook.with_suffix("") / "claims.json")
    _prose(target, pages.fragments(records, [notebook]))
    shutil.copy(notebook, target / "notebooks" / f"{chapter}.ipynb")
    return _close(target, toc.only(toc.read(), chapter))


def _prose(target: Path, fragments: dict[str, str]) -> None:
    shutil.rmtree(target, ignore_errors=True)
    (target / "notebooks").mkdir(parents=True)
    shutil.copy(settings.root() / "_config.yml", target)
    shutil.copytree(settings.root() / "book", target / "book")
    for name, text in fragments.items():
        write_text(target / GENERATED / f"{name}.md", text)


def _close(target: Path, contents: dict[str, Any]) -> Path:
    text = yaml.safe_dump(contents, sort_keys=False, allow_unicode=True)
    write_text(target / "_toc.yml", text)
    return target


def _notebooks(book: plan.Plan, folder: Path) -> None:
    for chapter in book.chapters:
        first, *others = book.slugs(chapter)
        shutil.copy(paths.notebook(book.profile, first, chapter), folder / f"{chapter}.ipynb")
        for slug in others:
            model = book.models[slug]
            source = paths.notebook(book.profile, slug, chapter)
            _further_page(source, folder / f"{toc.page(chapter, model)}.ipynb", model)


def _further_page(source: Path, target: Path, model: str) -> None:
    """The same chapter for another model: its own labels, the model in its title."""
    import nbformat

    notebook = nbformat.read(source, as_version=4)
    labels.suffix(notebook, paths.slug(model))
    _title(notebook, model)
    nbformat.write(notebook, target)


def _title(notebook: NotebookNode, model: str) -> None:
    for cell in notebook.cells:
        lines = cell.source.split("\n")
        heading = next((i for i, line in enumerate(lines) if line.startswith("# ")), None)
        if cell.cell_type == "markdown" and heading is not None:
            lines[heading] += f" ({model})"
            cell.source = "\n".join(lines)
            return
