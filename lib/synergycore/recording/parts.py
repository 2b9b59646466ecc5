"""Where the parts of a decoder layer are, by architecture: attention, its projection, the MLP."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from synergycore.errors import SynergyError

if TYPE_CHECKING:
    from torch import Tensor, nn
    from transformers import PreTrainedModel

OUTPUT_PROJECTIONS = ("o_proj", "out_proj", "dense", "c_proj")
MLPS = ("mlp", "feed_forward", "block_sparse_moe", "fc2")

# Norms between a sub-layer and the residual stream: what is added is their output (Gemma, OLMo 2,
# GLM).  Llama's `post_attention_layernorm` alone is something else: the norm before the MLP.
POST_NORMS = (
    ("post_attention_layernorm", "post_feedforward_layernorm"),
    ("post_self_attn_layernorm", "post_mlp_layernorm"),
)


def attention_modules(model: PreTrainedModel) -> dict[str, nn.Module]:
    """Dotted name in the decoder -> attention module, in the order of the layers.

    Raises SynergyError when a layer has no attention that goes through transformers' attention
    interface (older model code, linear-attention layers): heads cannot be seen there.
    """
    found = {
        name: module
        for name, module in model.get_decoder().named_modules()
        if _is_attention(module) and _uses_interface(module)
    }
    layers = sorted(int(module.layer_idx) for module in found.values())
    expected = model.config.get_text_config(decoder=True).num_hidden_layers
    if layers != list(range(expected)):
        missing = sorted(set(range(expected)) - set(layers))
        raise SynergyError(
            f"{type(model).__name__}: layers {missing} have no attention that goes through the "
            "attention interface of transformers, which is where heads are seen; "
            "choose a model whose every layer has softmax attention and current code."
        )
    return dict(sorted(found.items(), key=lambda item: int(item[1].layer_idx)))


def _is_attention(module: nn.Module) -> bool:
    named = "Attention" in type(module).__name__ and isinstance(
        getattr(module, "layer_idx", None), int
    )
    return named and any(hasattr(module, name) for name in OUTPUT_PROJECTIONS)


def _uses_interface(module: nn.Module) -> bool:
    code = sys.modules[type(module).__module__]
    return hasattr(code, "ALL_ATTENTION_FUNCTIONS") and hasattr(code, "eager_attention_forward")


def decoder_layers(model: PreTrainedModel) -> list[nn.Module]:
    """The blocks between which the residual stream flows, in order."""
    decoder = model.get_decoder()
    return [decoder.get_submodule(name.rpartition(".")[0]) for name in attention_modules(model)]


def sublayers(layer: nn.Module, attention: nn.Module) -> tuple[nn.Module, nn.Module]:
    """The two modules whose outputs are added to the residual stream: (attention's, MLP's).

    Raises SynergyError for a block with an MLP by none of the known names.
    """
    for attention_norm, mlp_norm in POST_NORMS:
        if hasattr(layer, attention_norm) and hasattr(layer, mlp_norm):
            return getattr(layer, attention_norm), getattr(layer, mlp_norm)
    for name in MLPS:
        if hasattr(layer, name):
            return attention, getattr(layer, name)
    raise SynergyError(
        f"{type(layer).__name__} has no MLP by any of the names {', '.join(MLPS)}; "
        "its architecture is not supported."
    )


def head_writes(attention: nn.Module, heads: int) -> Tensor:
    """W_O cut by heads, (head, head_dim, hidden): `z[h] @ head_writes[h]` is what head h writes.

    The bias of the projection belongs to no head and is left out.
    """
    name = next(name for name in OUTPUT_PROJECTIONS if hasattr(attention, name))
    projection = getattr(attention, name)
    # GPT-2's Conv1D keeps (in, out), a Linear (out, in).
    rows = projection.weight if type(projection).__name__ == "Conv1D" else projection.weight.T
    return rows.reshape(heads, -1, rows.shape[-1])
