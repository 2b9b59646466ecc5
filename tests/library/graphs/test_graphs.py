"""Graph measures: closed forms on named graphs, then networkx on random ones, then bad input."""

import networkx as nx
import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

from synergycore import graphs
from synergycore.errors import SynergyError


def matrix(graph: nx.Graph) -> np.ndarray:
    return nx.to_numpy_array(graph, weight="weight")


def random_weights(units, seed, density=1.0):
    rng = np.random.default_rng(seed)
    values = rng.lognormal(size=units * (units - 1) // 2)
    return graphs.from_edges(values * (rng.random(values.size) < density), units)


def lollipop_efficiency(clique, path):
    """K_clique with a path hanging on it: sums of 1/d over clique, stick, and between them."""
    stick = sum((path - d) / d for d in range(1, path))
    joint = sum(1 / j + (clique - 1) / (j + 1) for j in range(1, path + 1))
    units = clique + path
    return (clique * (clique - 1) / 2 + stick + joint) / (units * (units - 1) / 2)


@pytest.mark.parametrize(
    ("graph", "expected"),
    [
        (nx.complete_graph(7), 1.0),
        (nx.cycle_graph(6), (2 / 1 + 2 / 2 + 1 / 3) / 5),
        (nx.star_graph(4), (4 + 6 / 2) / 10),
        (nx.disjoint_union(nx.complete_graph(4), nx.complete_graph(4)), 2 * 6 / 28),
        (nx.lollipop_graph(5, 4), lollipop_efficiency(5, 4)),
        (nx.empty_graph(4), 0.0),
    ],
    ids=["complete", "cycle", "star", "two cliques", "lollipop", "empty"],
)
def test_efficiency_of_named_graphs(graph, expected):
    assert graphs.global_efficiency(matrix(graph)) == pytest.approx(expected, abs=1e-14)


@pytest.mark.parametrize(
    ("graph", "labels", "expected"),
    [
        (nx.complete_graph(7), np.zeros(7), 0.0),
        (nx.complete_graph(4), np.arange(4), -1 / 4),
        (nx.cycle_graph(6), [0, 0, 0, 1, 1, 1], 4 / 6 - 1 / 2),
        (nx.star_graph(4), [0, 0, 0, 1, 1], 2 / 4 - (6 / 8) ** 2 - (2 / 8) ** 2),
        (nx.disjoint_union(nx.complete_graph(4), nx.complete_graph(4)), [5] * 4 + [3] * 4, 0.5),
        (nx.lollipop_graph(3, 2), [0, 0, 0, 1, 1], 4 / 5 - (7 / 10) ** 2 - (3 / 10) ** 2),
    ],
    ids=["one", "singles", "cycle", "star", "two cliques", "lollipop"],
)
def test_modularity_of_named_partitions(graph, labels, expected):
    assert graphs.modularity(matrix(graph), np.array(labels)) == pytest.approx(expected, abs=1e-14)


@pytest.mark.parametrize("density", [1.0, 0.4, 0.08])
def test_distances_are_dijkstras(density):
    weights = random_weights(40, 1, density)
    graph = nx.from_numpy_array(weights)
    for _, _, edge in graph.edges(data=True):
        edge["length"] = 1 / edge["weight"]
    expected = np.full((40, 40), np.inf)
    for unit, lengths in nx.all_pairs_dijkstra_path_length(graph, weight="length"):
        expected[unit, list(lengths)] = list(lengths.values())
    found = graphs.distances(weights)
    np.testing.assert_allclose(found, expected, rtol=1e-12)
    off = ~np.eye(40, dtype=bool)
    assert graphs.global_efficiency(weights) == pytest.approx((1 / expected[off]).mean())


def test_on_a_complete_graph_whose_direct_paths_are_shortest_efficiency_is_the_mean_weight():
    weights = graphs.from_edges(np.random.default_rng(0).uniform(1, 2, size=190), 20)
    mean = graphs.edge_weights(weights).mean()
    assert graphs.global_efficiency(weights) == pytest.approx(mean, rel=1e-14)
    assert graphs.global_efficiency(7 * weights) == pytest.approx(7 * mean)
    assert (
        graphs.global_efficiency(random_weights(20, 0))
        > graphs.edge_weights(random_weights(20, 0)).mean()
    )


def test_the_share_of_direct_edges_that_are_shortest_paths():
    even = graphs.from_edges(np.ones(6), 4)
    assert graphs.direct_share(even) == 1
    detour = graphs.from_edges(np.array([0.1, 1.0, 1.0]), 3)  # 0-1 is shorter through 2
    assert graphs.direct_share(detour) == pytest.approx(2 / 3)
    cut = graphs.from_edges(np.array([1.0, 0.0, 0.0]), 3)
    assert graphs.direct_share(cut) == pytest.approx(1 / 3)


def test_labels_of_another_length_are_refused():
    with pytest.raises(SynergyError, match="3 labels were given for a graph of 5 units"):
        graphs.modularity(random_weights(5, 0), np.array([0, 1, 0]))


@pytest.mark.parametrize("density", [1.0, 0.3])
def test_modularity_is_networkx_on_random_graphs(density):
    weights = random_weights(30, 3, density)
    labels = np.random.default_rng(0).integers(4, size=30)
    parts = [set(np.flatnonzero(labels == k)) for k in range(4)]
    expected = nx.community.modularity(nx.from_numpy_array(weights), parts)
    assert graphs.modularity(weights, labels) == pytest.approx(expected, abs=1e-13)


@pytest.mark.parametrize(("seed", "density"), [(0, 1.0), (1, 0.3), (2, 0.1)])
def test_louvain_is_as_good_as_networkx(seed, density):
    weights = random_weights(60, seed, density)
    graph = nx.from_numpy_array(weights)
    theirs = [
        nx.community.modularity(graph, nx.community.louvain_communities(graph, seed=k))
        for k in range(20)
    ]
    ours = graphs.louvain(weights, 20, np.random.default_rng(0))
    assert ours.median == pytest.approx(np.median(theirs), abs=0.01)
    assert ours.best > max(theirs) - 0.01
    assert graphs.modularity(weights, ours.labels) == pytest.approx(ours.best, abs=1e-13)
    assert ours.spread == pytest.approx(ours.modularity.max() - ours.modularity.min())


def test_louvain_finds_planted_cliques_through_several_merges():
    ring = nx.ring_of_cliques(8, 5)
    found = graphs.louvain(matrix(ring), 10, np.random.default_rng(0))
    truth = np.repeat(np.arange(8), 5)
    assert graphs.adjusted_rand(found.labels, truth) == 1
    assert found.best == pytest.approx(graphs.modularity(matrix(ring), truth))


def test_louvain_repeats_with_its_seed_and_leaves_its_input_alone():
    weights = random_weights(50, 5)
    before = weights.copy()
    first, second = (graphs.louvain(weights, 5, np.random.default_rng(3)) for _ in range(2))
    np.testing.assert_array_equal(first.modularity, second.modularity)
    np.testing.assert_array_equal(first.labels, second.labels)
    np.testing.assert_array_equal(weights, before)
    assert np.ptp(graphs.louvain(weights, 20, np.random.default_rng(3)).modularity) > 0


def test_adjusted_rand_is_sklearns_and_undefined_where_nothing_can_vary():
    rng = np.random.default_rng(0)
    for _ in range(20):
        a, b = rng.integers(4, size=30), rng.integers(3, size=30)
        assert graphs.adjusted_rand(a, b) == pytest.approx(adjusted_rand_score(a, b))
    assert graphs.adjusted_rand(np.arange(6) // 2, 9 - np.arange(6) // 2) == 1
    assert np.isnan(graphs.adjusted_rand(np.zeros(5), np.ones(5)))


def test_core_ratio_and_rich_club_of_a_planted_core():
    weights = graphs.from_edges(np.ones(45), 10)
    weights[:3, :3] = 4 * (1 - np.eye(3))
    assert graphs.core_ratio(weights, np.arange(3)) == pytest.approx(4 / ((42 + 3 * 4) / 45))
    assert graphs.rich_club(weights, np.arange(3)) == 1
    assert graphs.rich_club(weights, np.arange(2, 5)) == pytest.approx(3 / 12)
    assert np.isnan(graphs.core_ratio(np.zeros((4, 4)), np.arange(2)))


def test_strongest_keeps_the_same_number_of_edges_whatever_the_weights():
    for seed in range(3):
        weights = random_weights(20, seed)
        kept = graphs.edge_weights(graphs.strongest(weights, 0.1))
        values = np.sort(graphs.edge_weights(weights))
        np.testing.assert_array_equal(np.sort(kept[kept > 0]), values[-19:])
    assert np.count_nonzero(graphs.strongest(graphs.from_edges(np.ones(190), 20), 0.1)) == 38
    np.testing.assert_array_equal(graphs.strongest(weights, 1), weights)


def test_normalised_has_mean_one_over_its_edges():
    weights = graphs.strongest(random_weights(20, 0), 0.2)
    assert weights[weights > 0].mean() != pytest.approx(1)
    scaled = graphs.normalised(weights)
    assert scaled[scaled > 0].mean() == pytest.approx(1)


def test_clipping_reports_the_share_and_ignores_the_diagonal():
    pairs = np.array([[np.nan, -1.0, 2.0], [-1.0, np.nan, 3.0], [2.0, 3.0, np.nan]])
    graph, share = graphs.clipped(pairs)
    np.testing.assert_array_equal(graph, [[0, 0, 2], [0, 0, 3], [2, 3, 0]])
    assert share == pytest.approx(1 / 3)
    assert np.isnan(pairs[0, 0])


def test_undefined_units_leave_and_no_more_than_needed():
    pairs = np.ones((6, 6))
    pairs[2, :] = pairs[:, 2] = np.nan  # a constant head
    pairs[4, 5] = pairs[5, 4] = np.nan  # two heads that are one
    np.fill_diagonal(pairs, np.nan)
    kept = graphs.defined_units(pairs)
    assert set(kept) in ({0, 1, 3, 4}, {0, 1, 3, 5})
    np.testing.assert_array_equal(graphs.defined_units(np.full((3, 3), 1.0)), np.arange(3))


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        (np.array([[0, -1.0], [-1.0, 0]]), "2 negative weights, the first at"),
        (np.array([[0, np.nan], [np.nan, 0]]), "not finite"),
        (np.array([[0, np.inf], [np.inf, 0]]), "not finite"),
        (np.array([[1.0, 1.0], [1.0, 0]]), "1 self-loops"),
        (np.array([[0, 1.0], [2.0, 0]]), "depend on the direction"),
        (np.ones((2, 3)), r"shape \(2, 3\)"),
        (np.zeros((1, 1)), "two units"),
    ],
)
def test_what_is_no_graph_is_refused_by_every_measure(weights, message):
    for measure in (
        graphs.global_efficiency,
        lambda w: graphs.modularity(w, np.zeros(len(w))),
        lambda w: graphs.louvain(w, 1, np.random.default_rng(0)),
        lambda w: graphs.rich_club(w, np.arange(2)),
        lambda w: graphs.strength_preserving(w, np.random.default_rng(0)),
        lambda w: graphs.strongest(w, 0.5),
    ):
        with pytest.raises(SynergyError, match=message):
            measure(weights)


def test_graphs_without_edges_have_efficiency_zero_and_no_modularity():
    empty = np.zeros((4, 4))
    assert graphs.global_efficiency(empty) == 0
    with pytest.raises(SynergyError, match="has no edges"):
        graphs.louvain(empty, 1, np.random.default_rng(0))
    with pytest.raises(SynergyError, match="no edge of positive weight"):
        graphs.normalised(empty)


def test_senseless_options_are_refused():
    weights = random_weights(5, 0)
    with pytest.raises(SynergyError, match="density 0"):
        graphs.strongest(weights, 0)
    with pytest.raises(SynergyError, match="Louvain runs is 0"):
        graphs.louvain(weights, 0, np.random.default_rng(0))
    with pytest.raises(SynergyError, match="two are the least"):
        graphs.core_ratio(weights, np.arange(1))
