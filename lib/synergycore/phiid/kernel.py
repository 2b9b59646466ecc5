"""The hot path: Gaussian MMI atoms of a block of pairs on the CPU, fused, one logarithm per atom.

The same mathematics as `gaussian` and `redundancy`, without its logarithms. With
G = exp(-2 I), a ratio of determinants, the least information is the greatest G, and the sum that
makes an atom a product: atom = -½ ln Π G^(±1). Four small matrix products per block, then vector
arithmetic on rows that stay in the first-level cache.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from synergycore.phiid.gaussian import SINGULAR
from synergycore.phiid.lattice import ATOMS, MOBIUS
from synergycore.phiid.windows import Windows

SIDE = 64
"""Units along a block: its products stay in the cache, and too small for BLAS to start threads."""

STEPS = 124
"""Samples multiplied at a time, for the same reason; longer windows are summed piece by piece."""

RTR, RTX, RTY, RTS, XTR, XTX, XTY, XTS, YTR, YTX, YTY, YTS, STR, STX, STY, STS = range(16)
"""Rows of the node buffer, in the order of ATOMS (a test compares the two)."""

compiled = njit(nogil=True, cache=True, error_model="numpy")


def fill(
    x: Windows, y: Windows, atoms: tuple[str, ...], out: np.ndarray, row: int = 0, column: int = 0
) -> None:
    """Write MMI atoms (nats) of every unit of `x`, at most SIDE, with every unit of `y`.

    They go into `out` (atom, unit, unit), C-ordered, from `row` and `column` on.
    """
    signs = MOBIUS[[ATOMS.index(atom) for atom in atoms]]
    x_past, x_future = np.ascontiguousarray(x.past.T), np.ascontiguousarray(x.future.T)
    _fill(x_past, x_future, y.past.T, y.future.T, x.own, y.own, signs, out, row, column)
    block = out[:, row : row + len(x.own), column : column + len(y.own)]
    np.log(block, out=block)
    block *= -0.5


@compiled
def _fill(x_past, x_future, y_past, y_future, x_own, y_own, signs, out, row, column):
    """Determinant ratios of a block of pairs; windows are (sample, unit)."""
    nodes, defined, below = np.empty((16, SIDE)), np.empty(SIDE), np.empty(SIDE)
    for start in range(0, len(y_own), SIDE):
        stop = min(start + SIDE, len(y_own))
        p, f, b, c = _correlations(x_past, x_future, y_past[:, start:stop], y_future[:, start:stop])
        for i in range(len(x_own)):
            _nodes(p[i], f[i], x_own[i], b[i], c[i], y_own[start:stop], nodes, defined)
            for k in range(len(signs)):
                _ratio(
                    nodes, defined, signs[k], below, out[k, row + i, column + start : column + stop]
                )


@compiled
def _correlations(x_past, x_future, y_past, y_future):
    p, f, b, c = _products(x_past, x_future, y_past, y_future, 0)
    for start in range(STEPS, len(x_past), STEPS):
        p2, f2, b2, c2 = _products(x_past, x_future, y_past, y_future, start)
        p, f, b, c = p + p2, f + f2, b + b2, c + c2
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
def _nodes(p, f, a, b, c, d, nodes, defined):
    """G of the 16 nodes for a row of pairs; `defined` becomes 1, or NaN if they are collinear.

    p = corr(x, y), f = corr(x', y'), a = corr(x, x'), b = corr(x, y'), c = corr(y, x'),
    d = corr(y, y').
    """
    for j in range(len(p)):
        past, future = 1 - p[j] * p[j], 1 - f[j] * f[j]
        per_past, per_future = 1 / past, 1 / future
        xx, xy, yx, yy = 1 - a * a, 1 - b[j] * b[j], 1 - c[j] * c[j], 1 - d[j] * d[j]
        # what x and y leave of x' and of y', and what these then have in common
        u, w = a - p[j] * c[j], b[j] - p[j] * d[j]
        sx, sy = yx - u * u * per_past, yy - w * w * per_past
        common = f[j] - c[j] * d[j] - u * w * per_past
        last = sy - common * common / sx
        # what x' and y' leave of x and of y
        v, q = a - f[j] * b[j], c[j] - f[j] * d[j]
        xs, ys = xy - v * v * per_future, yy - q * q * per_future
        regular = (past > SINGULAR) & (sx > SINGULAR) & (last > SINGULAR)
        defined[j] = 1.0 if regular else np.nan
        rx, ry = xx if xx > yx else yx, xy if xy > yy else yy
        nodes[XTX, j], nodes[XTY, j], nodes[YTX, j], nodes[YTY, j] = xx, xy, yx, yy
        nodes[XTS, j], nodes[YTS, j], nodes[STX, j], nodes[STY, j] = xs, ys, sx, sy
        nodes[STS, j] = sx * last * per_future
        nodes[RTX, j], nodes[RTY, j], nodes[RTR, j] = rx, ry, rx if rx > ry else ry
        nodes[XTR, j], nodes[YTR, j] = xx if xx > xy else xy, yx if yx > yy else yy
        nodes[RTS, j], nodes[STR, j] = xs if xs > ys else ys, sx if sx > sy else sy


@compiled
def _ratio(nodes, defined, signs, below, out):
    """Product of the nodes with sign +, over that of the nodes with sign -; NaN if undefined."""
    count = len(out)
    for j in range(count):
        out[j] = defined[j]
        below[j] = 1.0
    divide = False
    for node in range(16):
        if signs[node] > 0:
            for j in range(count):
                out[j] *= nodes[node, j]
        elif signs[node] < 0:
            divide = True
            for j in range(count):
                below[j] *= nodes[node, j]
    if divide:
        for j in range(count):
            out[j] /= below[j]
