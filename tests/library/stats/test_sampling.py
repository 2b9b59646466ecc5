"""Bootstrap, twins and nulls against what they must be, and draws that keep to themselves."""

import numpy as np
import pytest
import xarray as xr

from synergycore import stats
from synergycore.errors import SynergyError
from synergycore.stats import Estimate, Sampled

PROMPTS = 20


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def data(rng, prompts=PROMPTS):
    values = rng.normal(size=(prompts, 3, 2))
    return xr.Dataset({"sts": (("prompt", "layer", "head"), values)})


def mean_of(scored):
    return scored.sts.mean(("layer", "head"))


def test_every_draw_has_numbers_of_its_own_and_the_same_ones_again():
    first = [stats.generator(0, 3, name, *place).random() for name in "ab" for place in ((), (1,))]
    again = [stats.generator(0, 3, name, *place).random() for name in "ab" for place in ((), (1,))]
    assert first == again
    assert (
        len({*first, stats.generator(1, 3, "a").random(), stats.generator(0, 4, "a").random()}) == 6
    )


def test_bootstrap_weights_are_distributions_with_multinomial_spread(rng):
    weights = stats.bootstrap_weights(PROMPTS, 4000, rng)
    assert dict(weights.sizes) == {"draw": 4000, "prompt": PROMPTS}
    np.testing.assert_allclose(weights.sum("prompt"), 1)
    # variance of a multinomial share: p (1 - p) / n
    assert float(weights.var()) == pytest.approx((1 / 20) * (19 / 20) / 20, rel=0.05)


def test_weights_carry_the_names_of_the_prompts(rng):
    named = data(rng, 4).assign_coords(prompt=list("abcd"))
    assert list(stats.bootstrap_weights(named, 5, rng).prompt.values) == list("abcd")


def test_a_weighted_average_is_the_average_of_the_prompts_drawn(rng):
    values = data(rng)
    values.sts[3, 1] = np.nan  # left out, the others share its weight
    rows = rng.integers(PROMPTS, size=PROMPTS)
    share = np.bincount(rows, minlength=PROMPTS) / PROMPTS
    weights = xr.DataArray(share[None], dims=("draw", "prompt"))
    found = stats.over_prompts(mean_of, values, weights).draws
    expected = mean_of(values.isel(prompt=rows).mean("prompt"))
    np.testing.assert_allclose(found, [float(expected)])


def test_a_statistic_that_forgets_the_draws_is_asked_draw_by_draw(rng):
    values, weights = data(rng), stats.bootstrap_weights(PROMPTS, 30, rng)
    whole = stats.over_prompts(mean_of, values, weights)
    for forgetful in (lambda s: s.sts.mean(), lambda s: float(s.sts.mean())):
        found = stats.over_prompts(forgetful, values, weights)
        assert found.value == pytest.approx(whole.value)
        np.testing.assert_allclose(found.draws, whole.draws)


def test_a_statistic_that_is_no_number_is_refused(rng):
    values, weights = data(rng), stats.bootstrap_weights(PROMPTS, 5, rng)
    with pytest.raises(SynergyError, match=r"layer.*expected one number"):
        stats.over_prompts(lambda scored: scored.sts.mean("head"), values, weights)


def test_the_interval_covers_the_mean_at_its_level(rng):
    hits = 0
    for _ in range(200):
        sample = xr.Dataset({"sts": ("prompt", rng.normal(size=60))})
        weights = stats.bootstrap_weights(60, 400, rng)
        found = stats.over_prompts(lambda scored: scored.sts, sample, weights).estimate
        hits += found.low <= 0 <= found.high
    assert 0.88 <= hits / 200 <= 0.99


def test_twins_are_averaged_and_their_spread_counts(rng):
    twins = [xr.Dataset({"sts": ("prompt", np.full(PROMPTS, float(k)))}) for k in (0, 10)]
    weights = stats.bootstrap_weights(PROMPTS, 400, rng)
    found = stats.over_twins(lambda scored: scored.sts, twins, weights, rng)
    assert found.value == 5
    assert set(found.draws.round(9)) == {0.0, 10.0}
    assert 0.4 < np.mean(found.draws == 10) < 0.6


def test_a_null_keeps_its_values_and_takes_the_length_of_the_bootstrap(rng):
    found = stats.null(np.array([1.0, 2.0, 6.0]), 500, rng)
    assert found.value == 3
    assert len(found.draws) == 500
    assert set(found.draws) == {1.0, 2.0, 6.0}


def test_a_null_per_prompt_weighs_prompts_as_the_effect_does(rng):
    weights = stats.bootstrap_weights(PROMPTS, 50, rng)
    constant = np.tile(np.arange(float(PROMPTS))[:, None], (1, 4))  # all samples of a prompt alike
    found = stats.null_per_prompt(xr.DataArray(constant, dims=("prompt", "sample")), weights, rng)
    assert found.value == pytest.approx(9.5)
    np.testing.assert_allclose(found.draws, weights.values @ np.arange(PROMPTS))
    constant[0] = np.nan
    left = stats.null_per_prompt(xr.DataArray(constant, dims=("prompt", "sample")), weights, rng)
    assert left.value == pytest.approx(10)
    assert np.isfinite(left.draws).all()


def test_draws_without_a_point_estimate_have_their_mean_and_leave_undefined_ones_out():
    draws = np.append(np.arange(99.0), np.nan)
    found = Sampled.from_draws(draws)
    assert found.value == 49
    assert found.estimate.defined
    assert np.isnan(Sampled.from_draws([np.nan]).value)


def test_differences_are_paired_draw_by_draw():
    one = Sampled(2.0, np.array([1.0, 2.0, 3.0]))
    assert (one - one).estimate == Estimate(0.0, 0.0, 0.0)
    assert (-one).value == -2
    np.testing.assert_array_equal((-one).draws, -one.draws)


def test_an_effect_is_undefined_when_more_than_one_draw_in_twenty_is():
    draws = np.arange(100.0)
    draws[:5] = np.nan
    few = Sampled(1.0, draws)
    assert few.undefined == pytest.approx(0.05)
    assert few.estimate.defined
    draws = draws.copy()
    draws[5] = np.nan
    assert not Sampled(1.0, draws).estimate.defined


def test_interval_is_percentile_and_nan_without_draws():
    assert stats.interval(np.arange(1001) / 1000) == pytest.approx((0.025, 0.975))
    assert np.isnan(stats.interval(np.array([np.nan, np.nan]))).all()


def test_bands_are_pointwise_percentiles():
    draws = xr.DataArray(np.tile(np.linspace(0, 1, 1001)[:, None], (1, 3)), dims=("draw", "layer"))
    low, high = stats.band(draws)
    assert low.dims == ("layer",)
    np.testing.assert_allclose([low[0], high[0]], [0.025, 0.975])


def test_an_interval_the_wrong_way_round_is_refused():
    with pytest.raises(SynergyError, match="lower end first"):
        Estimate(0.0, 1.0, -1.0)


def test_half_splits_are_disjoint_and_even(rng):
    first, second = stats.half_splits(xr.Dataset({"x": ("prompt", np.zeros(11))}), 50, rng)
    assert not ((first > 0) & (second > 0)).any()
    assert ((first > 0).sum("prompt") == 5).all()
    assert ((second > 0).sum("prompt") == 5).all()
