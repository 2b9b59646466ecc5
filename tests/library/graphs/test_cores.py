"""Clubs are chosen once from a score; their weight follows the weights of prompts."""

import numpy as np
import pytest

from planted_graphs import PROMPTS, UNITS, by_unit, core, planted, strengths
from synergycore import graphs
from synergycore.claims import fig2_networks as fig2


def members(clubs, graph):
    return set(np.flatnonzero(clubs.sel(graph=graph)))


def test_clubs_are_the_highest_and_the_lowest_quarter():
    order = np.random.default_rng(0).permutation(40)
    clubs = graphs.clubs(by_unit(order.astype(float)))
    assert members(clubs, "synergy") == set(np.flatnonzero(order >= 30))
    assert members(clubs, "redundancy") == set(np.flatnonzero(order < 10))
    assert clubs.sum() == 20


@pytest.mark.parametrize(("units", "share", "size"), [(270, 0.25, 68), (4, 0.05, 2)])
def test_a_club_is_a_share_of_the_heads_and_two_at_least(units, share, size):
    clubs = graphs.clubs(by_unit(np.arange(units)), share)
    assert clubs.sum("unit").values.tolist() == [size, size]


def test_a_head_without_a_score_counts_as_zero():
    clubs = graphs.clubs(by_unit(np.array([1.0, np.nan, -1.0, -2.0])), 0.5)
    assert members(clubs, "synergy") == {0, 1}


def test_core_sums_give_the_mean_over_all_pairs_of_all_prompts():
    networks = graphs.networks(planted(strengths(3), strengths(4)))
    weight = networks.weight.sel(graph="synergy", drop=True)
    inside = by_unit(np.arange(UNITS) < 9)
    rows = np.array([0, 0, 2, 3, 3, 3])
    drawn = graphs.core_sums(weight, inside).isel(prompt=rows).mean("prompt")
    average = graphs.complete(networks.weight.isel(prompt=rows).mean("prompt"))
    expected = graphs.core_ratio(average.sel(graph="synergy").values, np.arange(9))
    assert fig2.core_weight(drawn) == pytest.approx(np.log(expected))
    assert drawn["inside_pairs"] == 9 * 8
    assert len(rows) == PROMPTS


def test_a_head_without_a_series_does_not_move_the_core_of_the_others():
    pairs = planted(core(np.arange(12, 21), 4), strengths(0))
    inside = by_unit(np.isin(np.arange(UNITS), np.arange(12, 21)))
    gone = pairs.copy(deep=True)
    gone["sts"][1, 2, :] = gone["sts"][1, :, 2] = np.nan
    whole, without = (
        fig2.core_weight(graphs.core_sums(one.sts, inside).mean("prompt")) for one in (pairs, gone)
    )
    assert without == pytest.approx(float(whole), abs=0.02)
    assert without != whole
