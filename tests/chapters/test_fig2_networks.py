"""Claims 10 to 12 on networks whose structure is planted, judged as the chapter judges them."""

import numpy as np
import pytest
import xarray as xr

from planted_graphs import (
    EVEN,
    PROMPTS,
    UNITS,
    apart,
    by_unit,
    communities,
    planted,
    strengths,
)
from synergycore import claims, graphs, heads, nulls, stats
from synergycore.claims import fig2_networks as fig2

DRAWS = 200


def judged(pairs, score=None, seed=0):
    """Evidence of the three claims by number, and what it was made from."""
    score = by_unit(-np.arange(UNITS)) if score is None else score
    networks, clubs = graphs.networks(pairs), graphs.clubs(score)
    resamples = stats.bootstrap_weights(pairs, DRAWS, stats.generator(seed, 0, "bootstrap"))
    shapes = graphs.shapes(networks, clubs, runs=20, seed=seed)
    thinned = graphs.shapes_at(networks, clubs, (0.1, 0.2), seed=seed)
    shuffled = {
        kind: graphs.shuffled_shapes(networks, clubs, kind, draws=3, seed=seed)
        for kind in graphs.SHUFFLES
    }

    def of(statistic, number):
        controls = {
            kind: stats.null_per_prompt(
                statistic(null), resamples, stats.generator(seed, 0, f"{kind}, paired")
            )
            for kind, null in shuffled.items()
        }
        controls["equal_density"] = stats.over_prompts(
            statistic, thinned.mean("density"), resamples
        )
        effect = stats.over_prompts(statistic, shapes, resamples)
        return claims.judge(number, effect, controls, model="toy")

    found = {10: of(fig2.integration, 10), 11: of(fig2.segregation, 11)}
    found[12] = judged_core(networks, score, resamples, seed)
    return found, shapes, thinned


def judged_core(networks, score, resamples, seed=0):
    average = graphs.complete(networks.weight.mean("prompt"))
    controls = {}
    for kind in graphs.SHUFFLES:
        null = graphs.average_shapes(average, score, kind, draws=40, seed=seed)
        rng = stats.generator(seed, 12, f"{kind}, paired")
        controls[kind] = stats.null(np.log(null.core.sel(graph="synergy")), DRAWS, rng)
    sums = graphs.core_sums(
        networks.weight.sel(graph="synergy", drop=True),
        graphs.clubs(score).sel(graph="synergy", drop=True),
    )
    effect = stats.over_prompts(fig2.core_weight, sums, resamples)
    return claims.judge(12, effect, controls, model="toy")


def verdict(evidence):
    return claims.verdict(claims.registry()[evidence.claim], evidence)


@pytest.fixture(scope="module")
def modular():
    """Redundancy in two communities, synergy without any structure."""
    return judged(planted(EVEN, communities(2)))


def test_claims_say_which_graph_minus_which():
    both = {"efficiency": ("graph", [1.0, 3.0]), "modularity": ("graph", [0.1, 0.4])}
    shapes = xr.Dataset(both, coords={"graph": list(graphs.GRAPHS)})
    assert fig2.integration(shapes) == -2
    assert fig2.segregation(shapes) == pytest.approx(0.3)
    sums = xr.Dataset({"inside": 12.0, "inside_pairs": 6, "all": 20.0, "pairs": 20})
    assert fig2.core_weight(sums) == pytest.approx(np.log(2))


def test_claims_keep_the_draws(modular):
    _, shapes, thinned = modular
    weights = stats.bootstrap_weights(PROMPTS, 5, np.random.default_rng(0))
    for data in (shapes, thinned.mean("density")):
        drawn = fig2.integration(data.weighted(weights).mean("prompt"))
        assert drawn.dims == ("draw",)


def test_planted_communities_of_redundancy_replicate_and_those_of_synergy_do_not(modular):
    found = modular[0]
    assert verdict(found[11]) == "replicates"
    same_half = (UNITS / 2 - 1) / (UNITS - 1)
    within = 3 * same_half / (3 * same_half + 1 - same_half)
    assert found[11].effect.value == pytest.approx(within - 1 / 2, abs=0.05)
    reverse = judged(planted(communities(2), EVEN))[0]
    assert verdict(reverse[11]) == "does not replicate"
    assert reverse[11].effect.high < 0


def test_scattered_weights_make_synergy_efficient_but_so_are_their_shuffles():
    pairs = planted(EVEN, EVEN).assign(sts=planted(EVEN, EVEN, scatter=1.2).sts)
    found = judged(pairs)[0][10]
    assert found.effect.low > 0.1
    assert verdict(found) == "partly"
    for kind in graphs.SHUFFLES:
        assert abs(found.controls[kind].margin.value) < found.effect.value / 5


def test_a_core_beyond_its_strengths_replicates_and_one_made_by_strengths_does_not():
    members = np.arange(12, 21)
    score = by_unit(np.isin(np.arange(UNITS), members).astype(float))
    uneven = np.random.default_rng(4).lognormal(sigma=0.7, size=UNITS * (UNITS - 1) // 2)
    pattern = apart(members) * graphs.from_edges(uneven, UNITS)
    resamples = stats.bootstrap_weights(PROMPTS, DRAWS, np.random.default_rng(0))
    found = judged_core(graphs.networks(planted(pattern, EVEN)), score, resamples)
    expected = np.log(graphs.core_ratio(pattern * (1 - np.eye(UNITS)), members))
    assert found.effect.value == pytest.approx(expected, abs=0.05)
    assert found.controls["strength_preserving"].margin.low > 0.2
    assert verdict(found) == "replicates"
    pairs = planted(strengths(1), EVEN)
    by_strength = pairs.sts.mean("partner").mean("prompt")
    found = judged_core(graphs.networks(pairs), by_strength, resamples)
    assert found.effect.low > 0.5
    assert verdict(found) != "replicates"


def test_a_prompt_without_a_graph_is_left_out_and_the_others_decide():
    pairs = planted(communities(2), communities(2))
    whole = judged(pairs)[0]
    gone = pairs.copy(deep=True)
    gone["sts"][1], gone["rtr"][1] = np.nan, np.nan
    found = judged(gone)[0]
    for number, evidence in found.items():
        assert evidence.effect.defined
        assert all(control.value.defined for control in evidence.controls.values())
        assert evidence.effect.value == pytest.approx(whole[number].effect.value, abs=0.05)


def test_the_same_seed_gives_the_same_evidence_and_another_seed_another(modular):
    pairs = planted(EVEN, communities(2))
    assert judged(pairs)[0] == modular[0]
    assert judged(pairs, seed=1)[0] != modular[0]


def test_synergy_made_of_minima_is_what_independent_heads_have():
    rng = np.random.default_rng(0)
    signal = rng.normal(size=(2, 3, 2, 4000))
    for t in range(1, 4000):
        signal[..., t] += np.linspace(0.3, 0.9, 6).reshape(3, 2) * signal[..., t - 1]
    signal[1, 0, 1] = 2.0  # a constant head
    norms = xr.DataArray(signal, dims=("prompt", "layer", "head", "step"))
    pairs = heads.pairs(norms)
    minima = nulls.self_prediction(pairs, heads.autocorrelation(norms))
    np.testing.assert_allclose(minima.sts, pairs.sts, atol=0.02)
    assert float(minima.sts.max()) > 0.5
    xr.testing.assert_identical(minima.rtr, pairs.rtr)
    np.testing.assert_array_equal(np.isnan(minima.sts), np.isnan(pairs.sts))
    weights = graphs.complete(graphs.networks(minima).weight.isel(prompt=0))
    assert graphs.direct_share(weights.sel(graph="synergy").values) == 1
