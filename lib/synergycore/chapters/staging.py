"""Lay out the pages of the site: prose, generated tables, executed notebooks."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from synergycore import settings
from synergycore.chapters import graph, labels, layout, pages, toc
from synergycore.chapters.steps import write_text

if TYPE_CHECKING:
    from nbformat import NotebookNode

GENERATED = Path("book") / "_generated"


def stage(profile: str) -> Path:
    """Fill `build/<profile>/stage` anew from the repository and the executed chapters.

    The folder is complete when its `_toc.yml` is there. Returns it.
    """
    target = layout.build(profile) / "stage"
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    root = settings.root()
    shutil.copy(root / "_config.yml", target)
    if (root / "book").is_dir():
        shutil.copytree(root / "book", target / "book")
    for name, text in pages.fragments(profile).items():
        write_text(target / GENERATED / f"{name}.md", text)
    plan = graph.plan(profile)
    _notebooks(plan, target / "notebooks")
    per_model = {name for name, several in plan.chapters.items() if several}
    staged = toc.with_models(toc.read(), per_model, tuple(plan.models.values())[1:])
    write_text(target / "_toc.yml", yaml.safe_dump(staged, sort_keys=False, allow_unicode=True))
    return target


def _notebooks(plan: graph.Plan, folder: Path) -> None:
    folder.mkdir()
    for chapter in plan.chapters:
        first, *others = plan.slugs(chapter)
        shutil.copy(layout.notebook(plan.profile, first, chapter), folder / f"{chapter}.ipynb")
        for slug in others:
            model = plan.models[slug]
            source = layout.notebook(plan.profile, slug, chapter)
            _further_page(source, folder / f"{toc.page(chapter, model)}.ipynb", model)


def _further_page(source: Path, target: Path, model: str) -> None:
    """The same chapter for another model: its own labels, the model in its title."""
    import nbformat

    notebook = nbformat.read(source, as_version=4)
    labels.suffix(notebook, layout.slug(model))
    _title(notebook, model)
    nbformat.write(notebook, target)
    os.utime(target)


def _title(notebook: NotebookNode, model: str) -> None:
    for cell in notebook.cells:
        lines = cell.source.split("\n")
        heading = next((i for i, line in enumerate(lines) if line.startswith("# ")), None)
        if cell.cell_type == "markdown" and heading is not None:
            lines[heading] += f" ({model})"
            cell.source = "\n".join(lines)
            return
