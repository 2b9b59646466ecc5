"""Shapes of shuffles, of averages and of subsets, and distances from shuffles."""

import numpy as np
import pytest
import xarray as xr

from planted_graphs import (
    EVEN,
    LAYER,
    PROMPTS,
    UNITS,
    apart,
    by_unit,
    communities,
    core,
    planted,
)
from synergycore import graphs
from synergycore.errors import SynergyError

MEMBERS = np.arange(12, 21)
INSIDE = by_unit(np.isin(np.arange(UNITS), MEMBERS).astype(float))
CLUBS = graphs.clubs(INSIDE)


def test_shuffles_keep_what_makes_layers_only_if_they_keep_distances():
    networks = graphs.networks(planted(communities(30, LAYER), EVEN))
    kept, lost = (
        graphs.shuffled_shapes(networks, CLUBS, kind, draws=2)
        for kind in ("distance_matched", "strength_preserving")
    )
    assert kept.agreement.sizes == {"prompt": PROMPTS, "sample": 2, "graph": 2}
    assert (kept.agreement.sel(graph="synergy") > 0.9).all()
    assert (lost.agreement.sel(graph="synergy") < 0.5).all()


def test_heads_keep_their_clubs_when_weights_are_shuffled():
    networks = graphs.networks(planted(core(MEMBERS, 4), core(MEMBERS, 4)))
    real = graphs.shapes(networks, CLUBS, runs=1)
    null = graphs.shuffled_shapes(networks, CLUBS, "distance_matched", draws=2)
    assert (real.club.sel(graph="synergy") > 0.9).all()
    assert (null.club.sel(graph="synergy") < 0.7).all()


def test_prompts_are_shuffled_each_with_a_generator_of_its_own():
    networks = graphs.networks(planted(communities(2), communities(2)))
    whole = graphs.shuffled_shapes(networks, CLUBS, "strength_preserving", draws=2)
    fewer = graphs.shuffled_shapes(
        networks.isel(prompt=slice(2)), CLUBS, "strength_preserving", draws=2
    )
    xr.testing.assert_identical(whole.isel(prompt=slice(2)), fewer)
    assert (whole.std("sample").efficiency > 0).all()


def test_an_unknown_shuffle_is_refused():
    networks = graphs.networks(planted(communities(2), communities(2)))
    mean = graphs.complete(networks.weight.mean("prompt"))
    with pytest.raises(SynergyError, match="unknown shuffle 'strength_perserving'"):
        graphs.average_shapes(mean, INSIDE, "strength_perserving")
    with pytest.raises(SynergyError, match="unknown shuffle 'strength_perserving'"):
        graphs.shuffled_shapes(networks, CLUBS, "strength_perserving", draws=1)


def test_z_scores_are_deviations_from_a_prompts_shuffles_in_shared_spreads():
    rng = np.random.default_rng(0)
    level = np.arange(400.0)[:, None]  # prompts differ, and that is not the spread
    draws = level[:, None] + rng.normal(scale=[1.0, 3.0], size=(400, 3, 2))
    samples = xr.DataArray(draws, dims=("prompt", "sample", "graph"))
    values = xr.DataArray(level + np.array([2.0, -6.0]), dims=("prompt", "graph"))
    found = graphs.z_scores(values, samples)
    np.testing.assert_allclose(found.mean("prompt"), [2, -2], atol=0.3)
    one = graphs.z_scores(values.isel(prompt=0), samples.isel(prompt=0))
    expected = (values[0] - draws[0].mean(0)) / draws[0].std(0, ddof=1)
    np.testing.assert_allclose(one, expected)
    assert np.isnan(graphs.z_scores(values, samples * 0)).all()


def test_the_average_graphs_and_their_shuffles():
    uneven = np.random.default_rng(4).lognormal(sigma=0.7, size=UNITS * (UNITS - 1) // 2)
    pattern = apart(MEMBERS) * graphs.from_edges(uneven, UNITS)
    networks = graphs.networks(planted(pattern, EVEN))
    mean = graphs.complete(networks.weight.mean("prompt"))
    real = graphs.average_shapes(mean, INSIDE).isel(sample=0).sel(graph="synergy")
    weights = mean.sel(graph="synergy").values
    assert real.core == pytest.approx(graphs.core_ratio(weights, MEMBERS))
    assert real.efficiency == pytest.approx(graphs.relative_efficiency(weights))
    assert real.club.sel(share=0.25) == pytest.approx(graphs.rich_club(weights, MEMBERS))
    half = np.argsort(-INSIDE.values, kind="stable")[:18]
    assert real.club.sel(share=0.5) == pytest.approx(graphs.rich_club(weights, half))
    null = graphs.average_shapes(mean, INSIDE, "strength_preserving", draws=20)
    assert null.sizes["sample"] == 20
    assert (null.core.sel(graph="synergy") < real.core).all()
    assert null.core.sel(graph="synergy").std() > 0


def test_layer_matched_sets_have_as_many_heads_in_every_layer():
    member = np.isin(np.arange(UNITS), [0, 1, 2, 7, 30, 35])
    drawn = graphs.layer_matched(member, LAYER, np.random.default_rng(0))
    np.testing.assert_array_equal(np.bincount(LAYER[drawn]), np.bincount(LAYER[member]))
    assert len(set(drawn)) == member.sum()
    assert set(drawn) != set(np.flatnonzero(member))


def test_subsets_are_graphs_of_their_own_beside_random_heads_of_their_layers():
    networks = graphs.networks(planted(core(MEMBERS, 4), EVEN))
    clubs = graphs.clubs(INSIDE)
    subsets = {"inside": INSIDE > 0, "outside": clubs.sel(graph="redundancy")}
    found = graphs.subset_shapes(networks, subsets, draws=3)
    mean = found.mean_weight.sel(graph="synergy").mean("prompt")
    level = np.exp(0.02)  # of the scatter
    assert mean.sel(subset="inside", heads="chosen") == pytest.approx(5 * level, rel=0.05)
    assert mean.sel(subset="outside", heads="chosen") == pytest.approx(level, rel=0.05)
    assert 1.2 < mean.sel(subset="inside", heads="random") < 4
    both = graphs.complete(networks.weight.isel(prompt=0))
    weights = both.sel(graph="synergy").values[np.ix_(MEMBERS, MEMBERS)]
    one = found.isel(prompt=0).sel(subset="inside", heads="chosen", graph="synergy")
    assert one.efficiency == pytest.approx(graphs.relative_efficiency(weights))
    assert one.mean_weight == pytest.approx(graphs.edge_weights(weights).mean())


def test_an_average_graph_without_edges_has_no_shape():
    networks = graphs.networks(planted(communities(2), communities(2)))
    empty = graphs.complete(networks.weight.mean("prompt") * 0)
    for kind in (None, "distance_matched"):
        found = graphs.average_shapes(empty, INSIDE, kind, draws=2)
        assert all(np.isnan(found[name]).all() for name in found)
        assert found.club.sizes["share"] == len(graphs.SHARES)
