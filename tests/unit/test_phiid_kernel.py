"""The fused kernel against the readable implementation."""

import numpy as np
import pytest

from synergycore.phiid import ATOMS, blocks, decompose_pairs, gaussian, kernel, unit_means
from synergycore.phiid.estimators import atoms_from_entropies
from synergycore.phiid.kernel import FUSED
from synergycore.phiid.windows import cut


def readable(x, y):
    return atoms_from_entropies(gaussian.mean_entropies(x, y))


def fused(x, y, atoms=FUSED):
    out = np.empty((len(atoms), len(x.past), len(y.past)))
    kernel.fill(x, y, atoms, out)
    return dict(zip(atoms, out, strict=True))


def walk(units, time, seed=0):
    rng = np.random.default_rng(seed)
    shared = rng.normal(size=time).cumsum()
    series = rng.normal(size=(units, time)).cumsum(1) * rng.uniform(0, 1, (units, 1))
    return series + rng.normal(size=(units, time)) + shared * rng.uniform(-1, 1, (units, 1))


@pytest.mark.parametrize("time", [7, 100, 124, 125, 126, 500])
@pytest.mark.parametrize(("rows", "columns"), [(1, 1), (3, 64), (64, 65), (40, 200)])
def test_both_atoms_agree(rows, columns, time):
    x, y = cut(walk(rows, time), 1), cut(walk(columns, time, seed=1), 1)
    found, expected = fused(x, y), readable(x, y)
    for atom in FUSED:
        np.testing.assert_allclose(found[atom], expected[atom], rtol=0, atol=1e-10)


@pytest.mark.parametrize("atom", FUSED)
def test_atoms_can_be_asked_for_one_by_one(atom):
    x = cut(walk(5, 50), 1)
    np.testing.assert_array_equal(fused(x, x, (atom,))[atom], fused(x, x)[atom])


def test_a_block_is_written_where_it_was_asked_for_and_nowhere_else():
    x, y = cut(walk(3, 50), 1), cut(walk(4, 50, seed=1), 1)
    out = np.full((1, 10, 12), 7.0)
    kernel.fill(x, y, ("sts",), out, 2, 5)
    np.testing.assert_array_equal(out[0, 2:5, 5:9], fused(x, y, ("sts",))["sts"])
    out[0, 2:5, 5:9] = 7
    assert (out == 7).all()


def test_undefined_pairs_agree():
    series = walk(6, 50)
    series[2], series[4] = np.nan, 3 * series[1] - 1
    series[5, :-1] = series[0, 1:]  # follows unit 0 exactly
    x = cut(series, 1)
    found, expected = fused(x, x), readable(x, x)
    undefined = np.isnan(expected["sts"])
    assert undefined[2].all()
    assert undefined[1, 4]
    assert undefined[0, 5]
    assert not undefined[0, 1]
    for atom in FUSED:
        np.testing.assert_array_equal(np.isnan(found[atom]), undefined)
        np.testing.assert_array_equal(np.isnan(expected[atom]), undefined)


def test_nearly_collinear_pairs_agree_to_what_the_condition_allows():
    series = walk(2, 200)
    series[1] = series[0] + 1e-3 * series[1]
    x = cut(series, 1)
    found, expected = fused(x, x), readable(x, x)
    for atom in FUSED:
        np.testing.assert_allclose(found[atom][0, 1], expected[atom][0, 1], rtol=0, atol=1e-6)


def test_results_repeat_bit_by_bit_whatever_the_threads(monkeypatch):
    series = walk(300, 60)
    results = []
    for threads, pairs_worth_them in ((1, 0), (3, 0), (2, 10**9)):
        monkeypatch.setattr(blocks, "WORTH_THREADS", pairs_worth_them)
        monkeypatch.setattr(blocks, "cores", lambda threads=threads: threads)
        results.append((decompose_pairs(series), unit_means(series)))
    for pairs, means in results[1:]:
        for atom in FUSED:
            np.testing.assert_array_equal(pairs[atom], results[0][0][atom])
            np.testing.assert_array_equal(means[atom], results[0][1][atom])


def test_other_atoms_leave_synergy_and_redundancy_as_they_are():
    series = walk(70, 60)
    alone, among = decompose_pairs(series), decompose_pairs(series, atoms=ATOMS)
    for atom in FUSED:
        np.testing.assert_allclose(alone[atom], among[atom], rtol=0, atol=1e-10)


@pytest.mark.parametrize(
    ("how", "fused_here"),
    [
        ({}, True),
        ({"atoms": ("rtr",)}, True),
        ({"estimator": "copula"}, True),
        ({"atoms": ("sts", "xty")}, False),
        ({"redundancy": "ccs"}, False),
        ({"estimator": "discrete"}, False),
    ],
)
def test_the_kernel_is_used_where_it_can_be(how, fused_here, monkeypatch):
    calls = []
    real = kernel.fill
    monkeypatch.setattr(kernel, "fill", lambda *args: (calls.append(args), real(*args)))
    decompose_pairs(walk(4, 40), **how)
    assert bool(calls) is fused_here
