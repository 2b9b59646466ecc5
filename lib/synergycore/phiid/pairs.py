"""All pairs at once, block by block: matrices of atoms, or their means over partners."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from synergycore.errors import SynergyError
from synergycore.phiid import blocks, gaussian, kernel, undefined
from synergycore.phiid.arrays import (
    Array,
    as_float64,
    check_same_library,
    empty,
    full,
    is_tensor,
    namespace,
)
from synergycore.phiid.blocks import Block
from synergycore.phiid.estimators import Measure, atoms_from_entropies, checked_atoms
from synergycore.phiid.lattice import Atoms, swap
from synergycore.phiid.windows import checked_series, checked_tau


def decompose_pairs(
    series: Array,
    *,
    tau: int = 1,
    estimator: str = "gaussian",
    redundancy: str = "mmi",
    atoms: tuple[str, ...] = ("sts", "rtr"),
    partners: Array | None = None,
    segments: Sequence[int] | None = None,
    bias_correction: bool = False,
) -> Atoms:
    """Atoms (nats) of all pairs of units, as `decompose` gives them one by one.

    `series`: (unit, time). `atoms` may hold "tdmi" too, the sum of all sixteen: time-delayed
    mutual information I(x_t, y_t; x_{t+tau}, y_{t+tau}). Returns atom -> (unit, unit) array of the
    same library and device; [i, j] has x = unit i, y = unit j. With `partners` (M, time), [i, j]
    pairs unit i of `series` with unit j of `partners`: (unit, M). The diagonal and undefined pairs
    are NaN, and their number is logged (once for many calls: `one_count`). Other options as in
    `decompose`, and so are the errors raised.
    """
    measure = Measure(estimator, redundancy, checked_atoms(atoms), bias_correction)
    x, y = _units(measure, series, partners, checked_tau(tau), segments)
    symmetric = partners is None
    atoms = blocks.mirrored(measure.atoms) if symmetric else measure.atoms
    out = empty(x.past, (len(atoms), len(x.past), len(y.past)))
    found = Atoms(zip(atoms, out, strict=True))

    def fill(block: Block) -> None:
        rows, columns = block
        blocks.fill(measure, x.rows(rows), y.rows(columns), atoms, out, rows.start, columns.start)
        if symmetric:
            _mirror(found, rows, columns)

    for _ in blocks.map_blocks(fill, measure, x, y, symmetric):
        pass
    found = Atoms({atom: found[atom] for atom in measure.atoms})
    if symmetric:
        _blank_diagonal(found)
    _report(found, len(x.past) if symmetric else 0)
    return found


def unit_means(
    series: Array,
    *,
    tau: int = 1,
    estimator: str = "gaussian",
    redundancy: str = "mmi",
    atoms: tuple[str, ...] = ("sts", "rtr"),
    segments: Sequence[int] | None = None,
    bias_correction: bool = False,
) -> Atoms:
    """Mean of the atoms (nats) of every unit over its partners: atom -> (unit,) array.

    `series`: (unit, time). The mean is over defined pairs, x being the unit; NaN for a unit that
    has none. Streams blocks of pairs: memory grows with units, never with pairs. Options and
    errors as in `decompose_pairs`.
    """
    measure = Measure(estimator, redundancy, checked_atoms(atoms), bias_correction)
    units, _ = _units(measure, series, None, checked_tau(tau), segments)
    atoms = blocks.mirrored(measure.atoms)
    sums = {atom: full(units.past, (len(units.past),), 0.0) for atom in measure.atoms}
    pairs = full(units.past, (len(units.past),), 0.0)

    def add_up(block: Block) -> tuple[Block, Array, Array, dict[str, tuple[Array, Array]]]:
        x, y = (units.rows(side) for side in block)
        out = empty(units.past, (len(atoms), len(x.past), len(y.past)))
        blocks.fill(measure, x, y, atoms, out, 0, 0)
        part = Atoms(zip(atoms, out, strict=True))
        defined = _counted(block, part)
        if not defined.all():
            part = Atoms({a: namespace(v).where(defined, v, 0.0) for a, v in part.items()})
        both = {atom: (part[atom].sum(1), part[swap(atom)].sum(0)) for atom in measure.atoms}
        return block, defined.sum(1), defined.sum(0), both

    for (rows, columns), across, down, both in blocks.map_blocks(
        add_up, measure, units, units, True
    ):
        pairs[rows] += across
        pairs[columns] += down
        for atom, (row_sums, column_sums) in both.items():
            sums[atom][rows] += row_sums
            sums[atom][columns] += column_sums
    total = len(pairs) * (len(pairs) - 1)
    undefined.report_pairs(total - int(pairs.sum()), total)
    some = namespace(pairs).where(pairs > 0, pairs, float("nan"))
    return Atoms({atom: added / some for atom, added in sums.items()})


def decompose_correlations(
    past: Array, future: Array, lagged: Array, *, atoms: tuple[str, ...] = ("sts", "rtr")
) -> Atoms:
    """Gaussian MMI atoms (nats) of all pairs from their correlations, measured or constructed.

    (unit, unit) each: `past`[i, j] = corr(i_t, j_t), `future`[i, j] = corr(i_{t+tau}, j_{t+tau}),
    `lagged`[i, j] = corr(i_t, j_{t+tau}). Returns atom -> (unit, unit); the diagonal and pairs
    whose correlations are singular or impossible are NaN. Raises SynergyError for other shapes
    and where `past` or `future` is not symmetric.
    """
    measure = Measure(atoms=checked_atoms(atoms))
    past, future, lagged = (
        as_float64(values, name)
        for values, name in ((past, "past"), (future, "future"), (lagged, "lagged"))
    )
    check_same_library(past=past, future=future, lagged=lagged)
    shapes = [tuple(values.shape) for values in (past, future, lagged)]
    if len(set(shapes)) > 1 or len(shapes[0]) != 2 or shapes[0][0] != shapes[0][1]:
        raise SynergyError(
            f"past, future and lagged have shapes {shapes[0]}, {shapes[1]} and {shapes[2]}; "
            "expected one square shape (unit, unit)."
        )
    xp = namespace(past)
    past, future, lagged = (
        xp.where(xp.isfinite(v), v, float("nan")) for v in (past, future, lagged)
    )
    gaussian.check_symmetric(past, "past")
    gaussian.check_symmetric(future, "future")
    found = Atoms({atom: empty(past, past.shape) for atom in measure.atoms})
    own = xp.diagonal(lagged)
    for rows, _ in blocks.cut_blocks(len(past), len(past), kernel.SIDE, len(past), symmetric=False):
        selves = (own[rows, None], own[None, :])
        r = gaussian.arrange(past[rows], future[rows], selves, (lagged[rows], lagged.T[rows]))
        for atom, values in atoms_from_entropies(gaussian.entropies(r), measure.atoms).items():
            found[atom][rows] = values
    _blank_diagonal(found)
    _report(found, len(past))
    return found


def _units(
    measure: Measure,
    series: Array,
    partners: Array | None,
    tau: int,
    segments: Sequence[int] | None,
) -> tuple[Any, Any]:
    values = checked_series(series)
    units = measure.functions.prepare(values, tau, segments)
    if partners is None:
        return units, units
    others = checked_series(partners, "partners")
    check_same_library(series=values, partners=others)
    if others.shape[1] != values.shape[1]:
        raise SynergyError(
            f"series have {values.shape[1]} steps and partners {others.shape[1]}; "
            "expected one length, cut them alike."
        )
    return units, measure.functions.prepare(others, tau, segments)


def _mirror(found: Atoms, rows: slice, columns: slice) -> None:
    """Fill the other side of the diagonal from a block, with the atoms' names swapped."""
    beyond = slice(max(columns.start, rows.stop), columns.stop)
    for atom, values in found.items():
        if is_tensor(values):
            found[swap(atom)][beyond, rows] = values[rows, beyond].T
        else:
            kernel.transpose(values, found[swap(atom)], rows, beyond)
    if columns.start == rows.start:
        triu = namespace(values).triu
        above = {atom: triu(values[rows, rows], 1) for atom, values in found.items()}
        for atom, values in found.items():
            values[rows, rows] = triu(values[rows, rows]) + above[swap(atom)].T


def _counted(block: Block, part: Atoms) -> Array:
    """Where a block has defined pairs of a unit with a later one."""
    rows, columns = block
    values = next(iter(part.values()))
    defined = values == values
    if columns.start < rows.stop:
        defined = namespace(values).triu(defined, rows.start - columns.start + 1)
    return defined


def _blank_diagonal(matrices: Atoms) -> None:
    for values in matrices.values():
        values.reshape(-1)[:: len(values) + 1] = float("nan")  # a view: the matrices are our own


def _report(found: Atoms, diagonal: int) -> None:
    """Report how many pairs came out undefined, the diagonal aside."""
    first = next(iter(found.values()))
    missing = int(namespace(first).count_nonzero(first != first)) - diagonal
    undefined.report_pairs(missing, first.shape[0] * first.shape[1] - diagonal)
