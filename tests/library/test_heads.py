"""Head scores, ranks and curves on toys whose answers are known."""

import logging

import numpy as np
import pytest
import xarray as xr

from labelled import norms, of_heads, profile
from synergycore import heads, phiid
from synergycore.errors import SynergyError


@pytest.fixture
def series():
    """(prompt, layer, head, step): three prompts of two layers with two heads."""
    noise = np.random.default_rng(0).normal(size=(3, 2, 2, 80))
    return 5 + np.cumsum(noise, axis=-1) * 0.1


@pytest.mark.parametrize(
    "options", [{}, {"tau": 2}, {"estimator": "discrete"}, {"redundancy": "ccs"}]
)
def test_score_is_the_mean_over_both_earlier_and_later_partners(series, options):
    scored = heads.scores(norms(series), **options)
    flat = series.reshape(3, 4, 80)
    for prompt in range(3):
        for unit in range(4):
            others = [
                phiid.decompose(flat[prompt, unit], flat[prompt, j], **options)
                for j in range(4)
                if j != unit
            ]
            here = scored.isel(prompt=prompt, layer=unit // 2, head=unit % 2)
            for name in ("sts", "rtr"):
                expected = np.mean([atoms[name] for atoms in others])
                assert float(here[name]) == pytest.approx(expected, abs=1e-9)
            expected = np.mean([sum(atoms.values()) for atoms in others])
            assert float(here.tdmi) == pytest.approx(expected, abs=1e-9)


def test_scores_carry_prompts_units_and_options(series):
    scored = heads.scores(norms(series), tau=3)
    assert list(scored.prompt.values) == ["p0", "p1", "p2"]
    assert {scored[name].attrs["units"] for name in scored} == {"nats"}
    assert scored.attrs == {"tau": 3, "estimator": "gaussian", "redundancy": "mmi"}


def test_scores_are_the_means_of_the_pairs(series):
    pairs = heads.pairs(norms(series))
    scored = heads.scores(norms(series))
    for name in ("sts", "rtr"):
        means = heads.of_units(pairs[name].mean("partner"))
        xr.testing.assert_allclose(
            means.transpose("prompt", "layer", "head").drop_vars(["layer", "head"]), scored[name]
        )
    assert np.isnan(np.diagonal(pairs.rtr, axis1=1, axis2=2)).all()
    assert list(pairs["layer"].values) == [0, 0, 1, 1]


def test_unknown_options_are_refused(series):
    with pytest.raises(SynergyError, match="unknown estimator 'kraskov'"):
        heads.scores(norms(series), estimator="kraskov")


def test_constant_head_is_undefined_and_reported_once_never_zero(series, caplog):
    series[1, 0, 1] = series[2, 0, 1] = 3.0
    with caplog.at_level(logging.WARNING):
        scored = heads.scores(norms(series))
    assert np.isnan(scored.sts[1, 0, 1])
    assert np.isfinite(scored.sts.isel(head=0)).all()
    (line,) = caplog.messages
    assert "2 of 12 prompt × head scores" in line
    assert "(0, 1)" in line


def test_steps_beyond_the_end_are_cut_not_counted(series):
    longer = np.concatenate([series, np.full((3, 2, 2, 20), np.nan)], axis=-1)
    xr.testing.assert_identical(heads.scores(norms(longer)), heads.scores(norms(series)))


def test_first_member_scores_use_later_partners_only():
    matrix = xr.DataArray(
        np.arange(9.0).reshape(3, 3),
        dims=("unit", "partner"),
        coords={"layer": ("unit", [0, 1, 2]), "head": ("unit", [0, 0, 0])},
    )
    found = heads.first_member_scores(matrix).squeeze("head").values
    np.testing.assert_allclose(found[:2], [1.5, 5.0])
    assert np.isnan(found[2])


def test_the_three_scores_and_their_names():
    scored = xr.Dataset({"sts": of_heads([[1.0, 5.0, 2.0]]), "rtr": of_heads([[3.0, 2.0, 1.0]])})
    expected = {
        "rank_difference": [1 / 3 - 1, 1 - 2 / 3, 2 / 3 - 1 / 3],
        "difference": [1 / 3, 1, 2 / 3],
        "ratio": [1 / 4, 5 / 7, 2 / 3],
    }
    for name, values in expected.items():
        np.testing.assert_allclose(heads.SCORES[name](scored)[0], values)
    assert set(heads.SCORES) == set(expected)


def test_autocorrelation_equals_numpy(series):
    for tau in (1, 3):
        expected = np.corrcoef(series[2, 0, 1, :-tau], series[2, 0, 1, tau:])[0, 1]
        found = heads.autocorrelation(norms(series), tau=tau)
        assert float(found[2, 0, 1]) == pytest.approx(expected)


def test_drift_is_the_fitted_change_over_the_mean():
    line = np.linspace(8, 12, 50)[None, None, None]
    assert float(heads.drift(norms(line)).squeeze()) == pytest.approx(0.4)


@pytest.mark.parametrize(
    ("layers", "first", "last"), [(18, 0.285, 0.416), (30, 0.256, 0.357), (36, 0.291, 0.291)]
)
def test_published_smoothing_bends_a_flat_profile_into_an_inverted_u(layers, first, last):
    """The ends as the public scripts draw them, computed with their own lines of code."""
    curve = heads.published_smoothing(profile(np.full(layers, 0.5)))
    assert float(curve[0]) == pytest.approx(first, abs=5e-4)
    assert float(curve[layers // 2]) == pytest.approx(0.5)
    assert float(curve[-1]) == pytest.approx(last, abs=5e-4)


def test_published_smoothing_has_no_curve_where_its_window_is_longer_than_the_profile():
    for layers in (2, 4, 12):
        assert np.isnan(heads.published_smoothing(profile(np.full(layers, 0.5)))).all()
    assert np.isfinite(heads.published_smoothing(profile(np.full(13, 0.5)))).all()


def test_min_max_spans_the_unit_interval():
    np.testing.assert_allclose(heads.min_max(profile([2.0, 6.0, 3.0])), [0, 1, 0.25])
