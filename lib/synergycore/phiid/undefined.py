"""Says how many units and pairs came out undefined: in a line a call, or in one for many calls."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

log = logging.getLogger(__name__)


@dataclass
class Counts:
    """What came out undefined (NaN) so far, and of how many."""

    series: int = 0
    """Sets of series that were cut into windows."""
    short: int = 0
    """Sets too short for anything to be defined."""
    units: int = 0
    undefined_units: int = 0
    pairs: int = 0
    """Ordered pairs, each unit's with itself aside."""
    undefined_pairs: int = 0


_together: ContextVar[Counts | None] = ContextVar("_together", default=None)


@contextmanager
def one_count() -> Iterator[Counts]:
    """Within it, calls log nothing of what is undefined; leaving it logs one line, if anything is.

    Yields the Counts, for a loop over many prompts to look at or to show.
    """
    counts = Counts()
    token = _together.set(counts)
    try:
        yield counts
    finally:
        _together.reset(token)
    if counts.undefined_units or counts.undefined_pairs:
        log.warning(
            "in %d sets of series (%d too short), %d of %d units are constant or not finite, and "
            "%d of %d ordered pairs are undefined (NaN)",
            counts.series,
            counts.short,
            counts.undefined_units,
            counts.units,
            counts.undefined_pairs,
            counts.pairs,
        )


def report_short(units: int, steps: int, tau: int, samples: int, means: int, least: int) -> None:
    """All units are undefined: what is left of too few samples is below `least`."""
    if counts := _together.get():
        counts.series += 1
        counts.short += 1
        counts.units += units
        counts.undefined_units += units
        return
    log.warning(
        "series of %d steps at lag %d leave %d samples, %d when the means are taken off, fewer "
        "than %d: all %d units are NaN",
        steps,
        tau,
        samples,
        samples - means,
        least,
        units,
    )


def report_units(undefined: Sequence[int], total: int) -> None:
    """These of all the units have a constant or non-finite window."""
    if counts := _together.get():
        counts.series += 1
        counts.units += total
        counts.undefined_units += len(undefined)
    elif undefined:
        first = ", ".join(map(str, undefined[:10])) + (", …" if len(undefined) > 10 else "")
        log.warning(
            "%d of %d units are constant or not finite (units %s): their atoms are NaN",
            len(undefined),
            total,
            first,
        )


def report_pairs(undefined: int, total: int) -> None:
    """So many of all ordered pairs are undefined."""
    if counts := _together.get():
        counts.pairs += total
        counts.undefined_pairs += undefined
    elif undefined:
        log.warning("%d of %d ordered pairs are undefined (NaN)", undefined, total)
