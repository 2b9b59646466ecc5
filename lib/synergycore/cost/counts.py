"""Floating-point operations and bytes of every layer, counted from its matrices and its reach."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr

from synergycore.cost.experts import refuse_experts
from synergycore.errors import SynergyError
from synergycore.models import Geometry
from synergycore.recording.parts import decoder_layers
from synergycore.stats import checks

if TYPE_CHECKING:
    from torch import nn
    from transformers import PreTrainedModel


LONG = 8192
"""Tokens of a long text: more than the windows of the models of this book."""


def count(model: PreTrainedModel, tokens: int, *, past: int = 0) -> xr.Dataset:
    """What every layer takes to read `tokens` tokens at once behind `past` others, (layer).

    - operations: floating-point operations; a multiplication and an addition are two,
    - bytes: least traffic: every weight, the stream in and out, keys and values, once each.

    `tokens=1` is a step of generation, with the keys and values of the past kept. Matrix products
    only; norms, rotary embeddings and the softmax are below a percent. Position t attends to
    itself and the positions before it, in a sliding-window layer to at most the window. Raises
    SynergyError for a mixture of experts, whose cost the text decides, for fewer tokens than one,
    and for a past that is no number of tokens.
    """
    checks.at_least(1, tokens, "tokens")
    checks.at_least(0, past, "tokens of the past")
    refuse_experts(model)
    g = Geometry.from_config(model.config)
    windows = attention_windows(model.config)
    weights = np.array([matrix_entries(layer) for layer in decoder_layers(model)], dtype=np.float64)
    pairs = np.array([attended(tokens, window, past) for window in windows])
    kept = np.array([reached(tokens, window, past) for window in windows])
    width = key_and_value_width(model.config)
    numbers = weights + 2 * tokens * g.hidden + kept * g.kv_heads * width
    operations = 2 * tokens * weights + 2 * g.heads * width * pairs
    return labelled(operations, model.dtype.itemsize * numbers)


def labelled(operations: np.ndarray, moved: np.ndarray) -> xr.Dataset:
    """Operations and bytes (layer) with their names and units."""
    return xr.Dataset(
        {
            "operations": ("layer", operations, {"units": "floating-point operations"}),
            "bytes": ("layer", moved, {"units": "bytes"}),
        }
    )


def readings(model: PreTrainedModel, tokens: int, *, longest: int = LONG) -> xr.Dataset:
    """`operations` and `bytes` (reading, layer) of three ways to read; see `count`.

    - text: a text of `tokens` tokens, at once,
    - long: one of `longest` tokens, or of the model's whole context if that is shorter, at once,
    - step: the last token of the long text, as in generation.

    The coordinate `says` puts this in words, and `window` (layer) says how many positions a token
    sees, infinity for all. For a mixture of experts both counts are NaN, and the attribute
    `uncounted` says why; it is empty otherwise. Raises SynergyError for texts without tokens.
    """
    checks.at_least(1, tokens, "tokens")
    checks.at_least(1, longest, "tokens of the longest text")
    context = getattr(model.config.get_text_config(decoder=True), "max_position_embeddings", None)
    long = min(longest, context or longest)
    ways = {"text": (tokens, 0), "long": (long, 0), "step": (1, long - 1)}
    windows = [np.inf if w is None else w for w in attention_windows(model.config)]
    try:
        each, uncounted = [count(model, new, past=past) for new, past in ways.values()], ""
    except SynergyError as error:
        nothing = np.full(len(windows), np.nan)
        each, uncounted = [labelled(nothing, nothing) for _ in ways], str(error)
    says = [f"{tokens} tokens", f"{long} tokens", f"1 token after {long - 1}"]
    found = xr.concat(each, dim=xr.Variable("reading", list(ways)))
    found = found.assign(window=("layer", windows)).assign_coords(says=("reading", says))
    return found.assign_attrs(long=long, uncounted=uncounted)


def matrix_entries(layer: nn.Module) -> int:
    """Numbers in the matrices of a layer, each of which takes part once for every token."""
    return sum(p.numel() for p in layer.parameters() if p.dim() == 2)


def key_and_value_width(config: Any) -> int:
    """Width of a head's key and value together; twice the head's, but for latent attention."""
    text = config.get_text_config(decoder=True)
    own = Geometry.from_config(config).head_dim
    latent = hasattr(text, "qk_nope_head_dim")
    key = text.qk_nope_head_dim + text.qk_rope_head_dim if latent else own
    return key + (getattr(text, "v_head_dim", None) or own)


def attention_windows(config: Any) -> list[int | None]:
    """How many positions, itself included, a token sees in each layer; None for all."""
    text = config.get_text_config(decoder=True)
    window = getattr(text, "sliding_window", None)
    kinds = getattr(text, "layer_types", None)
    if kinds:
        return [window if kind == "sliding_attention" else None for kind in kinds]
    used = window if getattr(text, "use_sliding_window", True) else None
    return [used] * text.num_hidden_layers


def attended(tokens: int, window: int | None, past: int = 0) -> int:
    """Pairs (position, position it attends to) of `tokens` positions behind `past` others."""
    return _triangle(past + tokens, window) - _triangle(past, window)


def _triangle(tokens: int, window: int | None) -> int:
    reach = tokens if window is None else min(window, tokens)
    return reach * (reach + 1) // 2 + (tokens - reach) * reach


def reached(tokens: int, window: int | None, past: int = 0) -> int:
    """Positions whose keys and values the last `tokens` of a text read, their own included."""
    return past + tokens if window is None else min(past + tokens, window - 1 + tokens)
