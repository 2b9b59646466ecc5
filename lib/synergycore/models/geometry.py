"""The shape of a model, read from its config: hidden // heads is wrong for Gemma 3 and Qwen3."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from transformers import PreTrainedConfig


@dataclass(frozen=True)
class Geometry:
    """How many layers and heads a model has and how wide they are (all counts)."""

    layers: int
    heads: int
    """Query heads per layer: the units of the decomposition."""
    kv_heads: int
    """Key-value heads per layer; fewer than `heads` under grouped-query attention."""
    head_dim: int
    hidden: int
    """Width of the residual stream."""

    @classmethod
    def from_config(cls, config: PreTrainedConfig) -> Geometry:
        """Of the text decoder, also where the config holds an image tower beside it."""
        text = config.get_text_config(decoder=True)
        heads = text.num_attention_heads
        return cls(
            layers=text.num_hidden_layers,
            heads=heads,
            kv_heads=getattr(text, "num_key_value_heads", None) or heads,
            head_dim=getattr(text, "head_dim", None) or text.hidden_size // heads,
            hidden=text.hidden_size,
        )
