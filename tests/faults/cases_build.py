"""Builds that fail, are interrupted or killed: each on an empty book and on one built before."""

from __future__ import annotations

import atexit
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path

import tiny_book
from faults.harness import Case, Outcome, of_said

GOOD, BAD = (
    tiny_book.ONCE,
    tiny_book.ONCE.replace("import os\n", "import os\nraise OSError('no')\n"),
)
BEFORE, AFTER = "The rate is", "The rate, mended, is"
WARNING = "\n```{include} nowhere.md\n```\n"
DRAW = random.Random(0)
MOMENTS = [round(DRAW.uniform(0.5, 14), 1) for _ in range(9)]


@cache
def _built_once() -> tuple[Path, Path]:
    """A tiny repository with its book, and a copy of all that: building it takes most of a case."""
    root = tiny_book.copy_root(Path(tempfile.mkdtemp(prefix="faults-")) / "book", GOOD)
    run = tiny_book.synergy(root, "book", "--profile", "smoke")
    assert run.returncode == 0, run.stderr
    kept = root.with_name("kept")
    shutil.copytree(root, kept, symlinks=True)
    atexit.register(shutil.rmtree, root.parent, ignore_errors=True)
    return root, kept


def book(folder: Path, built: bool, chapter: str = GOOD) -> Path:
    """A tiny repository, and if `built`, with its book as made from the good chapter."""
    if not built:
        return tiny_book.copy_root(folder / "book", chapter)
    root, kept = _built_once()  # always in one place: Snakemake knows files by their paths
    shutil.rmtree(root)
    shutil.copytree(kept, root, symlinks=True)
    write(root, chapter)
    return root


def write(root: Path, chapter: str) -> None:
    (root / "notebooks" / "tiny.md").write_text(chapter)


def build(root: Path) -> subprocess.CompletedProcess[str]:
    return tiny_book.synergy(root, "book", "--profile", "smoke")


def page(root: Path) -> str:
    shown = root / "_build" / "html" / "notebooks" / "tiny.html"
    return shown.read_text("utf-8") if shown.is_file() else ""


def mended(root: Path) -> bool:
    """The next build of the mended chapter succeeds and shows it."""
    write(root, GOOD.replace(BEFORE, AFTER))
    run = build(root)
    if run.returncode or AFTER not in page(root):
        print(f"not mended: {run.returncode} {run.stderr[-300:]}")
        return False
    return True


def fails(chapter: str, built: bool, *names: str) -> Callable[[Path], Outcome]:
    """It fails, fails again unmended, leaves what was published, and is mended by mending it."""

    def run(folder: Path) -> Outcome:
        root = book(folder, built, chapter)
        shown = page(root)
        for _ in "ab":
            tried = build(root)
            if tried.returncode == 0:
                print("a build of a broken chapter succeeded")
                return Outcome.SILENT
        if page(root) != shown:
            return Outcome.LOST
        last = tried.stderr.strip().splitlines()[-1]
        if not all(name in last for name in ("the build stopped", *names)):
            print(last)
            return Outcome.UNCLEAR
        return Outcome.SURVIVED if mended(root) else Outcome.SILENT

    return run


def missing(pattern: str) -> Callable[[Path], Outcome]:
    """What is gone from a built book is made again by the next build."""

    def run(folder: Path) -> Outcome:
        root = book(folder, built=True)
        gone = list((root / "build" / "smoke").glob(pattern))
        assert gone, pattern
        for path in gone:
            path.unlink()
        tried = build(root)
        if tried.returncode:
            return of_said(tried.returncode, tried.stderr)
        return Outcome.SURVIVED if all(path.exists() for path in gone) else Outcome.SILENT

    return run


def edited(folder: Path) -> Outcome:
    """Gathered claims that somebody edited are refused."""
    root = book(folder, built=True)
    (gathered,) = (root / "build" / "smoke" / "claims").glob("*.json")
    gathered.write_text(gathered.read_text().replace('"records"', '"Records"'))
    (root / "book" / "index.md").write_text(tiny_book.INDEX + "\nA new sentence.\n")
    tried = build(root)
    return of_said(tried.returncode, tried.stderr.replace("what is done stays done: ", ""))


def ended(moment: float, number: int, built: bool) -> Callable[[Path], Outcome]:
    """A build that was ended at some moment is finished by the next one, with the same claims."""

    def run(folder: Path) -> Outcome:
        root = book(
            folder, built, GOOD.replace(BEFORE, AFTER).replace("import os\n", "import os, re\n")
        )
        child = subprocess.Popen(
            [sys.executable, "-m", "synergycore.cli", "book", "--profile", "smoke"],
            cwd=root,
            env=tiny_book.environment(root),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            process_group=0,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )
        time.sleep(moment)
        child.send_signal(number)
        child.wait(60)
        tried = build(root)
        if tried.returncode:
            return of_said(tried.returncode, tried.stderr)
        claims = (root / "build" / "smoke" / "every-model" / "tiny" / "claims.json").read_text()
        whole = AFTER in page(root) and '"records": []' in claims
        return Outcome.SURVIVED if whole else Outcome.SILENT

    return run


CASES = [
    Case("a chapter that raises, nothing built", fails(BAD, False, "chapter tiny", "OSError: no")),
    Case("a chapter that raises, built before", fails(BAD, True, "chapter tiny", "OSError: no")),
    Case("a page that warns, nothing built", fails(GOOD + WARNING, False, "the site")),
    Case("a page that warns, built before", fails(GOOD + WARNING, True, "the site")),
    Case("a chapter that ends itself, built before",
         fails(BAD.replace("raise OSError('no')", "import sys; sys.exit(0)"), True, "SystemExit")),
    *(Case(f"{what} is gone", missing(pattern)) for what, pattern in {
        "a notebook": "every-model/tiny.ipynb",
        "a file of claims": "every-model/tiny/claims.json",
        "gathered claims": "claims/tiny.json",
        "the index": "site/index.html",
        "the note of the code": "code/tiny.py",
    }.items()),
    Case("gathered claims that were edited", edited),
    *(Case(f"kill -9 after {moment} s", ended(moment, signal.SIGKILL, built=True))
      for moment in MOMENTS),
    Case("Ctrl-C, built before", ended(4, signal.SIGINT, built=True)),
    Case("terminated, built before", ended(4, signal.SIGTERM, built=True)),
]  # fmt: skip
