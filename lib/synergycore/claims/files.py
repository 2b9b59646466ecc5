"""Claim records as small JSON files: a changed number is a visible difference, and is refused.

A file holds a digest of its content and says what made it. Whoever reads it gets records that are
as they were written, and that follow from their numbers by `book/claims.yml` as it is now.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, ValidationError

from synergycore.claims.evidence import Evidence
from synergycore.claims.records import differences, records, refuse_twice, refuse_unfounded
from synergycore.errors import SynergyError
from synergycore.files import write_text

AGAIN = "delete it and run its chapter again (make book), or make results if it is in results/"

Number = FiniteFloat | None
Interval = tuple[FiniteFloat, FiniteFloat] | tuple[None, None]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class ControlRecord(_Strict):
    effect: Number
    interval: Interval
    margin: Number
    margin_interval: Interval
    role: Literal["null", "sensitivity"]
    passes: bool


class Record(_Strict):
    """One line of the evidence: a claim on a model. Numbers that are not defined are null."""

    claim: int
    model: Annotated[str, Field(min_length=1)]
    effect: Number
    interval: Interval
    unit: str
    control: dict[str, ControlRecord]
    verdict: Literal["replicates", "partly", "does not replicate", "not testable here"]
    chapter: str


class File(_Strict):
    digest: str
    made_by: dict[str, Any]
    """What the numbers were made by: chapter, profile, parameters, as far as they apply."""
    records: tuple[Record, ...]


def write(path: str | Path, evidence: Iterable[Evidence]) -> None:
    """Write the records of `evidence`, whole or not at all. Raises as `records` does."""
    write_records(Path(path), records(evidence))


def write_records(path: Path, rows: list[dict[str, Any]], **made_by: Any) -> None:
    """Write records, whole or not at all, and what they were made by."""
    write_text(path, as_text(rows, made_by))


def seal(path: Path, **made_by: Any) -> None:
    """Say in the file that a chapter wrote what made it; a chapter without claims gets a file.

    Raises as `read` does.
    """
    write_records(path, read(path) if path.exists() else [], **made_by)


def as_text(rows: list[dict[str, Any]], made_by: dict[str, Any]) -> str:
    """What stands in a file."""
    held = {"made_by": made_by, "records": rows}
    digest = hashlib.sha256(json.dumps(held, sort_keys=True, allow_nan=False).encode()).hexdigest()
    text = json.dumps({"digest": digest, **held}, indent=2, ensure_ascii=False, allow_nan=False)
    return text + "\n"


def read(path: str | Path, **made_by: Any) -> list[dict[str, Any]]:
    """Records of one file, or of all `*.json` in a folder, in the order of claim and model.

    Raises SynergyError for a missing path, for a file that is not such JSON, was changed since it
    was written or was made by another run than `made_by`, for a record that does not follow from
    its numbers, and for the same claim and model in two places.
    """
    path = Path(path)
    if not path.exists():
        raise SynergyError(f"{path} does not exist; run the chapter that writes it.")
    paths = sorted(path.glob("*.json")) if path.is_dir() else [path]
    rows = [row for each in paths for row in _read_file(each, made_by)]
    refuse_twice(rows, str(path))
    return sorted(rows, key=lambda row: (row["claim"], row["model"]))


def _read_file(path: Path, made_by: dict[str, Any]) -> list[dict[str, Any]]:
    try:
        text = path.read_text("utf-8")
        rows = File.model_validate_json(text).model_dump(mode="json")["records"]
    except (OSError, UnicodeDecodeError, ValidationError) as error:
        raise SynergyError(
            f"{path} is no file of claim records ({_reason(error)}); {AGAIN}."
        ) from None
    _refuse_changed(path, text, made_by)
    for row in rows:
        try:
            refuse_unfounded(row)
        except SynergyError as error:
            what = f"{path}: claim {row['claim']} on {row['model']}"
            raise SynergyError(f"{what}: {str(error).rstrip('.')}; {AGAIN}.") from None
    refuse_twice(rows, str(path))
    return rows


def _refuse_changed(path: Path, text: str, made_by: dict[str, Any]) -> None:
    held = json.loads(text)
    if text != as_text(held["records"], held["made_by"]):
        raise SynergyError(
            f"{path} is not as it was written: its digest does not fit its content, so it was "
            f"edited by hand or damaged; {AGAIN}."
        )
    for name, expected in made_by.items():
        for field, seen, wanted in differences(held["made_by"].get(name), expected, name):
            raise SynergyError(
                f"{path} was made by another run, of {field} {seen!r} and not {wanted!r}; {AGAIN}."
            )


def _reason(error: Exception) -> str:
    """In a line: pydantic names every field, and the first is enough."""
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        return f"{'.'.join(map(str, first['loc'])) or 'the whole'}: {first['msg']}"
    return str(error)
