"""Directions, sizes and energies of additions against vector arithmetic and hidden states."""

import warnings

import numpy as np
import pytest
import torch
import xarray as xr
from torch._subclasses.fake_tensor import FakeTensorMode

import tiny_models
from synergycore import models, recording, stream

DIMS = ("addition", "prompt", "layer", "position")


def gram_of(h, a, m):
    pairs = {"hh": (h, h), "aa": (a, a), "mm": (m, m), "ha": (h, a), "hm": (h, m), "am": (a, m)}
    stacked = np.stack([(x * y).sum(-1) for x, y in pairs.values()], axis=-1)
    dims = ("prompt", "layer", "position", "product")
    return xr.Dataset({"residual_gram": (dims, stacked)}, coords={"product": list(pairs)})


@pytest.fixture
def vectors():
    return np.random.default_rng(1).normal(size=(3, 2, 4, 6, 10))  # h, a, m


def norm(x):
    return np.linalg.norm(x, axis=-1)


def cosine(x, y):
    return (x * y).sum(-1) / norm(x) / norm(y)


def additions(vectors):
    _, a, m = vectors
    return {"attention": a, "mlp": m, "both": a + m}


def agrees(found, expected):
    """Of every addition, at every position but the first; and all are labelled."""
    assert found.dims == DIMS
    assert found.attrs == {"units": "dimensionless"}
    for name, values in expected.items():
        np.testing.assert_allclose(found.sel(addition=name), values[:, :, 1:], atol=1e-12)


def test_cosines_are_those_of_each_addition_with_what_it_is_added_to(vectors):
    h, a, m = vectors
    expected = {"attention": cosine(a, h), "mlp": cosine(m, h + a), "both": cosine(a + m, h)}
    agrees(stream.cosines(gram_of(*vectors)), expected)


def test_energy_is_relative_norm_times_one_minus_cosine_for_all_three_against_one_stream(vectors):
    h, x = vectors[0], additions(vectors)
    expected = {name: norm(v) / norm(h) * (1 - cosine(v, h)) for name, v in x.items()}
    agrees(stream.energy(gram_of(*vectors)), expected)


def test_its_two_factors_are_the_relative_size_and_the_turn(vectors):
    h, x = vectors[0], additions(vectors)
    stored = gram_of(*vectors)
    agrees(stream.sizes(stored), {name: norm(v) / norm(h) for name, v in x.items()})
    agrees(stream.turns(stored), {name: 1 - cosine(v, h) for name, v in x.items()})


def test_products_leave_position_zero_out_and_keep_their_names(vectors):
    found = stream.products(gram_of(*vectors))
    assert found.dims == ("prompt", "layer", "position", "product")
    np.testing.assert_allclose(found.sel(product="hm"), (vectors[0] * vectors[2]).sum(-1)[:, :, 1:])


@pytest.mark.parametrize(("along", "expected"), [(0.5, 0.0), (-0.5, 1.0)])
def test_an_addition_along_the_stream_has_none_and_an_opposite_one_twice_its_size(
    vectors, along, expected
):
    h, _, _ = vectors
    found = stream.energy(gram_of(h, along * h, 0 * h))
    np.testing.assert_allclose(found.sel(addition="attention"), expected, atol=1e-12)
    np.testing.assert_allclose(found.sel(addition="mlp"), 0)


def test_an_orthogonal_addition_has_its_relative_size(vectors):
    h, a, m = vectors
    across = a - h * ((a * h).sum(-1) / norm(h) ** 2)[..., None]
    found = stream.energy(gram_of(h, across, 0 * m)).sel(addition="attention")
    np.testing.assert_allclose(found, (norm(across) / norm(h))[:, :, 1:], atol=1e-12)


def test_no_stream_and_no_token_are_undefined_and_left_out_of_the_mean(vectors):
    h, a, m = vectors.copy()
    h[0, 0, 3] = 0
    stored = gram_of(h, a, m)
    stored["residual_gram"][0, :, 4:] = np.nan
    stored["residual_gram"][1, 0] = np.nan
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = stream.energy(stored).sel(addition="both")
        means = found.mean("position")
        directions = stream.cosines(stored).sel(addition="both").mean("position")
    assert np.isnan(found[0, 0, 2])
    assert np.isnan(found[0, :, 3:]).all()
    assert float(means[0, 0]) == pytest.approx(float(found[0, 0, :2].mean()))
    assert np.isnan(means[1, 0])
    h, a, m = vectors[:, 0, 1:, 1:4]
    np.testing.assert_allclose(directions[0, 1:], cosine(a + m, h).mean(axis=-1))


def test_the_norm_of_the_stream_is_a_median_over_tokens_without_position_zero(vectors):
    h, a, m = vectors.copy()
    h[:, 1] *= 10
    h[:, :, 0] *= 1000
    stored = gram_of(h, a, m)
    stored["residual_gram"][0, :, 4:] = np.nan
    expected = [np.median(np.append(norm(h)[0, k, 1:4], norm(h)[1, k, 1:])) for k in range(4)]
    found = stream.norm(stored)
    np.testing.assert_allclose(found, expected)
    assert (found.dims, found.attrs) == (("layer",), {"units": "activation units"})


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    return models.load(tiny_models.save(tmp_path_factory.mktemp("tiny")), device="cpu")


@pytest.fixture(scope="module")
def recorded(tiny):
    return recording.record(tiny, tiny_models.PROMPTS, new_tokens=8, progress=False)


@pytest.fixture(scope="module")
def against(tiny, recorded):
    return stream.against_previous_update(tiny, recorded)


def test_energy_against_the_previous_update_equals_differences_of_hidden_states(
    tiny, recorded, against
):
    for row in range(len(tiny_models.PROMPTS)):
        tokens = recorded.tokens.values[row]
        ids = torch.tensor(tokens[tokens >= 0])[None]
        with torch.inference_mode():
            states = tiny.model.get_decoder()(ids, output_hidden_states=True).hidden_states
        h0, h1, h2 = (state[0, 1:].double().numpy() for state in states[:3])
        now, before = h2 - h1, h1 - h0
        expected = (norm(now) / norm(before) * (1 - cosine(now, before))).mean()
        found = float(against.sel(addition="both")[row, 1])
        assert found == pytest.approx(expected, rel=1e-4)
    assert np.isnan(against.isel(layer=0)).all()
    assert np.isfinite(against.isel(layer=slice(1, None))).all()


def test_it_keeps_the_names_of_prompts_and_additions(recorded, against):
    assert against.dims == ("addition", "prompt", "layer")
    assert list(against.addition.values) == list(stream.ADDITIONS)
    xr.testing.assert_identical(against.prompt, recorded.prompt)
    assert against.attrs == {"units": "dimensionless"}


def test_attention_and_mlp_are_each_measured_against_their_own_norm_one_layer_before(
    tiny, recorded, against
):
    seen = []

    def keep(layer, h, a, m, h_next):
        seen.append([x[0, 1:].double().numpy() for x in (a, m)])

    tokens = recorded.tokens.values[1]
    ids = torch.tensor(tokens[tokens >= 0])[None]
    with torch.inference_mode(), recording.observed_contributions(tiny.model, keep):
        tiny.model.get_decoder()(ids)
    for layer in (1, 2):
        update = sum(seen[layer - 1])
        for name, now, before in zip(
            ("attention", "mlp"), seen[layer], seen[layer - 1], strict=True
        ):
            expected = (norm(now) / norm(before) * (1 - cosine(now, update))).mean()
            found = float(against.sel(addition=name)[1, layer])
            assert found == pytest.approx(expected, rel=1e-4)


def test_the_batch_size_does_not_matter(tiny, recorded, against):
    single = stream.against_previous_update(tiny, recorded, batch_size=1)
    xr.testing.assert_allclose(single, against, rtol=1e-4)


def test_the_layer_before_may_have_been_on_another_gpu():
    with FakeTensorMode():
        before, now = (
            {name: torch.empty(2, 5, 8, device=device) for name in stream.ADDITIONS}
            for device in ("cuda:0", "cuda:1")
        )
        mask = torch.ones(2, 5, dtype=torch.bool, device="cuda:0")
        found = stream._against(before, now, mask)
    assert (str(found.device), found.shape) == ("cuda:1", (3, 2, 5))


def test_one_layer_has_no_layer_before_it(tmp_path):
    single = models.load(tiny_models.save(tmp_path, num_hidden_layers=1), device="cpu")
    stored = recording.record(single, tiny_models.PROMPTS, new_tokens=8, progress=False)
    found = stream.against_previous_update(single, stored)
    assert found.shape == (3, 3, 1)
    assert np.isnan(found).all()
