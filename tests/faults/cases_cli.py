"""Command lines that are wrong, and repositories that are broken: in this process, in seconds."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import chdir, redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path

import tiny_book
from faults.harness import Case, Outcome, of_said
from synergycore import settings
from synergycore.cli import main

Change = Callable[[Path], object]
CLAIMS = tiny_book.REPOSITORY / "results" / "claims"


def synergy(
    root: Path, arguments: Sequence[str], variables: dict[str, str | None]
) -> tuple[int, str, str]:
    """Exit code, output and errors of `synergy`, called here; a traceback is code 1 and its text."""
    given = {"SYNERGY_ROOT": str(root), "SYNERGY_BUILD": str(root / "build"), **variables}
    before, argv, out, err = dict(os.environ), sys.argv, StringIO(), StringIO()
    os.environ.update({name: value for name, value in given.items() if value is not None})
    for name in [name for name, value in given.items() if value is None]:
        os.environ.pop(name, None)
    sys.argv = ["synergy", *arguments]
    try:
        with chdir(root), redirect_stdout(out), redirect_stderr(err):
            main()
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(bool(end.code))
    except Exception as error:
        code = 1
        print(f"Traceback (most recent call last)\n{type(error).__name__}: {error}", file=err)
    finally:
        sys.argv = argv
        os.environ.clear()
        os.environ.update(before)
    return code, out.getvalue(), err.getvalue()


def line(
    arguments: str | Sequence[str],
    *names: object,
    change: Change | None = None,
    what: str = "",
    **variables: str | None,
) -> Case:
    """A command line, on a copy of the repository with one chapter, after a `change` of it."""
    words = arguments.split() if isinstance(arguments, str) else list(arguments)

    def run(folder: Path) -> Outcome:
        root = tiny_book.copy_root(folder / "book", tiny_book.ONCE)
        shutil.copytree(CLAIMS, root / "results" / "claims")
        if change is not None:
            change(root)
        values = {n: v and v.replace("{root}", str(root)) for n, v in variables.items()}
        code, _, errors = synergy(root, words, values)
        return of_said(code, errors, names)

    shown = " ".join(words) if isinstance(arguments, str) else repr(words)
    return Case(f"{what}: {shown}" if what else f"synergy {shown}", run, quick=True)


def text(path: str, content: str | bytes) -> Change:
    """Write this into a file of the repository."""
    data = content if isinstance(content, bytes) else content.encode()
    return lambda root: (root / path).write_bytes(data)


def without(path: str) -> Change:
    return lambda root: (root / path).unlink()


def replaced(path: str, old: str, new: str) -> Change:
    def change(root: Path) -> None:
        before = (root / path).read_text()
        assert old in before, f"{path} has no {old!r}"
        (root / path).write_text(before.replace(old, new))

    return change


USAGE = [
    line("bok", "bok"),
    line("book --size demo", "--size"),
    line("book --profile", "--profile"),
    line("models extra", "extra"),
    line("chapter", "name"),
    line("claims --format xml", "xml", "json"),
    line("record --profile smoke", "--model"),
    line("chapter tiny --parameter", "--parameter"),
    line("fetch", "model"),
]
PROFILED = (
    "book", "chapter tiny", "claims", "results", "record --model smollm2-135m", "site",
    "gather tiny",
)  # fmt: skip
PATHS = ("../profiles/demo", "demo.yml", "", "de mo", "demo;id", "$HOME", "..")
NAMES = [
    *(line(f"{command} --profile nope", "nope", "demo") for command in PROFILED),
    *(line(["claims", "--profile", name], name, "demo") for name in PATHS),
    *(line(["chapter", "tiny", "--profile", name], name, "demo") for name in PATHS),
    *(line(["chapter", name], name, "tiny")
      for name in ("nope", "notebooks/tiny.md", "../notebooks/tiny", "", "tiny.md", "ti ny", "..")),
    line("gather nope --profile smoke", "nope"),
    line("fetch nope", "nope"),
    line("fetch /nowhere/at/all", "/nowhere/at/all"),
    line(["fetch", ""], "''"),
    line("fetch notebooks", "notebooks"),
    line("record --model nope --profile smoke", "nope"),
    line("chapter tiny -p tau", "tau"),
    line("chapter tiny -p =1", "=1"),
    line("chapter tiny -p tau=", "tau"),
    line("chapter tiny -p tau=x", "tau", "x"),
    line("chapter tiny -p tau=1.5", "tau", "1.5"),
    line("chapter tiny -p nope=1", "nope", "tau"),
    line("chapter tiny -p seed=-1", "seed", "-1"),
    line("chapter tiny --output page.html", "page.html", ".ipynb"),
    line("chapter tiny --output _toc.yml/a.ipynb", "_toc.yml"),
]  # fmt: skip
NOWHERE = [
    *(line(command, "/nowhere", SYNERGY_ROOT="/nowhere", what="SYNERGY_ROOT is missing")
      for command in ("book", "claims", "chapter tiny", "results")),
    *(line(command, "_toc.yml", SYNERGY_ROOT="{root}/_toc.yml", what="SYNERGY_ROOT is a file")
      for command in ("book", "claims", "chapter tiny")),
    *(line(command, "book", SYNERGY_ROOT="{root}/book", what="SYNERGY_ROOT is no repository")
      for command in ("book", "claims", "chapter tiny")),
    line("results --profile demo", "elsewhere", SYNERGY_BUILD="{root}/elsewhere",
         what="the build is elsewhere"),
    line("results --profile smoke", "smoke", what="numbers that mean nothing"),
    line("results --profile demo", "demo", what="nothing is built"),
    line("claims --profile paper", "paper", what="nothing is built"),
    line("chapter tiny", "_toc.yml", SYNERGY_BUILD="{root}/_toc.yml",
         what="the build folder is a file"),
]  # fmt: skip
SMOKE = "profiles/smoke.yml"
PROFILES = [
    line("chapter tiny --profile smoke", "smoke.yml", *names, change=change, what=f"a profile {what}")
    for what, change, *names in [
        ("that is no YAML", text(SMOKE, "models: [")),
        ("that is a list", text(SMOKE, "- 1\n")),
        ("that is empty", text(SMOKE, "")),
        ("that is no text", text(SMOKE, b"\xff\xfe\x00")),
        ("with an unknown key", replaced(SMOKE, "tau: 1", "tau: 1\nlag: 2"), "lag"),
        ("without a key", replaced(SMOKE, "tau: 1\n", ""), "tau"),
        ("with a wrong type", replaced(SMOKE, "tau: 1", "tau: one"), "tau", "one"),
        ("with a wrong value", replaced(SMOKE, "tau: 1", "tau: 0"), "tau", "0"),
        ("without models", replaced(SMOKE, "[smollm2-135m]", "[]"), "models"),
        ("with a key twice", replaced(SMOKE, "tau: 1", "tau: 1\ntau: 2"), "tau"),
        ("with a section for no chapter", replaced(SMOKE, "tau: 1", "tau: 1\nchapters: {x: {}}"), "x"),
        ("with a section that is none", replaced(SMOKE, "tau: 1", "tau: 1\nchapters: [tiny]"), "chapters"),
        ("with NaN", replaced(SMOKE, "temperature: 0.0", "temperature: .nan"), "temperature"),
    ]
]  # fmt: skip
REGISTRY = [
    line("claims", "claims.yml", *names, change=change, what=f"a claims.yml {what}")
    for what, change, *names in [
        ("that is missing", without("book/claims.yml")),
        ("that is no YAML", text("book/claims.yml", "claims: [")),
        ("that is empty", text("book/claims.yml", "")),
        ("that is a list", text("book/claims.yml", "- 1\n")),
        ("that is no text", text("book/claims.yml", b"\xff\xfe\x00")),
        ("with a wrong direction", replaced("book/claims.yml", "direction: positive", "direction: up"),
         "direction"),
        ("with an unknown key", replaced("book/claims.yml", "\n    direction: positive",
                                         "\n    direction: positive\n    way: up"), "way"),
    ]
]  # fmt: skip
CONTENTS = [
    line("gather tiny --profile smoke", "_toc.yml", *names, change=change, what=f"a _toc.yml {what}")
    for what, change, *names in [
        ("that is missing", without("_toc.yml")),
        ("that is no YAML", text("_toc.yml", "root: [")),
        ("that is empty", text("_toc.yml", "")),
        ("that is a list", text("_toc.yml", "- file: x\n")),
        ("that is no text", text("_toc.yml", b"\xff\xfe\x00")),
        ("without a first page", replaced("_toc.yml", "root: book/index\n", ""), "root"),
    ]
] + [
    line("gather gone --profile smoke", "gone", what="a _toc.yml with a chapter that is gone",
         change=replaced("_toc.yml", "notebooks/tiny", "notebooks/gone")),
]  # fmt: skip


def broken_results(content: str) -> Change:
    def change(root: Path) -> None:
        for path in (root / "results" / "claims" / "demo").glob("*.json"):
            path.write_text(content)

    return change


RESULTS = [
    line(
        "claims", ".json", change=broken_results(content), what=f"committed claims that are {what}"
    )
    for what, content in {
        "no JSON": "[{",
        "an empty file": "",
        "one record": "{}",
        "numbers": "[1, 2]",
        "records of nothing": '[{"claim": 1}]',
        "of an unknown claim": json.dumps([{"claim": 99, "model": "m", "verdict": "replicates"}]),
    }.items()
]
CHAPTER = "notebooks/tiny.md"
CHAPTERS = [
    line("chapter tiny --profile smoke", "tiny", *names, change=change, what=f"a chapter {what}")
    for what, change, *names in [
        ("that is empty", text(CHAPTER, ""), "parameters"),
        ("that is no text", text(CHAPTER, b"\xff\xfe\x00")),
        ("without parameters", replaced(CHAPTER, ":tags: [parameters]\n", ""), "parameters"),
        ("with a parameter that is none", replaced(CHAPTER, "tau = 1", "tau = 1 + 1"), "1 + 1"),
    ]
]  # fmt: skip


WITHOUT = """
import sys
class Absent:
    def find_spec(name, *_):
        if name.split(".")[0] == {0!r}:
            raise ModuleNotFoundError("No module named {0}", name={0!r})
sys.meta_path.insert(0, Absent)
from synergycore.cli import main
main()
"""


def lacking(package: str, arguments: str) -> Case:
    """A command in an environment that lacks a package."""

    def run(folder: Path) -> Outcome:
        root = tiny_book.copy_root(folder / "book", tiny_book.ONCE)
        command = [sys.executable, "-c", WITHOUT.format(package), *arguments.split()]
        done = tiny_book.run(command, root)
        return of_said(done.returncode, done.stderr, [package])

    return Case(f"without {package}: synergy {arguments}", run)


LACKING = [
    lacking("typer", "models"),
    lacking("yaml", "claims"),
    lacking("pydantic", "claims"),
    lacking("platformdirs", "models"),
    lacking("torch", "record --model smollm2-135m --profile smoke"),
    lacking("nbformat", "chapter tiny"),
    lacking("jupyterlab", "lab"),
]


def outside(folder: Path) -> Outcome:
    """No repository around the caller, none around the package, and none named."""
    before, settings.__file__ = (
        settings.__file__,
        str(folder / "lib" / "synergycore" / "settings.py"),
    )
    try:
        code, _, errors = synergy(folder, ["claims"], {"SYNERGY_ROOT": None, "SYNERGY_BUILD": None})
    finally:
        settings.__file__ = before
    return of_said(code, errors, [folder, "SYNERGY_ROOT"])


def examined(folder: Path) -> Outcome:
    """`synergy doctor` on a repository with a broken profile names it and ends with code 1."""
    root = tiny_book.copy_root(folder / "book", tiny_book.ONCE)
    (root / "profiles" / "demo.yml").write_text("tau: one\n")
    code, said, errors = synergy(root, ["doctor"], {})
    bad = [one for one in said.splitlines() if one.startswith("BAD") and "demo.yml" in one]
    print(bad or errors or said)
    return Outcome.SURVIVED if code == 1 and bad and not errors else Outcome.SILENT


def quiet_reader(folder: Path) -> Outcome:
    """`synergy models | head -1`: the reader leaves, and no traceback follows."""
    command = f"{sys.executable} -m synergycore.cli models | head -1"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, check=False)
    print(done.stderr.strip())
    return Outcome.UNCLEAR if "Traceback" in done.stderr else Outcome.SURVIVED


OTHERS = [
    Case("no repository anywhere", outside, quick=True),
    Case("doctor on a broken profile", examined),
    Case("a reader who leaves", quiet_reader),
]
BROKEN = PROFILES + REGISTRY + CONTENTS + RESULTS + CHAPTERS
CASES = USAGE + NAMES + NOWHERE + BROKEN + LACKING + OTHERS
