"""Series -> the two windows, x(t) and x(t + τ), standardised; undefined units become NaN here."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from synergycore.errors import SynergyError
from synergycore.phiid.arrays import Array, as_float64, full, namespace

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

    @property
    def own(self) -> Array:
        """(unit,): correlation of every unit with its own future."""
        return (self.past * self.future).sum(-1)

    def rows(self, chosen: slice) -> Windows:
        return Windows(self.past[chosen], self.future[chosen])


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


def cut(series: Array, tau: int) -> Windows:
    """Standardised windows of (unit, time) series; logs the units that have none."""
    count, time = series.shape
    if time - tau < SHORTEST:
        log.warning(
            "series of %d steps at lag %d leave %d samples, fewer than %d: all %d units are NaN",
            time,
            tau,
            max(time - tau, 0),
            SHORTEST,
            count,
        )
        empty = full(series, (count, SHORTEST), float("nan"))
        return Windows(empty, empty)
    windows = Windows(standardise(series[:, :-tau]), standardise(series[:, tau:]))
    report_undefined(windows)
    return windows


def standardise(window: Array) -> Array:
    """Rows of mean 0 and length 1; NaN for a row that is constant or has a NaN or an infinity."""
    xp = namespace(window)
    largest = xp.amax(xp.abs(window), -1)[:, None]
    finite = largest < float("inf")
    safe = xp.where(finite & (largest > 0), largest, xp.ones_like(largest))
    scaled = xp.where(finite, window, 0 * safe) / safe
    centred = scaled - scaled.mean(-1)[:, None]
    length = (centred**2).sum(-1)[:, None] ** 0.5
    varies = finite & (length > CONSTANT * window.shape[-1] ** 0.5)
    return xp.where(varies, centred, float("nan") * safe) / xp.where(varies, length, safe)


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
