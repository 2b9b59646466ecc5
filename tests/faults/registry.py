"""All fault cases, area by area, and a run of them; nothing is left out without being counted."""

from __future__ import annotations

import importlib
import io
import tempfile
import unittest
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from faults.harness import Case, Outcome

SKIPS = (unittest.SkipTest, pytest.skip.Exception)
SKIPPED = "skipped"
COLUMNS = ("tried", *Outcome, SKIPPED)
LEAST_CASES = 300
MOST_UNCLEAR = 0.05


@dataclass
class Area:
    """The cases of one module `cases_<name>.py`, or why it has none on this machine."""

    name: str
    cases: list[Case] = field(default_factory=list)
    missing: str = ""


@dataclass(frozen=True)
class Seen:
    """What became of one case: an `Outcome` or "skipped", and what the case saw last."""

    area: str
    case: str
    what: str
    words: str


def areas(folder: Path = Path(__file__).parent) -> list[Area]:
    """Every area of `folder`. A module that cannot be imported for want of a package is named."""
    return [_area(path.stem) for path in sorted(folder.glob("cases_*.py"))]


def _area(module: str) -> Area:
    name = module.removeprefix("cases_")
    try:
        cases = list(importlib.import_module(f"faults.{module}").CASES)
    except (ModuleNotFoundError, *SKIPS) as error:
        return Area(name, missing=str(error))
    names = Counter(case.name for case in cases)
    assert max(names.values(), default=1) == 1, (
        f"{name}: two cases are called {names.most_common(1)}"
    )
    return Area(name, cases)


def seen(area: str, case: Case) -> Seen:
    """Run one case in an empty folder of its own. An exception that it lets out is UNCLEAR."""
    said = io.StringIO()
    with tempfile.TemporaryDirectory(prefix="fault-", ignore_cleanup_errors=True) as folder:
        try:
            with redirect_stdout(said), redirect_stderr(said):
                what = str(case.run(Path(folder)))
        except SKIPS as error:
            return Seen(area, case.name, SKIPPED, str(error))
        except Exception as error:
            return Seen(area, case.name, Outcome.UNCLEAR, f"{type(error).__name__}: {error}")
    lines = said.getvalue().strip().splitlines()
    return Seen(area, case.name, what, lines[-1] if lines else "")


def selected(found: Iterable[Area], words: Sequence[str], quick: bool) -> Iterator[Area]:
    """Areas with the cases that hold one of `words` in "area: name", or all without any."""
    for area in found:
        cases = [
            case
            for case in area.cases
            if (case.quick or not quick)
            and (not words or any(word in f"{area.name}: {case.name}" for word in words))
        ]
        yield Area(area.name, cases, area.missing)


def counts(all_seen: Iterable[Seen]) -> Counter[str]:
    """How often each of `COLUMNS`; a skipped case was not tried."""
    count = Counter(one.what for one in all_seen)
    count["tried"] = sum(count[outcome] for outcome in Outcome)
    return count


def verdict(count: Counter[str], whole: bool = True) -> list[str]:
    """What is wrong with a run, in a clause each; empty if nothing is."""
    wrong = [f"{count[bad]} {bad}" for bad in (Outcome.SILENT, Outcome.LOST) if count[bad]]
    if count[Outcome.UNCLEAR] > MOST_UNCLEAR * count["tried"]:
        wrong.append(f"{count[Outcome.UNCLEAR]} unclear, more than {MOST_UNCLEAR:.0%}")
    if whole and count["tried"] < LEAST_CASES:
        wrong.append(f"{count['tried']} tried, fewer than {LEAST_CASES}")
    return wrong
