"""The lattice and its inversion, against the definitions written out another way."""

import numpy as np
import pytest

from synergycore.phiid import lattice
from synergycore.phiid.lattice import ATOMS, MOBIUS, ZETA


def test_names_and_their_order():
    assert " ".join(ATOMS) == ("rtr rtx rty rts xtr xtx xty xts ytr ytx yty yts str stx sty sts")


def test_down_sets_of_the_extremes_and_of_a_corner():
    assert lattice.down_set("rtr") == ("rtr",)
    assert lattice.down_set("sts") == ATOMS
    assert lattice.down_set("xty") == ("rtr", "rty", "xtr", "xty")
    assert set(lattice.down_set("xts")) == {a for a in ATOMS if a[0] in "rx"}


def test_inversion_undoes_the_down_set_sums():
    np.testing.assert_array_equal(MOBIUS @ ZETA, np.eye(16, dtype=int))
    assert set(np.unique(MOBIUS)) == {-1, 0, 1}


def test_synergy_enters_with_the_signs_of_the_published_formula():
    plus = {"rtr", "rts", "str", "xtx", "xty", "ytx", "yty", "sts"}
    signs = lattice.coefficients("sts")
    assert signs == {a: 1 if a in plus else -1 for a in ATOMS}


def test_swap_and_reverse_are_involutions_that_respect_the_order():
    for rename in (lattice.swap, lattice.reverse):
        assert [rename(rename(a)) for a in ATOMS] == list(ATOMS)
        for atom in ATOMS:
            assert {rename(b) for b in lattice.down_set(atom)} == set(
                lattice.down_set(rename(atom))
            )
    assert lattice.swap("xts") == "yts"
    assert lattice.reverse("xts") == "stx"


def test_inverting_the_down_set_sums_returns_the_atoms():
    atoms = dict(zip(ATOMS, np.random.default_rng(0).normal(size=16), strict=True))
    nodes = {a: sum(atoms[b] for b in lattice.down_set(a)) for a in ATOMS}
    found = lattice.invert(nodes)
    assert found.unit == "nats"
    assert found == pytest.approx(atoms, abs=1e-12)
