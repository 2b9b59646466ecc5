"""The table of contents: which chapters the book has, and their pages for further models."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import yaml

from synergycore import settings
from synergycore.book import paths
from synergycore.errors import SynergyError

FOLDER = "notebooks/"


def read() -> dict[str, Any]:
    """`_toc.yml` of the repository."""
    toc = yaml.safe_load((settings.root() / "_toc.yml").read_text())
    if not isinstance(toc, dict) or "root" not in toc:
        raise SynergyError("_toc.yml has no `root`; give it the first page of the book.")
    return toc


def entries(node: Any) -> Iterator[dict[str, Any]]:
    """Every `{file: ...}` of a table of contents, in reading order."""
    if isinstance(node, dict):
        if "file" in node:
            yield node
        for key in ("parts", "chapters", "sections", "entries"):
            yield from entries(node.get(key))
    elif isinstance(node, list):
        for item in node:
            yield from entries(item)


def chapters(toc: dict[str, Any]) -> list[str]:
    """Names of the chapters with code, in reading order."""
    files = [entry["file"] for entry in entries(toc)]
    return [file.removeprefix(FOLDER) for file in files if file.startswith(FOLDER)]


def page(chapter: str, model: str) -> str:
    """Name of the page of a chapter for a model that is not the profile's first."""
    return f"{chapter}--{paths.slug(model)}"


def with_models(toc: dict[str, Any], chapters: set[str], models: tuple[str, ...]) -> dict[str, Any]:
    """A copy in which each of `chapters` has a nested page for every one of `models`."""
    staged = copy.deepcopy(toc)
    for entry in list(entries(staged)):
        name = entry["file"].removeprefix(FOLDER)
        if entry["file"].startswith(FOLDER) and name in chapters and models:
            nested = [{"file": FOLDER + page(name, model), "title": model} for model in models]
            entry["sections"] = [*nested, *entry.get("sections", [])]
    return staged


def only(toc: dict[str, Any], chapter: str) -> dict[str, Any]:
    """A copy with one chapter, and with every page that is prose."""

    def keep(node: Any) -> Any:
        if isinstance(node, list):
            return [keep(item) for item in node if not _other(item, chapter)]
        if isinstance(node, dict):
            return {key: keep(value) for key, value in node.items()}
        return node

    kept: dict[str, Any] = keep(toc)
    if "parts" in kept:
        kept["parts"] = [part for part in kept["parts"] if part.get("chapters")]
    return kept


def _other(item: Any, chapter: str) -> bool:
    file = item.get("file", "") if isinstance(item, dict) else ""
    return file.startswith(FOLDER) and file != FOLDER + chapter
