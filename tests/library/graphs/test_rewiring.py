"""Shuffled graphs keep what they say they keep, and destroy the rest."""

import logging
from itertools import islice

import numpy as np
import pytest

from synergycore import graphs
from synergycore.errors import SynergyError
from synergycore.graphs import rewiring

UNITS, LAYERS = 48, 8
LAYER = np.arange(UNITS) // (UNITS // LAYERS)


def structured(seed=0):
    """Heads of unequal strength, weights that fall with distance, and two communities."""
    rng = np.random.default_rng(seed)
    strength = rng.lognormal(sigma=0.5, size=UNITS)
    near = np.exp(-np.abs(LAYER[:, None] - LAYER) / 3)
    block = 1 + 2 * (np.arange(UNITS)[:, None] % 2 == np.arange(UNITS) % 2)
    weights = np.triu(rng.gamma(4, size=(UNITS, UNITS)) * near * block, 1)
    weights = weights + weights.T
    return weights * strength * strength[:, None]


def test_strength_preserving_keeps_the_weights_exactly_and_the_strengths_within_tolerance():
    weights = structured()
    shuffled = graphs.strength_preserving(weights, np.random.default_rng(1))
    np.testing.assert_array_equal(
        np.sort(graphs.edge_weights(shuffled)), np.sort(graphs.edge_weights(weights))
    )
    assert graphs.strength_errors(weights, shuffled).max() <= 0.0100001
    plain = graphs.from_edges(
        np.random.default_rng(1).permutation(graphs.edge_weights(weights)), UNITS
    )
    assert graphs.strength_errors(weights, plain).max() > 0.3


def test_strength_preserving_forgets_distance_and_communities():
    weights = structured()
    shuffled = graphs.strength_preserving(weights, np.random.default_rng(2))
    parity = np.arange(UNITS) % 2
    assert graphs.modularity(weights, parity) > 0.15
    assert abs(graphs.modularity(shuffled, parity)) < 0.03
    same_layer = LAYER[:, None] == LAYER
    np.fill_diagonal(same_layer, False)
    assert weights[same_layer].mean() > 1.8 * weights.mean()
    assert shuffled[same_layer].mean() < 1.3 * shuffled.mean()


def test_further_shuffles_keep_the_same_and_differ():
    weights = structured()
    shuffles = list(islice(graphs.strength_shuffles(weights, np.random.default_rng(1)), 4))
    edges = [graphs.edge_weights(one) for one in shuffles]
    for one, values in zip(shuffles, edges, strict=True):
        np.testing.assert_array_equal(np.sort(values), np.sort(graphs.edge_weights(weights)))
        assert graphs.strength_errors(weights, one).max() <= 0.0100001
    # what all share is what the strengths imply, so that no two are nearer than any other two
    alike = np.corrcoef(np.log(edges))[np.triu_indices(4, 1)]
    assert alike.max() < 0.4
    assert np.ptp(alike) < 0.2


def minima(seed=0, units=UNITS):
    """min(s_i, s_j): weights that no product of strengths describes."""
    own = np.random.default_rng(seed).lognormal(sigma=0.7, size=units)
    weights = np.minimum(own[:, None], own)
    np.fill_diagonal(weights, 0)
    return weights


@pytest.mark.parametrize("make", [structured, minima])
def test_the_first_shuffle_is_as_far_from_the_graph_as_the_thirtieth(make):
    weights = make()
    chains = [list(islice(graphs.strength_shuffles(weights, rng), 30)) for rng in seeds(8)]
    strongest = np.argsort(-weights.sum(axis=1))[: UNITS // 4]
    for measure in (graphs.global_efficiency, lambda one: graphs.core_ratio(one, strongest)):
        early, late = (
            np.array([[measure(one) for one in chain[part]] for chain in chains])
            for part in (slice(0, 3), slice(-3, None))
        )
        apart = early.mean() - late.mean()
        assert abs(apart) < 4 * np.hypot(early.std(), late.std()) / np.sqrt(8)
    stay = np.mean(graphs.edge_weights(chains[0][0]) == graphs.edge_weights(weights))
    assert stay < 0.3  # a fifth of the minima are equal to another


def seeds(count):
    return map(np.random.default_rng, range(count))


def test_shuffles_do_not_remember_where_they_began():
    weights = structured()
    other = graphs.strength_preserving(weights, np.random.default_rng(9))
    means = [
        np.mean([
            graphs.global_efficiency(one)
            for one in islice(graphs.strength_shuffles(start, np.random.default_rng(0)), 20)
        ])
        for start in (weights, other)
    ]  # fmt: skip
    assert means[0] == pytest.approx(means[1], rel=0.02)
    assert means[0] != pytest.approx(graphs.global_efficiency(weights), rel=0.02)


def test_weak_heads_keep_their_strength_too_however_uneven_the_graph():
    own = np.random.default_rng(0).lognormal(sigma=2, size=UNITS)
    weights = own * own[:, None]
    np.fill_diagonal(weights, 0)
    shuffled = graphs.strength_preserving(weights, np.random.default_rng(1))
    assert graphs.strength_errors(weights, shuffled).max() <= 0.0100001
    assert not np.array_equal(weights, shuffled)


def test_every_allowed_graph_is_equally_likely():
    """On four heads with one strong couple, three such graphs keep strengths within a tolerance."""
    weights = graphs.from_edges(np.array([3.0, 1.0, 1.0, 1.0, 1.0, 3.0]), 4)
    draws = islice(graphs.strength_shuffles(weights, np.random.default_rng(0)), 3000)
    partner = np.array([np.argmax(one[0]) for one in draws])
    np.testing.assert_allclose(np.bincount(partner)[1:] / 3000, 1 / 3, atol=0.03)


def test_a_graph_whose_strong_weights_cannot_move_is_named(caplog):
    members = np.arange(UNITS) < 16
    two_values = 1 + 4.0 * (members[:, None] & members)
    np.fill_diagonal(two_values, 0)
    rewiring._say_locked.cache_clear()
    with caplog.at_level(logging.WARNING):
        graphs.strength_preserving(structured(), np.random.default_rng(0))
        graphs.strength_preserving(np.ones((6, 6)) - np.eye(6), np.random.default_rng(0))
        assert caplog.text == ""
        for _ in range(3):
            graphs.strength_preserving(two_values, np.random.default_rng(0))
    assert caplog.messages == ["a shuffle left more than 95 % of the strongest weights in place"]


@pytest.mark.parametrize("units", [2, 3])
def test_graphs_too_small_to_rearrange_are_their_own_shuffle(units):
    weights = graphs.from_edges(np.arange(1.0, 1 + units * (units - 1) // 2), units)
    shuffled = graphs.strength_preserving(weights, np.random.default_rng(0))
    np.testing.assert_array_equal(shuffled, weights)


def test_distance_matched_keeps_the_weights_of_every_distance_and_forgets_the_strengths():
    weights = structured()
    shuffled = graphs.distance_matched(weights, LAYER, np.random.default_rng(1))
    distance = np.abs(LAYER[:, None] - LAYER)[np.triu_indices(UNITS, 1)]
    before, after = graphs.edge_weights(weights), graphs.edge_weights(shuffled)
    for d in range(LAYERS):
        np.testing.assert_array_equal(np.sort(after[distance == d]), np.sort(before[distance == d]))
    assert np.corrcoef(weights.sum(1), shuffled.sum(1))[0, 1] < 0.6
    assert not np.array_equal(before, after)


def test_distance_matched_in_a_single_layer_is_a_plain_shuffle():
    weights = structured()
    shuffled = graphs.distance_matched(weights, np.zeros(UNITS), np.random.default_rng(1))
    before, after = graphs.edge_weights(weights), graphs.edge_weights(shuffled)
    np.testing.assert_array_equal(np.sort(after), np.sort(before))
    assert abs(np.corrcoef(before, after)[0, 1]) < 0.1


@pytest.mark.parametrize("shuffle", [graphs.strength_preserving, graphs.distance_matched])
def test_shuffles_repeat_with_their_seed_and_leave_the_graph_alone(shuffle):
    weights = structured()
    before = weights.copy()
    options = (LAYER,) if shuffle is graphs.distance_matched else ()
    draws = [shuffle(weights, *options, np.random.default_rng(seed)) for seed in (1, 1, 2)]
    np.testing.assert_array_equal(draws[0], draws[1])
    assert not np.array_equal(draws[0], draws[2])
    np.testing.assert_array_equal(weights, before)


def test_an_empty_graph_is_its_own_shuffle():
    empty = np.zeros((5, 5))
    rng = np.random.default_rng(0)
    np.testing.assert_array_equal(graphs.strength_preserving(empty, rng), empty)
    np.testing.assert_array_equal(graphs.distance_matched(empty, np.zeros(5), rng), empty)
    assert graphs.strength_errors(empty, empty).max() == 0


def test_layers_of_another_length_are_refused():
    with pytest.raises(SynergyError, match="3 layer numbers were given for a graph of 48 units"):
        graphs.distance_matched(structured(), np.zeros(3), np.random.default_rng(0))
