"""The recorders: from one layer's tensors to the numbers that are kept."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from synergycore.errors import SynergyError
from synergycore.recording.contributions import ContributionFunction, first
from synergycore.recording.heads import HeadFunction
from synergycore.recording.layout import PRODUCTS
from synergycore.recording.parts import attention_modules, head_writes

if TYPE_CHECKING:
    from torch import Tensor
    from transformers import PreTrainedModel

    from synergycore.models import LoadedModel

# How far h + a + m may be from the next stream, relative to |h| + |a| + |m|: a few roundings.
TOLERANCE = {"float32": 1e-4, "bfloat16": 3e-2, "float16": 5e-3}


@dataclass(frozen=True)
class Batch:
    """Some prompts' tokens, padded on the right, and the positions that produced each new token."""

    rows: slice
    tokens: Tensor
    """(batch, position) ids, 0 beyond the end."""
    mask: Tensor
    """(batch, position) true where there is a token."""
    steps: Tensor
    """(batch, step) the position whose pass produced the step's token, 0 beyond the end."""
    alive: Tensor
    """(batch, step) true where there is a step."""

    @classmethod
    def from_recording(cls, dataset: xr.Dataset, rows: slice, loaded: LoadedModel) -> Batch:
        import torch

        part = dataset.isel(prompt=rows)
        prompts = torch.tensor(part.prompt_lengths.values)[:, None]
        lengths = torch.tensor(part.lengths.values)[:, None]
        width = int((prompts + lengths).max())
        tokens = torch.tensor(part.tokens.values[:, :width], dtype=torch.long)
        step = torch.arange(int(lengths.max()))
        alive = step < lengths
        # Token t of the continuation came out of the pass over the token before it.
        steps = torch.where(alive, prompts - 1 + step, 0)
        device = loaded.model.device
        return cls(rows, tokens.clamp(min=0).to(device), (tokens >= 0).to(device), steps, alive)

    def at_steps(self, x: Tensor) -> Tensor:
        """(batch, position, ...) -> (batch, step, ...) in float32."""
        import torch

        index = torch.arange(len(x), device=x.device)[:, None]
        return x[index, self.steps.to(x.device)].float()

    def put(self, array: np.ndarray, layer: int, values: Tensor) -> None:
        """Norms (batch, step, head) into (prompt, layer, head, step), NaN beyond the end."""
        dead = ~self.alive[..., None].to(values.device)
        kept = values.masked_fill(dead, float("nan")).movedim(-1, 1).cpu().numpy()
        array[self.rows, layer, :, : kept.shape[-1]] = kept


def record_heads(
    model: PreTrainedModel, batch: Batch, arrays: dict[str, np.ndarray]
) -> HeadFunction:
    """z_norm and write_norm of every head at the steps of the batch."""
    attention = list(attention_modules(model).values())

    def function(layer: int, z: Tensor) -> None:
        seen = batch.at_steps(z)
        batch.put(arrays["z_norm"], layer, seen.norm(dim=-1))
        batch.put(arrays["write_norm"], layer, write_norms(seen, attention[layer]))

    return function


def write_norms(z: Tensor, attention) -> Tensor:
    """Norm of z_h W_O^h for z (..., head, head_dim) -> (..., head); one head at a time, for memory.

    In a model with a norm behind attention (Gemma 3, OLMo 2) this is what the head hands to it.
    """
    import torch

    writes = head_writes(attention, z.shape[-2])
    norms = [(z[..., head, :] @ weight.float()).norm(dim=-1) for head, weight in enumerate(writes)]
    return torch.stack(norms, dim=-1)


def chunk_norms(output: Tensor, heads: int) -> Tensor:
    """Norms of `heads` equal chunks of (..., hidden) -> (..., head).

    The rule of the paper's public scripts, which call them heads: chunk k is the same residual
    coordinates in every layer.  Where hidden is no multiple of heads the remainder is dropped.
    """
    size = output.shape[-1] // heads
    chunks = output[..., : heads * size].unflatten(-1, (heads, size))
    return chunks.norm(dim=-1)


@contextmanager
def recorded_chunks(
    model: PreTrainedModel, batch: Batch, arrays: dict[str, np.ndarray]
) -> Iterator[None]:
    """chunk_norm from the output of every attention module, after its projection."""
    heads = arrays["chunk_norm"].shape[2]

    def hook(module, args, output) -> None:
        seen = batch.at_steps(first(output))
        batch.put(arrays["chunk_norm"], int(module.layer_idx), chunk_norms(seen, heads))

    with ExitStack() as hooks:
        for attention in attention_modules(model).values():
            hooks.callback(attention.register_forward_hook(hook).remove)
        yield


def record_contributions(
    model: PreTrainedModel, batch: Batch, arrays: dict[str, np.ndarray]
) -> ContributionFunction:
    """residual_gram at every token position, and the check that h + a + m is the next stream."""

    def function(layer: int, h: Tensor, a: Tensor, m: Tensor, h_next: Tensor) -> None:
        products = gram(h, a, m)
        kept = products.masked_fill(~batch.mask[..., None].to(products.device), float("nan"))
        arrays["residual_gram"][batch.rows, layer, : kept.shape[1]] = kept.cpu().numpy()
        mask = batch.mask.to(h.device)
        error = _check(model, layer, *(wide(x[mask]) for x in (h, a, m, h_next)))
        arrays["residual_error"][layer] = max(arrays["residual_error"][layer], error)

    return function


def gram(h: Tensor, a: Tensor, m: Tensor) -> Tensor:
    """Inner products in the order of PRODUCTS, (..., hidden) -> (..., product), in float64."""
    import torch

    of = {"h": wide(h), "a": wide(a), "m": wide(m)}
    return torch.stack([(of[pair[0]] * of[pair[1]]).sum(-1) for pair in PRODUCTS], dim=-1)


def wide(x: Tensor) -> Tensor:
    """float64, on the CPU where the device (mps) has none."""
    return (x.cpu() if x.device.type == "mps" else x).double()


def _check(model: PreTrainedModel, layer: int, h, a, m, h_next) -> float:
    """The largest |h + a + m - h_next| / |h_next| over tokens (token, hidden).

    Raises SynergyError when it is more than rounding: the sub-layers are then not where we look;
    and when a stream is not finite.
    """
    miss = (h + a + m - h_next).norm(dim=-1)
    scale = h.norm(dim=-1) + a.norm(dim=-1) + m.norm(dim=-1)
    if not scale.isfinite().all():
        raise SynergyError(
            f"{type(model).__name__}, layer {layer}: the residual stream is not finite in "
            f"{str(model.dtype).removeprefix('torch.')}; choose another dtype, "
            "or see that its config is whole."
        )
    worst = float((miss / scale.clamp(min=1e-300)).max())
    if not worst < TOLERANCE[str(model.dtype).removeprefix("torch.")]:
        raise SynergyError(
            f"{type(model).__name__}, layer {layer}: stream + attention + MLP misses the next "
            f"stream by {worst:.1e} of its size, more than rounding; this architecture adds "
            "something else to the stream and is not supported."
        )
    return float((miss / h_next.norm(dim=-1)).max())
