"""Bits with known atoms: exactly, from the printed digits (bits), and by long simulation."""

import numpy as np
import pytest

from synergycore.errors import SynergyError
from synergycore.phiid import decompose, decompose_probabilities
from synergycore.phiid.examples import chains

CLOSED = {
    "noisy parity": chains.noisy_parity(0.95),
    "twin bits": chains.twin_bits(0.1),
    "independent bits": chains.independent_bits(0.1),
    "parity to x": chains.parity_to_x(),
    "copy to x": chains.copy_to_x(),
}

PRINTED = {  # bits; three digits, computed independently (a * marks those from a simulation)
    ("noisy parity", "mmi"): {"sts": 0.714},
    ("twin bits", "mmi"): {"rtr": 0.531},
    ("twin bits", "ccs"): {"rtr": 0.531},
    ("independent bits", "ccs"): {"xtx": 0.531, "yty": 0.531},
    ("parity to x", "mmi"): {"stx": 1.0},
    ("copy to x", "mmi"): {"ytx": 1.0},
}


@pytest.mark.parametrize("name", CLOSED)
def test_table_gives_the_closed_form(name):
    found = decompose_probabilities(CLOSED[name].table())
    assert found == pytest.approx(CLOSED[name].atoms, rel=0, abs=1e-12)


@pytest.mark.parametrize(("name", "redundancy"), PRINTED)
def test_table_has_the_printed_bits_and_nothing_else(name, redundancy):
    found = decompose_probabilities(CLOSED[name].table(), redundancy=redundancy)
    expected = dict.fromkeys(found, 0.0) | PRINTED[name, redundancy]
    assert {a: v / chains.BIT for a, v in found.items()} == pytest.approx(expected, abs=5.1e-4)


def test_mmi_sees_a_whole_bit_of_synergy_between_independent_bits():
    found = decompose_probabilities(CLOSED["independent bits"].table())
    assert found["sts"] / chains.BIT == pytest.approx(2 * 0.531, abs=1e-3)


def test_parity_to_both_is_near_the_printed_simulation():
    found = decompose_probabilities(chains.parity_to_both(0.2).table())
    assert found["str"] / chains.BIT == pytest.approx(0.237, abs=0.005)
    assert found["sts"] / chains.BIT == pytest.approx(0.162, abs=0.005)


@pytest.mark.parametrize("name", CLOSED)
def test_long_simulation_comes_within_the_sampling_error(name):
    x, y = CLOSED[name].simulate(8_000, seed=2)
    found = decompose(x, y, estimator="discrete")
    assert found == pytest.approx(CLOSED[name].atoms, rel=0, abs=0.02)


def test_ccs_of_noisy_parity_is_clean_only_at_the_exact_table():
    """Its mask flips with the sign of informations that are zero: the limit is not approached."""
    chain = chains.noisy_parity(0.95)
    exact = decompose_probabilities(chain.table(), redundancy="ccs")
    assert exact["sts"] / chains.BIT == pytest.approx(0.714, abs=5.1e-4)
    x, y = chain.simulate(20_000, seed=1)
    found = decompose(x, y, estimator="discrete", redundancy="ccs")
    bits = {atom: value / chains.BIT for atom, value in found.items()}
    assert bits["sts"] == pytest.approx(0.49, abs=0.03)
    assert {round(abs(v), 1) for a, v in bits.items() if a != "sts"} == {0.2}


def test_rows_of_every_chain_are_probabilities_and_the_start_is_stationary():
    for chain in (*CLOSED.values(), chains.parity_to_both(0.2)):
        np.testing.assert_allclose(chain.transition.sum(1), 1)
        np.testing.assert_allclose(chain.start @ chain.transition, chain.start, atol=1e-12)


def test_simulations_repeat_with_their_seed():
    one, again = (CLOSED["noisy parity"].simulate(50, seed=3) for _ in range(2))
    np.testing.assert_array_equal(one, again)


def test_chain_without_closed_form_says_so_with_nan():
    assert np.isnan(list(chains.parity_to_both(0.2).atoms.values())).all()


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (np.ones((4, 4)) / 16, r"shape \(4, 4\); expected \(2, 2, 2, 2\)"),
        (np.ones((2, 2, 2, 2)), r"sums to 16 .* divide by the sum"),
        (np.full((2, 2, 2, 2), np.nan), r"expected probabilities"),
    ],
)
def test_tables_that_are_no_distribution_are_refused(table, message):
    with pytest.raises(SynergyError, match=message):
        decompose_probabilities(table)
