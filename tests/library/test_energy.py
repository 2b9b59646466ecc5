"""The paper's energy against vector arithmetic, and its other definition against hidden states."""

import numpy as np
import pytest
import tiny_models
import torch
from torch._subclasses.fake_tensor import FakeTensorMode

from synergycore import energy, models, recording

from test_residual import cosine, gram_of  # isort: skip


@pytest.fixture
def vectors():
    return np.random.default_rng(1).normal(size=(3, 2, 4, 6, 10))  # h, a, m


def norm(x):
    return np.linalg.norm(x, axis=-1)


def test_energy_is_relative_norm_times_one_minus_cosine_for_all_three_against_one_stream(vectors):
    h, a, m = vectors
    found = energy.energies(gram_of(h, a, m))
    for name, x in {"attention": a, "mlp": m, "both": a + m}.items():
        expected = norm(x) / norm(h) * (1 - cosine(x, h))
        np.testing.assert_allclose(found[name], expected[:, :, 1:], atol=1e-12)


def test_energy_is_size_minus_part_along_the_stream_and_its_factors_multiply_to_it(vectors):
    h, a, m = vectors
    stored = gram_of(h, a, m)
    found = energy.energies(stored)["both"]
    part = ((a + m) * h).sum(-1) / norm(h) ** 2
    np.testing.assert_allclose(found, (norm(a + m) / norm(h) - part)[:, :, 1:], atol=1e-12)
    size, turn = energy.factors(stored)
    for name in energy.ADDITIONS:
        product = size[name] * turn[name]
        np.testing.assert_allclose(product, energy.energies(stored)[name], atol=1e-12)


@pytest.mark.parametrize(("along", "expected"), [(0.5, 0.0), (-0.5, 1.0)])
def test_an_addition_along_the_stream_has_none_and_an_opposite_one_twice_its_size(
    vectors, along, expected
):
    h, _, _ = vectors
    found = energy.energies(gram_of(h, along * h, 0 * h))
    np.testing.assert_allclose(found["attention"], expected, atol=1e-12)
    np.testing.assert_allclose(found["mlp"], 0)


def test_an_orthogonal_addition_has_its_relative_size(vectors):
    h, a, m = vectors
    across = a - h * ((a * h).sum(-1) / norm(h) ** 2)[..., None]
    found = energy.energies(gram_of(h, across, 0 * m))["attention"]
    np.testing.assert_allclose(found, (norm(across) / norm(h))[:, :, 1:], atol=1e-12)


def test_no_stream_and_no_token_are_undefined_and_left_out_of_the_mean(vectors):
    h, a, m = vectors.copy()
    h[0, 0, 3] = 0
    stored = gram_of(h, a, m)
    stored["residual_gram"][0, :, 4:] = np.nan
    found = energy.energies(stored)["both"]
    assert np.isnan(found[0, 0, 2])
    assert np.isnan(found[0, :, 3:]).all()
    means = energy.per_layer({"both": found})["both"]
    assert means[0, 0] == pytest.approx(found[0, 0, :2].mean())


def test_the_size_of_the_stream_is_a_median_over_tokens_without_position_zero(vectors):
    h, a, m = vectors.copy()
    h[:, 1] *= 10
    h[:, :, 0] *= 1000
    stored = gram_of(h, a, m)
    stored["residual_gram"][0, :, 4:] = np.nan
    expected = [np.median(np.append(norm(h)[0, k, 1:4], norm(h)[1, k, 1:])) for k in range(4)]
    np.testing.assert_allclose(energy.stream_size(stored), expected)


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    return models.load(tiny_models.save(tmp_path_factory.mktemp("tiny")), device="cpu")


@pytest.fixture(scope="module")
def recorded(tiny):
    return recording.record(tiny, tiny_models.PROMPTS, new_tokens=6, progress=False)


def test_energy_against_the_previous_update_equals_differences_of_hidden_states(tiny, recorded):
    found = energy.against_previous_update(tiny, recorded)
    for row in range(len(tiny_models.PROMPTS)):
        tokens = recorded.tokens.values[row]
        ids = torch.tensor(tokens[tokens >= 0])[None]
        with torch.inference_mode():
            states = tiny.model.get_decoder()(ids, output_hidden_states=True).hidden_states
        h0, h1, h2 = (state[0, 1:].double().numpy() for state in states[:3])
        now, before = h2 - h1, h1 - h0
        expected = (norm(now) / norm(before) * (1 - cosine(now, before))).mean()
        assert found["both"][row, 1] == pytest.approx(expected, rel=1e-4)
    assert all(np.isnan(found[name][:, 0]).all() for name in energy.ADDITIONS)
    assert all(np.isfinite(found[name][:, 1:]).all() for name in energy.ADDITIONS)


def test_attention_and_mlp_are_each_measured_against_their_own_norm_one_layer_before(
    tiny, recorded
):
    found = energy.against_previous_update(tiny, recorded)
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
            assert found[name][1, layer] == pytest.approx(expected, rel=1e-4)


def test_the_batch_size_does_not_matter(tiny, recorded):
    whole, single = (
        energy.against_previous_update(tiny, recorded, batch_size=size) for size in (12, 1)
    )
    for name in energy.ADDITIONS:
        np.testing.assert_allclose(whole[name], single[name], rtol=1e-4)


def test_the_layer_before_may_have_been_on_another_gpu():
    with FakeTensorMode():
        before, now = (
            {name: torch.empty(2, 5, 8, device=device) for name in energy.ADDITIONS}
            for device in ("cuda:0", "cuda:1")
        )
        mask = torch.ones(2, 5, dtype=torch.bool, device="cuda:0")
        found = energy._against(before, now, mask)
    assert (str(found.device), found.shape) == ("cuda:1", (3, 2, 5))


def test_one_layer_has_no_layer_before_it(tmp_path):
    single = models.load(tiny_models.save(tmp_path, num_hidden_layers=1), device="cpu")
    stored = recording.record(single, tiny_models.PROMPTS, new_tokens=3, progress=False)
    found = energy.against_previous_update(single, stored)
    assert all(values.shape == (3, 1) and np.isnan(values).all() for values in found.values())
