"""Says how many units and pairs came out undefined: in a line a call, or in one for many calls."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

log = logging.getLogger(__name__)
_together: ContextVar[Counter[str] | None] = ContextVar("_together", default=None)


@contextmanager
def one_count(said: bool = True) -> Iterator[Counter[str]]:
    """Within it, calls log nothing of what is undefined; leaving it logs one line, if anything is.

    Yields the counts so far: `series` that were cut into windows, `short` ones among them, `units`
    and `pairs` (ordered, each unit's with itself aside), `undefined_units` and `undefined_pairs`.
    With `said` false nothing is logged: for a caller that returns the number itself.
    """
    counts: Counter[str] = Counter()
    token = _together.set(counts)
    try:
        yield counts
    finally:
        _together.reset(token)
    if said and (counts["undefined_units"] or counts["undefined_pairs"]):
        log.warning(
            "in %(series)d sets of series (%(short)d too short), %(undefined_units)d of %(units)d "
            "units are constant or not finite, and %(undefined_pairs)d of %(pairs)d ordered pairs "
            "are undefined (NaN)",
            {name: counts[name] for name in _NAMES},
        )


_NAMES = ("series", "short", "units", "undefined_units", "pairs", "undefined_pairs")


def report(line: str, *values: object, **counted: int) -> None:
    """Add what was `counted` to the count of many calls; outside of one, log `line` if there is."""
    if (counts := _together.get()) is not None:
        counts.update(counted)
    elif line:
        log.warning(line, *values)


def report_pairs(undefined: int, total: int) -> None:
    """So many of all ordered pairs are undefined."""
    line = "%d of %d ordered pairs are undefined (NaN)" if undefined else ""
    report(line, undefined, total, pairs=total, undefined_pairs=undefined)
