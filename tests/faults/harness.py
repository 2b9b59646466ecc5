"""What a fault case is, and how its outcome is decided: by code, never by who wrote the case."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from synergycore.errors import SynergyError

LONGEST = 400
"""Characters of a sentence that is still read."""
BLAND = re.compile(
    r"\W*(\w+(Error|Exception)\b|error\b|traceback|invalid (input|value|argument)|failed\b"
    r"|something|an? (unknown |unexpected )?error)",
    re.IGNORECASE,
)
"""Beginnings that say that something is wrong, and not what was seen."""


class Outcome(StrEnum):
    SURVIVED = "survived"
    """A right result, or a refusal in one clear sentence."""
    UNCLEAR = "unclear"
    """Refused, but by a traceback or in words that do not say what was seen and what to do."""
    SILENT = "silent"
    """A wrong result, or success, without a word."""
    LOST = "lost"
    """Something that was the user's is gone or damaged."""


@dataclass(frozen=True)
class Case:
    """One fault: `run` gets an empty folder, prints what it saw and returns what became of it.

    It raises unittest.SkipTest where this machine lacks what it needs (a browser, a GPU).
    """

    name: str
    run: Callable[[Path], Outcome]
    quick: bool = False
    """Whether it also runs within `make test`."""


def complaint(text: str, names: Sequence[object] = ()) -> str:
    """Why `text` is not one clear sentence about `names`; empty if it is."""
    absent = [str(name) for name in names if str(name) not in text]
    checks = {
        "it has more than one line": "\n" in text.strip(),
        f"it has more than {LONGEST} characters": len(text) > LONGEST,
        "it is a traceback": "Traceback" in text,
        "it does not begin with what was seen": not text or bool(BLAND.match(text)),
        "it does not end with a period": not text.endswith("."),
        "it is more than one sentence": bool(re.search(r"[a-z)\]'\"]\. +[A-Z]", text)),
        "it has one half: what was seen, or what to do": not re.search(r"[;:,] ", text),
        f"it does not say {', '.join(absent)}": bool(absent),
    }
    return next((why for why, found in checks.items() if found), "")


def of_sentence(text: str, names: Sequence[object] = ()) -> Outcome:
    """Of a refusal in these words: SURVIVED if they are one clear sentence, else UNCLEAR."""
    why = complaint(text, names)
    print(f"{why}: {text}" if why else text)
    return Outcome.UNCLEAR if why else Outcome.SURVIVED


def of_call(
    function: Callable[[], Any],
    names: Sequence[object] = (),
    right: Callable[[Any], Any] | None = None,
) -> Outcome:
    """Of a call: refused by a SynergyError that says `names`, or its result, which must be `right`.

    Without `right` there is no right result, and every return is SILENT.
    """
    try:
        found = function()
    except SynergyError as error:
        return of_sentence(str(error), names)
    except Exception as error:
        print(f"{type(error).__name__}: {error}")
        return Outcome.UNCLEAR
    if right is not None and right(found):
        return Outcome.SURVIVED
    print(f"returned {found!r}")
    return Outcome.SILENT


def of_said(
    code: int,
    errors: str,
    names: Sequence[object] = (),
    right: Callable[[], Any] | None = None,
) -> Outcome:
    """Of a command that ended with `code` and wrote `errors`: its last line is the sentence."""
    if code == 0:
        good = right is not None and bool(right())
        print("ended with code 0" if not good else "right")
        return Outcome.SURVIVED if good else Outcome.SILENT
    if "Traceback (most recent call last)" in errors:
        print(errors.strip().splitlines()[-1])
        return Outcome.UNCLEAR
    last = (errors.strip().splitlines() or ["nothing was said"])[-1]
    return of_sentence(last.removeprefix("error: "), names)


def of_command(
    arguments: Sequence[object],
    names: Sequence[object] = (),
    *,
    root: Path | None = None,
    right: Callable[[], Any] | None = None,
    timeout: float = 300,
    **environment: str,
) -> Outcome:
    """Of `synergy` with these arguments, in a process of its own, on the repository `root`.

    What ends with code 0 is SILENT unless `right` says that it did what it should; what does not
    end within `timeout` seconds is UNCLEAR.
    """
    words = [str(word) for word in arguments]
    command = [sys.executable, "-m", "synergycore.cli", *words[words[:1] == ["synergy"] :]]
    variables = {name: value for name, value in os.environ.items() if name != "PYTEST_CURRENT_TEST"}
    if root is not None:
        variables |= {"SYNERGY_ROOT": str(root), "SYNERGY_BUILD": str(root / "build")}
    try:
        run = subprocess.run(
            command, cwd=root, env=variables | environment, timeout=timeout,
            capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        print(f"it did not end within {timeout:.0f} s")
        return Outcome.UNCLEAR
    return of_said(run.returncode, run.stderr, names, right)
