"""Entropies of Gaussian variables from their correlations, averaged or sample by sample.

Correlations are handed over as a nested list `r[i][j]` over the four variables (x, y, x', y'),
with the integer 1 on the diagonal and arrays elsewhere: one number, or a matrix for all pairs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from synergycore.errors import SynergyError
from synergycore.phiid.arrays import Array, namespace
from synergycore.phiid.information import SUBSETS, WHOLE, Members
from synergycore.phiid.windows import Windows

Correlations = Sequence[Sequence[Array]]

SINGULAR = 5e-12
"""How far a pair must be from collinear, see `regular`. A variable of which the other three leave
less than a fifth of this share of its variance is never far enough."""

CHUNK = 4096
"""Samples whose local values are held at a time."""


def arrange(past: Array, future: Array, own: Array, lag: Sequence[Array]) -> Correlations:
    """The 4×4 arrangement from correlations within the past, within the future and across.

    `past` = corr(x, y), `future` = corr(x', y'), `own` = (corr(x, x'), corr(y, y')),
    `lag` = (corr(x, y'), corr(y, x')).
    """
    (xx, yy), (xy, yx) = own, lag
    return [
        [1, past, xx, xy],
        [past, 1, yx, yy],
        [xx, yx, 1, future],
        [xy, yy, future, 1],
    ]


def check_symmetric(r: Array, name: str) -> None:
    """Raises SynergyError unless correlations (..., n, n) are symmetric to 1e-8; NaN passes."""
    distance = abs(r - r.swapaxes(-1, -2))
    if (distance > 1e-8).any():
        worst = float(distance[distance > 1e-8].max())
        raise SynergyError(
            f"{name} is not symmetric, its correlations differ from the transposed ones by up to "
            f"{worst:.2g}; expected a symmetric matrix, pass ({name} + {name}.T) / 2."
        )


def entropies(r: Correlations, z: Sequence[Array] | None = None) -> dict[Members, Array]:
    """Entropy (nats, less ½ ln 2πe per variable) of the 15 subsets; local where `z` is given.

    `r`: correlations; `z`: the four standardised variables (variance 1 with divisor n - 1), whose
    first axis is time and the others broadcast with the correlations. Where they are not
    `regular`, the entropy of all four is NaN, and the others may be.
    """
    found = {members: chain(r, members, z) for members in SUBSETS}
    whole = found[WHOLE]
    found[WHOLE] = namespace(whole).where(regular(r), whole, float("nan") * whole)
    return found


def regular(r: Correlations) -> Array:
    """Where four correlated variables are far enough from collinear to say anything of them.

    Takes y and x out of x' and y', with the weights v and w of x, and then x' out of y'. What is
    left of y' is a small difference of larger numbers: rounding stays in it, enlarged by 1 + v²
    and 1 + w². Where less is left than SINGULAR times that, rounding decides what is found.
    Any x' and y' with more left also leave of x and of y a fifth of SINGULAR or more. The kernel
    decides by the same steps in the same order, so that both call the same pairs undefined.
    """
    (_, p, a, b), (_, _, c, d), (*_, f) = r[:3]
    past = 1 - p * p
    xp = namespace(past)
    past = xp.where(past > SINGULAR, past, float("nan") * past)
    per_past = 1 / past
    u, q = a - p * c, b - p * d
    v, w = u * per_past, q * per_past
    left_x, left_y = (1 - c * c) - u * v, (1 - d * d) - q * w
    common = f - c * d - u * w
    both = left_x * left_y - common * common
    enough = both > SINGULAR * (left_x * (1 + w * w) + left_y * (1 + v * v))
    return enough & (xp.minimum(left_x, left_y) > 0)


def chain(r: Correlations, members: Members, z: Sequence[Array] | None = None) -> Array:
    """Chain rule: each variable adds ½ ln of its variance given those before it.

    Gaussian elimination: the pivots are these conditional variances, the eliminated `z` the
    surprises. A local entropy adds ½ (surprise² / variance); its mean is a constant that
    cancels in every mutual information.
    """
    rows = [[r[i][j] for j in members] for i in members]
    surprises = [] if z is None else [z[i] for i in members]
    total = 0.0
    while rows:
        pivot = rows[0][0]
        if not isinstance(pivot, int):
            xp = namespace(pivot)
            pivot = xp.where(pivot > 0, pivot, float("nan") * pivot)
            total = total + 0.5 * xp.log(pivot)
        if surprises:
            total = total + 0.5 * surprises[0] ** 2 / pivot
        weights = [row[0] / pivot for row in rows[1:]]
        rows = [
            [entry - weight * first for entry, first in zip(row[1:], rows[0][1:], strict=True)]
            for row, weight in zip(rows[1:], weights, strict=True)
        ]
        if surprises:
            surprises = [e - w * surprises[0] for e, w in zip(surprises[1:], weights, strict=True)]
    return total


def correlate(x: Windows, y: Windows) -> Correlations:
    """Correlations of every unit of `x` with every unit of `y`: (units of x, units of y) arrays."""
    return arrange(
        x.past @ y.past.T,
        x.future @ y.future.T,
        (x.own[:, None], y.own[None, :]),
        (x.past @ y.future.T, x.future @ y.past.T),
    )


def mean_entropies(x: Windows, y: Windows) -> dict[Members, Array]:
    """Average entropies of all pairs of units, by subset; see `entropies`."""
    return entropies(correlate(x, y))


def local_entropies(x: Windows, y: Windows) -> Iterator[tuple[dict[Members, Array], float]]:
    """Local entropies of all pairs, a few samples at a time: (sample, units of x, units of y).

    Yields them by subset, with the weight of each sample in an average.
    """
    r, unit, samples = correlate(x, y), x.freedom**0.5, x.past.shape[-1]
    x_past, x_future = (unit * w.T[:, :, None] for w in (x.past, x.future))
    y_past, y_future = (unit * w.T[:, None, :] for w in (y.past, y.future))
    for start in range(0, samples, CHUNK):
        span = slice(start, start + CHUNK)
        z = (x_past[span], y_past[span], x_future[span], y_future[span])
        yield entropies(r, z), 1 / samples
