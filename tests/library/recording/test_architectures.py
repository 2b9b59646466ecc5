"""Ten architectures: replay equals stepping, h + a + m is the next stream, masks ablate heads."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from synergycore import models, recording
from synergycore.recording.parts import OUTPUT_PROJECTIONS, attention_modules, head_writes
from tiny_models import ARCHITECTURES, PROMPTS, build, save

NEW_TOKENS = 8


@pytest.fixture(scope="module", params=ARCHITECTURES)
def recorded(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp(request.param)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SYNERGY_CACHE", str(folder / "cache"))
        loaded = models.load(save(folder / "model", request.param), device="cpu")
    dataset = recording.record(loaded, PROMPTS, new_tokens=NEW_TOKENS, batch_size=2)
    return request.param, loaded, dataset


def projection(attention):
    name = next(name for name in OUTPUT_PROJECTIONS if hasattr(attention, name))
    return getattr(attention, name)


def step_through(loaded, ids, prompt_length):
    """Feed the prompt, then one token at a time with a cache, looking at each output projection.

    Independent of the library: hooks on the projections, no attention interface, no padding.
    Returns inputs and outputs of the projections, each a list over layers of (step, width).
    """
    attention = list(attention_modules(loaded.model).values())
    inputs = [[] for _ in attention]
    outputs = [[] for _ in attention]

    def hook(layer):
        def keep(module, args, output):
            inputs[layer].append(args[0].reshape(-1, args[0].shape[-1])[-1])
            outputs[layer].append(output.reshape(-1, output.shape[-1])[-1])

        return keep

    handles = [projection(a).register_forward_hook(hook(i)) for i, a in enumerate(attention)]
    cache, start = None, 0
    with torch.no_grad():
        for end in range(prompt_length, len(ids)):
            out = loaded.model(
                torch.tensor([ids[start:end]]), past_key_values=cache, use_cache=True
            )
            logits = out.logits[0, -1]
            logits[loaded.tokenizer.eos_token_id] = -torch.inf  # suppressed
            assert int(logits.argmax()) == ids[end]  # greedy wrote these tokens
            cache, start = out.past_key_values, end
    for handle in handles:
        handle.remove()
    return [torch.stack(x) for x in inputs], [torch.stack(x) for x in outputs]


def test_replay_equals_stepping(recorded):
    _, loaded, dataset = recorded
    heads = loaded.geometry.heads
    attention = list(attention_modules(loaded.model).values())
    for index in range(len(PROMPTS)):
        one = dataset.isel(prompt=index)
        length = int(one.prompt_lengths)
        ids = one.tokens.values[: length + NEW_TOKENS].tolist()
        inputs, outputs = step_through(loaded, ids, length)
        for layer, (z, written) in enumerate(zip(inputs, outputs, strict=True)):
            split = z.reshape(len(z), heads, -1)
            expected = split.norm(dim=-1).T.numpy()
            np.testing.assert_allclose(one.z_norm.values[layer], expected, rtol=1e-4)
            chunks = written.reshape(len(z), heads, -1).norm(dim=-1).T.numpy()
            np.testing.assert_allclose(one.chunk_norm.values[layer], chunks, rtol=1e-4)
            for head in range(heads):
                alone = torch.zeros_like(split)
                alone[:, head] = split[:, head]
                project = projection(attention[layer])
                with torch.no_grad():
                    wrote = project(alone.reshape(z.shape)) - project(torch.zeros_like(z))
                np.testing.assert_allclose(
                    one.write_norm.values[layer, head], wrote.norm(dim=-1).numpy(), rtol=1e-4
                )


def test_contributions_make_the_next_stream(recorded):
    _, loaded, dataset = recorded
    assert (dataset.residual_error < 1e-6).all()
    one = dataset.isel(prompt=1)
    length = int(one.prompt_lengths + one.lengths)
    ids = torch.tensor([one.tokens.values[:length].tolist()])
    with torch.no_grad():
        streams = loaded.model.get_decoder()(ids, output_hidden_states=True).hidden_states
    # transformers hands out the stream before every layer (the last one after the final norm)
    for layer in range(loaded.geometry.layers):
        expected = streams[layer][0].double().square().sum(-1).numpy()
        seen = one.residual_gram.sel(product="hh").values[layer, :length]
        np.testing.assert_allclose(seen, expected, rtol=1e-5)
    gram = one.residual_gram.isel(position=slice(length))
    total = sum(
        factor * gram.sel(product=name)
        for name, factor in {"hh": 1, "aa": 1, "mm": 1, "ha": 2, "hm": 2, "am": 2}.items()
    )
    np.testing.assert_allclose(
        total.isel(layer=0).values, gram.sel(product="hh").isel(layer=1).values, rtol=1e-5
    )


def test_attention_is_not_taken_for_the_mlp(recorded):
    """h + a + m is blind to a and m changing places."""
    architecture, loaded, dataset = recorded
    one = dataset.isel(prompt=0)
    start = int(one.prompt_lengths) - 1
    ids = one.tokens.values[: start + 1 + NEW_TOKENS].tolist()
    _, outputs = step_through(loaded, ids, start + 1)
    for layer, written in enumerate(outputs):
        if architecture in ("gemma3_text", "olmo2"):  # a norm stands before the stream
            block = loaded.model.get_decoder().layers[layer]
            written = block.post_attention_layernorm(written)
        gram = one.residual_gram.sel(product="aa").values[layer, start : start + NEW_TOKENS]
        np.testing.assert_allclose(gram, written.double().square().sum(-1).numpy(), rtol=2e-4)


def test_mask_ablates_a_head(recorded):
    """Zeroing a head's output is zeroing its columns of the output projection."""
    _, loaded, _ = recorded
    ids = torch.tensor([[5, 17, 40, 3, 99, 12]])
    attention = list(attention_modules(loaded.model).values())[1]

    def mask(layer, z):
        if layer != 1:
            return None
        kept = z.clone()
        kept[:, :, 2] = 0
        return kept

    with torch.no_grad():
        plain = loaded.model(ids).logits
        with recording.observed_heads(loaded.model, mask):
            masked = loaded.model(ids).logits
        weights = projection(attention).weight
        before = weights.clone()
        width = head_writes(attention, loaded.geometry.heads).shape[1]
        rows = weights if type(projection(attention)).__name__ == "Conv1D" else weights.T
        rows[2 * width : 3 * width] = 0
        zeroed = loaded.model(ids).logits
        weights.copy_(before)
    assert (masked - plain).abs().max() > 1e-3
    torch.testing.assert_close(masked, zeroed, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("implementation", ["sdpa", "eager"])
@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_observing_changes_nothing_and_is_undone(architecture, implementation):
    model = build(architecture)
    model.set_attn_implementation(implementation)
    ids = torch.tensor([[5, 17, 40, 3]])
    seen = []
    with torch.no_grad():
        before = model(ids).logits
        with recording.observed_heads(model, lambda layer, z: seen.append((layer, z.shape))):
            torch.testing.assert_close(model(ids).logits, before, rtol=0, atol=0)
        assert [layer for layer, _ in seen] == [0, 1, 2]
        assert {shape[:3] for _, shape in seen} == {(1, 4, 4)}
        with pytest.raises(KeyboardInterrupt), recording.observed_heads(model, interrupt):
            model(ids)
        assert model.get_decoder().config._attn_implementation == implementation
        torch.testing.assert_close(model(ids).logits, before, rtol=0, atol=0)


def interrupt(layer, z):
    raise KeyboardInterrupt
