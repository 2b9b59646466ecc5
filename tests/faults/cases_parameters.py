"""Values that no chapter and no profile may be given, and names that are no names."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import tiny_book
from faults.harness import Case, Outcome, of_call
from synergycore import settings
from synergycore.book import parameters, single, text

CHAPTER = "fig1_synergistic_core"
WHOLE = ("prompts_per_category", "new_tokens", "tau", "seed", "twin_seeds", "bootstrap_samples",
         "null_samples", "batch_size")  # fmt: skip
NO_NUMBERS = (
    "",
    " ",
    "many",
    "1.5",
    "1e3",
    "0x10",
    "nan",
    "inf",
    "-1",
    "1_0 ",
    "٣",
    "1;ls",
    "true",
)
TOO_FAR = {
    "prompts_per_category": ("0", "11", "9" * 30),
    "new_tokens": ("6", "0", "9" * 30),
    "tau": ("0", "1000000", "9" * 30),
    "seed": ("4294967296", "9" * 30),
    "twin_seeds": ("0", "9" * 30),
    "bootstrap_samples": ("1", "19", "9" * 30),
    "null_samples": ("1", "9" * 30),
    "batch_size": ("0", "9" * 30),
    "temperature": ("-1", "nan", "inf", "1000", "warm"),
    "stop_at_eos": ("maybe", "", "2", "None"),
    "signal": ("z", "", "Z_NORM", "z_norm;ls"),
    "score": ("rank", "", "../score"),
    "estimator": ("kraskov", "", "gaussian "),
    "redundancy": ("imin", "", "MMI"),
    "preparation": ("whitened", ""),
    "device": ("tpu", "", "cuda:x", "cpu; ls", "gpu"),
    "dtype": ("float8", "", "float64", "f32"),
}


@contextmanager
def repository(root: Path) -> Iterator[None]:
    """The book's own, built into an empty folder."""
    ours = {"SYNERGY_ROOT": str(tiny_book.REPOSITORY), "SYNERGY_BUILD": str(root)}
    before = {name: os.environ.get(name) for name in ours}
    os.environ.update(ours)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})


def refused(call: Callable[[], object], *names: object) -> Callable[[Path], Outcome]:
    """Of a call within the repository; nothing may have been made in the build folder."""

    def run(folder: Path) -> Outcome:
        with repository(folder):
            found = of_call(call, names)
        made = [path.name for path in folder.rglob("*.ipynb")]
        if made:
            print(f"it was refused, but {made} was made")
            return Outcome.SILENT
        return found

    return run


def given(*pairs: str) -> Callable[[], object]:
    return lambda: single.run(CHAPTER, "smoke", list(pairs))


def case(name: str, call: Callable[[], object], *names: object) -> Case:
    return Case(name, refused(call, *names), quick=True)


VALUES = [(name, value) for name in WHOLE for value in NO_NUMBERS]
VALUES += [(name, value) for name, values in TOO_FAR.items() for value in values]
NAMES = (
    "../demo",
    "demo/..",
    "demo.yml",
    "demo; ls",
    "$(ls)",
    "demo\n",
    "",
    " ",
    "DEMO",
    "/etc/passwd",
)

CASES = [
    *(case(f"{name}={value!r}", given(f"{name}={value}"), name) for name, value in VALUES),
    case("a lag that leaves too few steps", given("tau=36"), "tau=36", "40 steps"),
    case("a lag longer than the series", given("tau=41"), "tau=41"),
    case("an unknown parameter", given("taus=2"), "taus"),
    case("a parameter without a value", given("tau"), "tau"),
    case("a parameter twice", given("tau=2", "tau=3"), "tau", "twice"),
    case("a parameter that is no name", given("a b=2"), "a b=2"),
    *(case(f"model {name!r}", given(f"model={name}"), "model") for name in
      ("gpt-9", "../gemma", "/tmp", "smollm2-135m; ls", "$(ls)", "smollm2-135m@main", "")),
    *(case(f"profile {name!r}", lambda name=name: settings.load_profile(name), "profile")
      for name in NAMES),
    *(case(f"chapter {name!r}", lambda name=name: text.load(name), "chapter")
      for name in ("../README", "fig1", "", "fig1_synergistic_core.md", "fig1; ls", "/etc/passwd")),
    case("an output that is no notebook",
         lambda: single.run(CHAPTER, "smoke", [], Path("out.txt")), "out.txt", ".ipynb"),
]  # fmt: skip


def _fits(folder: Path) -> Outcome:
    """What is right is not refused: the values of every profile, and a few of a reader's."""
    with repository(folder):
        chapter = text.load(CHAPTER)
        for name in settings.profile_names():
            values = parameters.of_book(chapter, settings.load_profile(name))
            values |= parameters.given(chapter, ["tau=007", "temperature=1", "stop_at_eos=true"])
            parameters.refuse_unfit(values, CHAPTER)
    right = (values["tau"], values["temperature"], values["stop_at_eos"]) == (7, 1.0, True)
    return Outcome.SURVIVED if right else Outcome.SILENT


CASES.append(Case("values that are right", _fits, quick=True))
