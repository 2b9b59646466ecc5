"""The sixteen atoms of ΦID and the lattice that orders them: the one place where they are named.

Two sources have four ways to hold information (Williams & Beer 2010): redundantly {x}{y}, in x
alone, in y alone, or only jointly {xy}. ΦID (Mediano et al. 2019, arXiv:1909.02297) asks this of
the past and of the future at once, so its lattice is the product of two such lattices.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product

import numpy as np

from synergycore.phiid.arrays import Array

ANTICHAINS = {"r": ("x", "y"), "x": ("x",), "y": ("y",), "s": ("xy",)}
"""Letter of each way to hold information -> the sets of sources that each hold it alone."""

ATOMS = tuple(f"{past}t{future}" for past, future in product(ANTICHAINS, ANTICHAINS))
"""The 16 atoms `<past>t<future>`: `rtr` is redundancy that stays, `sts` synergy that stays."""

TOTAL = "tdmi"
"""Name of the time-delayed mutual information I(x, y; x', y'), the sum of all sixteen atoms."""


class Atoms(dict[str, Array]):
    """Values by atom name, in nats; otherwise a plain dict."""

    unit = "nats"


def precedes(lower: str, upper: str) -> bool:
    """Order of the two-source lattice: whoever holds `upper` together also holds `lower`."""
    return all(any(set(a) <= set(b) for a in ANTICHAINS[lower]) for b in ANTICHAINS[upper])


def down_set(atom: str) -> tuple[str, ...]:
    """The atoms at or below an atom in the product order; they sum to its redundant information."""
    return tuple(o for o in ATOMS if precedes(o[0], atom[0]) and precedes(o[2], atom[2]))


def swap(atom: str) -> str:
    """The name this atom takes when x and y change places."""
    return atom.translate(str.maketrans("xy", "yx"))


def reverse(atom: str) -> str:
    """The name this atom takes when time runs backwards: α→β becomes β→α."""
    return atom[::-1]


ZETA = np.array([[below in down_set(atom) for below in ATOMS] for atom in ATOMS], dtype=np.int64)
"""(16, 16): redundant information of a node = ZETA @ atoms."""

MOBIUS = np.rint(np.linalg.inv(ZETA)).astype(np.int64)
"""(16, 16): atoms = MOBIUS @ redundant information of the nodes; every entry is -1, 0 or 1."""


def coefficients(atom: str) -> dict[str, int]:
    """Node -> the sign with which its redundant information enters an atom, or TOTAL.

    The node sts is above all others: its redundant information is the sum of the atoms.
    """
    if atom == TOTAL:
        return {"sts": 1}
    return {
        node: int(c) for node, c in zip(ATOMS, MOBIUS[ATOMS.index(atom)], strict=True) if c != 0
    }


def invert(redundant: Mapping[str, Array], atoms: tuple[str, ...] = ATOMS) -> Atoms:
    """Möbius inversion: redundant information of the 16 nodes -> the atoms asked for (same unit).

    TOTAL may be among them. The values may be scalars or arrays that broadcast together.
    """
    return Atoms(
        {
            atom: sum(sign * redundant[node] for node, sign in coefficients(atom).items())
            for atom in atoms
        }
    )
