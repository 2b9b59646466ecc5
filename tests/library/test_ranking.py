"""Head scores, ranks and profiles on toys whose answers are known."""

import logging

import numpy as np
import pytest

from synergycore import phiid, ranking


@pytest.fixture
def signal():
    """(prompt, layer, head, step): three prompts of two layers with two heads."""
    noise = np.random.default_rng(0).normal(size=(3, 2, 2, 80))
    return 5 + np.cumsum(noise, axis=-1) * 0.1


def test_score_is_the_mean_over_both_earlier_and_later_partners(signal):
    scores = ranking.score_heads(signal)
    series = signal.reshape(3, 4, 80)
    for prompt in range(3):
        for unit in range(4):
            others = [
                phiid.decompose(series[prompt, unit], series[prompt, j])
                for j in range(4)
                if j != unit
            ]
            for name in ("sts", "rtr"):
                expected = np.mean([atoms[name] for atoms in others])
                assert getattr(scores, name)[prompt, unit] == pytest.approx(expected, abs=1e-9)
            expected = np.mean([sum(atoms.values()) for atoms in others])
            assert scores.tdmi[prompt, unit] == pytest.approx(expected, abs=1e-9)


def test_pair_matrices_are_means_over_prompts(signal):
    scores = ranking.score_heads(signal)
    np.testing.assert_allclose(
        ranking.mean_over_partners(scores.sts_pairs), scores.sts.mean(axis=0), atol=1e-12
    )
    assert np.isnan(np.diag(scores.rtr_pairs)).all()


def test_constant_head_is_undefined_and_reported_never_zero(signal, caplog):
    signal[1, 0, 1] = 3.0
    with caplog.at_level(logging.WARNING):
        scores = ranking.score_heads(signal)
    assert np.isnan(scores.sts[1, 1])
    assert np.isfinite(np.delete(scores.sts, 1, axis=1)).all()
    assert "(0, 1)" in caplog.text


def test_steps_beyond_the_end_are_cut_not_counted(signal):
    longer = np.concatenate([signal, np.full((3, 2, 2, 20), np.nan)], axis=-1)
    np.testing.assert_array_equal(ranking.score_heads(longer).sts, ranking.score_heads(signal).sts)


def test_first_member_scores_use_later_partners_only():
    pairs = np.arange(9.0).reshape(3, 3)
    np.testing.assert_allclose(ranking.first_member_scores(pairs)[:2], [1.5, 5.0])
    assert np.isnan(ranking.first_member_scores(pairs)[2])
    np.testing.assert_allclose(ranking.mean_over_partners(pairs), [1.5, 4.0, 6.5])


def test_rank_difference_counts_ties_once_and_leaves_nan_out():
    synergy = np.array([[1.0, 2.0, 2.0, np.nan]])
    redundancy = np.array([[3.0, 2.0, 1.0, np.nan]])
    expected = [[1 / 3 - 1, 2.5 / 3 - 2 / 3, 2.5 / 3 - 1 / 3, np.nan]]
    np.testing.assert_allclose(ranking.rank_difference(synergy, redundancy), expected)


def test_balance_lies_between_the_atoms():
    np.testing.assert_allclose(
        ranking.balance(np.array([3.0, 0.0]), np.array([1.0, 2.0])), [0.75, 0]
    )


def test_layer_profile_averages_the_heads_of_a_layer():
    values = np.array([[1.0, 3.0, 5.0, np.nan]])
    np.testing.assert_allclose(ranking.layer_profile(values, 2), [[2.0, 5.0]])


def test_lag_correlation_equals_numpy(signal):
    series = signal.reshape(3, 4, 80)
    for tau in (1, 3):
        expected = np.corrcoef(series[2, 1, :-tau], series[2, 1, tau:])[0, 1]
        assert ranking.lag_correlation(signal, tau=tau)[2, 1] == pytest.approx(expected)


def test_drift_is_the_fitted_change_over_the_mean():
    line = np.linspace(8, 12, 50)[None, None, None]
    assert ranking.drift(line) == pytest.approx(0.4)


def test_published_smoothing_bends_a_flat_profile_into_an_inverted_u():
    curve = ranking.published_smoothing(np.full(36, 0.5))
    assert curve[18] == pytest.approx(0.5)
    assert curve[0] == pytest.approx(0.29, abs=0.02)
    assert curve[-1] == pytest.approx(0.29, abs=0.02)
