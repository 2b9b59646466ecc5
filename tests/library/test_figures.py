"""The plots show the numbers they are given, with units, legends and an opaque ground."""

import io

import matplotlib.image
import numpy as np
import pytest

from synergycore import figures

LAYERS = 6
rng = np.random.default_rng(0)


def curve():
    point = rng.normal(size=LAYERS)
    return figures.bands(point, point + rng.normal(size=(50, LAYERS)))


def profile_figure():
    controls = {"random twin": curve(), "distance-matched": curve()}
    return figures.layer_profile(curve(), controls, curve(), curve())


def atoms_figure():
    names = ("random twin", "cross-prompt", "real model")
    group = {name: curve() for name in names}
    return figures.atom_profiles(group, {**group, "detrended": curve()}, group)


def flow_figure():
    group = {name: curve() for name in figures.FLOW_TITLES}
    return figures.residual_flow(group, group, dict.fromkeys(group, (3.0, 2.0, 4.0)))


def published_figure():
    score = rng.normal(size=(LAYERS, 3))
    score[-1, -1] = np.nan
    return figures.as_published(score, *rng.random(size=(3, LAYERS)))


def shares_figure():
    bar = {"head index": (0.2, 0.1, 0.3), "layer": (0.5, 0.4, 0.7)}
    return figures.shares({"true heads": bar, "chunks": bar})


def map_figure():
    return figures.head_map(rng.normal(size=(LAYERS, 3)), "rank(syn) − rank(red)")


ALL = [map_figure, profile_figure, atoms_figure, flow_figure, published_figure, shares_figure]


@pytest.mark.parametrize("make", ALL)
def test_every_axis_is_labelled_and_the_ground_is_opaque(make):
    figure = make()
    for axes in figure.axes:
        assert axes.get_ylabel() or axes.get_title("left") or axes.get_legend()
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png")
    buffer.seek(0)
    pixels = matplotlib.image.imread(buffer)
    assert pixels.shape[-1] == 3 or (pixels[..., 3] == 1).all()
    assert pixels.std() > 0.02


def test_head_map_puts_layer_zero_left_and_is_symmetric_around_zero():
    score = np.array([[1.0, -0.5], [0.0, 0.25], [0.5, 0.1]])
    image = figures.head_map(score, "score").axes[0].images[0]
    np.testing.assert_array_equal(image.get_array(), score.T)
    assert image.get_clim() == (-1.0, 1.0)


def test_profile_shows_model_and_both_controls_with_their_bands():
    left, right = profile_figure().axes
    labels = [line.get_label() for line in left.lines if not line.get_label().startswith("_")]
    assert labels == ["random twin", "distance-matched", "real model"]
    assert len(left.collections) == 3
    assert len(right.collections) == 2


def test_bands_are_pointwise_percentiles():
    draws = np.tile(np.linspace(0, 1, 1001)[:, None], (1, 3))
    middle, low, high = figures.bands(np.full(3, 0.5), draws)
    np.testing.assert_allclose([low[0], middle[0], high[0]], [0.025, 0.5, 0.975])


def test_synergy_and_redundancy_keep_their_colour():
    synergy, redundancy, residual, *twins = atoms_figure().axes
    colour = {
        axes: next(line for line in axes.lines if line.get_label() == "real model").get_color()
        for axes in (synergy, redundancy, residual)
    }
    assert colour[synergy] == colour[residual] == figures.COLOURS["synergy"]
    assert colour[redundancy] == figures.COLOURS["redundancy"]
    assert [axes.lines[0].get_label() for axes in twins] == ["random twin"] * 3


def test_change_point_is_drawn_between_the_layers_it_parts():
    axes = flow_figure().axes[0]
    line = next(line for line in axes.lines if line.get_label() == "change point")
    assert line.get_xdata()[0] == 2.5
