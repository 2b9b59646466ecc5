"""Statistics against closed forms and named toys."""

import numpy as np
import pytest

from synergycore import stats


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def test_bootstrap_weights_are_distributions_with_multinomial_spread(rng):
    weights = stats.bootstrap_weights(20, 4000, rng)
    assert weights.shape == (4000, 20)
    np.testing.assert_allclose(weights.sum(axis=1), 1)
    # variance of a multinomial share: p (1 - p) / n
    assert weights.var() == pytest.approx((1 / 20) * (19 / 20) / 20, rel=0.05)


def test_weighted_mean_leaves_nan_out_and_renormalises():
    values = np.array([[1.0, np.nan], [3.0, 4.0]])
    weights = np.array([[0.5, 0.5], [1.0, 0.0]])
    result = stats.weighted_mean(weights, values)
    np.testing.assert_allclose(result, [[2.0, 4.0], [1.0, np.nan]])


def test_interval_is_percentile_and_nan_without_draws():
    low, high = stats.interval(np.arange(1001) / 1000)
    assert (low, high) == pytest.approx((0.025, 0.975))
    assert np.isnan(stats.interval(np.array([np.nan, np.nan]))).all()


def test_bootstrap_interval_covers_the_mean_at_its_level(rng):
    hits = 0
    for _ in range(200):
        sample = rng.normal(size=60)
        draws = stats.weighted_mean(stats.bootstrap_weights(60, 400, rng), sample)
        low, high = stats.interval(draws)
        hits += low <= 0 <= high
    assert 0.88 <= hits / 200 <= 0.99


def test_thirds_split_every_layer_once():
    early, middle, late = stats.thirds(np.arange(10.0))
    assert (early, middle, late) == (1.5, 5.0, 8.0)


def test_rise_takes_the_higher_end_and_dip_mirrors_it():
    profile = np.array([0.0, 0.0, 3.0, 3.0, 2.0, 2.0])
    assert stats.rise(profile) == 1.0
    assert stats.dip(-profile) == 1.0
    assert stats.rise(profile[::-1]) == 1.0
    assert stats.mid_minus_ends(profile) == 2.0


@pytest.mark.parametrize(
    ("levels", "expected"),
    [((2, -1, 3), 2), ((2, 1, 3), 1), ((-1, -2, 3), -1), ((1, 4, 1), -3)],
)
def test_enhance_erase_enhance_is_the_weakest_of_its_four_conditions(levels, expected):
    profile = np.repeat(np.array(levels, float), 4)
    assert stats.enhance_erase_enhance(profile) == expected


def test_quadratic_coefficient_and_fit_recover_a_parabola():
    x = np.linspace(-1, 1, 17)
    profile = np.stack([2 - 3 * x**2 + x, 5 * x])
    np.testing.assert_allclose(stats.quadratic_coefficient(profile), [-3, 0], atol=1e-12)
    np.testing.assert_allclose(stats.parabola_fit(profile), profile, atol=1e-12)


def test_change_points_are_found_where_they_were_put(rng):
    step = np.repeat([0.0, 1.0], [7, 11])
    assert stats.change_point(step + rng.normal(scale=0.05, size=18)) == 7
    box = np.repeat([0.0, 1.0, 0.3], [5, 8, 6])
    first, second, cost = stats.two_change_points(box)
    assert (first, second) == (5, 13)
    assert cost == pytest.approx(0, abs=1e-20)
    batch = stats.two_change_points(np.stack([box, box[::-1]]))
    np.testing.assert_array_equal(batch[0], [5, 6])


def test_two_change_points_equal_brute_force(rng):
    profile = rng.normal(size=9)
    brute = min(
        sum(((part - part.mean()) ** 2).sum() for part in np.split(profile, [i, j]))
        for i in range(2, 8)
        for j in range(i + 2, 8)
    )
    assert stats.two_change_points(profile)[2] == pytest.approx(brute)


def test_sharpness_prefers_steps_for_steps_and_parabola_for_parabola(rng):
    noise = rng.normal(scale=0.1, size=(200, 30))
    x = np.linspace(-1, 1, 30)
    assert np.mean(stats.sharpness(np.repeat([0, 1, 0], 10) + noise) > 0) > 0.95
    assert np.mean(stats.sharpness(1 - x**2 + noise) > 0) < 0.1


def test_sharpness_equals_gaussian_bic_difference(rng):
    profile = rng.normal(size=20)
    smooth = profile - np.polyval(np.polyfit(np.arange(20), profile, 2), np.arange(20))
    steps = stats.two_change_points(profile)[2]

    def bic(rss, parameters):  # -2 log likelihood at the maximum + penalty, variance counted
        return 20 * (np.log(2 * np.pi * rss / 20) + 1) + (parameters + 1) * np.log(20)

    expected = bic((smooth**2).sum(), 3) - bic(steps, 5)
    assert stats.sharpness(profile) == pytest.approx(expected)


def test_intraclass_correlation_recovers_the_variance_share(rng):
    layer = rng.normal(scale=2, size=(400, 1))
    values = layer + rng.normal(scale=1, size=(400, 9))
    assert stats.intraclass_correlation(values) == pytest.approx(4 / 5, abs=0.03)
    assert stats.intraclass_correlation(rng.normal(size=(400, 9))) == pytest.approx(0, abs=0.05)


def test_intraclass_correlation_equals_the_mean_squares():
    # mean square between 4, within 1/2, two heads: (4 − 1/2) / (4 + 1/2)
    values = np.array([[1.0, 2.0], [3.0, 4.0]])
    assert stats.intraclass_correlation(values) == pytest.approx(3.5 / 4.5)


def test_variance_shares_separate_rows_from_columns():
    layer, head = np.array([[0.0], [2.0], [4.0]]), np.array([[1.0, -1.0]])
    shares = stats.variance_shares(layer + 0 * head)
    assert shares == pytest.approx({"head index": 0, "layer": 1, "rest": 0})
    shares = stats.variance_shares(0 * layer + head)
    assert shares == pytest.approx({"head index": 1, "layer": 0, "rest": 0})
    shares = stats.variance_shares(layer + head)
    assert shares["rest"] == pytest.approx(0)
    assert shares["layer"] == pytest.approx(8 / 3 / (8 / 3 + 1))


def test_spearman_equals_scipy_and_leaves_nan_out(rng):
    from scipy.stats import spearmanr

    x, y = rng.normal(size=(2, 5, 40)).round(1)  # rounding makes ties
    expected = [spearmanr(a, b).statistic for a, b in zip(x, y, strict=True)]
    np.testing.assert_allclose(stats.spearman(x, y), expected)
    x[2, 3] = np.nan
    expected[2] = spearmanr(np.delete(x[2], 3), np.delete(y[2], 3)).statistic
    np.testing.assert_allclose(stats.spearman(x, y), expected)


def test_smooth_resamples_keep_the_parabola_and_the_noise(rng):
    x = np.linspace(-1, 1, 30)
    profile = 1 - x**2 + rng.normal(scale=0.2, size=30)
    draws = stats.smooth_resamples(profile, 5000, rng)
    np.testing.assert_allclose(draws.mean(axis=0), stats.parabola_fit(profile), atol=0.02)
    assert draws.std(axis=0).mean() == pytest.approx(0.2, rel=0.3)


def test_half_splits_are_disjoint_and_even(rng):
    first, second = stats.half_splits(11, 50, rng)
    assert not ((first > 0) & (second > 0)).any()
    assert ((first > 0).sum(axis=1) == 5).all()
    assert ((second > 0).sum(axis=1) == 5).all()


def test_shuffled_keeps_values(rng):
    draws = stats.shuffled(np.arange(6.0), 10, rng)
    np.testing.assert_array_equal(np.sort(draws, axis=1), np.tile(np.arange(6.0), (10, 1)))
    assert len({tuple(row) for row in draws}) > 1
