"""What the paper calls energy: E(x) = (‖x‖ / ‖h‖) (1 − cos(x, h)), a number without a unit.

x is what attention adds to the residual stream h that enters the layer, what the MLP adds, or both
together; all three are taken at the same place and against the same h. Written out,
E = ‖x‖/‖h‖ − x·h/‖h‖²: the size of the addition minus its part along the stream. No joule is in it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from synergycore.recording.contributions import ContributionFunction, observed_contributions
from synergycore.recording.signals import Batch, wide
from synergycore.residual import products, token_mean

if TYPE_CHECKING:
    from torch import Tensor

    from synergycore.models import LoadedModel

ADDITIONS = ("attention", "mlp", "both")


def energies(recording: xr.Dataset) -> dict[str, np.ndarray]:
    """E of each addition per token, (prompt, layer, position), dimensionless, 0 to 2 ‖x‖/‖h‖.

    The definition of the public scripts at commit aa35a36 (`energy_distribution`), with norms and
    cosines of the same token. Position 0 is left out (see `residual.products`); NaN beyond the
    end of a text and where h is zero.
    """
    size, along = _size_and_part_along(recording)
    return {name: size[name] - along[name] for name in ADDITIONS}


def factors(recording: xr.Dataset) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """The two factors of E per token, (prompt, layer, position): ‖x‖/‖h‖ and 1 − cos(x, h)."""
    size, along = _size_and_part_along(recording)
    with np.errstate(invalid="ignore", divide="ignore"):
        turn = {name: 1 - along[name] / size[name] for name in ADDITIONS}
    return size, turn


def _size_and_part_along(
    recording: xr.Dataset,
) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """‖x‖/‖h‖ and x·h/‖h‖² of each addition."""
    p = products(recording)
    squares = {"attention": p["aa"], "mlp": p["mm"], "both": p["aa"] + 2 * p["am"] + p["mm"]}
    inner = {"attention": p["ha"], "mlp": p["hm"], "both": p["ha"] + p["hm"]}
    stream = np.where(p["hh"] > 0, p["hh"], np.nan)
    size = {name: np.sqrt(np.maximum(squares[name], 0) / stream) for name in ADDITIONS}
    return size, {name: inner[name] / stream for name in ADDITIONS}


def per_layer(values: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Token means (prompt, layer) of values (prompt, layer, position)."""
    return {name: token_mean(of_tokens) for name, of_tokens in values.items()}


def stream_size(recording: xr.Dataset) -> np.ndarray:
    """Median ‖h‖ (layer,) of the stream that enters each layer, over all tokens of all prompts."""
    return np.nanmedian(np.sqrt(products(recording)["hh"]), axis=(0, 2))


def against_previous_update(
    loaded: LoadedModel, recording: xr.Dataset, *, batch_size: int = 12
) -> dict[str, np.ndarray]:
    """The other definition: (‖x_l‖ / ‖x_{l−1}‖) (1 − cos(x_l, u_{l−1})), (prompt, layer).

    u = a + m is the update of the layer before. It is what the public scripts' earlier state
    (commit 4f359cf) takes for the stream; there the vectors are averaged over tokens first, and
    layer 0's ratio of norms is 1. Taken per token here, then averaged without position 0; layer 0
    has no layer before it and is NaN. The recorded inner products hold no product across
    layers, so this replays `recording` through `loaded`.
    """
    import torch

    parts = []
    with torch.inference_mode():
        for first in range(0, recording.sizes["prompt"], batch_size):
            stop = min(first + batch_size, recording.sizes["prompt"])
            batch = Batch.of(recording, slice(first, stop), loaded)
            found = np.full((len(ADDITIONS), stop - first, loaded.geometry.layers), np.nan)
            with observed_contributions(loaded.model, _compare_with_layer_before(batch, found)):
                loaded.model.get_decoder()(
                    input_ids=batch.tokens, attention_mask=batch.mask.long(), use_cache=False
                )
            parts.append(found)
    return dict(zip(ADDITIONS, np.concatenate(parts, axis=1), strict=True))


def _compare_with_layer_before(batch: Batch, found: np.ndarray) -> ContributionFunction:
    """Fills `found` (addition, prompt, layer) layer by layer, keeping one layer's vectors."""
    before: dict[str, Tensor] = {}

    def function(layer: int, h: Tensor, a: Tensor, m: Tensor, h_next: Tensor) -> None:
        now = {"attention": wide(a), "mlp": wide(m), "both": wide(a) + wide(m)}
        if before:
            of_tokens = _against(before, now, batch.mask)
            found[:, :, layer] = token_mean(of_tokens[..., 1:].cpu().numpy())
        before.update(now)

    return function


def _against(before: dict[str, Tensor], now: dict[str, Tensor], mask: Tensor) -> Tensor:
    """(addition, prompt, position), NaN where `mask` is false.

    On several GPUs the layer before may have been on another one.
    """
    import torch

    device = now["both"].device
    norms = {name: before[name].norm(dim=-1).to(device) for name in ADDITIONS}
    update = before["both"].to(device)
    found = torch.stack([_energy(now[name], norms[name], update) for name in ADDITIONS])
    return torch.where(mask.to(device), found, float("nan"))


def _energy(x: Tensor, scale: Tensor, direction: Tensor) -> Tensor:
    """(‖x‖ / scale) (1 − cos(x, direction)) over the last axis."""
    cosine = (x * direction).sum(-1) / (x.norm(dim=-1) * direction.norm(dim=-1))
    return x.norm(dim=-1) / scale * (1 - cosine)
