"""The forms show the numbers they are given, on an opaque ground."""

import io

import matplotlib.image
import matplotlib.pyplot as plt
import numpy as np
import pytest

from labelled import of_heads, profile
from synergycore import plots
from synergycore.stats import Estimate


@pytest.fixture
def axes():
    with plt.rc_context():
        plots.use_style()
        figure, axes = plt.subplots()
        yield axes
        plt.close(figure)


def test_a_profile_is_a_curve_with_its_percentile_band(axes):
    draws = profile(np.linspace(0, 1, 1001)[:, None] + np.zeros(3))
    plots.profile(axes, profile([0.5, 0.6, 0.7]), draws, colour="#333333", label="real")
    (line,) = axes.lines
    np.testing.assert_array_equal(line.get_ydata(), [0.5, 0.6, 0.7])
    assert line.get_label() == "real"
    heights = axes.collections[0].get_paths()[0].vertices[:, 1]
    assert (heights.min(), heights.max()) == pytest.approx((0.025, 0.975))


def test_head_map_puts_layer_zero_left_and_is_symmetric_around_zero(axes):
    values = of_heads([[1.0, -0.5], [0.0, np.nan], [0.5, 0.1]])
    plots.head_map(axes, values, "score")
    image = axes.images[0]
    np.testing.assert_array_equal(np.ma.filled(image.get_array(), np.nan), values.values.T)
    assert image.get_clim() == (-1.0, 1.0)
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("layer", "head")
    plots.head_map(axes, values, "score", centre=0.5)
    assert axes.images[1].get_clim() == (-0.5, 1.5)


def test_a_whisker_spans_the_interval(axes):
    plots.whisker(axes, 2, Estimate(1.0, 0.5, 3.0), "red", label="synergy")
    span, dot = axes.lines
    assert list(span.get_ydata()) == [0.5, 3.0]
    assert (list(dot.get_xdata()), list(dot.get_ydata())) == ([2], [1.0])


def test_layers_are_coloured_by_depth(axes):
    dots = plots.layer_scatter(axes, profile([3.0, 1.0]), profile([5.0, 6.0]))
    np.testing.assert_array_equal(dots.get_offsets(), [[3, 5], [1, 6]])
    np.testing.assert_array_equal(dots.get_array(), [0, 1])


def test_a_network_draws_each_edge_between_its_heads(axes):
    places = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    dots = plots.network(axes, places, np.array([[0, 2]]), np.array([0, 1, 1]), "red", layers=4)
    (segment,) = axes.collections[0].get_segments()
    np.testing.assert_array_equal(segment, [[0, 0], [0, 1]])
    np.testing.assert_array_equal(dots.get_offsets(), places)
    assert dots.get_clim() == (0, 3)


def test_the_ground_is_opaque(axes):
    plots.profile(axes, profile([1.0, 2.0]), colour="#333333")
    plots.layer_axis(axes, "nats", "title", zero=True)
    buffer = io.BytesIO()
    axes.figure.savefig(buffer, format="png")
    buffer.seek(0)
    pixels = matplotlib.image.imread(buffer)
    assert pixels.shape[-1] == 3 or (pixels[..., 3] == 1).all()


def test_synergy_and_redundancy_have_colours_of_their_own():
    assert plots.COLOURS["synergy"] != plots.COLOURS["redundancy"]
    assert plots.COLOURS["synergy"] not in (plots.COLOURS["twin"], plots.COLOURS["null"])
