"""Figure 3's statistics on energies and timings that are planted, judged as the chapter does."""

import warnings
from functools import partial

import numpy as np
import pytest
import xarray as xr
from scipy.stats import rankdata

from synergycore import claims, heads, stats
from synergycore.claims import fig3_energy as fig3

LAYERS, HEADS, PROMPTS, ROUNDS, SAMPLES = 12, 4, 6, 30, 200
HUMP = 1 + np.exp(-(((np.arange(LAYERS) - 5.5) / 2) ** 2))
EARLY = 1 + 5 * np.exp(-np.arange(LAYERS) / 2)
ONES = np.ones(LAYERS)
draw = partial(stats.generator, 0)


def planted(energy, synergy, seed=0, noise=0.03, prompts=PROMPTS):
    """Energy (prompt, layer) and head scores; redundancy is the opposite of synergy."""
    rng = np.random.default_rng(seed)
    layers = len(energy)
    noisy = np.asarray(energy) * (1 + noise * rng.normal(size=(prompts, layers)))
    scores = np.repeat(synergy, HEADS) + 0.02 * rng.normal(size=(prompts, layers * HEADS))
    scores = scores.reshape(prompts, layers, HEADS)
    heads_of = ("prompt", "layer", "head")
    return xr.Dataset(
        {
            "energy": (("prompt", "layer"), noisy),
            "sts": (heads_of, scores),
            "rtr": (heads_of, -scores),
        }
    )


def timed(profile, seed=0, spread=0.01, drift=0.2):
    """Seconds (round, layer), with rounds that are slow as a whole."""
    rng = np.random.default_rng(seed)
    slow = rng.lognormal(sigma=drift, size=(ROUNDS, 1))
    noise = rng.lognormal(sigma=spread, size=(ROUNDS, len(profile)))
    return xr.DataArray(1e-3 * np.asarray(profile) * slow * noise, dims=("round", "layer"))


def weights_of(data, seed=0):
    rng = stats.generator(seed, 0, "bootstrap")
    return stats.bootstrap_weights(data.sizes["prompt"], SAMPLES, rng)


def judged_13(data, twin=None, seed=0):
    energy, weights = data.energy, weights_of(data, seed)
    if twin is None:
        flat = np.ones(energy.sizes["layer"])
        twin = planted(flat, flat, seed=9).energy
    controls = {
        "random_twin": stats.over_twins(fig3.peak, [twin], weights, draw(0, "twin")),
        "without_first_two": stats.over_prompts(
            fig3.peak, energy.isel(layer=slice(2, None)), weights
        ),
    }
    effect = stats.over_prompts(fig3.peak, energy, weights)
    return claims.judge(13, effect, controls, model="toy")


def judged_14(data, seed=0):
    weights, shifted = weights_of(data, seed), fig3.circular_shifts(data.mean("prompt"))
    rng = stats.generator(seed, 14, "circular_shift, paired")
    controls = {
        "circular_shift": stats.null(shifted, SAMPLES, rng),
        "without_first_two": stats.over_prompts(partial(fig3.tracking, first=2), data, weights),
    }
    return claims.judge(14, stats.over_prompts(fig3.tracking, data, weights), controls, model="toy")


def judged_15(costs, implied=0.0):
    effect = fig3.over_rounds(fig3.log_rise, costs, SAMPLES, draw(15, "rounds"))
    counted = stats.Sampled(implied, np.full(SAMPLES, implied))
    return claims.judge(15, effect, {"analytic_cost": counted}, model="toy")


def verdict(found):
    return claims.verdict(claims.registry()[found.claim], found)


def ranks(data):
    """Synergy and redundancy are opposite, so that rank(syn) − rank(red) is linear in rank(syn)."""
    synergy = data.sts.mean("prompt").values.ravel()
    by_layer = (2 * rankdata(synergy) - synergy.size - 1).reshape(-1, HEADS).sum(axis=1)
    return by_layer / (synergy.size * HEADS)  # of whole numbers, so that ties stay ties


def spearman(x, y):
    return np.corrcoef(rankdata(x), rankdata(y))[0, 1]


@pytest.fixture(scope="module")
def hump():
    return planted(HUMP, HUMP)


def test_every_claim_of_the_chapter_names_it_in_the_registry():
    registry = claims.registry()
    assert [n for n, c in registry.items() if c.chapter == fig3.CHAPTER] == [13, 14, 15]
    assert [registry[n].timed for n in (13, 14, 15)] == [False, False, True]


def test_a_planted_peak_that_follows_synergy_replicates(hump):
    peak, tracking = judged_13(hump), judged_14(hump)
    assert (verdict(peak), verdict(tracking)) == ("replicates", "replicates")
    early, middle, late = HUMP[:4].mean(), HUMP[4:8].mean(), HUMP[8:].mean()
    assert peak.effect.value == pytest.approx(middle - max(early, late), abs=0.03)
    assert tracking.effect.value > 0.9


def test_a_peak_at_the_start_is_no_peak_in_the_middle():
    found = planted(EARLY, HUMP)
    assert verdict(judged_13(found)) == verdict(judged_14(found)) == "does not replicate"
    assert judged_13(found).effect.high < 0


def test_a_peak_that_a_twin_has_too_is_only_partly_there(hump):
    assert verdict(judged_13(hump, twin=hump.energy + 1)) == "partly"


def test_the_first_two_layers_alone_cannot_hide_a_peak():
    found = judged_13(planted(HUMP + 20 * (np.arange(LAYERS) < 2), HUMP))
    assert verdict(found) == "does not replicate"
    early, middle, late = (part.mean() for part in np.array_split(HUMP[2:], 3))
    without = found.controls["without_first_two"].value
    assert without.value == pytest.approx(middle - max(early, late), abs=0.03)
    assert without.low > 0


def test_tracking_from_a_layer_on_leaves_the_others_out_and_ranks_all_heads():
    first_high = HUMP + np.where(np.arange(LAYERS) < 2, 30, 0)
    data = planted(first_high, HUMP, noise=0)
    mean = data.mean("prompt")
    rest = spearman(first_high[2:], ranks(data)[2:])
    assert float(fig3.tracking(mean, first=2)) == pytest.approx(rest)
    assert rest > 0.9 > float(fig3.tracking(mean)) + 0.3
    np.testing.assert_allclose(fig3.synergy_profile(mean), ranks(data), atol=1e-12)


@pytest.mark.parametrize("score", heads.SCORES)
def test_tracking_follows_the_score_that_is_chosen(score):
    rng = np.random.default_rng(2)
    values = rng.uniform(1, 2, size=(2, LAYERS, HEADS))
    mean = xr.Dataset(
        {"energy": ("layer", HUMP), "sts": (("layer", "head"), values[0]),
         "rtr": (("layer", "head"), values[1])}
    )  # fmt: skip
    profile = heads.SCORES[score](mean).mean("head").round(12)  # equal sums are ties
    assert float(fig3.tracking(mean, score)) == pytest.approx(spearman(HUMP, profile))
    rest = spearman(HUMP[2:], profile[2:])  # ranks are still those among all heads
    assert float(fig3.tracking(mean, score, first=2)) == pytest.approx(rest)
    rolled = [spearman(HUMP, np.roll(profile, shift)) for shift in range(1, LAYERS)]
    np.testing.assert_allclose(fig3.circular_shifts(mean, score), rolled)


def test_the_null_is_the_shifted_profile_and_the_margin_effect_minus_null(hump):
    energy = hump.energy.mean("prompt").values
    expected = [spearman(energy, np.roll(ranks(hump), k)) for k in range(1, LAYERS)]
    shifted = fig3.circular_shifts(hump.mean("prompt"))
    np.testing.assert_allclose(shifted, expected)
    assert list(shifted["shift"].values) == list(range(1, LAYERS))
    found = judged_14(hump)
    control = found.controls["circular_shift"]
    assert control.value.value == pytest.approx(np.mean(expected))
    assert control.margin.value == pytest.approx(found.effect.value - np.mean(expected))
    assert control.value.high <= max(expected)
    assert control.margin.low > 0


def test_shifts_that_reach_the_correlation_are_counted_ties_included():
    shifted = xr.DataArray([0.5, 0.5 - 1e-12, 0.7, 0.4], dims="shift")
    assert fig3.reaching(0.5, shifted) == 3
    twice = np.tile([1.0, 2, 3, 4, 5, 6], 2)
    mean = xr.Dataset(
        {name: (("layer", "head"), sign * np.outer(twice, np.ones(HEADS)))
         for name, sign in (("sts", 1), ("rtr", -1))}
    ).assign(energy=("layer", twice))  # fmt: skip
    assert fig3.reaching(float(fig3.tracking(mean)), fig3.circular_shifts(mean)) == 1


def test_an_undefined_correlation_has_no_p():
    shifted = xr.DataArray(np.array([0.1, 0.2]), dims="shift")
    assert np.isnan(fig3.reaching(float("nan"), shifted))


def test_same_seed_gives_the_same_evidence(hump):
    assert judged_14(hump) == judged_14(planted(HUMP, HUMP))
    assert judged_14(hump, seed=1) != judged_14(hump)


@pytest.mark.parametrize(
    ("rise", "expected"),
    [(1.0, "does not replicate"), (1.03, "does not replicate"), (1.3, "replicates")],
)
def test_a_dear_middle_is_found_beyond_five_per_cent(rise, expected):
    found = judged_15(timed(np.repeat([1, rise, 1], 4)))
    assert verdict(found) == expected
    assert found.effect.value == pytest.approx(np.log(rise), abs=0.02)


def test_a_dear_middle_that_its_counts_explain_is_only_partly_there():
    costs = timed(np.repeat([1, 1.3, 1], 4))
    assert verdict(judged_15(costs, np.log(1.3))) == "partly"
    assert verdict(judged_15(costs, float("nan"))) == "partly"  # nothing could be counted


def rises(costs):
    return fig3.over_rounds(fig3.log_rise, costs, SAMPLES, draw(15, "rounds"))


def test_slow_rounds_do_not_widen_the_interval_of_a_contrast_within_rounds():
    assert np.ptp(rises(timed(ONES, spread=1e-6)).draws) < 1e-4
    assert np.ptp(rises(timed(ONES, spread=0.1)).draws) > 0.01


def test_a_few_disturbed_readings_move_neither_the_contrast_nor_its_interval():
    disturbed = timed(ONES, spread=1e-3, drift=0)
    disturbed[:3, 4:8] *= 1000
    found = rises(disturbed)
    assert abs(found.value) < 0.01
    assert np.abs(found.draws).max() < 0.01


def test_rounds_are_drawn_with_replacement_and_each_whole():
    costs = timed(HUMP, spread=0.1)
    rows = draw(15, "rounds").integers(ROUNDS, size=(SAMPLES, ROUNDS))
    expected = [np.median(costs.values[each], axis=0).sum() for each in rows]
    found = fig3.over_rounds(lambda c: c.sum("layer"), costs, SAMPLES, draw(15, "rounds"))
    np.testing.assert_allclose(found.draws, expected)


@pytest.mark.parametrize("layers", [1, 2])
def test_one_or_two_layers_decide_nothing_and_crash_nothing(layers):
    data = planted(HUMP[:layers], HUMP[:layers])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = [judged_13(data), judged_14(data), judged_15(timed(ONES[:layers]))]
    assert [verdict(one) for one in found] == ["does not replicate"] * 3
    assert not found[0].effect.defined
    assert not found[2].effect.defined
    assert fig3.circular_shifts(data.mean("prompt")).sizes["shift"] == layers - 1
    pairs = xr.DataArray(np.ones((5, layers)), dims=("pair", "layer"))
    assert np.isnan(fig3.chance(pairs, pairs))


def test_chance_is_the_share_of_pairs_that_pass_claim_14():
    first, second = np.random.default_rng(3).normal(size=(2, 20, 9)).cumsum(axis=2)
    passed = 0
    for x, y in zip(first, second, strict=True):
        margins = spearman(x, y) - [spearman(x, np.roll(y, k)) for k in range(1, 9)]
        passed += spearman(x, y) > 0 and np.quantile(margins, 0.025) > 0
    pairs = (xr.DataArray(values, dims=("pair", "layer")) for values in (first, second))
    assert fig3.chance(*pairs) == passed / 20
    assert passed > 0
