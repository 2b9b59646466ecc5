"""Identities of the decomposition, over random systems."""

from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ndtri
from scipy.stats import rankdata

from synergycore.phiid import ATOMS, decompose, decompose_covariance, decompose_pairs, gaussian
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


def coarse(seed, time):
    """Small whole numbers, y partly a copy: bits that tie and informations that are exactly 0."""
    rng = np.random.default_rng(seed)
    x, y = rng.integers(0, rng.integers(2, 5), (2, time))
    y = np.where(rng.random(time) < rng.choice([0, 0.5, 0.9]), np.roll(x, rng.integers(0, 2)), y)
    return x, y


SERIES = st.builds(series, seeds, st.just(60)) | st.builds(coarse, seeds, st.integers(10, 40))
OPTIONS = list(product(("gaussian", "copula", "discrete"), ("mmi", "ccs")))
every_option = pytest.mark.parametrize(("estimator", "redundancy"), OPTIONS)
many = settings(deadline=None, max_examples=60)


def close(atoms):
    return pytest.approx(atoms, rel=0, abs=1e-10, nan_ok=True)


@every_option
@many
@given(SERIES)
def test_swapping_the_series_permutes_the_atoms(estimator, redundancy, pair):
    how = {"estimator": estimator, "redundancy": redundancy}
    one, other = decompose(*pair, **how), decompose(*pair[::-1], **how)
    assert {a: other[swap(a)] for a in ATOMS} == close(one)


@every_option
@many
@given(SERIES)
def test_reversing_time_reverses_the_atoms(estimator, redundancy, pair):
    how = {"estimator": estimator, "redundancy": redundancy, "tau": 2}
    one, other = decompose(*pair, **how), decompose(*(x[::-1] for x in pair), **how)
    assert {a: other[reverse(a)] for a in ATOMS} == close(one)


@every_option
@many
@given(SERIES)
def test_partners_get_the_values_of_the_matrix(estimator, redundancy, pair):
    how = {"estimator": estimator, "redundancy": redundancy, "atoms": ATOMS}
    within = decompose_pairs(np.stack(pair), **how)
    across = decompose_pairs(pair[0][None], partners=pair[1][None], **how)
    assert {a: across[a][0, 0] for a in ATOMS} == close({a: within[a][0, 1] for a in ATOMS})


def series_entropies(pair, estimator):
    """Entropy of any subset of (x, y, x', y') at lag 1, straight from the definitions."""
    if estimator == "copula":
        pair = [ndtri(rankdata(x) / (len(x) + 1)) for x in pair]
    windows = np.array([w for span in (slice(-1), slice(1, None)) for w in (x[span] for x in pair)])
    if estimator != "discrete":
        return lambda members: entropy(np.atleast_2d(np.corrcoef(windows)), members)
    bits = windows > windows.mean(1, keepdims=True)

    def plug_in(members):
        share = np.unique(bits[members], axis=1, return_counts=True)[1] / bits.shape[1]
        return -(share * np.log(share)).sum()

    return plug_in


@every_option
@many
@given(SERIES)
def test_atoms_below_a_node_sum_to_its_information(estimator, redundancy, pair):
    atoms = decompose(*pair, estimator=estimator, redundancy=redundancy)
    if np.isnan(atoms["sts"]):
        return
    entropy_of = series_entropies(pair, estimator)
    sides = {"x": [0], "y": [1], "s": [0, 1]}
    for (p, past), (f, future) in product(sides.items(), sides.items()):
        later = [m + 2 for m in future]
        expected = entropy_of(past) + entropy_of(later) - entropy_of(past + later)
        # nearly collinear whole numbers lose digits to their condition
        assert below(atoms, f"{p}t{f}") == pytest.approx(expected, rel=0, abs=1e-9)
    assert sum(atoms.values()) == pytest.approx(below(atoms, "sts"), rel=0, abs=1e-12)


def share(t, *bits):
    """Samples in which these bits are what they are at sample t."""
    return int(np.all([bit == bit[t] for bit in bits], axis=0).sum())


def shared_by_counting(one, two, target):
    """CCS redundancy (nats) of bits, its signs decided by whole numbers: a zero is a zero."""
    total, samples = 0.0, len(target)
    for t in range(samples):
        a, b, joint = (
            Fraction(share(t, *sources, target) * samples, share(t, *sources) * share(t, target))
            for sources in ([one], [two], [one, two])
        )
        terms = (a, b, joint, a * b / joint)  # exp of the informations and of the co-information
        if all(term > 1 for term in terms) or all(term < 1 for term in terms):
            total += np.log(float(terms[-1]))
    return total / samples


@settings(deadline=None, max_examples=25)
@given(seeds, st.integers(8, 16))
def test_ccs_of_bits_counts_no_sample_whose_information_is_zero(seed, time):
    pair = coarse(seed, time)
    atoms = decompose(*pair, estimator="discrete", redundancy="ccs")
    if np.isnan(atoms["sts"]):
        return
    bits = [w > w.mean() for span in (slice(-1), slice(1, None)) for w in (x[span] for x in pair)]
    x, y, later_x, later_y = bits
    assert below(atoms, "rtx") == pytest.approx(shared_by_counting(x, y, later_x), abs=1e-12)
    assert below(atoms, "rty") == pytest.approx(shared_by_counting(x, y, later_y), abs=1e-12)
    assert below(atoms, "xtr") == pytest.approx(shared_by_counting(later_x, later_y, x), abs=1e-12)


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
