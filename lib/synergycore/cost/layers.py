"""Every decoder layer as something that can be run again, alone, on the input of a real pass."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from synergycore.recording.parts import decoder_layers

if TYPE_CHECKING:
    import torch
    from torch import nn

    from synergycore.models import LoadedModel


@dataclass(frozen=True)
class LayerCall:
    """A decoder layer with the arguments that it had; calling it runs it once."""

    layer: nn.Module
    args: tuple
    kwargs: Mapping[str, Any]
    device: torch.device
    """Where the layer computes; the arguments are there already."""

    def __call__(self) -> object:
        return self.layer(*self.args, **self.kwargs)

    def wait(self) -> None:
        """Return when the layer's device has finished; a CPU has when the call returns."""
        import torch

        if self.device.type == "cuda":
            torch.cuda.synchronize(self.device)
        elif self.device.type == "mps":
            torch.mps.synchronize()


def layer_calls(loaded: LoadedModel, tokens: np.ndarray) -> list[LayerCall]:
    """One call a layer, on the arguments that it has in a pass over `tokens` (text, position).

    On several GPUs the arguments are moved to the layer's own once, here, and not in every call.
    Raises SynergyError for an architecture whose layers are not known.
    """
    import torch
    from accelerate.utils import send_to_device

    calls: list[LayerCall] = []
    ids = torch.tensor(tokens, dtype=torch.long, device=loaded.model.device)

    def keep(layer, args, kwargs):
        device = computing_device(layer)
        here, named = send_to_device(args, device), send_to_device(kwargs, device)
        calls.append(LayerCall(layer, here, named, device))

    with ExitStack() as hooks, torch.inference_mode():
        for layer in decoder_layers(loaded.model):
            handle = layer.register_forward_pre_hook(keep, with_kwargs=True)
            hooks.callback(handle.remove)
        loaded.model.get_decoder()(input_ids=ids, use_cache=False)
    return calls


def computing_device(layer: nn.Module) -> torch.device:
    """Where accelerate runs the layer, if it does; else where its weights are."""
    import torch

    for module in layer.modules():
        hook = getattr(module, "_hf_hook", None)
        for single in getattr(hook, "hooks", [hook]):
            if (placed := getattr(single, "execution_device", None)) is not None:
                return torch.device(placed)
    return next(layer.parameters()).device
