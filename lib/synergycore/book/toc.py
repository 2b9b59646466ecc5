"""The table of contents: which chapters the book has, and their pages for further models."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from synergycore import settings
from synergycore.book import paths
from synergycore.errors import SynergyError
from synergycore.files import read_yaml

FOLDER = "notebooks/"


def read() -> dict[str, Any]:
    """`_toc.yml` of the repository.

    Raises SynergyError as `files.read_yaml`, and if it names no first page.
    """
    toc = read_yaml(settings.root() / "_toc.yml")
    if not isinstance(toc, dict) or "root" not in toc:
        raise SynergyError("_toc.yml has no `root`; give it the first page of the book.")
    return toc


def files(node: Any) -> Iterator[str]:
    """Every `file:` of a table of contents, in reading order."""
    if isinstance(node, dict):
        if "file" in node:
            yield node["file"]
        for value in node.values():
            yield from files(value)
    elif isinstance(node, list):
        for item in node:
            yield from files(item)


def chapters(toc: dict[str, Any]) -> list[str]:
    """Names of the chapters with code, in reading order."""
    return [file.removeprefix(FOLDER) for file in files(toc) if file.startswith(FOLDER)]


def page(chapter: str, model: str) -> str:
    """Name of the page of a chapter for a model that is not the profile's first."""
    return f"{chapter}--{paths.slug(model)}"


def staged(node: Any, further: Mapping[str, list[str]]) -> Any:
    """A copy with the prose and the chapters that `further` names, and no part left empty.

    `further` gives the models for which a chapter has one more page, nested under its own.
    """
    if isinstance(node, list):
        return [copy for item in node if (copy := staged(item, further))]
    if not isinstance(node, dict):
        return node
    copy = {key: staged(value, further) for key, value in node.items()}
    if copy.get("chapters") == []:
        return {}
    file = copy.get("file", "")
    return _chapter(copy, further) if file.startswith(FOLDER) else copy


def _chapter(entry: dict[str, Any], further: Mapping[str, list[str]]) -> dict[str, Any]:
    name = entry["file"].removeprefix(FOLDER)
    if name not in further:
        return {}
    nested = [{"file": FOLDER + page(name, model), "title": model} for model in further[name]]
    sections = [*nested, *entry.get("sections", [])]
    return {**entry, "sections": sections} if sections else entry
