"""Figure 1's statistics on systems whose answer is known, judged as the chapter judges them."""

from functools import partial

import numpy as np
import pytest
import xarray as xr

from labelled import norms
from synergycore import claims, heads, nulls, stats
from synergycore.claims import fig1_synergistic_core as fig1

LAYERS, HEADS, STEPS, PROMPTS = 9, 4, 600, 5
MIDDLE = slice(3, 6)
draw = partial(stats.generator, 0)


def persistent_but_uncoupled(rng):
    """Independent AR(1) heads, more autocorrelated in the middle third of the layers."""
    a = np.full((LAYERS, HEADS), 0.3)
    a[MIDDLE] = 0.85
    x = np.zeros((PROMPTS, LAYERS, HEADS, STEPS + 50))
    for t in range(1, STEPS + 50):
        x[..., t] = a * x[..., t - 1] + rng.normal(size=x.shape[:-1])
    return norms(10 + x[..., 50:])


def coupled_in_the_middle(rng):
    """White heads, but in the middle third each is driven by its neighbour's past."""
    x = np.zeros((PROMPTS, LAYERS, HEADS, STEPS + 50))
    for t in range(1, STEPS + 50):
        x[..., t] = rng.normal(size=x.shape[:-1])
        x[:, MIDDLE, :, t] += 0.9 * x[:, MIDDLE, ::-1, t - 1]
    return norms(10 + x[..., 50:])


def scored_of(signal):
    return heads.scores(signal).assign(
        **nulls.excess_synergy(signal), autocorrelation=heads.autocorrelation(signal)
    )


@pytest.fixture(scope="module")
def twins():
    rng = np.random.default_rng(7)
    return [scored_of(norms(10 + rng.normal(size=(PROMPTS, LAYERS, HEADS, STEPS)))) for _ in "ab"]


@pytest.fixture(scope="module")
def uncoupled():
    signal = persistent_but_uncoupled(np.random.default_rng(1))
    return scored_of(signal), nulls.cross_prompt(signal)


@pytest.fixture(scope="module")
def weights(uncoupled):
    return stats.bootstrap_weights(uncoupled[0], 200, draw(0, "bootstrap"))


def verdict(found):
    return claims.verdict(claims.registry()[found.claim], found)


def judged_interaction(scored, crossed, twins, weights):
    controls = {
        "cross_prompt": stats.over_prompts(fig1.interaction, crossed, weights),
        "random_twin": stats.over_twins(fig1.interaction, twins, weights, draw(0, "twin")),
    }
    effect = stats.over_prompts(fig1.interaction, scored, weights)
    return claims.judge(2, effect, controls, model="toy")


def test_every_claim_of_the_chapter_names_it_in_the_registry():
    mine = [number for number, claim in claims.registry().items() if claim.chapter == fig1.CHAPTER]
    assert mine == [1, 2, 3, 4, 5, 7, 8, 27, 29]


def test_autocorrelation_alone_makes_an_inverted_u_but_no_interaction(uncoupled, twins, weights):
    # in nats: in ranks the noise floor of redundancy rises with autocorrelation as well
    scored, crossed = uncoupled
    found = judged_interaction(scored, crossed, twins, weights)
    assert verdict(found) != "replicates"
    assert abs(found.effect.value) < 0.01
    rises = [
        float(stats.rise(those.sts.mean("prompt").mean("head"))) for those in (scored, crossed)
    ]
    assert rises[0] > 0.1
    assert rises[1] == pytest.approx(rises[0], rel=0.1)


def test_coupling_shows_as_interaction_above_every_control(twins, weights):
    signal = coupled_in_the_middle(np.random.default_rng(2))
    found = judged_interaction(scored_of(signal), nulls.cross_prompt(signal), twins, weights)
    assert verdict(found) == "replicates"
    assert found.effect.value > 0.02


def cosines(middle):
    """(addition, prompt, layer): positive at both ends, `middle` in between."""
    noise = np.random.default_rng(0).normal(size=(3, PROMPTS, LAYERS))
    values = np.repeat([0.4, middle, 0.3], 3) + 0.02 * noise
    additions = {"addition": ["attention", "mlp", "both"]}
    return xr.DataArray(values, dims=("addition", "prompt", "layer"), coords=additions)


def test_a_planted_reversal_of_the_flow_replicates_and_its_absence_does_not(weights):
    twin = stats.over_twins(fig1.flow_reversal, [cosines(0.3)], weights, draw(0, "twin"))
    effect = stats.over_prompts(fig1.flow_reversal, cosines(-0.2), weights)
    found = claims.judge(8, effect, {"random_twin": twin}, model="toy")
    assert verdict(found) == "replicates"
    assert found.effect.value == pytest.approx(0.3, abs=0.03)
    smooth = stats.over_prompts(fig1.flow_reversal, cosines(0.35), weights)
    assert smooth.estimate.high < 0


def scores_by(sts, rtr):
    """Averaged scores (layer, head)."""
    return xr.Dataset({"sts": (("layer", "head"), sts), "rtr": (("layer", "head"), rtr)})


@pytest.mark.parametrize("score", heads.SCORES)
def test_the_inverted_u_is_found_in_every_score_where_it_is_planted(score):
    layer = np.arange(LAYERS)[:, None]
    hump = np.exp(-((layer - 4) ** 2) / 4) + np.zeros(HEADS)
    planted = scores_by(1 + hump, 1 - 0.5 * hump)
    assert float(fig1.inverted_u(planted, score)) > 0.05
    upside_down = scores_by(1 - 0.5 * hump, 1 + hump)
    assert float(fig1.inverted_u(upside_down, score)) < -0.05


def test_heads_of_one_kind_in_one_layer_are_concentrated_and_dealt_out_ones_are_not():
    rng = np.random.default_rng(0)
    level = np.repeat(rng.normal(size=(40, 1)), HEADS, axis=1)
    noise = 0.01 * rng.normal(size=(2, 40, HEADS))
    together = scores_by(level + noise[0], -level + noise[1])
    assert float(fig1.concentration(together)) > 0.9
    apart = rng.permuted(together.sts.values.ravel()).reshape(40, HEADS)
    assert abs(float(fig1.concentration(scores_by(apart, -apart)))) < 0.3


def test_the_boundary_is_sharp_where_the_profile_is_a_box():
    box = np.repeat([0.0, 1.0, 0.0], 6)[:, None] + 0.01 * np.random.default_rng(0).normal(
        size=(18, HEADS)
    )
    arch = 1 - np.linspace(-1, 1, 18)[:, None] ** 2 + 0 * box
    assert float(fig1.boundary(scores_by(box, 1 - box), "ratio")) > 20
    assert float(fig1.boundary(scores_by(arch, 1 - arch), "ratio")) < 0


def test_redundant_ends_and_opposition_take_the_atoms_themselves():
    u = np.repeat([3.0, 1.0, 2.0], 3)[:, None] + np.zeros(HEADS)
    assert float(fig1.redundant_ends(scores_by(-u, u))) == pytest.approx(1)
    rng = np.random.default_rng(0)
    sts = rng.normal(size=(LAYERS, HEADS))
    assert float(fig1.opposition(scores_by(sts, -sts))) == pytest.approx(-1)
    assert float(fig1.opposition(scores_by(sts, 2 * sts))) == pytest.approx(1)


def test_a_stable_ranking_agrees_between_halves_and_noise_does_not():
    rng = np.random.default_rng(0)
    own = rng.normal(size=(LAYERS, HEADS)) + 0.5 * rng.normal(size=(20, LAYERS, HEADS))
    dims = ("prompt", "layer", "head")
    scored = xr.Dataset({"sts": (dims, own), "rtr": (dims, -own)})
    halves = stats.half_splits(scored, 50, draw(29, "half_splits"))
    first, second = (scored.weighted(half).mean("prompt") for half in halves)
    assert float(fig1.reliability(first, second).mean()) > 0.8
    mixed = stats.permuted(heads.rank_difference(second), draw(29, "shuffled_heads"))
    unrelated = stats.spearman(heads.rank_difference(first), mixed)
    assert abs(float(unrelated.mean())) < 0.1


def test_chunks_that_share_coordinates_are_told_from_heads(uncoupled):
    rng = np.random.default_rng(0)
    stripes = rng.normal(size=HEADS) + 0.1 * rng.normal(size=(LAYERS, HEADS))
    chunks = stats.variance_shares(heads.rank_difference(scores_by(stripes, -stripes)))
    own = stats.variance_shares(heads.rank_difference(uncoupled[0].mean("prompt")))
    assert float(chunks["index"]) > 0.8
    assert float(own["index"]) < 0.2
    assert float(own["layer"]) > float(chunks["layer"])


def test_margins_are_effect_minus_control_paired_over_prompts(uncoupled, twins, weights):
    found = judged_interaction(*uncoupled, twins, weights)
    control = found.controls["random_twin"]
    assert control.margin.value == pytest.approx(found.effect.value - control.value.value)
    points = [float(fig1.interaction(twin.mean("prompt"))) for twin in twins]
    assert control.value.value == pytest.approx(np.mean(points))


def test_same_seed_gives_the_same_evidence(uncoupled, twins):
    def found(seed):
        weights = stats.bootstrap_weights(uncoupled[0], 40, stats.generator(seed, 0, "bootstrap"))
        return judged_interaction(*uncoupled, twins, weights)

    assert found(3) == found(3)
    assert found(3) != found(4)
