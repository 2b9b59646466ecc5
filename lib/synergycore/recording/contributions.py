"""What attention and MLP add to the residual stream: h_next = h + a + m in every layer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

from synergycore.recording.parts import attention_modules, decoder_layers, sublayers

if TYPE_CHECKING:
    from torch import Tensor
    from transformers import PreTrainedModel

ContributionFunction = Callable[[int, "Tensor", "Tensor", "Tensor", "Tensor"], None]


@contextmanager
def observed_contributions(
    model: PreTrainedModel, function: ContributionFunction
) -> Iterator[None]:
    """Call `function(layer, h, a, m, h_next)` after every decoder layer of a forward pass.

    Each has shape (batch, position, hidden): the residual stream entering the layer, what
    attention adds, what the MLP adds (both behind the post-norms of Gemma 3 and OLMo 2, side by
    side in GPT-NeoX), and the stream leaving it.  Only one layer's vectors are held at a time.
    The hooks are gone on exit.  Definition: Csordás et al. 2025 (arXiv 2505.13898), section 2.
    """
    attention = attention_modules(model).values()
    with ExitStack() as hooks:
        for index, (layer, own) in enumerate(zip(decoder_layers(model), attention, strict=True)):
            for handle in _watch(index, layer, sublayers(layer, own), function):
                hooks.callback(handle.remove)
        yield


def _watch(index: int, layer, parts, function: ContributionFunction) -> list:
    seen: dict[str, Tensor] = {}

    def enter(module, args, kwargs):
        seen["h"] = args[0] if args else kwargs["hidden_states"]

    def keep(name):
        return lambda module, args, output: seen.update({name: first(output)})

    def leave(module, args, output):
        h_next = first(output)
        # OPT's MLP works on flattened tokens; on several GPUs h may come from the one before.
        h, a, m = (seen[name].reshape(h_next.shape).to(h_next.device) for name in "ham")
        seen.clear()
        function(index, h, a, m, h_next)

    return [
        layer.register_forward_pre_hook(enter, with_kwargs=True),
        parts[0].register_forward_hook(keep("a")),
        parts[1].register_forward_hook(keep("m")),
        layer.register_forward_hook(leave),
    ]


def first(output: Any) -> Tensor:
    """Modules return a tensor or a tuple that starts with it."""
    return output[0] if isinstance(output, tuple) else output
