"""Architectures beyond the ten: those that work, and those that are refused by name."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from transformers import AutoConfig, AutoModelForCausalLM

from synergycore import models, recording
from synergycore.errors import SynergyError
from synergycore.recording.signals import chunk_norms
from tiny_models import PROMPTS, SHARED, build, save

IDS = torch.tensor([[5, 17, 40, 3]])

MORE = {
    "gemma2": {"num_key_value_heads": 2, "head_dim": 16},
    "olmo3": {"num_key_value_heads": 2},
    "glm4": {"num_key_value_heads": 2, "head_dim": 8},
    "cohere": {"num_key_value_heads": 2},
    "starcoder2": {"num_key_value_heads": 2},
    "qwen3_moe": {
        "num_key_value_heads": 2,
        "num_experts": 4,
        "num_experts_per_tok": 2,
        "moe_intermediate_size": 16,
    },
    "gpt_oss": {
        "num_key_value_heads": 2,
        "head_dim": 8,
        "num_local_experts": 4,
        "num_experts_per_tok": 2,
    },
}


def load(folder, architecture, **changes):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SYNERGY_CACHE", str(folder / "cache"))
        return models.load(save(folder / "model", architecture, **changes), device="cpu")


@pytest.mark.parametrize("architecture", MORE)
def test_more_architectures(architecture, tmp_path):
    loaded = load(tmp_path, architecture, **MORE[architecture])
    dataset = recording.record(loaded, PROMPTS, new_tokens=8)
    assert (dataset.residual_error < 1e-5).all()
    assert not np.isnan(dataset.write_norm).any()


def test_text_model_behind_an_image_tower(tmp_path):
    """Gemma 3 from 4B up: the decoder's config and heads, not the tower's."""
    text = SHARED | {"num_key_value_heads": 2, "head_dim": 16, "sliding_window": 8}
    tower = {
        "hidden_size": 16,
        "intermediate_size": 16,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
        "image_size": 28,
        "patch_size": 14,
    }
    config = AutoConfig.for_model("gemma3", text_config=text, vision_config=tower)
    torch.manual_seed(0)
    AutoModelForCausalLM.from_config(config).save_pretrained(tmp_path / "both")
    load(tmp_path, "llama").tokenizer.save_pretrained(tmp_path / "both")
    loaded = models.load(str(tmp_path / "both"), device="cpu")
    assert type(loaded.model).__name__ == "Gemma3ForConditionalGeneration"
    assert loaded.geometry == models.Geometry(layers=3, heads=4, kv_heads=2, head_dim=16, hidden=32)
    dataset = recording.record(loaded, PROMPTS, new_tokens=8)
    assert dataset.sizes["layer"] == 3
    assert (dataset.residual_error < 1e-5).all()
    twin = models.load(str(tmp_path / "both"), device="cpu", random_weights_seed=1)
    assert recording.replay(twin, dataset).sizes == dataset.sizes


def test_model_without_the_attention_interface():
    model = build("bloom", n_layer=3, n_head=4)
    with (
        pytest.raises(
            SynergyError, match=r"BloomForCausalLM: layers \[0, 1, 2\] have no attention"
        ),
        recording.observed_heads(model, lambda layer, z: None),
    ):
        pass


def test_model_with_layers_of_linear_attention():
    model = build("qwen3_next", num_hidden_layers=4, num_experts=4, head_dim=8)
    with pytest.raises(SynergyError, match=r"layers \[0, 1, 2\] have no attention"):
        recording.parts.attention_modules(model)


def test_block_that_scales_what_it_adds(tmp_path):
    """Granite multiplies each contribution: h + a + m is then not the next stream."""
    loaded = load(tmp_path, "granite", num_key_value_heads=2, residual_multiplier=0.5)
    with pytest.raises(SynergyError, match=r"layer 0: stream \+ attention \+ MLP misses the next"):
        recording.record(loaded, PROMPTS, new_tokens=8)


def test_flash_attention_is_refused():
    model = build("llama")
    for module in model.modules():
        if hasattr(module, "config"):
            module.config._attn_implementation_internal = "flash_attention_2"
    with (
        pytest.raises(SynergyError, match=r"sdpa and eager, not 'flash_attention_2'"),
        recording.observed_heads(model, lambda layer, z: None),
    ):
        pass


def test_contexts_nest_and_the_inner_sees_what_the_outer_returned():
    model = build("qwen3")
    seen = []

    def mask(layer, z):
        return torch.zeros_like(z)

    with (
        torch.no_grad(),
        recording.observed_heads(model, mask),
        recording.observed_heads(model, lambda layer, z: seen.append(float(z.abs().max()))),
    ):
        model(IDS)
    assert seen == [0.0, 0.0, 0.0]
    with torch.no_grad(), recording.observed_heads(model, lambda layer, z: seen.append(1)):
        model(IDS)
    assert seen[3:] == [1, 1, 1]


def test_contribution_hooks_are_gone_after_an_error():
    model = build("llama")

    def fail(layer, h, a, m, h_next):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), recording.observed_contributions(model, fail):
        model(IDS)
    model(IDS)


def test_half_precision(tmp_path):
    """bfloat16 models are recorded with float32 norms, close to the float32 model's."""
    name = save(tmp_path / "model", "qwen3")
    full = recording.record(models.load(name, device="cpu"), PROMPTS, new_tokens=8)
    half = recording.replay(models.load(name, device="cpu", dtype="bfloat16"), full)
    assert half.attrs["dtype"] == "bfloat16"
    assert half.z_norm.dtype == np.float32
    np.testing.assert_allclose(half.z_norm, full.z_norm, rtol=0.1, atol=0.05)
    # more than bfloat16's 8 bits: the norms themselves are not rounded to it
    rounded = torch.from_numpy(half.z_norm.values).bfloat16().float().numpy()
    assert (rounded != half.z_norm.values).mean() > 0.5


def test_chunks_are_cut_as_the_public_scripts_do():
    x = torch.arange(11.0)
    norms = chunk_norms(x, 3)  # 11 // 3 = 3 each, the last two numbers dropped
    expected = [x[0:3].norm(), x[3:6].norm(), x[6:9].norm()]
    torch.testing.assert_close(norms, torch.stack(expected))


def test_twin_of_a_deeper_model_than_the_tokens_know(tmp_path):
    """replay sizes its arrays by the model that is replayed, not by the one that wrote."""
    tokens = recording.record(load(tmp_path / "a", "llama"), PROMPTS, new_tokens=8)
    deep = load(tmp_path / "b", "llama", num_hidden_layers=5, num_attention_heads=2)
    again = recording.replay(deep, tokens)
    assert again.z_norm.shape == (3, 5, 2, 8)
    np.testing.assert_array_equal(again.tokens, tokens.tokens)
