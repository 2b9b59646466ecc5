"""Chapters as they stand in the repository: MyST text with one tagged parameters cell."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from synergycore import settings
from synergycore.book import parameters
from synergycore.errors import SynergyError

if TYPE_CHECKING:
    from nbformat import NotebookNode


NEEDS = ("recordings", "claims", "benchmarks")


@dataclass(frozen=True)
class Chapter:
    name: str
    path: Path
    notebook: NotebookNode
    """The text as a notebook without outputs."""

    @cached_property
    def parameters(self) -> dict[str, Any]:
        """Name -> default. Raises SynergyError unless one cell, tagged so, holds nothing else."""
        return parameters.parse(parameters_cell(self.notebook, self.name).source, self.name)

    @property
    def per_model(self) -> bool:
        """Whether it is run once for each model of a profile."""
        return "model" in self.parameters

    @property
    def needs(self) -> list[str]:
        """What must be there before it runs: `synergy: {needs: [recordings]}` in its front matter.

        Raises SynergyError for what is not in NEEDS.
        """
        said = self.notebook.metadata.get("synergy", {"needs": []})
        said = said.get("needs") if isinstance(said, dict) else said
        if not isinstance(said, list) or not all(one in NEEDS for one in said):
            raise SynergyError(
                f"chapter {self.name} needs {said!r}, which is no list of {', '.join(NEEDS)}; "
                f"correct the front matter of {self.path}."
            )
        return said

    @property
    def code(self) -> str:
        """Everything that is executed; a caption, a sentence or a tag is not."""
        return "\n\n".join(c.source for c in self.notebook.cells if c.cell_type == "code")


def parameters_cell(notebook: NotebookNode, name: str) -> NotebookNode:
    """The one cell tagged `parameters` of chapter `name`. Raises SynergyError if it is not one."""
    tagged = [cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", [])]
    if len(tagged) != 1:
        raise SynergyError(
            f"chapter {name} has {len(tagged)} cells tagged `parameters`, expected one; "
            f"correct notebooks/{name}.md."
        )
    return tagged[0]


def load(name: str) -> Chapter:
    """Read `notebooks/<name>.md`.

    Raises SynergyError for an unknown name, and for what is no text or has front matter that is no
    YAML.
    """
    import jupytext

    names = settings.chapter_names()
    if name not in names:
        raise SynergyError(
            f"unknown chapter {name!r}; choose one of {', '.join(names) or '(there is none)'}."
        )
    path = settings.root() / "notebooks" / f"{name}.md"
    try:
        notebook = jupytext.read(path, fmt="md:myst")
    except UnicodeDecodeError as error:
        raise SynergyError(
            f"notebooks/{name}.md is no text in UTF-8 (byte {error.start}); save it as that."
        ) from None
    except yaml.YAMLError as error:
        said = " ".join(str(error).split())
        raise SynergyError(f"the front matter of {path} is no YAML; correct it ({said}).") from None
    notebook.metadata["kernelspec"] = {
        "name": "python3",
        "display_name": "Python 3",
        "language": "python",
    }
    return Chapter(name, path, notebook)
