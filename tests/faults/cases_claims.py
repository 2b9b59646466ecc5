"""Files of claims that were edited, damaged or put in the wrong place: read right, or refused."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

import tiny_book as tiny
from faults.edited_claims import (
    BY_HAND,
    CHAPTER,
    COMMITTED,
    EDITS,
    NAME,
    TEXT,
    TYPES,
    Edit,
    double,
    the,
)  # fmt: skip
from faults.harness import Case, Outcome, of_call, of_command
from synergycore import claims
from synergycore.book import records

TEXTS: dict[str, str | bytes] = {
    "nothing": "",
    "a blank": " \n",
    "no text": b"\xff\xfe\x00\x01",
    "a byte order mark": b"\xef\xbb\xbf" + TEXT.encode(),
    "half of it": TEXT[: len(TEXT) // 2],
    "all but the last bracket": TEXT.rstrip()[:-1],
    "twice": TEXT * 2,
    "null": "null",
    "an empty list": "[]",
    "an empty dict": "{}",
    "a list of records as before": json.dumps(json.loads(TEXT)["records"]),
    "brackets without end": "[" * 100_000,
    "NaN": TEXT.replace('"effect": 0.0648148', '"effect": NaN'),
    "infinity": TEXT.replace('"effect": 0.0648148', '"effect": -Infinity'),
    "a number too large": TEXT.replace('"effect": 0.0648148', '"effect": 1e999'),
    "the same key twice": TEXT.replace(
        '"effect": 0.0648148,', '"effect": 0.9,\n      "effect": 0.0648148,'
    ),
    "zero bytes at the end": TEXT + "\0\0",
    "a comment": TEXT.replace("{", "{ // checked\n", 1),
    "other spaces": json.dumps(json.loads(TEXT)),
}

REGISTRY: dict[str, tuple[str, str]] = {
    "a threshold": ("    unit: correlation\n", "    unit: correlation\n    threshold: 2\n"),
    "a direction": ("direction: positive", "direction: negative"),
    "a unit": ("    unit: rank fraction\n", "    unit: ranks\n"),
    "a chapter": ("chapter: fig1_synergistic_core", "chapter: fig2_networks"),
    "a control less": ("controls: [shuffled_heads]", "controls: []"),
    "a control more": ("controls: [shuffled_heads]", "controls: [shuffled_heads, random_twin]"),
    "what can be tested": ("testable_here: true", "testable_here: false\n    reason: no"),
    "a number": ("- id: 29\n", "- id: 129\n"),
}


def read(path: Path, text: str | bytes, *names: str) -> Outcome:
    """The file in the place of the committed one; it names itself and what to do."""
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return of_call(lambda: claims.read(path), [path.name, "run its chapter again", *names])


def edited(folder: Path, edit: Edit, forged: bool) -> Outcome:
    held = json.loads(TEXT)
    edit(held)
    if forged:
        return read(folder / NAME, claims.as_text(held["records"], held["made_by"]))
    return read(folder / NAME, json.dumps(held, indent=2, ensure_ascii=False) + "\n")


def with_registry(folder: Path, old: str, new: str) -> Outcome:
    text = (tiny.REPOSITORY / "book" / "claims.yml").read_text("utf-8")
    assert old in text
    (folder / "book").mkdir()
    (folder / "book" / "claims.yml").write_text(text.replace(old, new), "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SYNERGY_ROOT", str(folder))
        return read(folder / NAME, TEXT, "claim ")


def misplaced(folder: Path, call: Callable[[Path], Any], *names: str) -> Outcome:
    """`call` on a copy of the committed folder."""
    copied = shutil.copytree(COMMITTED, folder / "demo")
    return of_call(lambda: call(copied), names)


def twice(folder: Path) -> Any:
    """Twice in one file, with a digest that was made to fit."""
    held = json.loads(TEXT)
    double(held)
    claims.write_records(folder / NAME, held["records"])
    return claims.read(folder)


def in_two_places(folder: Path) -> Any:
    shutil.copy(folder / NAME, folder / "copy.json")
    return claims.read(folder)


def as_a_folder(folder: Path) -> Any:
    (folder / "other.json").mkdir()
    return claims.read(folder)


def in_a_circle(folder: Path) -> Any:
    (folder / "other.json").symlink_to("other.json")
    return claims.read(folder)


def of_another_run(folder: Path) -> Any:
    """The claims of a run with another lag beside the notebook of the book's."""
    notebook = folder / "run.ipynb"
    run = {"chapter": CHAPTER, "parameters": {"tau": 1}}
    notebook.write_text(json.dumps({"metadata": {"synergy": run}}))
    made_by = {"chapter": CHAPTER, "parameters": {"tau": 2}}
    claims.write_records(folder / "run" / "claims.json", claims.read(folder / NAME), **made_by)
    return records.of_run(notebook)


def of_no_run(folder: Path) -> Any:
    (folder / "run.ipynb").write_text("{}")
    return records.of_run(folder / "run.ipynb")


MISPLACED: dict[str, tuple[Callable[[Path], Any], tuple[str, ...]]] = {
    "nothing there": (lambda folder: claims.read(folder / "x.json"), ("x.json", "run the chapter")),
    "the same claim twice in a file": (twice, (NAME, "claim 5 on", "2 times")),
    "the same claims in two files": (in_two_places, ("2 times", "keep one")),
    "a folder for a file": (as_a_folder, ("other.json",)),
    "a link to itself": (in_a_circle, ("other.json",)),
    "another chapter": (lambda f: claims.read(f, chapter="fig2_networks"), (CHAPTER, "fig2")),
    "another profile": (lambda f: claims.read(f, profile="paper"), ("'demo'", "'paper'")),
    "another run": (of_another_run, ("claims.json", "parameters.tau 2 and not 1")),
    "a notebook that says no run": (of_no_run, ("run.ipynb",)),
}  # fmt: skip


def command(folder: Path, *words: str) -> Outcome:
    """A command on a repository whose committed verdict was turned."""
    root = tiny.copy_root(folder / "root", tiny.ONCE)
    place = root / "results" / "claims" / "demo" / NAME
    place.parent.mkdir(parents=True)
    held = json.loads(TEXT)
    the(held)["verdict"] = "replicates"
    place.write_text(json.dumps(held, indent=2, ensure_ascii=False) + "\n")
    return of_command(words, [NAME, "edited by hand", "make results"], root=root)


def results(folder: Path) -> Outcome:
    """What a build gathered was edited, and is to go into git."""
    from synergycore.book import results

    root = tiny.copy_root(folder / "root", tiny.ONCE)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SYNERGY_ROOT", str(root))
        patch.delenv("SYNERGY_BUILD", raising=False)
        tiny.pretend_built("demo", TEXT.replace('"partly"', '"replicates"'))
        return of_call(lambda: results.export("demo"), ["tiny.json", "edited by hand"])


def untouched(folder: Path) -> Outcome:
    shutil.copy(COMMITTED / NAME, folder)
    kept = json.loads(TEXT)["records"]
    return of_call(lambda: claims.read(folder), right=lambda found: len(found) == len(kept))


def cases(what: str, table: Mapping[str, Any], run: Callable[[Path, Any], Outcome]) -> list[Case]:
    """A quick case for each entry."""
    return [
        Case(f"{what}: {name}", lambda folder, one=one: run(folder, one), quick=True)
        for name, one in table.items()
    ]


CASES = [
    Case("a file as it was written", untouched, quick=True),
    *cases("by hand", EDITS | BY_HAND | TYPES, lambda folder, edit: edited(folder, edit, False)),
    *cases("with its digest", EDITS, lambda folder, edit: edited(folder, edit, True)),
    *cases("the file is", TEXTS, lambda folder, text: read(folder / NAME, text)),
    *cases("the registry changed", REGISTRY, lambda folder, change: with_registry(folder, *change)),
    *cases("misplaced", MISPLACED, lambda folder, place: misplaced(folder, place[0], *place[1])),
    Case("shown as a table", lambda folder: command(folder, "claims")),
    Case("shown as JSON", lambda folder: command(folder, "claims", "--format", "json")),
    Case("taken into git", results),
]
