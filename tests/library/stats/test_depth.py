"""Contrasts over depth against closed forms and named toys."""

import numpy as np
import pytest
from scipy import stats as scipy_stats

from labelled import profile
from synergycore import stats


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def test_thirds_split_every_layer_once():
    assert list(map(float, stats.thirds(profile(np.arange(10.0))))) == [1.5, 5.0, 8.0]


def test_rise_takes_the_higher_end_and_dip_mirrors_it():
    curve = np.array([0.0, 0.0, 3.0, 3.0, 2.0, 2.0])
    assert stats.rise(profile(curve)) == 1.0
    assert stats.dip(profile(-curve)) == 1.0
    assert stats.rise(profile(curve[::-1])) == 1.0
    assert stats.mid_minus_ends(profile(curve)) == 2.0


def test_contrasts_keep_the_draws():
    found = stats.rise(profile([[0, 1, 0], [0, 0, 1]]))
    assert found.dims == ("draw",)
    np.testing.assert_array_equal(found, [1, -1])


def test_too_few_layers_have_no_contrast():
    assert np.isnan(stats.rise(profile([1.0, 2.0])))
    assert np.isnan(stats.rise(profile([[1.0, 2.0], [2.0, 1.0]]))).all()


@pytest.mark.parametrize("layers", range(1, 8))
def test_every_contrast_answers_with_a_number_or_nan_at_any_depth(layers):
    least = {
        stats.rise: 3,
        stats.dip: 3,
        stats.mid_minus_ends: 3,
        stats.enhance_erase_enhance: 3,
        stats.quadratic_coefficient: 3,
        stats.change_point: 2,
        stats.sharpness: 6,
    }
    curves = profile(np.random.default_rng(0).normal(size=(4, layers)))
    for contrast, enough in least.items():
        found = contrast(curves)
        assert found.dims == ("draw",)
        assert bool(np.isfinite(found).all()) == (layers >= enough), contrast.__name__
    draws = stats.smooth_resamples(curves.isel(draw=0), 5, np.random.default_rng(0))
    assert draws.sizes == {"draw": 5, "layer": layers}
    assert bool(np.isfinite(draws).all()) == (layers > 3)


@pytest.mark.parametrize(
    ("levels", "expected"),
    [((2, -1, 3), 2), ((2, 1, 3), 1), ((-1, -2, 3), -1), ((1, 4, 1), -3)],
)
def test_enhance_erase_enhance_is_the_weakest_of_its_four_conditions(levels, expected):
    assert stats.enhance_erase_enhance(profile(np.repeat(levels, 4))) == expected


def test_quadratic_coefficient_and_fit_recover_a_parabola():
    x = np.linspace(-1, 1, 17)
    curves = profile(np.stack([2 - 3 * x**2 + x, 5 * x]))
    np.testing.assert_allclose(stats.quadratic_coefficient(curves), [-3, 0], atol=1e-12)
    np.testing.assert_allclose(stats.parabola_fit(curves), curves, atol=1e-12)


def test_change_points_are_found_where_they_were_put(rng):
    step = np.repeat([0.0, 1.0], [7, 11])
    assert stats.change_point(profile(step + rng.normal(scale=0.05, size=18))) == 7
    np.testing.assert_array_equal(stats.change_point(profile([step, step[::-1]])), [7, 11])


def test_sharpness_prefers_steps_for_steps_and_parabola_for_parabola(rng):
    noise = rng.normal(scale=0.1, size=(200, 30))
    x = np.linspace(-1, 1, 30)
    assert np.mean(stats.sharpness(profile(np.repeat([0, 1, 0], 10) + noise)) > 0) > 0.95
    assert np.mean(stats.sharpness(profile(1 - x**2 + noise)) > 0) < 0.1


def test_sharpness_equals_gaussian_bic_difference_with_steps_by_brute_force(rng):
    curve = rng.normal(size=20)
    smooth = curve - np.polyval(np.polyfit(np.arange(20), curve, 2), np.arange(20))
    steps = min(
        sum(((part - part.mean()) ** 2).sum() for part in np.split(curve, [i, j]))
        for i in range(2, 19)
        for j in range(i + 2, 19)
    )

    def bic(rss, parameters):  # -2 log likelihood at the maximum + penalty, variance counted
        return 20 * (np.log(2 * np.pi * rss / 20) + 1) + (parameters + 1) * np.log(20)

    expected = bic((smooth**2).sum(), 3) - bic(steps, 5)
    assert float(stats.sharpness(profile(curve))) == pytest.approx(expected)


def test_smooth_resamples_keep_the_parabola_and_the_noise(rng):
    x = np.linspace(-1, 1, 30)
    curve = profile(1 - x**2 + rng.normal(scale=0.2, size=30))
    draws = stats.smooth_resamples(curve, 5000, rng)
    np.testing.assert_allclose(draws.mean("draw"), stats.parabola_fit(curve), atol=0.02)
    assert float(draws.std("draw").mean()) == pytest.approx(0.2, rel=0.3)


def test_correlation_given_depth_is_that_of_what_a_parabola_leaves(rng):
    x = np.linspace(-1, 1, 40)
    shared, one, other = rng.normal(size=(3, 40))
    first, second = 20 * x + shared + 0.3 * one, -20 * x**2 + shared + 0.3 * other
    found = float(stats.correlation_given_depth(profile(first), profile(second)))
    left = [
        ranks - np.polyval(np.polyfit(x, ranks, 2), x)
        for ranks in map(scipy_stats.rankdata, (first, second))
    ]
    assert found == pytest.approx(np.corrcoef(left)[0, 1])
    assert found > 0.3
    depth = profile(x)
    assert np.isnan(stats.correlation_given_depth(depth, profile(second)))  # nothing is left
    assert np.isnan(stats.correlation_given_depth(depth[:4], depth[:4]))
