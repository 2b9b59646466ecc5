"""Named sums of atoms, against their definitions in mutual informations."""

import numpy as np
import pytest

from synergycore.errors import SynergyError
from synergycore.phiid import (
    ATOMS,
    aggregates,
    decompose_covariance,
    decompose_pairs,
    decompose_probabilities,
)
from synergycore.phiid.examples import chains, systems


def information(cov, past, future):
    def entropy(members):
        return 0.5 * np.linalg.slogdet(cov[np.ix_(members, members)])[1]

    return entropy(past) + entropy(future) - entropy(past + future)


def test_integration_measures_follow_their_definitions():
    cov = systems.var([[0.5, -0.2], [0.3, 0.4]], 0.3).covariance()
    atoms = decompose_covariance(cov)
    total = information(cov, [0, 1], [2, 3])
    parts = information(cov, [0], [2]) + information(cov, [1], [3])
    assert aggregates.tdmi(atoms) == pytest.approx(total, abs=1e-12)
    assert aggregates.phi_wms(atoms) == pytest.approx(total - parts, abs=1e-12)
    assert aggregates.phi_r(atoms) == pytest.approx(total - parts + atoms["rtr"], abs=1e-12)


def test_redundancy_makes_whole_minus_sum_negative_and_leaves_the_revision_at_zero():
    atoms = decompose_covariance(systems.common_driver(0.8, 1e-4).covariance())
    assert aggregates.phi_wms(atoms) < -0.4
    assert aggregates.phi_r(atoms) == pytest.approx(0, abs=1e-3)


@pytest.mark.parametrize(
    ("chain", "name"),
    [
        (chains.copy_to_x(), "transfer"),
        (chains.parity_to_x(), "downward_causation"),
        (chains.noisy_parity(1.0), "storage"),
        (chains.twin_bits(0.0), "storage"),
        (chains.chain(lambda x, y, x2, y2: float(x2 == y2 == x)), "copy"),
        (chains.chain(lambda x, y, x2, y2: 0.5 * (x2 ^ y2 == x)), "upward_causation"),
    ],
)
def test_each_mode_finds_the_bit_it_is_named_for(chain, name):
    start = np.full(4, 0.25) if name in ("copy", "upward_causation") else chain.start
    atoms = decompose_probabilities(chains.Chain(chain.transition, start=start).table())
    modes = ("storage", "copy", "transfer", "erasure", "downward_causation", "upward_causation")
    found = {mode: getattr(aggregates, mode)(atoms) for mode in modes}
    expected = dict.fromkeys(modes, 0.0) | {name: chains.BIT}
    assert found == pytest.approx(expected, abs=1e-12)


def test_redundancy_that_one_side_forgets_is_erased():
    table = np.zeros((2, 2, 2, 2))
    for bit in (0, 1):
        table[bit, bit, bit, :] = 0.25  # x = y; x' keeps the bit, y' is random
    assert aggregates.erasure(decompose_probabilities(table)) == pytest.approx(chains.BIT)


def test_modes_partition_the_total():
    atoms = decompose_covariance(systems.var([[0.5, -0.2], [0.3, 0.4]], 0.3).covariance())
    modes = ("storage", "copy", "transfer", "erasure", "downward_causation", "upward_causation")
    total = sum(getattr(aggregates, mode)(atoms) for mode in modes)
    assert total == pytest.approx(aggregates.tdmi(atoms), abs=1e-12)


def test_matrices_of_atoms_add_up_too():
    series = np.random.default_rng(0).normal(size=(4, 30))
    atoms = decompose_pairs(series, atoms=ATOMS)
    np.testing.assert_allclose(aggregates.tdmi(atoms), sum(atoms.values()))


def test_missing_atoms_are_named():
    series = np.random.default_rng(0).normal(size=(4, 30))
    with pytest.raises(SynergyError, match="rtx, rty are missing; decompose with atoms"):
        aggregates.erasure(decompose_pairs(series))
