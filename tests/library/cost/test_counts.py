"""Operations and bytes by hand and against torch's counter."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode
from transformers import AutoConfig

import tiny_models
from synergycore import cost
from synergycore.cost import counts, experts
from synergycore.errors import SynergyError
from synergycore.recording.parts import attention_modules, decoder_layers

BY_HAND = {
    "hidden_size": 8, "num_attention_heads": 2, "num_key_value_heads": 1, "intermediate_size": 16,
    "num_hidden_layers": 3,
}  # fmt: skip
WEIGHTS = (8 * 8 + 8 * 4 + 8 * 4 + 8 * 8) + 3 * 8 * 16  # q, k, v, o; gate, up, down
DENSE = [*tiny_models.ARCHITECTURES, "phi", "starcoder2", "cohere", "minicpm3"]
"""Phi and StarCoder2 have no gate, Cohere runs side by side, MiniCPM3 has latent attention."""


def dense(architecture):
    more = {} if architecture in tiny_models.ARCHITECTURES else {"num_key_value_heads": 4}
    return tiny_models.build(architecture, **more)


def test_operations_and_bytes_of_a_tiny_model_by_hand():
    model = tiny_models.build("llama", **BY_HAND)
    found = cost.count(model, 4)
    pairs = 1 + 2 + 3 + 4
    attention = 2 * pairs * (2 * 4 + 2 * 4)  # two heads: a score and a weighted value of width 4
    np.testing.assert_array_equal(found.operations, [2 * 4 * WEIGHTS + attention] * 3)
    moved = WEIGHTS + 4 * 8 + 4 * 8 + 4 * 4 + 4 * 4  # stream in and out, keys, values
    np.testing.assert_array_equal(found.bytes, [4 * moved] * 3)
    halved = cost.count(model.to(torch.bfloat16), 4)
    np.testing.assert_array_equal(halved.bytes, [2 * moved] * 3)
    np.testing.assert_array_equal(halved.operations, found.operations)


def test_a_step_of_generation_by_hand():
    found = cost.count(tiny_models.build("llama", **BY_HAND), 1, past=6)
    np.testing.assert_array_equal(found.operations, [2 * WEIGHTS + 2 * 7 * (2 * 4 + 2 * 4)] * 3)
    np.testing.assert_array_equal(found.bytes, [4 * (WEIGHTS + 8 + 8 + 7 * 4 + 7 * 4)] * 3)


def counted_by_torch(model, tokens):
    """Operations by module and by aten operation."""
    with torch.inference_mode(), FlopCounterMode(display=False) as counter:
        model.get_decoder()(torch.arange(tokens)[None], use_cache=False)
    return {
        name: {str(operation): number for operation, number in found.items()}
        for name, found in counter.get_flop_counts().items()
    }


@pytest.mark.parametrize("architecture", DENSE)
def test_products_with_weights_are_those_that_torch_counts(architecture):
    model = dense(architecture)
    found = counted_by_torch(model, 13)["Global"]
    weighted = found.get("aten.mm", 0) + found.get("aten.addmm", 0)
    ours = [2 * 13 * counts.matrix_entries(layer) for layer in decoder_layers(model)]
    assert sum(ours) == weighted
    assert len(set(ours)) == 1
    width = counts.key_and_value_width(model.config)
    heads = model.config.num_attention_heads
    np.testing.assert_array_equal(
        cost.count(model, 1).operations - 2 * np.array(ours) / 26, 2 * heads * width
    )


@pytest.mark.parametrize("architecture", ["llama", "qwen3", "gemma3_text", "gpt2", "minicpm3"])
def test_products_in_attention_are_those_that_torch_counts_for_each_pair(architecture):
    model = dense(architecture)
    model.set_attn_implementation("eager")  # which computes the upper triangle too
    found = counted_by_torch(model, 13)
    name = next(name for name in attention_modules(model))
    seen = next(values for key, values in found.items() if key.endswith(name))
    pairs = sum(seen.get(f"aten.{kind}", 0) for kind in ("bmm", "baddbmm"))
    heads, width = model.config.num_attention_heads, counts.key_and_value_width(model.config)
    assert pairs == 2 * heads * width * 13 * 13


def test_layers_with_a_window_cost_less_once_the_text_is_longer():
    model = tiny_models.build("gemma3_text")
    assert cost.attention_windows(model.config) == [8, 8, None]
    short, long, step = cost.count(model, 8), cost.count(model, 20), cost.count(model, 1, past=19)
    for flat in (short.operations, short.bytes, long.bytes):
        assert len(set(flat.values)) == 1
    per_pair = 4 * 4 * 16  # heads × head_dim
    missing = sum(t - 8 for t in range(9, 21))
    assert long.operations[2] - long.operations[0] == per_pair * missing
    assert step.operations[2] - step.operations[0] == per_pair * 12
    assert step.bytes[2] - step.bytes[0] == 4 * 2 * 2 * 16 * 12  # keys, values; kv heads × head_dim
    assert step.operations[0] == step.operations[1] < step.operations[2]


def test_a_window_of_the_whole_model_and_one_that_is_switched_off():
    assert cost.attention_windows(tiny_models.build("mistral").config) == [8, 8, 8]
    assert cost.attention_windows(tiny_models.build("llama").config) == [None] * 3
    qwen = AutoConfig.for_model("qwen2", num_hidden_layers=2, sliding_window=4)
    assert cost.attention_windows(qwen) == [None, None]


@pytest.mark.parametrize(("used", "expected"), [(True, [4, 4]), (False, [None, None])])
def test_a_window_counts_only_where_the_config_uses_it(used, expected):
    text = SimpleNamespace(sliding_window=4, use_sliding_window=used, num_hidden_layers=2)
    config = SimpleNamespace(get_text_config=lambda decoder: text)
    assert cost.attention_windows(config) == expected


CASES = [(6, None, 0), (6, 3, 0), (3, 6, 0), (1, 1, 0), (1, 3, 9), (4, 3, 5), (2, None, 5)]


@pytest.mark.parametrize(("tokens", "window", "past"), CASES)
def test_attended_pairs_and_reached_positions_are_those_of_the_mask(tokens, window, past):
    key = np.arange(past + tokens)
    query = key[past:, None]
    mask = (query >= key) & (query - key < (window or len(key)))
    assert counts.attended(tokens, window, past) == mask.sum()
    assert counts.reached(tokens, window, past) == mask.any(axis=0).sum() or past == 0
    if past == 0:
        assert counts.reached(tokens, window, past) == tokens


def test_a_mixture_of_experts_is_refused_by_its_config():
    model = tiny_models.build("qwen3_moe", num_experts=4, moe_intermediate_size=8)
    with pytest.raises(SynergyError, match=r"experts=4, a mixture of experts.*choose a dense"):
        cost.count(model, 10)


@pytest.mark.parametrize("field", experts.FIELDS)
def test_every_name_for_the_number_of_experts_is_known_also_in_a_nested_config(field):
    assert list(experts._in_config({"ffn": {"deep": {field: 8}}})) == [f"{field}=8"]
    assert list(experts._in_config({field: 1, "num_layers": 8, "other": None})) == []


def test_a_mixture_of_experts_is_refused_by_its_modules_too():
    stacked, listed = (tiny_models.build("llama") for _ in range(2))
    layer = decoder_layers(stacked)[1]
    layer.mlp.gates = torch.nn.Parameter(torch.zeros(4, 2, 2))
    with pytest.raises(SynergyError, match=r"mlp.gates of 3 dimensions in layer 1"):
        cost.count(stacked, 10)
    decoder_layers(listed)[2].mlp.experts = torch.nn.ModuleList(torch.nn.Linear(2, 2) for _ in "ab")
    with pytest.raises(SynergyError, match=r"mlp.experts in layer 2"):
        cost.count(listed, 10)
