"""Sums of atoms that have names of their own (Mediano et al. 2021, arXiv:2109.13186); all in nats.

Each takes what `decompose` or `decompose_pairs` returns, with all the atoms it adds up.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from synergycore.errors import SynergyError
from synergycore.phiid.arrays import Array
from synergycore.phiid.lattice import ATOMS, down_set


def _total(atoms: Mapping[str, Array], names: Iterable[str]) -> Array:
    wanted = tuple(names)
    if missing := [name for name in wanted if name not in atoms]:
        raise SynergyError(
            f"the atoms {', '.join(missing)} are missing; decompose with atoms=phiid.ATOMS."
        )
    return sum(atoms[name] for name in wanted)


def tdmi(atoms: Mapping[str, Array]) -> Array:
    """Time-delayed mutual information I(x, y; x', y'): the sum of all sixteen atoms."""
    return _total(atoms, ATOMS)


def phi_wms(atoms: Mapping[str, Array]) -> Array:
    """Whole-minus-sum integration: TDMI - I(x; x') - I(y; y'); negative where redundancy rules."""
    return tdmi(atoms) - _total(atoms, down_set("xtx")) - _total(atoms, down_set("yty"))


def phi_r(atoms: Mapping[str, Array]) -> Array:
    """Revised integration: whole-minus-sum with the redundancy it counted twice added back."""
    return phi_wms(atoms) + _total(atoms, ["rtr"])


def storage(atoms: Mapping[str, Array]) -> Array:
    """Information that stays where it was: rtr + xtx + yty + sts."""
    return _total(atoms, (a for a in ATOMS if a[0] == a[2]))


def copy(atoms: Mapping[str, Array]) -> Array:
    """Unique information that becomes redundant: xtr + ytr."""
    return _total(atoms, ("xtr", "ytr"))


def transfer(atoms: Mapping[str, Array]) -> Array:
    """Unique information that changes sides: xty + ytx."""
    return _total(atoms, ("xty", "ytx"))


def erasure(atoms: Mapping[str, Array]) -> Array:
    """Redundant information that one side loses: rtx + rty."""
    return _total(atoms, ("rtx", "rty"))


def downward_causation(atoms: Mapping[str, Array]) -> Array:
    """Synergy that determines the parts: stx + sty + str."""
    return _total(atoms, ("stx", "sty", "str"))


def upward_causation(atoms: Mapping[str, Array]) -> Array:
    """Parts that determine synergy: xts + yts + rts."""
    return _total(atoms, ("xts", "yts", "rts"))
