"""All pairs against one pair at a time, for every option and both libraries."""

from itertools import product

import numpy as np
import pytest
import torch

from synergycore.phiid import (
    ATOMS,
    blocks,
    decompose,
    decompose_correlations,
    decompose_pairs,
    kernel,
    unit_means,
)
from synergycore.phiid.lattice import swap

OPTIONS = list(product(("gaussian", "copula", "discrete"), ("mmi", "ccs")))


def walk(units=5, time=50, seed=0):
    noise = np.random.default_rng(seed).normal(size=(units, time))
    series = noise.copy()
    for t in range(1, time):
        series[:, t] += 0.5 * series[:, t - 1] + 0.2 * np.roll(series[:, t - 1], 1)
    return series


@pytest.fixture(params=[(2, 3), (64, 256)], ids=["small blocks", "one block"])
def _block(request, monkeypatch):
    monkeypatch.setattr(blocks, "block_shape", lambda measure, units: request.param)


@pytest.mark.usefixtures("_block")
@pytest.mark.parametrize("tau", [1, 3])
@pytest.mark.parametrize(("estimator", "redundancy"), OPTIONS)
def test_all_pairs_equal_one_pair_at_a_time(estimator, redundancy, tau):
    series, how = walk(), {"estimator": estimator, "redundancy": redundancy, "tau": tau}
    found = decompose_pairs(series, atoms=ATOMS, **how)
    for i in range(5):
        for j in range(5):
            got = {atom: found[atom][i, j] for atom in ATOMS}
            if i == j:
                assert np.isnan(list(got.values())).all()
            else:
                assert got == pytest.approx(decompose(series[i], series[j], **how), abs=1e-10)


@pytest.mark.usefixtures("_block")
@pytest.mark.parametrize(("estimator", "redundancy"), OPTIONS)
def test_partners_pair_two_sets_of_units(estimator, redundancy):
    series, others = walk(), walk(4, seed=9)
    how = {"estimator": estimator, "redundancy": redundancy}
    found = decompose_pairs(series, partners=others, atoms=ATOMS, **how)
    assert found["sts"].shape == (5, 4)
    for i in range(5):
        for j in range(4):
            got = {atom: found[atom][i, j] for atom in ATOMS}
            assert got == pytest.approx(decompose(series[i], others[j], **how), abs=1e-10)


@pytest.mark.parametrize("options", [{"tau": 3}, {"segments": (20, 30)}, {"atoms": ("sts", "rtr")}])
@pytest.mark.parametrize("estimator", ["gaussian", "copula", "discrete"])
def test_partners_are_prepared_like_the_series(estimator, options):
    series, others = walk(), walk(4, seed=9) + np.repeat([0, 30], [20, 30])
    how = {"estimator": estimator, **options}
    found = decompose_pairs(series, partners=others, **how)
    how.pop("atoms", None)
    for i, j in product(range(5), range(4)):
        expected = decompose(series[i], others[j], **how)
        got = {atom: found[atom][i, j] for atom in ("sts", "rtr")}
        assert got == pytest.approx({a: expected[a] for a in got}, abs=1e-10)


@pytest.mark.usefixtures("_block")
@pytest.mark.parametrize(("estimator", "redundancy"), OPTIONS)
def test_unit_means_are_the_row_means(estimator, redundancy):
    series, how = walk(), {"estimator": estimator, "redundancy": redundancy, "atoms": ATOMS}
    series[3] = 1.0
    every = decompose_pairs(series, **how)
    means = unit_means(series, **how)
    for atom in ATOMS:
        defined = np.delete(every[atom], 3, axis=0)
        expected = np.insert(np.nanmean(defined, axis=1), 3, np.nan)
        np.testing.assert_allclose(means[atom], expected, rtol=0, atol=1e-10)


@pytest.mark.usefixtures("_block")
@pytest.mark.parametrize(("estimator", "redundancy"), OPTIONS)
def test_transposing_a_matrix_swaps_its_atom_exactly(estimator, redundancy):
    found = decompose_pairs(walk(), atoms=ATOMS, estimator=estimator, redundancy=redundancy)
    for atom in ATOMS:
        np.testing.assert_array_equal(found[atom], found[swap(atom)].T)


def test_only_the_atoms_asked_for_come_back():
    series = walk()
    assert list(decompose_pairs(series)) == ["sts", "rtr"]
    assert list(unit_means(series, atoms=("xty",))) == ["xty"]
    both = decompose_pairs(series, atoms=("xty", "ytx"))
    alone = decompose_pairs(series, atoms=("xty",))
    np.testing.assert_array_equal(alone["xty"], both["xty"])


@pytest.mark.parametrize("partners", [None, walk(4, seed=9)], ids=["within", "partners"])
@pytest.mark.parametrize("atoms", [("sts", "sts"), ("rtr", "xty", "rtr", "xty")])
def test_atoms_named_twice_come_back_once(atoms, partners):
    series = walk()
    found = decompose_pairs(series, atoms=atoms, partners=partners)
    expected = decompose_pairs(series, atoms=ATOMS, partners=partners)
    assert list(found) == list(dict.fromkeys(atoms))
    for atom, values in found.items():
        np.testing.assert_allclose(values, expected[atom], rtol=0, atol=1e-12)
    if partners is None:
        means, every = unit_means(series, atoms=atoms), unit_means(series, atoms=ATOMS)
        for atom, values in means.items():
            np.testing.assert_allclose(values, every[atom], rtol=0, atol=1e-12)


@pytest.mark.parametrize("convert", [np.asarray, torch.from_numpy], ids=["numpy", "torch"])
def test_correlations_of_more_units_than_a_block_has(convert):
    units = 2 * kernel.SIDE + 3
    series = np.random.default_rng(2).normal(size=(units, 40)).cumsum(1)
    corr = np.corrcoef(np.vstack([series[:, :-1], series[:, 1:]]))
    past, future, lagged = corr[:units, :units], corr[units:, units:], corr[:units, units:]
    found = decompose_correlations(convert(past), convert(future), convert(lagged))
    expected = decompose_pairs(series)
    for atom in ("sts", "rtr"):
        np.testing.assert_allclose(found[atom], expected[atom], rtol=0, atol=1e-9)


def test_correlations_give_what_the_series_give():
    series = walk()
    corr = np.corrcoef(np.vstack([series[:, :-1], series[:, 1:]]))
    found = decompose_correlations(corr[:5, :5], corr[5:, 5:], corr[:5, 5:], atoms=ATOMS)
    expected = decompose_pairs(series, atoms=ATOMS)
    for atom in ATOMS:
        np.testing.assert_allclose(found[atom], expected[atom], rtol=0, atol=1e-10)


@pytest.mark.parametrize(("estimator", "redundancy"), OPTIONS)
def test_torch_tensors_give_torch_tensors_with_the_same_values(estimator, redundancy):
    series, how = walk(), {"estimator": estimator, "redundancy": redundancy, "atoms": ATOMS}
    expected, means = decompose_pairs(series, **how), unit_means(series, **how)
    tensor = torch.from_numpy(series)
    found, found_means = decompose_pairs(tensor, **how), unit_means(tensor, **how)
    one = decompose(tensor[0], tensor[1], estimator=estimator, redundancy=redundancy)
    for atom in ATOMS:
        assert isinstance(found[atom], torch.Tensor)
        assert found[atom].dtype == torch.float64
        np.testing.assert_allclose(found[atom].numpy(), expected[atom], rtol=0, atol=1e-10)
        np.testing.assert_allclose(found_means[atom].numpy(), means[atom], rtol=0, atol=1e-10)
        assert one[atom] == pytest.approx(expected[atom][0, 1], abs=1e-10)


@pytest.mark.parametrize(("estimator", "redundancy"), OPTIONS)
def test_torch_tensors_give_the_same_local_values(estimator, redundancy):
    series, how = walk(), {"estimator": estimator, "redundancy": redundancy, "pointwise": True}
    expected = decompose(series[0], series[1], **how)
    tensor = torch.from_numpy(series)
    found = decompose(tensor[0], tensor[1], **how)
    for atom in ATOMS:
        assert isinstance(found[atom], torch.Tensor)
        np.testing.assert_allclose(found[atom].numpy(), expected[atom], rtol=0, atol=1e-10)


def test_the_unit_is_carried_with_the_result():
    series = walk()
    for result in (decompose_pairs(series), unit_means(series), decompose(series[0], series[1])):
        assert result.unit == "nats"
