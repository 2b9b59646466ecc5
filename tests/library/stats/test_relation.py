"""Ranks, correlations and shares of variance against scipy and closed forms."""

import numpy as np
import pytest
from scipy.stats import rankdata, spearmanr

from labelled import of_heads, profile
from synergycore import stats


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def test_ranks_run_over_all_heads_and_leave_nan_out():
    ranks = stats.rank(of_heads([[1.0, 2.0], [2.0, np.nan]]))
    np.testing.assert_allclose(ranks, [[1 / 3, 2.5 / 3], [2.5 / 3, np.nan]])


def test_ranks_keep_places_and_draws(rng):
    values = of_heads(rng.normal(size=(4, 5, 3)))
    ranks = stats.rank(values.transpose("head", "draw", "layer"))
    assert ranks.dims == ("head", "draw", "layer")
    one = ranks.isel(draw=2).transpose("layer", "head").values
    expected = rankdata(values[2]).reshape(5, 3) / 15
    np.testing.assert_allclose(one, expected)


def test_spearman_equals_scipy_and_leaves_nan_out(rng):
    x, y = rng.normal(size=(2, 5, 10, 4)).round(1)  # rounding makes ties
    expected = [spearmanr(a.ravel(), b.ravel()).statistic for a, b in zip(x, y, strict=True)]
    np.testing.assert_allclose(stats.spearman(of_heads(x), of_heads(y)), expected)
    x[2, 0, 3] = np.nan
    expected[2] = spearmanr(np.delete(x[2].ravel(), 3), np.delete(y[2].ravel(), 3)).statistic
    np.testing.assert_allclose(stats.spearman(of_heads(x), of_heads(y)), expected)


def test_spearman_over_layers_pairs_a_profile_with_many(rng):
    one, many = rng.normal(size=12), rng.normal(size=(6, 12))
    found = stats.spearman(profile(one), profile(many), ["layer"])
    np.testing.assert_allclose(found, [spearmanr(one, other).statistic for other in many])
    assert np.isnan(stats.spearman(profile([1.0]), profile([2.0]), ["layer"]))


def test_intraclass_correlation_recovers_the_variance_share(rng):
    values = rng.normal(scale=2, size=(400, 1)) + rng.normal(scale=1, size=(400, 9))
    assert float(stats.intraclass_correlation(of_heads(values))) == pytest.approx(0.8, abs=0.03)
    noise = of_heads(rng.normal(size=(400, 9)))
    assert float(stats.intraclass_correlation(noise)) == pytest.approx(0, abs=0.05)


def test_intraclass_correlation_equals_the_mean_squares():
    # mean square between 4, within 1/2, two heads: (4 − 1/2) / (4 + 1/2)
    found = stats.intraclass_correlation(of_heads([[1.0, 2.0], [3.0, 4.0]]))
    assert float(found) == pytest.approx(3.5 / 4.5)


def test_variance_shares_separate_layers_from_indices():
    layer, head = np.array([[0.0], [2.0], [4.0]]), np.array([[1.0, -1.0]])

    def shares(values):
        found = stats.variance_shares(of_heads(values))
        return [float(found[name]) for name in ("index", "layer", "rest")]

    assert shares(layer + 0 * head) == pytest.approx([0, 1, 0])
    assert shares(0 * layer + head) == pytest.approx([1, 0, 0])
    assert shares(layer + head)[2] == pytest.approx(0)
    assert shares(layer + head)[1] == pytest.approx(8 / 3 / (8 / 3 + 1))


def test_exchangeable_heads_give_the_index_its_share_of_the_freedom(rng):
    found = stats.variance_shares(of_heads(rng.normal(size=(3000, 9, 4))))
    assert float(found["index"].mean()) == pytest.approx((4 - 1) / (36 - 1), abs=0.005)


def test_shuffles_keep_the_values_and_their_places_go(rng):
    values = of_heads(np.arange(6.0).reshape(3, 2))
    draws = stats.shuffled(values, 10, rng)
    assert draws.dims == ("draw", "layer", "head")
    flat = draws.values.reshape(10, -1)
    np.testing.assert_array_equal(np.sort(flat, axis=1), np.tile(np.arange(6.0), (10, 1)))
    assert len({tuple(row) for row in flat}) > 1


def test_permuted_draws_keep_each_draw_its_own_values(rng):
    values = of_heads(np.arange(24.0).reshape(4, 3, 2))
    found = stats.permuted(values, rng)
    assert found.dims == values.dims
    for draw in range(4):
        np.testing.assert_array_equal(
            np.sort(found[draw].values.ravel()), values[draw].values.ravel()
        )
    assert not np.array_equal(found, values)


def test_what_is_no_longer_in_nats_does_not_say_so(rng):
    values = of_heads(rng.normal(size=(5, 3))).assign_attrs(units="nats")
    assert stats.rank(values).attrs == {"units": "rank fraction"}
    for found in (stats.spearman(values, values), stats.intraclass_correlation(values)):
        assert found.attrs == {}
    assert stats.variance_shares(values)["layer"].attrs == {}
    layers = values.mean("head")
    assert layers.attrs == {"units": "nats"}
    assert stats.sharpness(layers).attrs == stats.change_point(layers).attrs == {}
    assert stats.rise(layers).attrs == {"units": "nats"}
