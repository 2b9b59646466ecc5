"""The estimators by name: how each prepares series, and the informations it sees in pairs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from synergycore.errors import SynergyError
from synergycore.phiid import gaussian, redundancy, windows
from synergycore.phiid.arrays import Array, namespace
from synergycore.phiid.information import mutual_information
from synergycore.phiid.lattice import ATOMS, Atoms, invert

WHOLE = (0, 1, 2, 3)


@dataclass(frozen=True)
class Estimator:
    """`prepare(series, tau)` gives units; two sets of units give entropies of all their pairs."""

    prepare: Callable[[Array, int], Any]
    mean: Callable[[Any, Any], dict]
    """Average entropies by subset, (unit, unit)."""
    local: Callable[[Any, Any], dict]
    """Local entropies by subset, (unit, unit, sample)."""


ESTIMATORS = {
    "gaussian": Estimator(windows.cut, gaussian.mean_entropies, gaussian.local_entropies),
}


def choose(estimator: str, measure: str) -> Estimator:
    """Raises SynergyError for an unknown estimator or redundancy function."""
    if estimator not in ESTIMATORS:
        raise SynergyError(
            f"unknown estimator {estimator!r}; choose one of {', '.join(ESTIMATORS)}."
        )
    if measure not in redundancy.REDUNDANCIES:
        raise SynergyError(
            f"unknown redundancy {measure!r}; choose one of {', '.join(redundancy.REDUNDANCIES)}."
        )
    return ESTIMATORS[estimator]


def checked_atoms(atoms: tuple[str, ...]) -> tuple[str, ...]:
    """Raises SynergyError for a name that is not an atom, and for none at all."""
    chosen = (atoms,) if isinstance(atoms, str) else tuple(atoms)
    if not chosen:
        raise SynergyError(f"no atoms were asked for; choose among {', '.join(ATOMS)}.")
    if unknown := [name for name in chosen if name not in ATOMS]:
        raise SynergyError(f"unknown atom {unknown[0]!r}; choose among {', '.join(ATOMS)}.")
    return chosen


def pair_atoms(
    estimator: Estimator, measure: str, x: Any, y: Any, atoms: tuple[str, ...] = ATOMS
) -> Atoms:
    """Average atoms (nats) of every unit of `x` with every unit of `y`: (unit, unit) arrays."""
    if measure == "mmi":
        return atoms_from_entropies(estimator.mean(x, y), atoms)
    local = local_atoms(estimator, measure, x, y, atoms)
    return Atoms({atom: values.mean(-1) for atom, values in local.items()})


def local_atoms(
    estimator: Estimator, measure: str, x: Any, y: Any, atoms: tuple[str, ...] = ATOMS
) -> Atoms:
    """Atoms (nats) sample by sample: (unit, unit, sample) arrays that average to the atoms."""
    local = mutual_information(estimator.local(x, y))
    if measure == "ccs":
        return invert(redundancy.ccs(local), atoms)
    mean = {node: values.mean(-1)[..., None] for node, values in local.items()}
    return invert(redundancy.mmi(mean, local), atoms)


def atoms_from_entropies(entropies: dict, atoms: tuple[str, ...] = ATOMS) -> Atoms:
    """MMI atoms (nats) from average entropies by subset; NaN where the whole is undefined."""
    whole = entropies[WHOLE]
    xp = namespace(whole)
    found = invert(redundancy.mmi(mutual_information(entropies)), atoms)
    return Atoms({a: xp.where(whole == whole, v, float("nan") * v) for a, v in found.items()})
