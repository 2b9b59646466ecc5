"""All pairs at once, in blocks that stay in cache: matrices of atoms, or means over partners."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

from synergycore.errors import SynergyError
from synergycore.phiid import gaussian
from synergycore.phiid.arrays import Array, as_float64, full, is_tensor, namespace
from synergycore.phiid.estimators import (
    Estimator,
    atoms_from_entropies,
    checked_atoms,
    choose,
    pair_atoms,
)
from synergycore.phiid.lattice import Atoms, swap
from synergycore.phiid.windows import checked_series, checked_tau

log = logging.getLogger(__name__)


def decompose_pairs(
    series: Array,
    *,
    tau: int = 1,
    estimator: str = "gaussian",
    redundancy: str = "mmi",
    atoms: tuple[str, ...] = ("sts", "rtr"),
    partners: Array | None = None,
) -> Atoms:
    """Atoms (nats) of all pairs of units, as `decompose` gives them one by one.

    `series`: (unit, time). Returns atom -> (unit, unit) array of the same library and device;
    [i, j] has x = unit i, y = unit j. With `partners` (M, time), [i, j] pairs unit i of `series`
    with unit j of `partners`: (unit, M). The diagonal and undefined pairs are NaN, and their
    number is logged. Raises SynergyError for other shapes, unequal lengths, unknown options.
    """
    how, atoms = choose(estimator, redundancy), checked_atoms(atoms)
    x, y = _units(how, series, partners, checked_tau(tau))
    shape = (len(series), len(series if partners is None else partners))
    like = x.past
    found = Atoms({atom: full(like, shape, float("nan")) for atom in atoms})
    for rows, columns in _tiles(*shape, _side(like, redundancy), symmetric=partners is None):
        tile = _tile(how, redundancy, x.rows(rows), y.rows(columns), atoms, partners is None)
        for atom in atoms:
            found[atom][rows, columns] = tile[atom]
            if partners is None:
                found[atom][columns, rows] = tile[swap(atom)].T
    if partners is None:
        _blank_diagonal(found)
    _report(found, shape[0] if partners is None else 0)
    return found


def unit_means(
    series: Array,
    *,
    tau: int = 1,
    estimator: str = "gaussian",
    redundancy: str = "mmi",
    atoms: tuple[str, ...] = ("sts", "rtr"),
) -> Atoms:
    """Mean of the atoms (nats) of every unit over its partners: atom -> (unit,) array.

    `series`: (unit, time). The mean is over defined pairs, x being the unit; NaN for a unit that
    has none. Streams blocks of pairs: memory grows with units, never with pairs. Raises
    SynergyError as `decompose_pairs` does.
    """
    how, atoms = choose(estimator, redundancy), checked_atoms(atoms)
    units, _ = _units(how, series, None, checked_tau(tau))
    count, like = len(series), units.past
    sums = {atom: full(like, (count,), 0.0) for atom in atoms}
    pairs = full(like, (count,), 0.0)
    for rows, columns in _tiles(count, count, _side(like, redundancy), symmetric=True):
        tile = _tile(how, redundancy, units.rows(rows), units.rows(columns), atoms, True)
        if rows == columns:
            _blank_diagonal(tile)
        xp = namespace(like)
        defined = ~xp.isnan(tile[atoms[0]])
        pairs[rows] += defined.sum(1)
        for atom in atoms:
            sums[atom][rows] += xp.nansum(tile[atom], 1)
        if rows != columns:
            pairs[columns] += defined.sum(0)
            for atom in atoms:
                sums[atom][columns] += xp.nansum(tile[swap(atom)], 0)
    xp = namespace(like)
    some = xp.where(pairs > 0, pairs, float("nan") * pairs)
    return Atoms({atom: total / some for atom, total in sums.items()})


def decompose_correlations(
    past: Array, future: Array, lagged: Array, *, atoms: tuple[str, ...] = ("sts", "rtr")
) -> Atoms:
    """Gaussian MMI atoms (nats) of all pairs from their correlations, measured or constructed.

    (unit, unit) each: `past`[i, j] = corr(i_t, j_t), `future`[i, j] = corr(i_{t+tau}, j_{t+tau}),
    `lagged`[i, j] = corr(i_t, j_{t+tau}). Returns atom -> (unit, unit); the diagonal and pairs
    whose correlations are singular or impossible are NaN. Raises SynergyError for other shapes.
    """
    atoms = checked_atoms(atoms)
    past, future, lagged = (
        as_float64(values, name)
        for values, name in ((past, "past"), (future, "future"), (lagged, "lagged"))
    )
    if past.ndim != 2 or past.shape[0] != past.shape[1]:
        raise SynergyError(f"past has shape {tuple(past.shape)}; expected (unit, unit).")
    if not past.shape == future.shape == lagged.shape:
        raise SynergyError(
            f"past, future and lagged have shapes {tuple(past.shape)}, {tuple(future.shape)}, "
            f"{tuple(lagged.shape)}; expected one shape (unit, unit)."
        )
    own = namespace(lagged).diagonal(lagged)
    r = gaussian.arrange(past, future, (own[:, None], own[None, :]), (lagged, lagged.T))
    found = atoms_from_entropies(gaussian.entropies(r), atoms)
    _blank_diagonal(found)
    _report(found, len(past))
    return found


def _units(how: Estimator, series: Array, partners: Array | None, tau: int) -> tuple[Any, Any]:
    values = checked_series(series)
    if partners is None:
        units = how.prepare(values, tau)
        return units, units
    others = checked_series(partners, "partners")
    if others.shape[1] != values.shape[1]:
        raise SynergyError(
            f"series have {values.shape[1]} steps and partners {others.shape[1]}; "
            "expected one length, cut them alike."
        )
    return how.prepare(values, tau), how.prepare(others, tau)


def _tile(
    how: Estimator, redundancy: str, x: Any, y: Any, atoms: tuple[str, ...], mirrored: bool
) -> Atoms:
    """One block of pairs, with the atoms that its mirror image will need."""
    needed = tuple(dict.fromkeys((*atoms, *(map(swap, atoms) if mirrored else ()))))
    return pair_atoms(how, redundancy, x, y, needed)


def _side(like: Array, redundancy: str) -> int:
    """Units along the side of a block: its arrays should fit the cache (or fill the GPU)."""
    elements = 2**24 if is_tensor(like) and like.is_cuda else 2**16
    samples = like.shape[-1] if redundancy == "ccs" else 1
    return max(int((elements / samples) ** 0.5), 1)


def _tiles(rows: int, columns: int, side: int, *, symmetric: bool) -> Iterator[tuple[slice, slice]]:
    """Blocks of the pair matrix; only those on and above the diagonal where it is symmetric."""
    for i in range(0, rows, side):
        for j in range(i if symmetric else 0, columns, side):
            yield slice(i, min(i + side, rows)), slice(j, min(j + side, columns))


def _blank_diagonal(matrices: Atoms) -> None:
    for values in matrices.values():
        diagonal = range(len(values))
        values[diagonal, diagonal] = float("nan")


def _report(found: Atoms, diagonal: int) -> None:
    """Log how many pairs came out undefined, the diagonal aside."""
    first = next(iter(found.values()))
    undefined = int(namespace(first).isnan(first).sum()) - diagonal
    if undefined:
        total = first.shape[0] * first.shape[1] - diagonal
        log.warning("%d of %d ordered pairs are undefined (NaN)", undefined, total)
