"""Copula, bias correction and concatenated prompts: each against its definition."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ndtri
from scipy.stats import rankdata

from synergycore.errors import SynergyError
from synergycore.phiid import (
    ATOMS,
    bias,
    copula,
    decompose,
    decompose_covariance,
    decompose_pairs,
    gaussian,
    redundancy,
    unit_means,
)
from synergycore.phiid.examples import systems
from synergycore.phiid.information import WHOLE
from synergycore.phiid.windows import cut


def test_tied_averages_choose_the_first_whatever_their_rounding():
    mean = {f"{past}t{future}": 1.0 for past in "xys" for future in "xys"}
    local = {node: np.array([k]) for k, node in enumerate(mean)}
    for lower, chosen in ((1e-14, "xtx"), (1e-9, "ytx")):
        nodes = redundancy.mmi(mean | {"ytx": 1 - lower}, local)
        assert nodes["rtx"] == local[chosen]
        assert nodes["rtr"] == local[chosen]


def test_normal_scores_share_ranks_between_ties():
    scores = copula.normal_scores(np.array([[3.0, 1.0, 1.0, 7.0]]))
    np.testing.assert_allclose(scores, [ndtri(np.array([3, 1.5, 1.5, 4]) / 5)])


def test_normal_scores_of_tensors_are_the_same():
    series = np.random.default_rng(0).integers(0, 6, (5, 30)).astype(float)
    series[2, 4] = np.nan
    series[3, 4] = np.inf
    found = copula.normal_scores(torch.from_numpy(series)).numpy()
    np.testing.assert_allclose(found, copula.normal_scores(series), rtol=0, atol=1e-12)
    assert np.isnan(found[2:4]).all()


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 2**32 - 1), st.sampled_from(["mmi", "ccs"]))
def test_monotone_maps_of_each_series_change_nothing_under_the_copula(seed, redundancy):
    x, y = np.random.default_rng(seed).normal(size=(2, 40)).cumsum(1)
    how = {"estimator": "copula", "redundancy": redundancy}
    expected = decompose(x, y, **how)
    assert decompose(np.exp(x), y**3 + y, **how) == pytest.approx(expected, abs=1e-10)
    assert decompose(-np.exp(x), y, **how) == pytest.approx(expected, abs=1e-10)


def test_copula_equals_gaussian_on_normal_scores():
    x, y = systems.ar_pair(0.8, 0.5).simulate(500, seed=0)
    scores = copula.normal_scores(np.stack([x, y]))
    assert decompose(x, y, estimator="copula") == pytest.approx(decompose(*scores), abs=1e-12)


def test_entropy_bias_is_what_many_covariances_of_few_samples_show():
    rng = np.random.default_rng(0)
    samples = rng.normal(size=(4_000, 12, 2))
    logdet = np.linalg.slogdet(np.stack([np.cov(s.T) for s in samples]))[1]
    error = logdet.std() / 2 / len(logdet) ** 0.5
    assert bias.entropy_bias(2, freedom=11) == pytest.approx(logdet.mean() / 2, abs=4 * error)


def test_bias_of_information_has_the_known_leading_term():
    for past, future in ((1, 1), (2, 1), (2, 2)):
        leading = past * future / (2 * 99)
        assert bias.information_bias(past, future, 98) == pytest.approx(leading, rel=0.05)


def test_correction_takes_off_the_bias_of_the_total_on_average():
    def totals(**options):
        draws = (np.random.default_rng(s).normal(size=(2, 30)) for s in range(100))
        return np.array([sum(decompose(*d, **options).values()) for d in draws])

    plain, corrected = totals(), totals(bias_correction=True)
    error = corrected.std() / 10
    assert abs(corrected.mean()) < 3 * error < plain.mean()


def test_correction_moves_every_result_by_the_same_constant():
    series = np.random.default_rng(1).normal(size=(5, 60)).cumsum(1)
    shift = bias.atom_bias(freedom=58)
    plain, corrected = (
        decompose_pairs(series, atoms=ATOMS, bias_correction=b) for b in (False, True)
    )
    means, less = (unit_means(series, atoms=ATOMS, bias_correction=b) for b in (False, True))
    one = decompose(series[0], series[1], bias_correction=True)
    local = decompose(series[0], series[1], bias_correction=True, pointwise=True)
    for atom in ATOMS:
        np.testing.assert_allclose(corrected[atom], plain[atom] - shift[atom], atol=1e-12)
        np.testing.assert_allclose(less[atom], means[atom] - shift[atom], atol=1e-12)
        assert one[atom] == pytest.approx(corrected[atom][0, 1], abs=1e-12)
        assert local[atom].mean() == pytest.approx(one[atom], abs=1e-12)


def test_correction_counts_a_mean_for_each_segment():
    """Four of the five segments have samples at lag 1."""
    series = concatenated()
    shift = bias.atom_bias(freedom=(29 + 2 + 24 + 40) - 4)
    how = {"segments": SEGMENTS, "atoms": ATOMS}
    plain, corrected = (decompose_pairs(series, bias_correction=b, **how) for b in (False, True))
    one, less = (
        decompose(*series[:2], segments=SEGMENTS, bias_correction=b) for b in (False, True)
    )
    for atom in ATOMS:
        np.testing.assert_allclose(corrected[atom], plain[atom] - shift[atom], atol=1e-12)
        assert less[atom] == pytest.approx(one[atom] - shift[atom], abs=1e-12)


def test_local_values_of_segments_scale_with_the_freedom_left():
    """ln|Σ| and z²/Σ must share one variance: the quadratic terms average to freedom / samples."""
    series, samples, means = concatenated(), 29 + 2 + 24 + 40, 4
    units = cut(series, 1, SEGMENTS)
    ((local, _),) = gaussian.local_entropies(units.rows(slice(0, 1)), units.rows(slice(1, 2)))
    mean = gaussian.mean_entropies(units.rows(slice(0, 1)), units.rows(slice(1, 2)))
    quadratic = (local[WHOLE] - mean[WHOLE]).mean()
    assert quadratic == pytest.approx(0.5 * 4 * (samples - means) / samples, abs=1e-12)


def test_correction_of_copula_values_is_that_of_their_scores():
    series = np.random.default_rng(1).normal(size=(5, 60)).cumsum(1)
    shift = bias.atom_bias(freedom=58)
    plain, corrected = (
        decompose_pairs(series, estimator="copula", bias_correction=b) for b in (False, True)
    )
    for atom in ("sts", "rtr"):
        np.testing.assert_allclose(corrected[atom], plain[atom] - shift[atom], atol=1e-12)


@pytest.mark.parametrize("how", [{"estimator": "discrete"}, {"redundancy": "ccs"}])
def test_correction_that_does_not_exist_is_refused(how):
    series = np.random.default_rng(1).normal(size=(2, 60))
    with pytest.raises(SynergyError, match="no bias correction is known"):
        decompose(*series, bias_correction=True, **how)


SEGMENTS = (30, 3, 25, 1, 41)


def concatenated():
    rng = np.random.default_rng(3)
    return np.concatenate([rng.normal(50 * rng.normal(), 1, (4, n)) for n in SEGMENTS], axis=1)


def by_hand(x, y, tau):
    """Covariance of demeaned windows, cut prompt by prompt."""
    rows, start = [], 0
    for n in SEGMENTS:
        if n > tau:
            part = np.stack([x, y])[:, start : start + n]
            window = np.vstack([part[:, :-tau], part[:, tau:]])
            rows.append(window - window.mean(1, keepdims=True))
        start += n
    joined = np.concatenate(rows, axis=1)
    return joined @ joined.T


@pytest.mark.parametrize("tau", [1, 3])
def test_segments_are_demeaned_one_by_one_and_never_spanned(tau):
    series = concatenated()
    expected = decompose_covariance(by_hand(series[0], series[1], tau))
    found = decompose(series[0], series[1], tau=tau, segments=SEGMENTS)
    assert found == pytest.approx(expected, abs=1e-10)
    pairs = decompose_pairs(series, tau=tau, segments=SEGMENTS, atoms=ATOMS)
    assert {a: pairs[a][0, 1] for a in ATOMS} == pytest.approx(expected, abs=1e-10)
    means = unit_means(series, tau=tau, segments=SEGMENTS)
    assert means["sts"] == pytest.approx(np.nanmean(pairs["sts"], axis=1), abs=1e-10)


@pytest.mark.parametrize("convert", [np.asarray, torch.from_numpy], ids=["numpy", "torch"])
@pytest.mark.parametrize("redundancy", ["mmi", "ccs"])
@pytest.mark.parametrize("estimator", ["gaussian", "copula", "discrete"])
def test_levels_of_segments_change_nothing(estimator, redundancy, convert):
    """Under the copula too: ranks of prompts at different levels would hold the levels."""
    series = np.random.default_rng(5).normal(size=(4, sum(SEGMENTS)))
    levels = np.repeat(50 * np.random.default_rng(6).normal(size=(4, len(SEGMENTS))), SEGMENTS, 1)
    how = {"estimator": estimator, "redundancy": redundancy, "segments": SEGMENTS, "atoms": ATOMS}
    found, expected = (decompose_pairs(convert(s), **how) for s in (series + levels, series))
    for atom in ATOMS:
        np.testing.assert_allclose(found[atom], expected[atom], rtol=0, atol=1e-10)


def test_copula_of_segments_ranks_what_is_left_of_each():
    series = concatenated()
    ends = np.cumsum(SEGMENTS)
    parts = [series[:2, end - n : end] for end, n in zip(ends, SEGMENTS, strict=True)]
    flat = np.concatenate([part - part.mean(1, keepdims=True) for part in parts], axis=1)
    scores = ndtri(rankdata(flat, axis=1) / (sum(SEGMENTS) + 1))
    found = decompose(*series[:2], estimator="copula", segments=SEGMENTS)
    assert found == pytest.approx(decompose(*scores, segments=SEGMENTS), abs=1e-12)


def test_copula_of_one_segment_ranks_the_series_as_it_is():
    """Taking off a mean of 1e18 would tie what is far smaller."""
    x, y = systems.ar_pair(0.8, 0.5).simulate(60, seed=0)
    expected = decompose(x, y, estimator="copula")
    assert decompose(np.exp(40 * x), y, estimator="copula", segments=(60,)) == expected


def test_without_segments_the_levels_of_prompts_pass_for_redundancy():
    series = concatenated()
    naive = decompose(series[0], series[1])
    careful = decompose(series[0], series[1], segments=SEGMENTS)
    assert naive["rtr"] > 0.5 > 0.05 > careful["rtr"]


@pytest.mark.parametrize("redundancy", ["mmi", "ccs"])
@pytest.mark.parametrize("estimator", ["gaussian", "copula", "discrete"])
def test_local_values_of_segments_average_to_the_atoms(estimator, redundancy):
    series = concatenated()
    how = {"estimator": estimator, "redundancy": redundancy, "segments": SEGMENTS}
    mean = decompose(series[0], series[1], **how)
    local = decompose(series[0], series[1], pointwise=True, **how)
    assert local["sts"].shape == (sum(SEGMENTS) - len(SEGMENTS),)
    assert {a: v.mean() for a, v in local.items()} == pytest.approx(mean, abs=1e-10)


@pytest.mark.parametrize("segments", [(50, 51), (100, 0), (), (49.5, 50.5)])
def test_segments_that_do_not_fit_are_refused(segments):
    with pytest.raises(SynergyError, match="expected positive whole lengths"):
        decompose(*concatenated()[:2], segments=segments)


@pytest.mark.parametrize("redundancy", ["mmi", "ccs"])
def test_chunks_of_time_change_nothing(redundancy, monkeypatch):
    x, y = systems.ar_pair(0.8, 0.5).simulate(100, seed=0)
    whole = decompose(x, y, redundancy=redundancy)
    local = decompose(x, y, redundancy=redundancy, pointwise=True)
    monkeypatch.setattr(gaussian, "CHUNK", 7)
    assert decompose(x, y, redundancy=redundancy) == pytest.approx(whole, abs=1e-12)
    chunked = decompose(x, y, redundancy=redundancy, pointwise=True)
    for atom in ATOMS:
        np.testing.assert_allclose(chunked[atom], local[atom], rtol=0, atol=1e-12)
