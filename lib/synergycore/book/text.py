"""Chapters as they stand in the repository: MyST text with one tagged parameters cell."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from synergycore import settings
from synergycore.book import parameters
from synergycore.errors import SynergyError

if TYPE_CHECKING:
    from nbformat import NotebookNode


@dataclass(frozen=True)
class Chapter:
    name: str
    path: Path
    notebook: NotebookNode
    """The text as a notebook without outputs."""

    @cached_property
    def parameters(self) -> dict[str, parameters.Parameter]:
        tagged = [
            cell for cell in self.notebook.cells if "parameters" in cell.metadata.get("tags", [])
        ]
        if len(tagged) != 1:
            raise SynergyError(
                f"chapter {self.name} has {len(tagged)} cells tagged `parameters`, expected one; "
                f"correct {self.path}."
            )
        return parameters.parse(tagged[0].source, self.name)

    @property
    def per_model(self) -> bool:
        """Whether it is run once for each model of a profile."""
        return "model" in self.parameters


def names() -> list[str]:
    """Every chapter of the book, sorted."""
    return sorted(path.stem for path in (settings.root() / "notebooks").glob("*.md"))


def load(name: str) -> Chapter:
    """Read `notebooks/<name>.md`. Raises SynergyError for an unknown name and for bad text."""
    import jupytext

    path = settings.root() / "notebooks" / f"{name}.md"
    if name not in names():
        raise SynergyError(
            f"unknown chapter {name!r}; choose one of {', '.join(names()) or '(there is none)'}."
        )
    notebook = jupytext.read(path, fmt="md:myst")
    notebook.metadata["kernelspec"] = {
        "name": "python3",
        "display_name": "Python 3",
        "language": "python",
    }
    return Chapter(name, path, notebook)
