"""Shapes are the measures of each prompt's graphs, by name."""

import numpy as np
import pytest
import xarray as xr

from planted_graphs import (
    EVEN,
    LAYER,
    PROMPTS,
    UNITS,
    by_unit,
    communities,
    core,
    planted,
    strengths,
)
from synergycore import graphs

CLUBS = graphs.clubs(by_unit(-np.arange(UNITS)))
DENSITIES = (0.05, 0.1, 0.15)


def shapes(pairs, runs=10, clubs=CLUBS):
    return graphs.shapes(graphs.networks(pairs), clubs, runs=runs)


def test_shapes_are_the_measures_of_each_prompts_graphs():
    networks = graphs.networks(planted(communities(1), strengths(0)))
    found = graphs.shapes(networks, CLUBS, runs=10)
    both = graphs.complete(networks.weight.isel(prompt=3))
    club = {"synergy": np.arange(9), "redundancy": np.arange(27, 36)}
    for name in graphs.GRAPHS:
        weights, one = both.sel(graph=name).values, found.isel(prompt=3).sel(graph=name)
        mean = graphs.edge_weights(weights).mean()
        assert one.mean_weight == pytest.approx(mean)
        assert one.efficiency == pytest.approx(graphs.global_efficiency(weights) / mean)
        assert one.direct == graphs.direct_share(weights)
        assert one.club == pytest.approx(graphs.rich_club(weights, club[name]))
        assert one.best > one.spread >= one.best - one.modularity >= 0
    assert found.mean_weight.attrs["units"] == "nats"
    assert (found.spread > 0).any()


def test_shapes_at_densities_are_those_of_the_strongest_edges():
    networks = graphs.networks(planted(communities(1), strengths(0)))
    found = graphs.shapes_at(networks, CLUBS, DENSITIES)
    weights = graphs.complete(networks.weight.isel(prompt=3)).sel(graph="redundancy").values
    thin = graphs.strongest(weights, 0.15)
    kept = graphs.edge_weights(thin)
    one = found.isel(prompt=3).sel(graph="redundancy", density=0.15)
    assert one.efficiency == pytest.approx(graphs.global_efficiency(thin) / kept[kept > 0].mean())
    assert one.club == pytest.approx(graphs.rich_club(thin, np.arange(27, 36)))
    assert found.modularity.shape == (PROMPTS, 2, len(DENSITIES))


def test_the_scale_of_the_weights_is_taken_out():
    pairs = planted(communities(1), communities(1))
    before, after = shapes(pairs), shapes(pairs.assign(sts=10 * pairs.sts))
    for measure in ("efficiency", "modularity", "club"):
        np.testing.assert_allclose(before[measure], after[measure])
    np.testing.assert_allclose(before.mean_weight * [10, 1], after.mean_weight)


def test_agreement_with_layers_is_one_where_layers_are_the_communities():
    networks = graphs.networks(planted(communities(30, LAYER), EVEN))
    found = graphs.shapes(networks, CLUBS, runs=10)
    np.testing.assert_allclose(found.agreement.sel(graph="synergy"), 1)
    np.testing.assert_allclose(found.in_blocks.sel(graph="synergy"), 1)
    assert (found.agreement.sel(graph="redundancy") < 0.5).all()
    thin = graphs.shapes_at(networks, CLUBS, (0.1,)).isel(density=0)
    assert (thin.agreement.sel(graph="synergy") > 0.9).all()
    assert (thin.modularity.sel(graph="synergy") > thin.modularity.sel(graph="redundancy")).all()


def test_agreement_with_layers_is_compared_with_that_of_as_many_blocks():
    found = shapes(planted(communities(9), communities(9)))
    two = graphs.depth_blocks(LAYER, 2)
    np.testing.assert_allclose(found.in_blocks, graphs.adjusted_rand(two, LAYER))


def test_blocks_are_stretches_of_layers():
    labels = graphs.depth_blocks(np.repeat(np.arange(6), 2), 3)
    np.testing.assert_array_equal(labels, np.repeat([0, 1, 2], 4))


def test_both_graphs_have_clubs_of_their_own():
    here, there = np.arange(12, 21), np.arange(27, 36)
    pairs = planted(core(here, 4), core(there, 4))
    score = np.isin(np.arange(UNITS), here).astype(float) - np.isin(np.arange(UNITS), there)
    found = shapes(pairs, clubs=graphs.clubs(by_unit(score)))
    np.testing.assert_allclose(found.club, 1, atol=0.1)
    swapped = shapes(pairs, clubs=graphs.clubs(by_unit(-score)))
    assert (swapped.club < 0.5).all()


def broken(kind):
    pairs = planted(communities(2), communities(2)).copy(deep=True)
    for name in ("sts", "rtr"):
        one = pairs[name].values[1]
        if kind == "empty":
            one[:] = np.where(np.isnan(one), one, 0)
        elif kind == "undefined":
            one[:] = np.nan
        else:
            one[3:] = one[:, 3:] = np.nan
    return pairs


@pytest.mark.parametrize("kind", ["empty", "undefined", "three heads"])
def test_a_prompt_without_a_graph_has_no_shape_and_the_others_have(kind):
    networks = graphs.networks(broken(kind))
    found = [
        graphs.shapes(networks, CLUBS, runs=2),
        graphs.shapes_at(networks, CLUBS, DENSITIES),
        graphs.shuffled_shapes(networks, CLUBS, "distance_matched", draws=2),
        graphs.subset_shapes(networks, {"a": CLUBS.sel(graph="synergy")}, draws=2),
    ]
    for one in found:
        for name in ("efficiency", "modularity"):
            assert np.isnan(one[name].isel(prompt=1)).all()
            assert np.isfinite(one[name].isel(prompt=2)).all()


def test_a_model_of_one_layer_has_shapes_and_shuffles():
    pairs = planted(communities(2), EVEN).assign_coords(layer=("unit", np.zeros(UNITS, int)))
    networks = graphs.networks(pairs)
    found = graphs.shapes(networks, CLUBS, runs=2)
    assert np.isfinite(found.modularity).all()
    np.testing.assert_allclose(found.agreement, 0)
    null = graphs.shuffled_shapes(networks, CLUBS, "distance_matched", draws=2)
    assert np.isfinite(null.efficiency).all()


def test_the_same_seed_gives_the_same_shapes_and_another_seed_others():
    networks = graphs.networks(planted(strengths(0), strengths(1)))
    first, again, other = (graphs.shapes(networks, CLUBS, runs=3, seed=s) for s in (0, 0, 1))
    xr.testing.assert_identical(first, again)
    assert not first.identical(other)
    fewer = graphs.shapes(networks.isel(prompt=slice(2)), CLUBS, runs=3)
    xr.testing.assert_identical(first.isel(prompt=slice(2)), fewer)
