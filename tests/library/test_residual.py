"""Residual-flow measures against direct vector arithmetic."""

import numpy as np
import pytest
import xarray as xr

from synergycore import residual


def gram_of(h, a, m):
    pairs = {"hh": (h, h), "aa": (a, a), "mm": (m, m), "ha": (h, a), "hm": (h, m), "am": (a, m)}
    stacked = np.stack([(x * y).sum(-1) for x, y in pairs.values()], axis=-1)
    dims = ("prompt", "layer", "position", "product")
    return xr.Dataset({"residual_gram": (dims, stacked)}, coords={"product": list(pairs)})


@pytest.fixture
def vectors():
    return np.random.default_rng(1).normal(size=(3, 2, 4, 6, 10))  # h, a, m


def cosine(x, y):
    return (x * y).sum(-1) / np.linalg.norm(x, axis=-1) / np.linalg.norm(y, axis=-1)


def test_cosines_and_ratios_equal_the_vectors_without_position_zero(vectors):
    h, a, m = vectors
    recording = gram_of(h, a, m)
    norm = np.linalg.norm
    expected = {"attention": cosine(a, h), "mlp": cosine(m, h + a), "both": cosine(a + m, h)}
    for name, value in residual.cosines(recording).items():
        np.testing.assert_allclose(value, expected[name][:, :, 1:], atol=1e-12)
    expected = {
        "attention": norm(a, axis=-1) / norm(h, axis=-1),
        "mlp": norm(m, axis=-1) / norm(h + a, axis=-1),
        "both": norm(a + m, axis=-1) / norm(h, axis=-1),
    }
    for name, value in residual.ratios(recording).items():
        np.testing.assert_allclose(value, expected[name][:, :, 1:], atol=1e-12)


def test_token_mean_leaves_padding_out(vectors):
    recording = gram_of(*vectors)
    recording["residual_gram"][0, :, 4:] = np.nan
    mean = residual.token_mean(residual.cosines(recording)["both"])
    h, a, m = vectors[:, 0, :, 1:4]
    np.testing.assert_allclose(mean[0], cosine(a + m, h).mean(axis=-1))
