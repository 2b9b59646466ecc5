"""Time-delayed mutual information is the sum of all sixteen atoms, however they are estimated."""

import numpy as np
import pytest
import torch

from synergycore.errors import SynergyError
from synergycore.phiid import (
    ATOMS,
    aggregates,
    bias,
    decompose,
    decompose_correlations,
    decompose_pairs,
    lattice,
    unit_means,
)
from synergycore.phiid.examples import systems

ESTIMATORS = ("gaussian", "copula", "discrete")
REDUNDANCIES = ("mmi", "ccs")
ASKED = ("sts", "rtr", "tdmi")


def series(units=6, time=60):
    rng = np.random.default_rng(4)
    return rng.normal(size=(units, time)).cumsum(1) + rng.normal(size=time)


@pytest.mark.parametrize("redundancy", REDUNDANCIES)
@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_all_pairs_and_single_pairs_have_the_sum_of_the_atoms(estimator, redundancy):
    data, how = series(), {"estimator": estimator, "redundancy": redundancy, "tau": 2}
    found = decompose_pairs(data, atoms=ASKED, **how)
    assert tuple(found) == ASKED
    all_atoms = decompose_pairs(data, atoms=ATOMS, **how)
    np.testing.assert_allclose(found["tdmi"], aggregates.tdmi(all_atoms), rtol=0, atol=1e-12)
    np.testing.assert_allclose(found["tdmi"], found["tdmi"].T, rtol=0, atol=1e-12)
    assert np.isnan(np.diag(found["tdmi"])).all()
    one = aggregates.tdmi(decompose(data[1], data[4], **how))
    assert found["tdmi"][1, 4] == pytest.approx(one, abs=1e-12)
    means = unit_means(data, atoms=ASKED, **how)
    np.testing.assert_allclose(means["tdmi"], np.nanmean(found["tdmi"], 1), rtol=0, atol=1e-12)


@pytest.mark.parametrize("convert", [np.asarray, torch.from_numpy], ids=["numpy", "torch"])
def test_it_can_be_asked_for_alone_and_with_other_units(convert):
    data = series()
    whole = decompose_pairs(data, atoms=ASKED)["tdmi"]
    found = decompose_pairs(convert(data), atoms="tdmi")
    assert list(found) == ["tdmi"]
    np.testing.assert_allclose(found["tdmi"], whole, rtol=0, atol=1e-12)
    part = decompose_pairs(convert(data[:2]), partners=convert(data[2:]), atoms=("tdmi", "rtr"))
    np.testing.assert_allclose(part["tdmi"], whole[:2, 2:], rtol=0, atol=1e-12)
    np.testing.assert_allclose(
        unit_means(convert(data), atoms="tdmi")["tdmi"], np.nanmean(whole, 1)
    )


def test_it_is_the_closed_form_of_a_system_with_known_atoms():
    system = systems.ar_pair(0.8, 0.5)
    r = system.covariance()
    r = r / np.sqrt(np.outer(np.diag(r), np.diag(r)))
    found = decompose_correlations(r[:2, :2], r[2:, 2:], r[:2, 2:], atoms=ASKED)
    assert found["tdmi"][0, 1] == pytest.approx(2 * systems.information(0.8), abs=1e-12)


def test_correction_takes_the_bias_of_that_information():
    data = series()
    shift = bias.information_bias(2, 2, 58)
    assert shift == pytest.approx(sum(bias.atom_bias(58)[atom] for atom in ATOMS), abs=1e-15)
    for atoms in (ASKED, (*ATOMS, "tdmi")):
        plain, less = (decompose_pairs(data, atoms=atoms, bias_correction=b) for b in (0, 1))
        np.testing.assert_allclose(less["tdmi"], plain["tdmi"] - shift, rtol=0, atol=1e-12)


def test_undefined_pairs_have_none():
    data = series()
    data[2], data[4] = 1.0, 2 * data[1] - 3
    found = decompose_pairs(data, atoms=ASKED)
    np.testing.assert_array_equal(np.isnan(found["tdmi"]), np.isnan(found["sts"]))
    assert np.isnan(found["tdmi"][1, 4])
    assert np.isfinite(found["tdmi"][0, 1])


def test_the_total_is_no_atom_and_has_one_name_from_both_sides():
    assert lattice.TOTAL not in ATOMS
    assert len(ATOMS) == 16
    assert lattice.swap(lattice.TOTAL) == lattice.TOTAL
    with pytest.raises(SynergyError, match=r"unknown atom 'total'; choose one of rtr, .*, tdmi"):
        decompose_pairs(series(), atoms=("total",))
