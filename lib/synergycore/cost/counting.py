"""Floating-point operations and bytes of every layer, counted from the config alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from synergycore.errors import SynergyError
from synergycore.models import Geometry

WITHOUT_GATE = {"gpt2", "gpt_neox", "opt"}
"""Their MLP has two matrices; all others here have a third one, the gate."""
EXPERTS = ("num_experts", "num_local_experts", "n_routed_experts")


@dataclass(frozen=True)
class Counts:
    """One pass of one text through each layer; both (layer,)."""

    operations: np.ndarray
    """Floating-point operations; a multiplication and an addition are two."""
    bytes: np.ndarray
    """Least traffic: every weight, the stream in and out, keys and values, once each."""


def count(config: Any, tokens: int, *, bytes_per_number: int = 4) -> Counts:
    """Operations and bytes of every layer reading a text of `tokens` tokens at once.

    Matrix products only; norms, rotary embeddings and the softmax are below a percent. Position t
    attends to itself and the positions before it, in a sliding-window layer to at most the
    window. Raises SynergyError for a mixture of experts, whose cost the text decides.
    """
    text = config.get_text_config(decoder=True)
    if experts := [name for name in EXPERTS if (getattr(text, name, 0) or 0) > 1]:
        raise SynergyError(
            f"the config has {experts[0]}={getattr(text, experts[0])}, a mixture of experts, whose "
            "operations depend on the text; choose a dense model."
        )
    geometry = Geometry.from_config(config)
    weights = attention_weights(geometry) + mlp_weights(text)
    pairs = [attended(tokens, window) for window in attention_windows(config)]
    attention = 4 * geometry.heads * geometry.head_dim * np.array(pairs, dtype=np.float64)
    numbers = weights + 2 * tokens * (geometry.hidden + geometry.kv_heads * geometry.head_dim)
    return Counts(
        operations=2.0 * tokens * weights + attention,
        bytes=np.full(geometry.layers, float(bytes_per_number * numbers)),
    )


def attention_weights(g: Geometry) -> int:
    """Entries of the query, key, value and output projections of a layer."""
    return g.hidden * g.head_dim * (2 * g.heads + 2 * g.kv_heads)


def mlp_weights(text: Any) -> int:
    """Entries of the matrices of a layer's MLP."""
    inner = next(
        value
        for name in ("intermediate_size", "n_inner", "ffn_dim", "hidden_size")
        if (value := getattr(text, name, None))
    )
    if inner is text.hidden_size:
        inner = 4 * text.hidden_size  # GPT-2's rule where n_inner is not given
    return (2 if text.model_type in WITHOUT_GATE else 3) * text.hidden_size * inner


def attention_windows(config: Any) -> list[int | None]:
    """How many positions, itself included, a token sees in each layer; None for all."""
    text = config.get_text_config(decoder=True)
    window = getattr(text, "sliding_window", None)
    kinds = getattr(text, "layer_types", None)
    if kinds:
        return [window if kind == "sliding_attention" else None for kind in kinds]
    used = window if getattr(text, "use_sliding_window", True) else None
    return [used] * text.num_hidden_layers


def attended(tokens: int, window: int | None) -> int:
    """Pairs (position, position it attends to) in a text of `tokens` tokens."""
    reach = tokens if window is None else min(window, tokens)
    return reach * (reach + 1) // 2 + (tokens - reach) * reach
