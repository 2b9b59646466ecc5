"""What is given to record and to replay: prompts, decoding, and tokens of another recording."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import xarray as xr

from faults import tiny
from faults.harness import Case, Outcome, of_call
from synergycore import recording
from tiny_models import PROMPTS, TinyPrompt


def of_arguments(names: Sequence[object], prompts: object = PROMPTS, **options: Any):
    """Refused before anything is loaded, by `load_or_record` and by `record` alike."""

    def run(folder: Path) -> Outcome:
        with tiny.place(folder):
            found = of_call(
                lambda: recording.record(  # type: ignore[arg-type]
                    tiny.loaded(), prompts, **({"new_tokens": 8, "progress": False} | options)
                ), names,
            )  # fmt: skip
            if found != Outcome.SURVIVED:
                return found
            asked = tiny.OPTIONS | options
            return of_call(
                lambda: recording.load_or_record(tiny.model(folder), prompts, **asked), names
            )

    return run


def prompt(**values: object) -> list[object]:
    return [PROMPTS[0], SimpleNamespace(**({"id": "x", "category": "c", "text": "t"} | values))]


VALUES: dict[str, list[object]] = {
    "new_tokens": [7, 6, 0, -1, 8.0, "8", None, True, float("nan")],
    "batch_size": [0, -1, 2.5, "12", None],
    "temperature": [-1.0, float("nan"), float("inf"), "0", None],
    "seed": [-1, 0.5, "0", None],
    "stop_at_eos": ["yes", 2, None],
}
NO_PROMPTS: dict[str, tuple[object, Sequence[object]]] = {
    "none": ([], ["no prompts"]),
    "a text": ("abc", ["no prompts"]),
    "texts": (["abc", "def"], ["id", "prompt 0"]),
    "an empty text": (prompt(text=""), ["'x'", "text"]),
    "a text of spaces": (prompt(text=" \n"), ["'x'", "text"]),
    "no text": (prompt(text=None), ["'x'", "text"]),
    "a number for a text": (prompt(text=3), ["'x'", "3"]),
    "bytes for a text": (prompt(text=b"abc"), ["'x'", "text"]),
    "an empty id": (prompt(id=""), ["id"]),
    "a number for an id": (prompt(id=3), ["id", "3"]),
    "no category": (prompt(category=None), ["'x'", "category"]),
    "two of one id": ([PROMPTS[0], PROMPTS[0]], ["'short'", "2 prompts"]),
    "longer than the context": (
        [TinyPrompt("novel", "words", "x" * 200)], ["'novel'", "context of 96"],
    ),
}  # fmt: skip


def of_tokens(change: Callable[[xr.Dataset], object], names: Sequence[object], **options: Any):
    return lambda folder: of_call(
        lambda: recording.replay(tiny.loaded(), change(tiny.recorded()), progress=False, **options),  # type: ignore[arg-type]
        names,
    )


def with_value(variable: str, value: int) -> Callable[[xr.Dataset], xr.Dataset]:
    def change(given: xr.Dataset) -> xr.Dataset:
        other = given.copy(deep=True)
        other[variable].values.flat[0] = value
        return other

    return change


TOKENS: dict[str, tuple[Callable[[xr.Dataset], object], Sequence[object]]] = {
    "nothing": (lambda given: None, ["tokens"]),
    "a list": (lambda given: [1, 2, 3], ["tokens"]),
    "no tokens": (lambda given: given.drop_vars("tokens"), ["tokens"]),
    "no lengths": (lambda given: given.drop_vars("lengths"), ["lengths"]),
    "no word of how it was made": (lambda given: given.drop_attrs(), ["decoding"]),
    "no prompts": (lambda given: given.isel(prompt=slice(0)), ["no prompts"]),
    "a token of another model": (with_value("tokens", 5000), ["'short'", "5000", "259"]),
    "a token missing": (with_value("tokens", -1), ["'short'"]),
    "a length too long": (with_value("lengths", 9), ["'short'", "9"]),
    "no new tokens": (with_value("lengths", 0), ["'short'"]),
    "no tokens of the prompt": (with_value("prompt_lengths", 0), ["'short'"]),
    "longer than the context": (
        lambda given: given.isel(prompt=[0]).pad(position=(0, 200), constant_values=3).assign(
            lengths=("prompt", [228 - int(given.prompt_lengths[0])])), ["'short'", "96"]),
}  # fmt: skip

CASES = [
    *(Case(f"{n}={value!r}", of_arguments([n, repr(value)], **{n: value}), True)
      for n, values in VALUES.items() for value in values),
    *(Case(f"prompts: {n}", of_arguments(names, given), True)
      for n, (given, names) in NO_PROMPTS.items()),
    *(Case(f"tokens: {n}", of_tokens(c, names), True) for n, (c, names) in TOKENS.items()),
    Case("batch_size=0 of a replay", of_tokens(lambda given: given, ["batch_size"], batch_size=0)),
]  # fmt: skip
