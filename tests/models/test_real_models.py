"""The two models of the package index, real weights: fetched once, recorded, held to stepping."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from synergycore import models, recording, tasks

pytestmark = [pytest.mark.network, pytest.mark.slow]

NEW_TOKENS = 8
NAMES = ["smollm2-135m", "gemma-3-270m"]


@pytest.fixture(scope="module", params=NAMES)
def recorded(request):
    loaded = models.load(request.param, device="cpu")
    prompts = tasks.load_prompts(1)[:3]
    return loaded, recording.record(loaded, prompts, new_tokens=NEW_TOKENS, progress=False)


def test_registry_tells_the_truth(recorded):
    loaded, _ = recorded
    known = models.entry(loaded.name)
    assert (known.layers, known.heads) == (loaded.geometry.layers, loaded.geometry.heads)
    assert known.chat == (loaded.tokenizer.chat_template is not None) == loaded.chat
    assert known.source.sha256 in loaded.origin
    millions = sum(weight.numel() for weight in loaded.model.parameters()) / 1e6
    assert millions == pytest.approx(float(known.parameters.rstrip("M")), rel=0.02)
    assert models.is_cached(loaded.name)


def step_through(loaded, ids, prompt_length):
    """Norms (layer, head, step) of z while the tokens are fed one by one with a cache.

    Hooks on the output projections: neither the attention interface nor padding is involved.
    """
    heads = loaded.geometry.heads
    layers = loaded.model.get_decoder().layers
    seen: list[list] = [[] for _ in layers]
    handles = [
        layer.self_attn.o_proj.register_forward_pre_hook(
            lambda _, args, kept=kept: kept.append(args[0][0, -1].view(heads, -1).norm(dim=-1))
        )
        for layer, kept in zip(layers, seen, strict=True)
    ]
    cache, start = None, 0
    with torch.inference_mode():
        for end in range(prompt_length, len(ids)):
            tokens = torch.tensor([ids[start:end]])
            out = loaded.model(tokens, past_key_values=cache, use_cache=True, logits_to_keep=1)
            cache, start = out.past_key_values, end
    for handle in handles:
        handle.remove()
    return torch.stack([torch.stack(kept, dim=-1) for kept in seen]).numpy()


def test_replay_equals_stepping(recorded):
    loaded, dataset = recorded
    for index in range(dataset.sizes["prompt"]):
        one = dataset.isel(prompt=index)
        length = int(one.prompt_lengths)
        ids = one.tokens.values[: length + NEW_TOKENS].tolist()
        expected = step_through(loaded, ids, length)
        np.testing.assert_allclose(one.z_norm.values, expected, rtol=1e-4)


def test_contributions_make_the_next_stream(recorded):
    _, dataset = recorded
    assert (dataset.residual_error < 1e-5).all()


def test_the_model_is_the_one_that_was_trained(recorded):
    """A wrong conversion would still record; it would not know the capital of France."""
    loaded, _ = recorded
    ids = torch.tensor([loaded.tokenizer("The capital of France is")["input_ids"]])
    with torch.inference_mode():
        logits = loaded.model(ids).logits[0, -1]
    best = loaded.tokenizer.convert_ids_to_tokens(logits.topk(20).indices.tolist())
    assert any("Paris" in token for token in best)


def test_a_twin_knows_nothing(recorded):
    loaded, dataset = recorded
    twin = models.load(loaded.name, device="cpu", random_weights_seed=0)
    again = recording.replay(twin, dataset.isel(prompt=[0]), progress=False)
    assert twin.geometry == loaded.geometry
    assert (again.residual_error < 1e-5).all()
    assert not np.allclose(again.z_norm, dataset.z_norm[:1], rtol=0.1)
