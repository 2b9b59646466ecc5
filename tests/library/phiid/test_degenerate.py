"""Series that cannot be decomposed: NaN and a count in the log, never zero, infinity or a crash."""

import logging
from itertools import product

import numpy as np
import pytest
import torch

from synergycore.errors import SynergyError
from synergycore.phiid import (
    ATOMS,
    decompose,
    decompose_correlations,
    decompose_covariance,
    decompose_pairs,
    unit_means,
)

OPTIONS = list(product(("gaussian", "copula", "discrete"), ("mmi", "ccs")))
each_option = pytest.mark.parametrize(("estimator", "redundancy"), OPTIONS)

pytestmark = pytest.mark.filterwarnings("error")


def noise(units=4, time=40, seed=0):
    return np.random.default_rng(seed).normal(size=(units, time)).cumsum(axis=1)


def spoil(kind):
    series = noise()
    match kind:
        case "constant":
            series[2] = 0.1
        case "zero":
            series[2] = 0.0
        case "constant but for its last step":
            series[2, :-1] = 3.0
        case "one NaN":
            series[2, 5] = np.nan
        case "one infinity":
            series[2, 5] = -np.inf
    return series


SPOILT = ["constant", "zero", "constant but for its last step", "one NaN", "one infinity"]


@each_option
@pytest.mark.parametrize("kind", SPOILT)
def test_undefined_unit_is_nan_everywhere_and_counted(kind, estimator, redundancy, caplog):
    series, how = spoil(kind), {"estimator": estimator, "redundancy": redundancy}
    with caplog.at_level(logging.WARNING, "synergycore.phiid"):
        found = decompose_pairs(series, atoms=ATOMS, **how)
    assert "1 of 4 units are constant or not finite (units 2)" in caplog.text
    assert "6 of 12 ordered pairs are undefined" in caplog.text
    defined = ~np.eye(4, dtype=bool)
    defined[2] = defined[:, 2] = False
    for atom in ATOMS:
        np.testing.assert_array_equal(np.isfinite(found[atom]), defined)
        assert np.isnan(found[atom][~defined]).all()
    means = unit_means(series, **how)
    assert np.isnan(means["sts"]).tolist() == [False, False, True, False]
    assert np.isnan(list(decompose(series[0], series[2], **how).values())).all()


@pytest.mark.parametrize("estimator", ["gaussian", "copula", "discrete"])
@pytest.mark.parametrize("convert", [np.asarray, torch.from_numpy], ids=["numpy", "torch"])
def test_constant_of_great_length_is_constant(estimator, convert, caplog):
    """The mean of so many equal values is not that value: the difference must not count."""
    series = noise(time=100_000)
    series[1] = 0.1
    series[2, :-1] = 0.7
    found = np.asarray(decompose_pairs(convert(series), estimator=estimator)["sts"])
    assert np.isnan(found[[1, 2]]).all()
    assert np.isfinite(found[0, 3])
    assert "2 of 4 units are constant or not finite (units 1, 2)" in caplog.text


@pytest.mark.parametrize("estimator", ["gaussian", "copula", "discrete"])
def test_constant_in_every_segment_is_constant(estimator):
    series = noise(time=90_000)
    series[1] = np.repeat([0.1, 0.7, 50.3], 30_000)
    found = decompose_pairs(series, estimator=estimator, segments=(30_000,) * 3)["sts"]
    assert np.isnan(found[1]).all()
    assert np.isfinite(found[0, 2])


@pytest.mark.parametrize(("share", "defined"), [(1e-9, True), (1e-14, False)])
def test_deviations_are_signal_down_to_rounding(share, defined):
    series = noise()
    small = 1 + share * series
    found, expected = decompose(*small[:2]), decompose(*series[:2])
    if defined:
        assert found == pytest.approx(expected, abs=1e-5)
    else:
        assert np.isnan(list(found.values())).all()


@each_option
@pytest.mark.parametrize("convert", [np.asarray, torch.from_numpy], ids=["numpy", "torch"])
@pytest.mark.parametrize("time", [0, 1, 3, 5])
def test_pointwise_values_of_too_short_series_have_their_length(
    time, convert, estimator, redundancy
):
    x, y = convert(noise(2, time))
    how = {"estimator": estimator, "redundancy": redundancy}
    found = decompose(x, y, pointwise=True, **how)
    assert list(found) == list(ATOMS)
    for values in found.values():
        assert tuple(values.shape) == (max(time - 1, 0),)
        assert np.isnan(np.asarray(values)).all()
    pieces = decompose(*convert(noise(2, 20)), pointwise=True, segments=(2,) * 10, **how)
    assert np.isnan(np.asarray(pieces["rtr"])).tolist() == [True] * 10


@each_option
@pytest.mark.parametrize("kind", SPOILT)
def test_pointwise_values_of_undefined_pairs_are_nan_throughout(kind, estimator, redundancy):
    series = spoil(kind)
    how = {"estimator": estimator, "redundancy": redundancy}
    found = decompose(series[0], series[2], pointwise=True, **how)
    assert all(values.shape == (39,) and np.isnan(values).all() for values in found.values())


@pytest.mark.parametrize("redundancy", ["mmi", "ccs"])
@pytest.mark.parametrize("kind", ["identical", "delayed copy", "sum with the future", "periodic"])
def test_pointwise_values_of_collinear_pairs_are_nan_throughout(kind, redundancy):
    x, y = collinear(kind)
    found = decompose(x, y, redundancy=redundancy, pointwise=True)
    assert all(np.isnan(values).all() for values in found.values())


@each_option
def test_segments_that_leave_too_little_freedom_are_nan(estimator, redundancy, caplog):
    """Twelve samples, but nine means: four variables are collinear in what is left."""
    how = {"estimator": estimator, "redundancy": redundancy}
    series = noise(time=21)
    assert np.isnan(decompose_pairs(series, segments=(5, *(2,) * 8), **how)["sts"]).all()
    assert "leave 12 samples, 3 when the means are taken off, fewer than 4" in caplog.text
    enough = decompose_pairs(series, segments=(6, *(2,) * 7, 1), **how)["sts"]
    assert np.isfinite(enough[0, 1])


def test_bias_correction_of_segments_without_freedom_is_nan():
    found = decompose_pairs(noise(time=60), segments=(2,) * 30, bias_correction=True)
    assert np.isnan(found["sts"]).all()


@each_option
def test_masked_values_are_missing(estimator, redundancy, caplog):
    series = np.ma.masked_array(noise(), mask=False)
    series[2, 5] = np.ma.masked
    found = decompose_pairs(series, estimator=estimator, redundancy=redundancy)["sts"]
    assert np.isnan(found[2]).all()
    assert np.isfinite(found[0, 1])
    assert "1 of 4 units are constant or not finite (units 2)" in caplog.text


@each_option
@pytest.mark.parametrize("time", [1, 2, 3, 5])
def test_too_short_series_are_nan_and_logged(time, estimator, redundancy, caplog):
    series, how = noise(time=time), {"estimator": estimator, "redundancy": redundancy}
    with caplog.at_level(logging.WARNING, "synergycore.phiid"):
        assert np.isnan(decompose_pairs(series, **how)["sts"]).all()
    assert f"series of {time} steps at lag 1 leave {max(time - 1, 0)} samples" in caplog.text
    assert np.isnan(unit_means(series, **how)["sts"]).all()
    assert np.isnan(decompose(series[0], series[1], **how)["rtr"])


@each_option
def test_shortest_allowed_series_is_defined(estimator, redundancy):
    series = noise(time=6)
    assert np.isfinite(decompose(series[0], series[1], estimator=estimator)["sts"])


def collinear(kind):
    x, y = noise(2)
    return {
        "identical": (x, x),
        "affine": (x, -2 * x + 3),
        "delayed copy": (x[1:], x[:-1]),
        "affine in single precision": (x, np.float32(2 * x + 3)),
        "sum with the future": (x[:-1], x[:-1] + x[1:]),
        "periodic": (np.tile([1.0, 2.0], 20), y),
    }[kind]


@each_option
@pytest.mark.parametrize(
    "kind",
    [
        "identical",
        "affine",
        "delayed copy",
        "affine in single precision",
        "sum with the future",
        "periodic",
    ],
)
def test_collinear_pairs_are_finite_or_nan(kind, estimator, redundancy):
    x, y = collinear(kind)
    found = np.array(list(decompose(x, y, estimator=estimator, redundancy=redundancy).values()))
    assert not np.isinf(found).any()
    assert np.isnan(found).all() or np.isfinite(found).all()
    if estimator == "gaussian":
        assert np.isnan(found).all()


def test_collinear_pair_leaves_the_other_pairs_alone(caplog):
    series = noise(3)
    with_copy = np.vstack([series, 5 - series[1]])
    found, clean = decompose_pairs(with_copy)["sts"], decompose_pairs(series)["sts"]
    np.testing.assert_allclose(found[:3, :3], clean, rtol=0, atol=1e-10)
    assert np.isnan(found[1, 3])
    assert np.isnan(found[3, 1])
    assert np.isfinite(found[0, 3])
    assert "2 of 12 ordered pairs are undefined" in caplog.text
    caplog.clear()
    means = unit_means(with_copy)["sts"]
    np.testing.assert_allclose(means, np.nanmean(found, axis=1), rtol=0, atol=1e-10)
    assert "2 of 12 ordered pairs are undefined" in caplog.text


@each_option
@pytest.mark.parametrize("dtype", ["int64", "int8", "float32", "float16", "bool"])
def test_other_dtypes_are_analysed_in_double_precision(dtype, estimator, redundancy):
    series = (noise() * 3).astype(dtype)
    series[:, :2] = [0, 1]
    how = {"estimator": estimator, "redundancy": redundancy}
    found, expected = (decompose_pairs(s, **how) for s in (series, series.astype(float)))
    assert found["sts"].dtype == np.float64
    np.testing.assert_array_equal(found["sts"], expected["sts"])


@each_option
def test_non_contiguous_input(estimator, redundancy):
    how = {"estimator": estimator, "redundancy": redundancy}
    wide = noise(8, 80)
    view = wide[::2, ::-2]
    expected = decompose_pairs(view.copy(), **how)["sts"]
    np.testing.assert_allclose(decompose_pairs(view, **how)["sts"], expected, atol=1e-12)
    by_column = np.asfortranarray(view)
    np.testing.assert_allclose(decompose_pairs(by_column, **how)["sts"], expected, atol=1e-12)


@each_option
def test_inputs_are_never_written_to(estimator, redundancy):
    how = {"estimator": estimator, "redundancy": redundancy}
    series, partners, cov = spoil("one NaN"), noise(seed=1), np.cov(noise())
    corr = np.corrcoef(noise())
    for array in (series, partners, cov, corr):
        array.setflags(write=False)
    decompose_pairs(series, **how)
    decompose_pairs(series, partners=partners, **how)
    unit_means(series, **how)
    decompose(series[0], partners[0], **how)
    decompose(series[0], partners[0], pointwise=True, **how)
    decompose_covariance(cov)
    decompose_correlations(corr, corr, corr)


def test_extreme_scales_neither_overflow_nor_underflow():
    x, y = noise(2)
    expected = decompose(x, y)
    assert decompose(x * 1e200, y * 1e-200) == pytest.approx(expected, abs=1e-10)
    tensors = torch.from_numpy(x) * 1e200, torch.from_numpy(y) * 1e-200
    assert decompose(*tensors) == pytest.approx(expected, abs=1e-10)


@pytest.mark.parametrize(
    "cov",
    [
        np.ones((4, 4)),
        np.zeros((4, 4)),
        np.full((4, 4), np.nan),
        -np.eye(4),
        np.eye(4) + 2 * (1 - np.eye(4)),
        np.diag([1, 1, np.inf, 1]),
    ],
    ids=["singular", "zero", "nan", "negative", "indefinite", "infinite"],
)
def test_covariance_that_is_none_gives_nan(cov):
    assert np.isnan(list(decompose_covariance(cov).values())).all()


UNEQUAL = np.array([[1.0, 0.3], [0.2, 1.0]])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda s: decompose(s[0], s[1, :-1]), r"shapes \(40,\) and \(39,\).*one length"),
        (lambda s: decompose(s, s), r"expected two series"),
        (lambda s: decompose(s[0], s[1], tau=0), r"tau is 0; expected a whole number"),
        (lambda s: decompose(s[0], s[1], tau=1.5), r"tau is 1\.5"),
        (lambda s: decompose(s[0], s[1], tau=True), r"tau is True"),
        (lambda s: decompose(s[0], s[1], tau="1"), r"tau is '1'"),
        (lambda s: decompose(s[0], s[1], tau=None), r"tau is None"),
        (lambda s: decompose_pairs(s, tau=np.nan), r"tau is nan"),
        (lambda s: unit_means(s, tau=np.inf), r"tau is inf"),
        (lambda s: unit_means(s, segments=40), r"segments are 40; expected positive whole"),
        (lambda s: unit_means(s, segments=np.array(40)), r"segments are array\(40\); expected"),
        (lambda s: decompose_pairs(s, segments=(20, np.nan)), r"segments are \(20, nan\)"),
        (lambda s: decompose_pairs(s, segments="40"), r"segments are '40'"),
        (
            lambda s: decompose_pairs(s, segments=(1,) * 41),
            r"segments are \(1, 1, 1, 1, 1, 1, \.\.\.\)",
        ),
        (lambda s: decompose_pairs([[1, 2], [3]]), r"series is no array \(rows of unequal length"),
        (lambda s: decompose(s[0], s[1], estimator=["copula"]), r"unknown estimator \['copula'\]"),
        (lambda s: decompose(s[0], s[1], redundancy={}), r"unknown redundancy \{\}"),
        (lambda s: decompose_pairs(s, atoms=None), r"unknown atom None"),
        (lambda s: decompose_pairs(s, atoms=(["sts"],)), r"unknown atom \['sts'\]"),
        (lambda s: decompose(s[0], s[1], estimator="kraskov"), r"unknown estimator 'kraskov'; ch"),
        (lambda s: decompose(s[0], s[1], redundancy="broja"), r"unknown redundancy 'broja'; ch"),
        (lambda s: decompose(s[0] * 1j, s[1]), r"x has dtype complex128; expected real"),
        (lambda s: decompose_pairs(s[0]), r"series has shape \(40,\); expected \(unit, time\)"),
        (lambda s: decompose_pairs(s, partners=s[:, 1:]), r"40 steps and partners 39"),
        (lambda s: decompose_pairs(s, atoms=("synergy",)), r"unknown atom 'synergy'; choose"),
        (lambda s: decompose_pairs(s, atoms=()), r"no atoms"),
        (lambda s: unit_means(s, atoms=("synergy",)), r"unknown atom 'synergy'; choose"),
        (lambda s: decompose_covariance(np.eye(3)), r"shape \(3, 3\); expected \(4, 4\)"),
        (lambda s: decompose_covariance(np.triu(np.ones((4, 4)))), r"not symmetric.*up to 1;"),
        (lambda s: decompose_correlations(UNEQUAL, UNEQUAL.T, UNEQUAL), r"^past is not symmetric"),
        (lambda s: decompose_correlations(np.eye(2), UNEQUAL, UNEQUAL), r"^future is not symm"),
        (lambda s: decompose_correlations(s, s, s), r"expected one square shape"),
        (
            lambda s: decompose_correlations(np.eye(3), np.eye(3), np.eye(4)),
            r"expected one square shape",
        ),
        (lambda s: decompose_pairs([["a", "b"]]), r"series has dtype"),
        (lambda s: decompose(s[0], torch.ones(40)), r"x is a numpy array, y is a tensor on cpu;"),
        (lambda s: decompose_pairs(s, partners=torch.ones(2, 40)), r"partners is a tensor on cpu"),
        (lambda s: decompose_pairs(torch.ones(2, 40) * 1j), r"series is complex"),
    ],
)
def test_wrong_calls_say_what_was_seen_and_what_was_expected(call, message):
    with pytest.raises(SynergyError, match=message):
        call(noise())


def test_device_without_double_precision_is_named():
    class Single(torch.Tensor):
        def to(self, *args, **kwargs):
            raise TypeError("no float64 here")

    with pytest.raises(SynergyError, match=r"no double precision; pass series\.cpu\(\)"):
        decompose_pairs(torch.ones(2, 40).as_subclass(Single))


@each_option
@pytest.mark.parametrize("units", [0, 1])
def test_no_pair_at_all_is_no_error(units, estimator, redundancy):
    how = {"estimator": estimator, "redundancy": redundancy}
    series = noise()[:units]
    assert decompose_pairs(series, **how)["sts"].shape == (units, units)
    assert np.isnan(unit_means(series, **how)["sts"]).all()
    assert decompose_pairs(noise(), partners=series, **how)["sts"].shape == (4, units)


def test_lists_are_series_too():
    x, y = noise(2)
    assert decompose(x.tolist(), y.tolist()) == decompose(x, y)


def test_whole_numbers_of_other_types_are_lags_and_lengths_too():
    series = noise()
    expected = decompose_pairs(series, tau=2, segments=(20, 20))["sts"]
    for whole in (np.int64, float, np.array, torch.tensor):
        found = decompose_pairs(series, tau=whole(2), segments=[whole(20)] * 2)["sts"]
        np.testing.assert_array_equal(found, expected)


def test_correlations_that_are_not_finite_leave_the_other_pairs_alone():
    corr = np.eye(4)
    corr[0, 1] = corr[1, 0] = np.inf
    found = decompose_correlations(corr, corr, np.zeros((4, 4)))["sts"]
    assert np.isnan(found[0, 1])
    assert found[2, 3] == 0
