"""The fused kernel against the readable implementation."""

from fractions import Fraction
from threading import Barrier

import numpy as np
import pytest

from synergycore.phiid import (
    ATOMS,
    bias,
    blocks,
    decompose_covariance,
    decompose_pairs,
    gaussian,
    kernel,
    unit_means,
)
from synergycore.phiid.estimators import Measure, atoms_from_entropies
from synergycore.phiid.examples import systems
from synergycore.phiid.kernel import FUSED
from synergycore.phiid.lattice import TOTAL
from synergycore.phiid.windows import cut


def readable(x, y):
    return atoms_from_entropies(gaussian.mean_entropies(x, y), (*ATOMS, TOTAL))


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
def test_all_that_is_fused_agrees(rows, columns, time):
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


def near_singular(count, seed=0):
    """(count, 4, 4) correlations: one to three variables are nearly sums of the others."""
    rng = np.random.default_rng(seed)
    found = np.empty((count, 4, 4))
    for r in found:
        directions = rng.normal(size=(4, 4))
        for i in rng.permutation(4)[: rng.integers(1, 4)]:
            others = np.delete(directions, i, axis=0)
            weights = rng.normal(size=3) * 10 ** rng.uniform(-5, 0.5, 3) * (rng.random(3) < 0.7)
            rest = 10 ** rng.uniform(-8, 0) * rng.normal(size=4)
            directions[i] = weights @ others + rest
        directions /= np.linalg.norm(directions, axis=1)[:, None]
        r[:] = directions @ directions.T
    return found


def determinant(rows):
    """Of a covariance by exact elimination; a pivot of 0 leaves 0."""
    product = Fraction(1)
    while rows and product:
        (pivot, *first), *rest = rows
        weights = [row[0] / pivot if pivot else 0 for row in rest]
        rows = [
            [entry - w * top for entry, top in zip(row[1:], first, strict=True)]
            for row, w in zip(rest, weights, strict=True)
        ]
        product *= pivot
    return product


def least_partial_variance(r):
    """Of four variables given the other three, in exact arithmetic; 0 where they are collinear."""
    exact = [[Fraction(value) for value in row] for row in r.tolist()]
    for i in range(4):
        exact[i][i] = Fraction(1)
    whole, without = determinant(exact), []
    for i in range(4):
        others = [row[:i] + row[i + 1 :] for row in exact[:i] + exact[i + 1 :]]
        without.append(determinant(others))
    return float(min(whole / part for part in without)) if all(without) else 0.0


def both_ways(r):
    """sts and tdmi (2, pair) of correlations (pair, 4, 4): readable formulas, and the kernel."""
    nested = [[1 if i == j else r[:, i, j] for j in range(4)] for i in range(4)]
    readable = atoms_from_entropies(gaussian.entropies(nested), ("sts", TOTAL))
    ratio = np.empty((2, len(r)))
    for k, one in enumerate(r):
        p, f, b, c, d = (one[i, j, None] for i, j in ((0, 1), (2, 3), (0, 3), (1, 2), (1, 3)))
        kernel._synergy(p, f, one[0, 2], b, c, d, gaussian.SINGULAR, *ratio[:, k : k + 1])
    return np.stack(list(readable.values())), -0.5 * np.log(ratio)


@pytest.mark.filterwarnings("error")
def test_both_call_the_same_pairs_undefined_however_near_to_collinear():
    expected, found = both_ways(near_singular(3_000))
    undefined = np.isnan(expected)
    assert 0.1 < undefined.mean() < 0.5
    np.testing.assert_array_equal(np.isnan(found), undefined)
    assert np.isfinite(found[~undefined]).all()


def test_both_refuse_correlations_that_cannot_be():
    """What x and y leave of x' and of y' is negative, and so the product of the two is not."""
    r = np.array(
        [[1, 0, 0.98, -0.98], [0, 1, 0.9, 0.9], [0.98, 0.9, 1, -0.9], [-0.98, 0.9, -0.9, 1]]
    )
    expected, found = both_ways(r[None])
    assert np.isnan(expected).all()
    assert np.isnan(found).all()


def test_pairs_are_undefined_below_a_fifth_of_the_threshold_and_defined_well_above_it():
    r = near_singular(1_500, seed=1)
    found, left = both_ways(r)[1][0], np.array([least_partial_variance(one) for one in r])
    assert np.isnan(found[left < 1e-12]).all()
    assert np.isfinite(found[left > 1e-10]).mean() > 0.95  # the others have huge weights
    assert np.isfinite(found[left > 1e-6]).all()


def test_what_two_ways_differ_by_is_rounding_over_what_is_left():
    r = near_singular(1_500, seed=2)
    expected, found = both_ways(r)
    left = np.array([least_partial_variance(one) for one in r])
    defined = np.isfinite(found)
    allowed = np.broadcast_to(1e-15 / left + 1e-13, defined.shape)
    assert np.all(np.abs(found - expected)[defined] < allowed[defined])


@pytest.mark.parametrize("distance", [1e-9, 1e-8, 1e-7])
def test_two_series_that_are_all_but_one_are_undefined_in_both(distance):
    """1 - corr² is below 1e-13: what little is left may look like anything but independent."""
    series = walk(2, 300)
    series[1] = series[0] + distance * series[1]
    x = cut(series, 1)
    assert np.isnan(fused(x, x)["sts"][0, 1])
    assert np.isnan(fused(x, x)["rtr"][0, 1])
    assert np.isnan(readable(x, x)["sts"][0, 1])


def test_a_fifth_of_a_billionth_left_is_enough():
    """Two readings of one signal, closed form: a threshold of 1e-8 would refuse them."""
    system = systems.common_driver(0.8, 1e-9)
    found = decompose_covariance(system.covariance())
    assert found == pytest.approx(system.atoms, rel=0, abs=1e-6)


def test_results_repeat_bit_by_bit_whatever_the_threads(monkeypatch):
    series = walk(300, 60)
    results = []
    for threads, pairs_worth_them in ((1, 0), (3, 0), (2, 10**9)):
        monkeypatch.setattr(blocks, "WORTH_THREADS", pairs_worth_them)
        monkeypatch.setattr(blocks, "cores", lambda threads=threads: threads)
        results.append([way(series, atoms=FUSED) for way in (decompose_pairs, unit_means)])
    for pairs, means in results[1:]:
        for atom in FUSED:
            np.testing.assert_array_equal(pairs[atom], results[0][0][atom])
            np.testing.assert_array_equal(means[atom], results[0][1][atom])


def test_blocks_are_dealt_out_until_none_is_left(monkeypatch):
    series = walk(300, 60)
    expected, means = decompose_pairs(series, atoms=FUSED), unit_means(series, atoms=FUSED)
    monkeypatch.setattr(blocks, "WORTH_THREADS", 0)
    monkeypatch.setattr(blocks, "WAITING", 2)
    found, found_means = decompose_pairs(series, atoms=FUSED), unit_means(series, atoms=FUSED)
    for atom in FUSED:
        np.testing.assert_array_equal(found[atom], expected[atom])
        np.testing.assert_array_equal(found_means[atom], means[atom])


def test_results_come_in_the_order_of_blocks_whichever_thread_was_first(monkeypatch):
    monkeypatch.setattr(blocks, "WORTH_THREADS", 0)
    monkeypatch.setattr(blocks, "cores", lambda: 2)
    units, together = cut(walk(6 * kernel.SIDE, 10), 1), Barrier(2)

    def work(block):
        together.wait(timeout=10)  # each thread must take every second block
        return block

    measure, partners = Measure(atoms=FUSED), units.rows(slice(0, 1))
    found = [rows.start for rows, _ in blocks.map_blocks(work, measure, units, partners, False)]
    assert found == [kernel.SIDE * k for k in range(6)]


def test_correction_of_bias_reaches_what_the_kernel_wrote():
    series, others = walk(70, 60), walk(5, 60, seed=1)
    shift = bias.atom_bias(freedom=58)
    for partners in (None, others):
        how = {"atoms": FUSED, "partners": partners}
        plain = decompose_pairs(series, **how)
        corrected = decompose_pairs(series, **how, bias_correction=True)
        for atom in FUSED:
            np.testing.assert_allclose(corrected[atom], plain[atom] - shift[atom], atol=1e-12)
    plain, corrected = (unit_means(series, atoms=FUSED, bias_correction=b) for b in (False, True))
    for atom in FUSED:
        np.testing.assert_allclose(corrected[atom], plain[atom] - shift[atom], atol=1e-12)


@pytest.mark.parametrize(
    ("how", "held"),
    [
        ({}, 1),
        ({"estimator": "discrete"}, 16),
        ({"redundancy": "ccs"}, 300),
        ({"estimator": "copula", "redundancy": "ccs"}, 300),
        ({"estimator": "discrete", "redundancy": "ccs"}, 16),
    ],
)
def test_blocks_are_small_enough_for_what_each_pair_holds(how, held):
    rows, columns = blocks.block_shape(Measure(**how), cut(walk(2, 301), 1))
    assert blocks.CACHED / 2 < rows * columns * held <= blocks.CACHED
    assert rows <= kernel.SIDE


def test_ccs_of_long_series_holds_a_chunk_of_time():
    units = cut(walk(2, 3 * gaussian.CHUNK), 1)
    rows, columns = blocks.block_shape(Measure(redundancy="ccs"), units)
    assert blocks.CACHED / 2 < rows * columns * gaussian.CHUNK <= blocks.CACHED


def test_other_atoms_leave_what_is_fused_as_it_is():
    series = walk(70, 60)
    alone = decompose_pairs(series, atoms=FUSED)
    among = decompose_pairs(series, atoms=(*ATOMS, TOTAL))
    for atom in FUSED:
        np.testing.assert_allclose(alone[atom], among[atom], rtol=0, atol=1e-10)


@pytest.mark.parametrize(
    ("how", "fused_here"),
    [
        ({}, True),
        ({"atoms": ("rtr",)}, True),
        ({"atoms": ("rtr", "tdmi")}, True),
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
