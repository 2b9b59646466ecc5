"""How long steps show that they move: a bar on a terminal, one line where there is none."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sized
from contextlib import contextmanager, suppress
from typing import Any, TextIO, TypeVar

from tqdm import tqdm

Item = TypeVar("Item")


def track(
    items: Iterable[Item], what: str, total: int | None = None, *, unit: str = ""
) -> Iterator[Item]:
    """The items, one by one, while a bar counts them: "ΦID of all pairs: 60 prompts".

    `total` is needed for items that have no length; `unit` is what they are, in the plural.
    """
    if total is None and isinstance(items, Sized):
        total = len(items)
    with bar(total, what, unit=unit) as advance:
        for item in items:
            yield item
            advance(1)


@contextmanager
def bar(
    total: int | None, what: str, *, unit: str = "", shown: bool = True
) -> Iterator[Callable[[int], object]]:
    """The same for work that is not done item by item: call what this gives with a number done."""
    stream = _stream()
    if shown and stream and stream.isatty():
        options: dict[str, Any] = {"unit": f" {unit}", "file": stream, "leave": False}
        # `disable` is said: chapters run with TQDM_DISABLE, which is meant for others' bars
        with tqdm(total=total, desc=what, disable=False, **options) as drawn:
            yield drawn.update
        return
    if shown:
        say(what if total is None else f"{what}: {total} {unit}".rstrip())
    yield lambda done: None


def say(line: str) -> None:
    """One line, where the bars are."""
    if (stream := _stream()) is not None:
        with suppress(OSError):  # nobody reads any more, which is no reason to stop the work
            print(line, file=stream, flush=True)


def _stream() -> TextIO | None:
    """Where progress is said; None if that is closed.

    In the run of a chapter not the notebook's page, but the terminal that started the run.
    """
    stream = _of_run()
    return None if stream is None or stream.closed else stream


def _of_run() -> TextIO | None:
    if os.environ.get("SYNERGY_CHAPTER_OUT") and sys.__stderr__ is not None:
        return sys.__stderr__
    in_jupyter = type(sys.stderr).__module__.startswith("ipykernel")  # which shows stderr in red
    return sys.stdout if in_jupyter else sys.stderr
