"""The hot path: sts, rtr and their total (tdmi) of a block of Gaussian pairs, fused, on the CPU.

The same numbers as `gaussian` and `redundancy` give, with one logarithm an atom. With
G = exp(-2 I), a ratio of determinants, the least information is the greatest G, and the sum that
makes an atom a product: atom = -½ ln Π G^(±1). In a sum I + I' - min(I, I') only the greater
information is left, so the sixteen nodes of sts shrink to six. Four matrix products a block
come first, and everything stays in the cache.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from synergycore.phiid.gaussian import SINGULAR
from synergycore.phiid.lattice import TOTAL
from synergycore.phiid.windows import Windows

SIDE = 64
"""Units along a block: its products stay in the cache, and too small for BLAS to start threads."""

STEPS = 124
"""Samples multiplied at a time, for the same reason; longer windows are summed piece by piece."""

LINE = 8
"""Numbers in a cache line: a square of this side is transposed without fetching a line twice."""

FUSED = ("sts", "rtr", TOTAL)
"""What this kernel knows."""

compiled = njit(nogil=True, cache=True, error_model="numpy")


def fill(
    x: Windows, y: Windows, atoms: tuple[str, ...], out: np.ndarray, row: int = 0, column: int = 0
) -> None:
    """Write MMI atoms (nats) of every unit of `x`, at most SIDE, with every unit of `y`.

    They go into `out` (atom, unit, unit), C-ordered, from `row` and `column` on; NaN for collinear
    pairs. `atoms` are some of FUSED.
    """
    sts, rtr, tdmi = (atoms.index(atom) if atom in atoms else -1 for atom in FUSED)
    # one memory layout, whatever the block: a second would be compiled anew
    x_past, x_future = np.ascontiguousarray(x.past.T), np.ascontiguousarray(x.future.T)
    y_past, y_future = np.ascontiguousarray(y.past.T), np.ascontiguousarray(y.future.T)
    windows = (x_past, x_future, y_past, y_future, x.own, y.own)
    _fill(*windows, SINGULAR, sts, rtr, tdmi, out, row, column)
    block = out[:, row : row + len(x.own), column : column + len(y.own)]
    np.log(block, out=block)
    block *= -0.5


@compiled
def _fill(
    x_past, x_future, y_past, y_future, x_own, y_own, singular, sts, rtr, tdmi, out, row, column
):
    """G of the atoms for a block of pairs; windows are (sample, unit).

    `singular` is an argument because a constant would stay in the cached program when it changes.
    """
    spare, unasked = np.empty(SIDE), np.empty(SIDE)
    for start in range(0, len(y_own), SIDE):
        stop = min(start + SIDE, len(y_own))
        p, f, b, c = _correlations(x_past, x_future, y_past[:, start:stop], y_future[:, start:stop])
        d, place = y_own[start:stop], slice(column + start, column + stop)
        for i, a in enumerate(x_own):
            synergy = out[sts, row + i, place] if sts >= 0 else spare[: stop - start]
            total = out[tdmi, row + i, place] if tdmi >= 0 else unasked[: stop - start]
            _synergy(p[i], f[i], a, b[i], c[i], d, singular, synergy, total)
            if rtr >= 0:
                _redundancy(a, b[i], c[i], d, synergy, out[rtr, row + i, place])


@compiled
def _correlations(x_past, x_future, y_past, y_future):
    p, f, b, c = _products(x_past, x_future, y_past, y_future, 0)
    for start in range(STEPS, len(x_past), STEPS):
        more = _products(x_past, x_future, y_past, y_future, start)
        p += more[0]
        f += more[1]
        b += more[2]
        c += more[3]
    return p, f, b, c


@compiled
def _products(x_past, x_future, y_past, y_future, start):
    """The four products over STEPS samples, both sides contiguous along units."""
    x_now, x_later = x_past[start : start + STEPS].T, x_future[start : start + STEPS].T
    y_now = np.ascontiguousarray(y_past[start : start + STEPS])
    y_later = np.ascontiguousarray(y_future[start : start + STEPS])
    return (
        np.dot(x_now, y_now),
        np.dot(x_later, y_later),
        np.dot(x_now, y_later),
        np.dot(x_later, y_now),
    )


@compiled
def _synergy(p, f, a, b, c, d, singular, out, total):
    """G of sts and of tdmi for a row of pairs; NaN where not regular (see `gaussian.regular`).

    p = corr(x, y), f = corr(x', y'), a = corr(x, x'), b = corr(x, y'), c = corr(y, x'),
    d = corr(y, y'). Below, `xs` is G of I(x; x', y'), and so on.
    """
    xx = 1 - a * a
    for j in range(len(p)):
        past, future = 1 - p[j] * p[j], 1 - f[j] * f[j]
        per_past, per_future = 1 / past, 1 / future
        xy, yx, yy = 1 - b[j] * b[j], 1 - c[j] * c[j], 1 - d[j] * d[j]
        # what x and y leave of x' and of y', and what these then have in common
        u, q = a - p[j] * c[j], b[j] - p[j] * d[j]
        v, w = u * per_past, q * per_past
        sx, sy = yx - u * v, yy - q * w
        common = f[j] - c[j] * d[j] - u * w
        both = sx * sy - common * common
        enough = both > singular * (sx * (1 + w * w) + sy * (1 + v * v))
        regular = enough & (past > singular) & (min(sx, sy) > 0)
        # what x' and y' leave of x and of y
        u, q = a - f[j] * b[j], c[j] - f[j] * d[j]
        xs, ys = xy - u * u * per_future, yy - q * q * per_future
        whole = both * per_future
        above = min(xx, yx) * min(xy, yy) * whole
        below = min(max(xx, xy), max(yx, yy)) * min(xs, ys) * min(sx, sy)
        out[j] = above / below if regular else np.nan
        total[j] = whole if regular else np.nan


@compiled
def _redundancy(a, b, c, d, synergy, out):
    """G of rtr, the greatest of the four corners; NaN where synergy is."""
    for j in range(len(out)):
        least = min(min(a * a, b[j] * b[j]), min(c[j] * c[j], d[j] * d[j]))
        out[j] = 1 - least + 0 * synergy[j]


def transpose(source: np.ndarray, target: np.ndarray, rows: slice, columns: slice) -> None:
    """target[columns, rows] = source[rows, columns].T, for C-ordered float64 matrices."""
    _transpose(source, target, rows.start, rows.stop, columns.start, columns.stop)


@compiled
def _transpose(source, target, top, bottom, left, right):
    for i0 in range(top, bottom, LINE):
        for j0 in range(left, right, LINE):
            for j in range(j0, min(j0 + LINE, right)):
                for i in range(i0, min(i0 + LINE, bottom)):
                    target[j, i] = source[i, j]
