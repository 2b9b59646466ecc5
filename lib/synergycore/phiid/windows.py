"""Series -> the two windows, x(t) and x(t + τ), standardised; undefined units become NaN here."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from synergycore.errors import SynergyError
from synergycore.phiid.arrays import Array, as_float64, full, namespace, transposed_copy

log = logging.getLogger(__name__)

SHORTEST = 5
"""Samples that a window must have; four variables span fewer."""

CONSTANT = 1e-12
"""A window whose deviations are below this share of its largest value is rounding, not signal."""


@dataclass(frozen=True)
class Windows:
    """Past and future window of every unit, rows of mean 0 and length 1 (NaN where undefined)."""

    past: Array
    """(unit, sample): x(t), t = 0 .. T-τ-1."""
    future: Array
    """(unit, sample): x(t + τ)."""
    freedom: int
    """Degrees of freedom of a variance: samples less the number of means removed."""

    own: Array
    """(unit,): correlation of every unit with its own future."""

    def rows(self, chosen: slice) -> Windows:
        return Windows(self.past[chosen], self.future[chosen], self.freedom, self.own[chosen])


def checked_series(series: Array, name: str = "series") -> Array:
    """A float64 (unit, time) array, never the caller's memory written to.

    Raises SynergyError for another number of dimensions or anything but real numbers.
    """
    values = as_float64(series, name)
    if values.ndim != 2:
        raise SynergyError(
            f"{name} has shape {tuple(values.shape)}; expected (unit, time), reshape it."
        )
    return values


def checked_tau(tau: int) -> int:
    """Raises SynergyError unless the lag is a whole number of steps, at least 1."""
    if isinstance(tau, bool) or int(tau) != tau or tau < 1:
        raise SynergyError(f"tau is {tau!r}; expected a whole number of steps, at least 1.")
    return int(tau)


def checked_segments(segments: Sequence[int] | None, time: int) -> tuple[int, ...]:
    """Lengths of the pieces that a series is concatenated from; one piece if None.

    Raises SynergyError unless they are positive whole numbers that add up to the series.
    """
    if segments is None:
        return (time,)
    lengths = tuple(int(length) for length in segments)
    if sum(lengths) != time or min(lengths, default=0) < 1 or lengths != tuple(segments):
        raise SynergyError(
            f"segments {list(segments)[:5]} add up to {sum(lengths)}; expected positive whole "
            f"lengths that add up to the {time} steps of the series."
        )
    return lengths


def cut(series: Array, tau: int, segments: Sequence[int] | None = None) -> Windows:
    """Standardised windows of (unit, time) series; logs the units that have none.

    With `segments`, the lengths of the prompts that were concatenated, every prompt is demeaned
    by itself (differences between prompts would pass for a common driver) and no sample spans
    two prompts.
    """
    lengths = checked_segments(segments, series.shape[1])
    used = [n - tau for n in lengths if n > tau]
    if sum(used) < SHORTEST:
        return _too_short(series, tau, sum(used))
    ends = np.cumsum(lengths)
    spans = [(e - n, e - tau) for e, n in zip(ends, lengths, strict=True) if n > tau]
    past = standardise([series[:, a:b] for a, b in spans])
    future = standardise([series[:, a + tau : b + tau] for a, b in spans])
    windows = Windows(
        past, future, sum(used) - len(used), namespace(past).einsum("us,us->u", past, future)
    )
    report_undefined(windows)
    return windows


def _too_short(series: Array, tau: int, samples: int) -> Windows:
    log.warning(
        "series of %d steps at lag %d leave %d samples, fewer than %d: all %d units are NaN",
        series.shape[1],
        tau,
        samples,
        SHORTEST,
        len(series),
    )
    empty = full(series, (len(series), SHORTEST), float("nan"))
    return Windows(empty, empty, SHORTEST - 1, empty[:, 0])


def standardise(pieces: Sequence[Array]) -> Array:
    """Join pieces (unit, sample), each of mean 0, to rows of length 1.

    NaN for a row that is constant in every piece or has a value that is not finite. Works in
    place on copies whose units lie side by side in memory, the order that the kernel wants.
    """
    xp = namespace(pieces[0])
    parts = [transposed_copy(piece) for piece in pieces]
    peaks = [xp.maximum(xp.amax(part, 0), -xp.amin(part, 0)) for part in parts]
    scale = _power_of_two(xp.amax(xp.stack(peaks), 0))
    for part in parts:
        part *= scale
        part -= part.mean(0)
    centred = parts[0] if len(parts) == 1 else xp.concatenate(parts)
    length = xp.einsum("tu,tu->u", centred, centred) ** 0.5
    constant = length <= CONSTANT * len(centred) ** 0.5
    centred /= xp.where(constant, float("nan"), length)
    return centred.T


def _power_of_two(largest: Array) -> Array:
    """What brings `largest` to between 1 and 2; NaN if it is 0 or not finite.

    Scaling by it is exact: nothing overflows, and values that equal their mean still do.
    """
    xp = namespace(largest)
    usable = (largest > 1e-300) & (largest < float("inf"))
    safe = xp.where(usable, largest, 1.0)
    return xp.where(usable, xp.exp2(1.0 - xp.frexp(safe)[1] + 0 * safe), float("nan"))


def report_undefined(windows: Windows) -> None:
    """Log how many units have a constant or non-finite window, and which."""
    xp = namespace(windows.past)
    undefined = xp.isnan(windows.past[:, 0]) | xp.isnan(windows.future[:, 0])
    names = [i for i, bad in enumerate(undefined.tolist()) if bad]
    if names:
        shown = ", ".join(map(str, names[:10])) + (", …" if len(names) > 10 else "")
        log.warning(
            "%d of %d units are constant or not finite (units %s): their atoms are NaN",
            len(names),
            len(undefined),
            shown,
        )
