"""`book/claims.yml`: what each claim says, what is measured for it and what counts as yes."""

from __future__ import annotations

import math
from collections import Counter
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from synergycore.errors import SynergyError
from synergycore.files import read_yaml
from synergycore.settings import root

Sentence = Annotated[str, Field(min_length=1)]


class ControlUse(BaseModel):
    """A control that a claim demands."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    role: Literal["null", "sensitivity"] = "null"
    """null: the effect must beat it. sensitivity: the effect must show in it as well."""

    @model_validator(mode="before")
    @classmethod
    def from_yaml(cls, value: Any) -> Any:
        """Accept a bare name, and `role: null`, which YAML reads as no value at all."""
        if isinstance(value, str):
            return {"name": value}
        if isinstance(value, dict) and "role" in value and value["role"] is None:
            return {**value, "role": "null"}
        return value


class Claim(BaseModel):
    """One claim of the paper and the plan for testing it, written before the numbers."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Annotated[int, Field(ge=1)]
    name: Annotated[str, Field(pattern=r"^[a-z]+(-[a-z]+)*$")]
    figure: Annotated[int, Field(ge=1, le=6)] | None
    """Figure of the paper that shows it; None where it rests on several."""
    chapter: str | None
    """Chapter that measures it; None as long as there is none."""
    statement: Sentence
    quantity: Sentence
    unit: Sentence
    direction: Literal["positive", "negative"]
    """Sign of the effect that the paper's reading predicts."""
    threshold: float = 0.0
    """The effect counts when it lies beyond this value, in `unit`."""
    controls: tuple[ControlUse, ...]
    rule: Sentence
    testable_here: bool
    reason: str | None = None
    """Why not, where `testable_here` is false."""
    timed: bool = False
    """Measured by a clock: moves from run to run, so that git does not keep its numbers."""
    others_found: Sentence
    afterwards: Sentence | None = None
    """A remark made once the numbers were seen; it decides nothing."""

    @field_validator("threshold")
    @classmethod
    def threshold_is_a_number(cls, value: float) -> float:
        if not math.isfinite(value):
            raise ValueError("the threshold must be finite")
        return value

    @model_validator(mode="after")
    def reason_when_not_testable(self) -> Claim:
        if self.testable_here == bool(self.reason):
            raise ValueError("give `reason` exactly where `testable_here` is false")
        return self

    @property
    def sign(self) -> int:
        return 1 if self.direction == "positive" else -1

    @property
    def roles(self) -> dict[str, str]:
        return {control.name: control.role for control in self.controls}


class Registry(BaseModel):
    """The whole file: the glossary of controls and the claims."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    controls: dict[str, Sentence]
    claims: tuple[Claim, ...]

    @model_validator(mode="after")
    def consistent(self) -> Registry:
        for what in ("id", "name"):
            counts = Counter(getattr(claim, what) for claim in self.claims)
            if twice := [value for value, count in counts.items() if count > 1]:
                raise ValueError(f"{what} {twice[0]!r} occurs twice")
        for claim in self.claims:
            if unknown := sorted(set(claim.roles) - set(self.controls)):
                raise ValueError(f"claim {claim.id}: control {unknown[0]!r} is not in the glossary")
            if len(claim.roles) < len(claim.controls):
                raise ValueError(f"claim {claim.id}: a control is named twice")
        return self


def load(path: Path | None = None) -> Registry:
    """Read and check the file, `book/claims.yml` of the repository unless another is named.

    Raises SynergyError for a missing file, unreadable YAML, an unknown key, a wrong type, an id
    used twice and a control without an entry in the glossary.
    """
    path = path or root() / "book" / "claims.yml"
    try:
        return Registry.model_validate(read_yaml(path))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "the file"
        what = first["msg"].removeprefix("Value error, ")
        raise SynergyError(f"{path.name}: {where}: {what}; correct the file.") from None


def registry(path: Path | None = None) -> dict[int, Claim]:
    """The claims by number, in order. Raises SynergyError as `load` does."""
    path = path or root() / "book" / "claims.yml"
    stamp = path.stat().st_mtime_ns if path.is_file() else 0
    return dict(_claims(path, stamp))


@lru_cache(maxsize=4)
def _claims(path: Path, stamp: int) -> dict[int, Claim]:
    """Read once until the file changes: every displayed number asks for its claim."""
    return {claim.id: claim for claim in sorted(load(path).claims, key=lambda claim: claim.id)}


def glossary(path: Path | None = None) -> dict[str, str]:
    """What each control is, by name. Raises SynergyError as `load` does."""
    return dict(sorted(load(path).controls.items()))
