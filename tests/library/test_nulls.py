"""Every null keeps what it says it keeps and destroys what it says it destroys."""

import numpy as np
import pytest
import xarray as xr

from labelled import norms
from synergycore import heads, nulls, phiid
from synergycore.errors import SynergyError


@pytest.fixture
def rng():
    return np.random.default_rng(3)


def autoregressive(rng, coefficients, correlation, steps):
    """AR(1) units (unit, step) with correlated noise and no coupling, stationary start."""
    a = np.asarray(coefficients)
    noise_correlation = correlation + (1 - correlation) * np.eye(a.size)
    stationary = np.sqrt(1 - a**2)
    scale = np.linalg.cholesky(noise_correlation)
    x = np.zeros((a.size, steps + 200))
    for t in range(1, x.shape[1]):
        x[:, t] = a * x[:, t - 1] + stationary * (scale @ rng.normal(size=a.size))
    return x[:, 200:]


def test_correlations_equal_numpy(rng):
    series = rng.normal(size=(3, 50)).cumsum(axis=1)
    past, future, lagged = nulls.correlations(series, tau=2)
    joint = np.corrcoef(np.concatenate([series[:, :-2], series[:, 2:]]))
    np.testing.assert_allclose(past, joint[:3, :3])
    np.testing.assert_allclose(future, joint[3:, 3:])
    np.testing.assert_allclose(lagged, joint[:3, 3:])


def test_constant_unit_is_nan_in_every_correlation(rng):
    series = rng.normal(size=(3, 50))
    series[1] = 7.1
    for matrix in nulls.correlations(series):
        assert np.isnan(matrix[1]).all()
        assert np.isfinite(np.delete(np.delete(matrix, 1, 0), 1, 1)).all()


def test_kronecker_keeps_lag_zero_and_own_lags_and_fills_the_cross_lags():
    past = np.array([[1.0, 0.4], [0.4, 1.0]])
    lagged = np.array([[0.8, 0.1], [0.2, 0.5]])
    substituted = nulls.kronecker(past, past, lagged)
    np.testing.assert_allclose(substituted, [[0.8, 0.5 * 0.4], [0.8 * 0.4, 0.5]])


def test_excess_synergy_vanishes_without_coupling_and_not_with_it(rng):
    free = autoregressive(rng, [0.8, 0.8], 0.5, 60_000)
    assert abs(nulls.excess_synergy(norms(free[None, None])).excess).max() < 0.01
    # x' = .9 y + e, y' = .9 x + e (the swap system): all its synergy is interaction
    swap = np.zeros((2, 20_000))
    for t in range(1, swap.shape[1]):
        swap[:, t] = 0.9 * swap[::-1, t - 1] + rng.normal(size=2)
    assert nulls.excess_synergy(norms(swap[None, None])).excess.min() > 1.0


def test_excess_synergy_counts_the_pairs_that_have_no_uncoupled_substitute(rng):
    # y is x with a little noise of its own: nearly equal at lag 0, yet less autocorrelated
    x = autoregressive(rng, [0.95], 0.0, 5000)[0]
    free = autoregressive(rng, [0.5], 0.0, 5000)[0]
    series = np.stack([x, x + 0.5 * rng.normal(size=x.size), free])
    found = nulls.excess_synergy(norms(series[None, None]))
    assert float(found.infeasible[0]) == pytest.approx(1 / 3)
    constant = np.concatenate([series, np.full((1, series.shape[1]), 2.0)])
    again = nulls.excess_synergy(norms(constant[None, None]))
    assert float(again.infeasible[0]) == pytest.approx(1 / 3)  # of the pairs that have a synergy
    assert np.isfinite(found.excess).all()


def test_cross_prompt_keeps_self_prediction_and_destroys_redundancy(rng):
    prompts = np.stack([autoregressive(rng, [0.8, 0.8, 0.8], 0.9, 4000) for _ in range(3)])
    signal = norms(prompts[:, None])
    crossed = nulls.cross_prompt(signal)
    own = heads.scores(signal)
    # independent AR(1), a = .8: sts = 2 S = 1.0217, rtr = 0; with q = .9, rtr = .365
    assert float(crossed.sts.mean()) == pytest.approx(-np.log(1 - 0.64), abs=0.06)
    assert crossed.rtr.max() < 0.01
    assert own.rtr.min() > 0.3
    assert abs(float(crossed.excess.mean())) < 0.01


def test_cross_prompt_excludes_the_same_head_and_equals_single_pairs(rng):
    signal = rng.normal(size=(2, 1, 3, 60)).cumsum(axis=-1)
    crossed = nulls.cross_prompt(norms(signal))
    expected = np.mean([phiid.decompose(signal[0, 0, 1], signal[1, 0, j])["sts"] for j in (0, 2)])
    assert float(crossed.sts[0, 0, 1]) == pytest.approx(expected, abs=1e-9)


def test_cross_prompt_cuts_to_the_shorter_series(rng):
    signal = rng.normal(size=(2, 1, 3, 60)).cumsum(axis=-1)
    longer = np.concatenate([signal, rng.normal(size=(2, 1, 3, 20))], axis=-1)
    longer[1, :, :, 60:] = np.nan
    xr.testing.assert_allclose(nulls.cross_prompt(norms(longer)), nulls.cross_prompt(norms(signal)))


def test_cross_prompt_needs_two_prompts(rng):
    with pytest.raises(SynergyError, match="at least 2 prompts"):
        nulls.cross_prompt(norms(rng.normal(size=(1, 1, 2, 40))))


def symmetric(rng, units):
    pairs = rng.normal(size=(2, units, units))
    pairs = pairs + pairs.transpose(0, 2, 1)
    pairs[:, np.arange(units), np.arange(units)] = np.nan
    return pairs


def pairs_of(sts, rtr, layers):
    """Two matrices as `heads.pairs` gives them, averaged over prompts."""
    units = len(sts)
    place = np.indices((layers, units // layers)).reshape(2, -1)
    dims = ("unit", "partner")
    coords = {"layer": ("unit", place[0]), "head": ("unit", place[1])}
    return xr.Dataset({"sts": (dims, sts), "rtr": (dims, rtr)}, coords=coords)


def shuffled(sts, rtr, layers, samples, rng):
    """Both atoms (draw, unit) after shuffling within distances."""
    found = nulls.distance_matched(pairs_of(sts, rtr, layers), samples, rng)
    assert found.sts.sizes["draw"] == samples
    flat = [found[name].transpose("draw", "layer", "head").values for name in ("sts", "rtr")]
    return [values.reshape(samples, -1) for values in flat]


def test_distance_matched_keeps_a_profile_made_of_distance_alone(rng):
    layer = np.repeat(np.arange(6), 3)
    decay = np.exp(-np.abs(layer[:, None] - layer[None]) / 2.0)
    np.fill_diagonal(decay, np.nan)
    for draw in shuffled(decay, -decay, 6, 5, rng)[0]:
        np.testing.assert_allclose(draw, nulls.mean_over_partners(decay))


def test_distance_matched_destroys_what_distance_does_not_explain(rng):
    pairs = symmetric(rng, 12)
    pairs[0, 4:8, :] += 5
    pairs[0, :, 4:8] += 5
    draws = shuffled(*pairs, 6, 300, rng)[0]
    observed = nulls.mean_over_partners(pairs[0])
    assert observed[4:8].mean() - observed[[0, 1, 10, 11]].mean() > 4
    contrast = draws[:, 4:8].mean(1) - draws[:, [0, 1, 10, 11]].mean(1)
    assert contrast.mean() < 2
    # totals over the whole network are kept: only places are exchanged
    np.testing.assert_allclose(draws.mean(axis=1), observed.mean())


def test_distance_matched_moves_the_atoms_of_a_pair_together(rng):
    pairs = symmetric(rng, 8)
    sts, rtr = shuffled(pairs[0], 3 * pairs[0], 4, 10, rng)
    np.testing.assert_allclose(rtr, 3 * sts)


def test_distance_matched_stays_within_its_bins(rng):
    """Two heads a layer, two layers: one pair per layer at distance 0, so those may swap only."""
    pairs = np.full((4, 4), 10.0)
    pairs[0, 1] = pairs[1, 0] = 1.0
    pairs[2, 3] = pairs[3, 2] = 2.0
    rows = {tuple(row) for row in shuffled(pairs, pairs, 2, 40, rng)[0].round(3).tolist()}
    assert rows == {(7.0, 7.0, 7.333, 7.333), (7.333, 7.333, 7.0, 7.0)}


def test_detrended_removes_the_line_and_keeps_the_rest(rng):
    noise = rng.normal(size=(2, 1, 2, 90))
    signal = noise + np.linspace(0, 30, 90)
    signal[1, 0, 1, 70:] = np.nan
    flat = nulls.detrended(norms(signal)).values
    assert np.isnan(flat[1, 0, 1, 70:]).all()
    time = np.arange(90)
    assert np.polyfit(time, flat[0, 0, 0], 1) == pytest.approx([0, 0], abs=1e-9)
    assert np.corrcoef(flat[0, 0, 0], noise[0, 0, 0])[0, 1] > 0.95


def test_a_preparation_is_one_of_the_three(rng):
    signal = norms(rng.normal(size=(2, 1, 2, 30)))
    assert nulls.prepare(signal, "none") is signal
    np.testing.assert_allclose(nulls.prepare(signal, "differenced"), np.diff(signal.values))
    xr.testing.assert_identical(nulls.prepare(signal, "detrended"), nulls.detrended(signal))
    with pytest.raises(SynergyError, match="none, differenced, detrended"):
        nulls.prepare(signal, "whitened")


def test_scattered_heads_keep_their_series_and_lose_their_company(rng):
    prompts, layers, heads = 40, 3, 2
    signal = np.arange(prompts, dtype=float)[:, None, None, None] + np.zeros(
        (prompts, layers, heads, 7)
    )
    signal[..., 3] += 0.25 * np.arange(heads)
    scattered = nulls.scatter_prompts(norms(signal), rng).values
    for layer, head in np.ndindex(layers, heads):
        one = scattered[:, layer, head]
        np.testing.assert_array_equal(one[np.argsort(one[:, 0])], signal[:, layer, head])
    texts = scattered[..., 0].reshape(prompts, -1)
    same = np.mean([len(set(row)) < len(row) for row in texts])
    assert same < 0.7  # 15 pairs, each alike in one prompt of forty
    assert len({tuple(row) for row in texts.T.tolist()}) == layers * heads


def test_scattered_heads_are_cut_to_the_shortest_of_their_texts(rng):
    signal = rng.normal(size=(6, 2, 2, 20))
    for prompt in range(6):
        signal[prompt, ..., 10 + prompt :] = np.nan
    signal[:, 0, 0] = np.nan  # a head without any series cuts nothing
    scattered = nulls.scatter_prompts(norms(signal), rng).values
    flat = scattered.reshape(6, 4, 20)[:, 1:]
    ends = np.isfinite(flat).sum(axis=2)
    assert (ends == ends[:, :1]).all()
    assert ends.min() == 10
    assert np.isnan(scattered[:, 0, 0]).all()
