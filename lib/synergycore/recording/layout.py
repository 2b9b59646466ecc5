"""Names, dimensions and units of a recording; what is needed to build one and to check one."""

from __future__ import annotations

import json
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr

if TYPE_CHECKING:
    from collections.abc import Sequence

    from synergycore.models import LoadedModel

FORMAT_VERSION = 2
"""Raised whenever the meaning or layout of a recording changes; older files are re-made."""

SIGNALS = ("z_norm", "write_norm", "chunk_norm")
"""Three signals of a head, each (prompt, layer, head, step), NaN beyond the end of a series."""

PRODUCTS = ("hh", "aa", "mm", "ha", "hm", "am")
"""Inner products of the residual stream h, attention's part a and the MLP's part m."""

DESCRIPTIONS = {
    "z_norm": "norm of the head's output before the output projection",
    "write_norm": "norm of z_h W_O^h, what the head writes (before a post-norm, if there is one)",
    "chunk_norm": "norm of one of equal chunks of the attention output: not a head",
    "tokens": "prompt and generated tokens; -1 beyond the end",
    "prompt_lengths": "tokens of the prompt",
    "lengths": "generated tokens",
    "residual_gram": "inner products per token position; NaN beyond the end",
    "residual_error": "largest |h + a + m - h_next| / |h_next| over tokens",
}


def tokens_dataset(
    prompts: Sequence, prompt_ids: list[list[int]], generated: list[list[int]]
) -> xr.Dataset:
    """The part of a recording that generation makes: which tokens, of which prompts."""
    rows = [before + after for before, after in zip(prompt_ids, generated, strict=True)]
    tokens = np.full((len(rows), max(map(len, rows))), -1, dtype=np.int32)
    for row, ids in zip(tokens, rows, strict=True):
        row[: len(ids)] = ids
    return xr.Dataset(
        {
            "tokens": (("prompt", "position"), tokens),
            "prompt_lengths": ("prompt", np.array([len(ids) for ids in prompt_ids])),
            "lengths": ("prompt", np.array([len(ids) for ids in generated])),
        },
        coords={
            "prompt": [prompt.id for prompt in prompts],
            "category": ("prompt", [prompt.category for prompt in prompts]),
        },
    )


def empty_signals(loaded: LoadedModel, tokens: xr.Dataset) -> dict[str, np.ndarray]:
    """Arrays for the recorders to fill, NaN wherever nothing will be written."""
    prompts, positions = tokens.tokens.shape
    shape = loaded.geometry
    per_head = (prompts, shape.layers, shape.heads, int(tokens.lengths.max()))
    arrays = {name: np.full(per_head, np.nan, dtype=np.float32) for name in SIGNALS}
    arrays["residual_gram"] = np.full((prompts, shape.layers, positions, len(PRODUCTS)), np.nan)
    arrays["residual_error"] = np.zeros(shape.layers)
    return arrays


def assemble(
    tokens: xr.Dataset, arrays: dict[str, np.ndarray], attrs: dict[str, Any]
) -> xr.Dataset:
    """The whole recording from the tokens, the recorders' arrays and the provenance."""
    dims: dict[str, tuple[str, ...]] = dict.fromkeys(SIGNALS, ("prompt", "layer", "head", "step"))
    dims["residual_gram"] = ("prompt", "layer", "position", "product")
    dims["residual_error"] = ("layer",)
    kept = tokens[["tokens", "prompt_lengths", "lengths"]]
    whole = kept.assign({name: (dims[name], array) for name, array in arrays.items()})
    whole = whole.assign_coords(product=list(PRODUCTS))
    for name, text in DESCRIPTIONS.items():
        whole[name].attrs["description"] = text
    return whole.assign_attrs(attrs)


def provenance(loaded: LoadedModel) -> dict[str, Any]:
    """Attributes that say which weights made the numbers, on what."""
    seed = loaded.random_weights_seed
    return {
        "format_version": FORMAT_VERSION,
        "model": loaded.name,
        "weights_hash": loaded.weights_hash,
        "origin": loaded.origin,
        "random_weights_seed": "none" if seed is None else seed,
        "device": loaded.device,
        "dtype": str(loaded.dtype).removeprefix("torch."),
        "versions": json.dumps(versions()),
        "units": "norms and inner products in the model's activation units; seconds of wall time",
    }


LIBRARIES = ("torch", "transformers", "tokenizers", "jinja2", "numpy")


def versions() -> dict[str, str]:
    """Of the libraries that can change a recorded number."""
    return {name: version(name) for name in LIBRARIES}
