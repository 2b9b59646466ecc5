"""One rule draws every network, and nothing but its edges decides how it looks."""

import numpy as np

from planted_graphs import UNITS
from synergycore import graphs


def scattered(seed):
    values = np.random.default_rng(seed).lognormal(size=UNITS * (UNITS - 1) // 2)
    return graphs.from_edges(values, UNITS)


def test_a_drawing_does_not_change_with_the_scale_and_repeats_with_its_seed():
    weights = scattered(0)
    first, larger, other = (
        graphs.draw(weights, 1), graphs.draw(4 * weights, 1), graphs.draw(weights, 2)
    )  # fmt: skip
    np.testing.assert_array_equal(first.positions, larger.positions)
    assert not np.array_equal(first.positions, other.positions)


def test_graphs_of_one_size_show_equally_many_edges():
    most = round(graphs.drawn_density(UNITS) * UNITS * (UNITS - 1) / 2)
    assert most == 3 * UNITS
    for seed in range(3):
        drawing = graphs.draw(scattered(seed))
        assert 0.9 * most < len(drawing.edges) <= most
        assert drawing.edges.max() < len(drawing.positions) == len(drawing.shown)


def test_modules_are_drawn_and_strays_are_not():
    sizes = (11, 10, 3, 3, 2, 2)  # as many edges as are drawn of 36 heads
    pieces = np.full((UNITS, UNITS), 1e-6)
    for size, end in zip(sizes, np.cumsum(sizes), strict=True):
        pieces[end - size : end, end - size : end] = 1
    np.fill_diagonal(pieces, 0)
    np.testing.assert_array_equal(graphs.draw(pieces).shown, np.arange(21))


def test_a_graph_without_a_piece_worth_drawing_is_an_empty_drawing():
    pairs = graphs.from_edges(np.array([1.0, 0, 0, 0, 0, 2.0]), 4)  # two couples
    drawing = graphs.draw(pairs)
    assert drawing.positions.shape == (0, 2)
    assert drawing.shown.size == drawing.edges.size == 0
