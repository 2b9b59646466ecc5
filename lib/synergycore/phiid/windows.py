"""Series -> the two windows, x(t) and x(t + τ), standardised; undefined units become NaN here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from operator import index
from reprlib import repr as shown
from typing import Any

import numpy as np

from synergycore.errors import SynergyError
from synergycore.phiid import undefined
from synergycore.phiid.arrays import Array, as_float64, full, namespace, transposed_copy

FREEDOM = 4
"""Degrees of freedom that a window must have: in fewer, four variables are always collinear."""

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


def whole(value: Any) -> int:
    """The value if it is a whole number of at least 1 (2.0 is), else 0."""
    if isinstance(value, bool):
        return 0
    if isinstance(value, float) and value.is_integer():
        return max(int(value), 0)
    try:
        return max(index(value), 0)
    except TypeError:
        return 0


def checked_tau(tau: int) -> int:
    """Raises SynergyError unless the lag is a whole number of steps, at least 1."""
    if not (steps := whole(tau)):
        raise SynergyError(f"tau is {tau!r}; expected a whole number of steps, at least 1.")
    return steps


def checked_segments(segments: Sequence[int] | None, time: int) -> tuple[int, ...]:
    """Lengths of the pieces that a series is concatenated from; one piece if None.

    Raises SynergyError unless they are positive whole numbers that add up to the series.
    """
    if segments is None:
        return (time,)
    try:
        lengths = tuple(map(whole, segments))
    except TypeError:  # a number
        lengths = ()
    if not lengths or not all(lengths) or sum(lengths) != time:
        raise SynergyError(
            f"segments are {shown(segments)}; expected positive whole lengths that add up to the "
            f"{time} steps of the series."
        )
    return lengths


def sample_count(lengths: Sequence[int], tau: int) -> int:
    """Samples in pieces of these lengths: pairs of a step and the one `tau` later."""
    return sum(max(length - tau, 0) for length in lengths)


def cut(series: Array, tau: int, segments: Sequence[int] | None = None) -> Windows:
    """Standardised windows of (unit, time) series; reports the units that have none.

    With `segments`, the lengths of the prompts that were concatenated, every prompt is demeaned
    by itself (differences between prompts would pass for a common driver) and no sample spans
    two prompts. Each mean takes a degree of freedom; too few are left -> all units are NaN.
    """
    lengths = checked_segments(segments, series.shape[1])
    samples, pieces = sample_count(lengths, tau), sum(n > tau for n in lengths)
    if samples - pieces < FREEDOM:
        return _too_short(series, tau, samples, pieces)
    steps, ends = transposed_copy(series), np.cumsum(lengths)
    spans = [(e - n, e - tau) for e, n in zip(ends, lengths, strict=True) if n > tau]
    past = standardise([steps[a:b] for a, b in spans])
    future = standardise([steps[a + tau : b + tau] for a, b in spans])
    own = namespace(past).einsum("us,us->u", past, future)
    windows = Windows(past, future, samples - pieces, own)
    report_undefined(windows)
    return windows


def _too_short(series: Array, tau: int, samples: int, means: int) -> Windows:
    undefined.report(
        "series of %d steps at lag %d leave %d samples, %d when the means are taken off, fewer "
        "than %d: all %d units are NaN",
        *(series.shape[1], tau, samples, samples - means, FREEDOM, len(series)),
        series=1, short=1, units=len(series), undefined_units=len(series),
    )  # fmt: skip
    unknown = full(series, (len(series), max(samples, 1)), float("nan"))
    return Windows(unknown, unknown, FREEDOM, unknown[:, 0])


def without_levels(series: Array, segments: Sequence[int] | None) -> Array:
    """The series (unit, time) with the mean of each segment removed; as it is if there is one.

    Up to a scale of each row, NaN for rows that have a value that is not finite or only zeros.
    """
    lengths = checked_segments(segments, series.shape[1])
    if len(lengths) == 1:
        return series
    ends = np.cumsum(lengths)
    return centred([series.T[e - n : e] for e, n in zip(ends, lengths, strict=True)]).T


def standardise(pieces: Sequence[Array]) -> Array:
    """Join pieces (sample, unit), each of mean 0, to rows (unit, sample) of length 1.

    NaN for a unit that is constant in every piece or has a value that is not finite. The units
    lie side by side in memory, the order that the kernel wants.
    """
    joined = centred(pieces)
    xp = namespace(joined)
    length = xp.einsum("tu,tu->u", joined, joined) ** 0.5
    constant = length <= CONSTANT * len(joined) ** 0.5
    joined /= xp.where(constant, float("nan"), length)
    return joined.T


def centred(pieces: Sequence[Array]) -> Array:
    """Join pieces (sample, unit), each less its mean; a unit's largest value is of order 1.

    Takes off the least value first: the mean of many values far from zero is not exact, and that
    of equal values seldom them. A unit with a value that is not finite, or of zeros, becomes NaN.
    """
    xp = namespace(pieces[0])
    highs, lows = ([extreme(piece, 0) for piece in pieces] for extreme in (xp.amax, xp.amin))
    peaks = [xp.maximum(high, -low) for high, low in zip(highs, lows, strict=True)]
    scale = _power_of_two(xp.amax(xp.stack(peaks), 0))
    parts = [piece * scale for piece in pieces]
    for part, low in zip(parts, lows, strict=True):
        part -= low * scale
        part -= part.mean(0)
    return parts[0] if len(parts) == 1 else xp.concatenate(parts)


def _power_of_two(largest: Array) -> Array:
    """What brings `largest` to between 1 and 2; NaN if it is 0 or not finite.

    Scaling by it is exact: nothing overflows, and values that equal their mean still do.
    """
    xp = namespace(largest)
    usable = (largest > 1e-300) & (largest < float("inf"))
    safe = xp.where(usable, largest, 1.0)
    return xp.where(usable, xp.exp2(1.0 - xp.frexp(safe)[1] + 0 * safe), float("nan"))


def report_undefined(windows: Windows) -> None:
    """Report which units have a constant or non-finite window."""
    xp = namespace(windows.past)
    missing = xp.isnan(windows.past[:, 0]) | xp.isnan(windows.future[:, 0])
    names = [i for i, bad in enumerate(missing.tolist()) if bad]
    line = "%d of %d units are constant or not finite (units %s): their atoms are NaN"
    undefined.report(
        line if names else "",
        *(len(names), len(missing), ", ".join(map(str, names[:10])) + ", …" * (len(names) > 10)),
        series=1, units=len(missing), undefined_units=len(names),
    )  # fmt: skip
