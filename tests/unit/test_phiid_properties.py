"""Identities of the decomposition, over random systems."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synergycore.phiid import ATOMS, decompose, decompose_covariance, gaussian
from synergycore.phiid.information import SUBSETS
from synergycore.phiid.lattice import down_set, reverse, swap

seeds = st.integers(0, 2**32 - 1)
MEASURES = st.sampled_from(["mmi", "ccs"])


def covariance(seed):
    mixing = np.random.default_rng(seed).normal(size=(4, 7))
    return mixing @ mixing.T


def series(seed, time=60):
    rng = np.random.default_rng(seed)
    transition = rng.uniform(-0.6, 0.6, (2, 2))
    x = rng.normal(size=(2, time))
    for t in range(1, time):
        x[:, t] += transition @ x[:, t - 1]
    return x


def entropy(cov, members):
    return 0.5 * np.linalg.slogdet(cov[np.ix_(members, members)])[1]


def information(cov, past, future):
    return entropy(cov, past) + entropy(cov, future) - entropy(cov, past + future)


def below(atoms, node):
    return sum(atoms[a] for a in down_set(node))


@given(seeds)
def test_every_information_is_the_sum_of_its_down_set(seed):
    cov = covariance(seed)
    atoms = decompose_covariance(cov)
    sides = {"x": [0], "y": [1], "s": [0, 1]}
    for past, sources in sides.items():
        for future, targets in sides.items():
            expected = information(cov, sources, [t + 2 for t in targets])
            assert below(atoms, f"{past}t{future}") == pytest.approx(expected, abs=1e-10)


@given(seeds)
def test_every_redundancy_is_the_sum_of_its_down_set(seed):
    cov = covariance(seed)
    atoms = decompose_covariance(cov)
    corners = [information(cov, [p], [f]) for p in (0, 1) for f in (2, 3)]
    assert atoms["rtr"] == pytest.approx(min(corners), abs=1e-10)
    for future, targets in {"x": [2], "y": [3], "s": [2, 3]}.items():
        least = min(information(cov, [0], targets), information(cov, [1], targets))
        assert below(atoms, f"rt{future}") == pytest.approx(least, abs=1e-10)
    for past, sources in {"x": [0], "y": [1], "s": [0, 1]}.items():
        least = min(information(cov, sources, [2]), information(cov, sources, [3]))
        assert below(atoms, f"{past}tr") == pytest.approx(least, abs=1e-10)


@given(seeds)
def test_atoms_sum_to_the_time_delayed_mutual_information(seed):
    cov = covariance(seed)
    total = information(cov, [0, 1], [2, 3])
    assert sum(decompose_covariance(cov).values()) == pytest.approx(total, abs=1e-10)


@given(seeds)
def test_entropies_are_half_log_determinants(seed):
    cov = covariance(seed)
    sd = np.sqrt(np.diag(cov))
    r = cov / np.outer(sd, sd)
    nested = [[1 if i == j else r[i, j] for j in range(4)] for i in range(4)]
    found = gaussian.entropies(nested)
    for members in SUBSETS:
        assert found[members] == pytest.approx(entropy(r, list(members)), abs=1e-10)


@settings(deadline=None)
@given(seeds, MEASURES)
def test_swapping_the_series_permutes_the_atoms(seed, redundancy):
    x, y = series(seed)
    one = decompose(x, y, redundancy=redundancy)
    other = decompose(y, x, redundancy=redundancy)
    assert {a: other[swap(a)] for a in ATOMS} == pytest.approx(one, abs=1e-10)


@settings(deadline=None)
@given(seeds, MEASURES)
def test_reversing_time_reverses_the_atoms(seed, redundancy):
    x, y = series(seed)
    one = decompose(x, y, tau=2, redundancy=redundancy)
    other = decompose(x[::-1], y[::-1], tau=2, redundancy=redundancy)
    assert {a: other[reverse(a)] for a in ATOMS} == pytest.approx(one, abs=1e-10)


@settings(deadline=None)
@given(seeds, MEASURES, st.floats(0.01, 100), st.floats(-100, 100))
def test_affine_maps_of_each_series_change_nothing(seed, redundancy, scale, shift):
    x, y = series(seed)
    one = decompose(x, y, redundancy=redundancy)
    other = decompose(-scale * x + shift, y / scale - shift, redundancy=redundancy)
    assert other == pytest.approx(one, abs=1e-9)


@settings(deadline=None)
@given(seeds, MEASURES)
def test_local_values_average_to_the_atoms(seed, redundancy):
    x, y = series(seed)
    mean = decompose(x, y, redundancy=redundancy)
    local = decompose(x, y, redundancy=redundancy, pointwise=True)
    assert all(values.shape == (59,) for values in local.values())
    assert {a: values.mean() for a, values in local.items()} == pytest.approx(mean, abs=1e-10)
