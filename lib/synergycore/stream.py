"""What attention (a) and the MLP (m) add to the residual stream (h): direction, size, "energy".

All but `against_previous_update` follows from the six inner products that a recording keeps per
token, so that no vector has to be stored. Cosines after Csordás, Manning & Potts (arXiv
2505.13898). What the paper calls energy, E(x) = (‖x‖/‖h‖)(1 − cos(x, h)), is a number without a
unit: the size of an addition minus its part along the stream. No joule is in it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from synergycore.errors import SynergyError
from synergycore.recording.contributions import ContributionFunction, observed_contributions
from synergycore.recording.layout import PRODUCTS
from synergycore.recording.signals import Batch, wide
from synergycore.stats import checks

if TYPE_CHECKING:
    from torch import Tensor

    from synergycore.models import LoadedModel

ADDITIONS = ("attention", "mlp", "both")
"""x = a, m and a + m: the dimension `addition` of everything here."""

DIMENSIONLESS = {"units": "dimensionless"}


def products(recording: xr.Dataset) -> xr.DataArray:
    """Inner products of h, a and m, (prompt, layer, position, product), position 0 left out.

    The first token carries activations of a thousand times the others' size in most models (Sun
    et al. 2402.17762) and would decide every mean by itself. NaN beyond the end of a text.
    Raises SynergyError for what holds no such products, each by its name.
    """
    if "residual_gram" not in getattr(recording, "data_vars", ()):
        raise SynergyError(
            f"the {type(recording).__name__} given holds no residual_gram; expected a recording, "
            "so hand it on whole."
        )
    gram = recording["residual_gram"]
    checks.array(gram, ("prompt", "layer", "position", "product"), "residual_gram")
    named = gram["product"].values.tolist() if "product" in gram.coords else []
    if missing := [name for name in PRODUCTS if name not in named]:
        raise SynergyError(
            f"residual_gram has no product {', '.join(missing)}; expected {', '.join(PRODUCTS)} as "
            "its coordinate product, so record the model again."
        )
    return gram.isel(position=slice(1, None))


def cosines(recording: xr.Dataset) -> xr.DataArray:
    """cos(a, h), cos(m, h + a) and cos(a + m, h), (addition, prompt, layer, position)."""
    hh, aa, mm, ha, hm, am = _six(recording)
    met = hh + 2 * ha + aa  # ‖h + a‖², what the MLP adds to
    added = aa + 2 * am + mm
    return _by_addition(
        _cosine(ha, hh, aa), _cosine(hm + am, met, mm), _cosine(ha + hm, hh, added)
    ).assign_attrs(DIMENSIONLESS)


def sizes(recording: xr.Dataset) -> xr.DataArray:
    """‖x‖/‖h‖, (addition, prompt, layer, position); NaN where h is zero."""
    hh, aa, mm, _, _, am = _six(recording)
    squares = _by_addition(aa, mm, aa + 2 * am + mm)
    return ((squares.clip(min=0) / hh.where(hh > 0)) ** 0.5).assign_attrs(DIMENSIONLESS)


def turns(recording: xr.Dataset) -> xr.DataArray:
    """1 − cos(x, h), from 0 (along the stream) to 2 (against it), same dimensions as `sizes`.

    All three additions against the same h, unlike the MLP's of `cosines`.
    """
    turn = 1 - _parts_along(recording) / sizes(recording)
    return turn.assign_attrs(DIMENSIONLESS)


def energy(recording: xr.Dataset) -> xr.DataArray:
    """(‖x‖/‖h‖)(1 − cos(x, h)), (addition, prompt, layer, position), dimensionless.

    The definition of the public scripts at commit aa35a36 (`energy_distribution`), with norms and
    cosines of the same token; written as ‖x‖/‖h‖ − x·h/‖h‖², which is 0 where nothing is added.
    """
    return (sizes(recording) - _parts_along(recording)).assign_attrs(DIMENSIONLESS)


def norm(recording: xr.Dataset) -> xr.DataArray:
    """Median ‖h‖ (layer) of the stream that enters each layer, over all tokens of all prompts."""
    size = _six(recording)[0] ** 0.5
    return size.median(("prompt", "position")).assign_attrs(units="activation units")


def _six(recording: xr.Dataset) -> list[xr.DataArray]:
    """The inner products in the order of `PRODUCTS`, each (prompt, layer, position)."""
    found = products(recording).drop_attrs().rename(None)
    return [found.sel(product=name, drop=True) for name in PRODUCTS]


def _parts_along(recording: xr.Dataset) -> xr.DataArray:
    """x·h/‖h‖², signed."""
    hh, _, _, ha, hm, _ = _six(recording)
    return _by_addition(ha, hm, ha + hm) / hh


def _by_addition(*values: xr.DataArray) -> xr.DataArray:
    """Attention's, the MLP's and both's, joined along `addition`."""
    return xr.concat(values, dim=xr.Variable("addition", list(ADDITIONS)))


def _cosine(inner: xr.DataArray, first: xr.DataArray, second: xr.DataArray) -> xr.DataArray:
    return inner / np.sqrt(first * second)


def against_previous_update(
    loaded: LoadedModel, recording: xr.Dataset, *, batch_size: int = 12
) -> xr.DataArray:
    """The other energy: (‖x_l‖ / ‖x_{l−1}‖) (1 − cos(x_l, u_{l−1})), (addition, prompt, layer).

    u = a + m is the update of the layer before. It is what the public scripts' earlier state
    (commit 4f359cf) takes for the stream; there the vectors are averaged over tokens first, and
    layer 0's ratio of norms is 1. Taken per token here, then averaged without position 0; layer 0
    has no layer before it and is NaN. The recorded inner products hold no product across
    layers, so this replays `recording` through `loaded`.
    """
    import torch

    prompts = recording.sizes["prompt"]
    found = np.full((len(ADDITIONS), prompts, loaded.geometry.layers), np.nan)
    for first in range(0, prompts, batch_size):
        rows = slice(first, min(first + batch_size, prompts))
        batch = Batch.from_recording(recording, rows, loaded)
        compare = _compare_with_layer_before(batch, found[:, rows])
        with torch.inference_mode(), observed_contributions(loaded.model, compare):
            loaded.model.get_decoder()(
                input_ids=batch.tokens, attention_mask=batch.mask.long(), use_cache=False
            )
    dims = ("addition", "prompt", "layer")
    coords = {"addition": list(ADDITIONS), "layer": range(loaded.geometry.layers)}
    named = xr.DataArray(found, dims=dims, coords=coords)
    return named.assign_coords(recording["prompt"].coords).assign_attrs(DIMENSIONLESS)


def _compare_with_layer_before(batch: Batch, found: np.ndarray) -> ContributionFunction:
    """Fills `found` (addition, prompt, layer) layer by layer, keeping one layer's vectors."""
    before: dict[str, Tensor] = {}

    def function(layer: int, h: Tensor, a: Tensor, m: Tensor, h_next: Tensor) -> None:
        now = {"attention": wide(a), "mlp": wide(m), "both": wide(a) + wide(m)}
        if before:
            of_tokens = _against(before, now, batch.mask)
            found[:, :, layer] = np.nanmean(of_tokens[..., 1:].cpu().numpy(), axis=-1)
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
