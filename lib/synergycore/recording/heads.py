"""See and replace what every attention head outputs, through transformers' attention interface."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from typing import TYPE_CHECKING, Any

from synergycore.errors import SynergyError
from synergycore.recording.parts import attention_modules

if TYPE_CHECKING:
    from torch import Tensor, nn
    from transformers import PreTrainedModel

HeadFunction = Callable[[int, "Tensor"], "Tensor | None"]

_numbers = count()


@contextmanager
def observed_heads(model: PreTrainedModel, function: HeadFunction) -> Iterator[None]:
    """Call `function(layer, z)` with every attention output before its output projection.

    z has shape (batch, position, head, head_dim).  A tensor that the function returns takes z's
    place, so that multiplying by a mask ablates heads; None leaves z alone.  The model's own
    attention function is wrapped, whichever it is; contexts nest, the inner one seeing what the
    outer one returned.  The model is as before on exit, also after an error.

    Raises SynergyError for a model whose attention does not go through the interface, and for
    an attention implementation other than sdpa and eager.
    """
    from transformers import AttentionInterface, AttentionMaskInterface

    attention = list(attention_modules(model).values())
    configs = _configs(model)
    before = _implementation(attention[0].config)
    name = f"synergycore_observed_{next(_numbers)}"
    AttentionInterface.register(name, _wrap(_own_function(attention[0], before), function))
    AttentionMaskInterface.register(name, AttentionMaskInterface()[before])
    try:
        for config in configs:
            config._attn_implementation = name
        yield
    finally:
        for config in configs:
            config._attn_implementation = before
        AttentionInterface._global_mapping.pop(name)
        AttentionMaskInterface._global_mapping.pop(name)


def _wrap(own: Callable, function: HeadFunction) -> Callable:
    def observed(module: Any, *args: Any, **kwargs: Any):
        z, weights = own(module, *args, **kwargs)
        replacement = function(module.layer_idx, z)
        return (z if replacement is None else replacement), weights

    return observed


def _configs(model: PreTrainedModel) -> list:
    """Every config object the decoder's modules ask which attention to use; one each."""
    found = [module.config for module in model.get_decoder().modules() if hasattr(module, "config")]
    return list({id(config): config for config in found}.values())


def _implementation(config: Any) -> str:
    name = config._attn_implementation
    if name not in ("sdpa", "eager") and not name.startswith("synergycore_observed_"):
        raise SynergyError(
            f"heads can be seen under the attention implementations sdpa and eager, not {name!r}; "
            "call model.set_attn_implementation('sdpa') first."
        )
    return name


def _own_function(attention: nn.Module, implementation: str) -> Callable:
    """From the model's own code: some models bring their own eager function (sinks, soft caps)."""
    code = sys.modules[type(attention).__module__]
    if implementation == "eager":
        return code.eager_attention_forward
    return code.ALL_ATTENTION_FUNCTIONS[implementation]
