"""Lay out the pages of the site: prose, generated tables, executed chapters."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import nbformat
import yaml
from nbformat import NotebookNode

from synergycore import settings
from synergycore.book import executed, labels, pages, paths, plan, records, toc
from synergycore.errors import SynergyError
from synergycore.files import write_text


def stage(profile: str) -> Path:
    """Fill `build/<profile>/stage` anew from the repository and the executed chapters; returns it.

    Raises SynergyError for a chapter whose text has other code than its run, and for a sentence
    whose number is not there.
    """
    book = plan.load(profile)
    found = [record for name in book.chapters for record in records.of_profile(profile, name)]
    target = _prose(paths.build(profile) / "stage", pages.fragments(found, book.notebooks()))
    for name in book.chapters:
        for page, notebook in _pages(book, name).items():
            nbformat.write(notebook, target / toc.FOLDER / f"{page}.ipynb")
    models = list(book.models.values())
    further = {name: models[1:] if one.per_model else [] for name, one in book.chapters.items()}
    return _close(target, toc.staged(toc.read(), further))


def stage_single(notebook: Path, chapter: str, target: Path) -> Path:
    """Stage one executed chapter among the prose pages, without the other chapters."""
    _prose(target, pages.fragments(records.of_run(notebook), [notebook]))
    shutil.copy(notebook, target / toc.FOLDER / f"{chapter}.ipynb")
    return _close(target, toc.staged(toc.read(), {chapter: []}))


def _pages(book: plan.Plan, name: str) -> dict[str, NotebookNode]:
    """A chapter's pages by their name: its own, then one for each further model.

    These have the model in their title and labels of their own.
    """
    found: dict[str, NotebookNode] = {}
    for slug in book.slugs(name):
        run = nbformat.read(paths.notebook(book.profile, slug, name), as_version=4)
        try:
            notebook = executed.finished(book.chapters[name].notebook, run)
        except SynergyError as error:
            raise SynergyError(f"chapter {name}: {error}") from None
        if found:
            labels.suffix(notebook, slug)
            executed.retitle(notebook, book.models[slug])
        found[toc.page(name, book.models[slug]) if found else name] = notebook
    return found


def _prose(target: Path, fragments: dict[str, str]) -> Path:
    shutil.rmtree(target, ignore_errors=True)
    (target / "notebooks").mkdir(parents=True)
    shutil.copy(settings.root() / "_config.yml", target)
    shutil.copytree(settings.root() / "book", target / "book")
    for name, text in fragments.items():
        write_text(target / "book" / "_generated" / f"{name}.md", text)
    return target


def _close(target: Path, contents: dict[str, Any]) -> Path:
    text = yaml.safe_dump(contents, sort_keys=False, allow_unicode=True)
    write_text(target / "_toc.yml", text)
    return target
