"""Labelled graphs hold the atoms of every prompt, and leave out heads without a series."""

import logging

import numpy as np
import pytest
import xarray as xr

from planted_graphs import EVEN, UNITS, communities, planted
from synergycore import graphs, heads, phiid


@pytest.fixture(scope="module")
def norms():
    rng = np.random.default_rng(0)
    signal = 5 + rng.normal(size=(3, 4, 3, 60))
    signal[:, :, :, 1:] += 0.8 * signal[:, :, ::-1, :-1]
    signal[1, 2, 0] = 7.0  # a constant head
    return xr.DataArray(signal, dims=("prompt", "layer", "head", "step"))


def test_networks_hold_the_atoms_of_every_prompt(norms):
    networks = graphs.networks(heads.pairs(norms))
    atoms = phiid.decompose_pairs(norms.values[0].reshape(12, 60))
    both = graphs.complete(networks.weight.isel(prompt=0))
    np.testing.assert_allclose(both.sel(graph="redundancy"), np.nan_to_num(atoms["rtr"]))
    np.testing.assert_allclose(both.sel(graph="synergy"), np.nan_to_num(atoms["sts"]))
    assert networks.weight.attrs["units"] == "nats"


def test_negative_synergy_has_weight_zero_and_its_share_is_kept():
    pairs = planted(communities(1), EVEN)
    pairs["sts"][2, 3, 5] = pairs["sts"][2, 5, 3] = -0.1
    pairs["sts"][2, 7, 8] = pairs["sts"][2, 8, 7] = np.nan
    networks = graphs.networks(pairs)
    weight = networks.weight.isel(prompt=2).sel(graph="synergy")
    assert weight[3, 5] == weight[5, 3] == 0
    assert np.isnan(weight[7, 8])
    share = 1 / (UNITS * (UNITS - 1) / 2)
    np.testing.assert_allclose(networks.clipped.sel(graph="synergy"), share * (np.arange(6) == 2))
    np.testing.assert_array_equal(networks.clipped.sel(graph="redundancy"), 0)


def test_a_constant_head_leaves_its_prompt_and_is_counted_once(norms, caplog):
    with caplog.at_level(logging.WARNING):
        networks = graphs.networks(heads.pairs(norms))
    mine = [one.message for one in caplog.records if "graphs" in one.message]
    assert mine == [
        "in 1 of 3 prompts heads without a series are left out of the graphs, at most 1 of 12"
    ]
    both = graphs.complete(networks.weight.isel(prompt=1))
    assert 6 not in both.unit
    np.testing.assert_array_equal(both.layer, np.repeat(range(4), [3, 3, 2, 3]))
    average = graphs.complete(networks.weight.mean("prompt"))
    assert average.sizes["unit"] == 12


def test_whole_networks_are_not_reported(caplog):
    with caplog.at_level(logging.WARNING):
        graphs.networks(planted(communities(1), EVEN))
    assert caplog.text == ""


def test_a_graph_without_its_undefined_heads_has_zeros_on_its_diagonal():
    pairs = planted(communities(1), EVEN)
    pairs["rtr"][0, 3, 5] = pairs["rtr"][0, 5, 3] = np.nan
    both = graphs.complete(graphs.networks(pairs).weight.isel(prompt=0))
    assert both.sizes["unit"] == UNITS - 1
    for name in graphs.GRAPHS:
        graphs.checked(both.sel(graph=name).values)
