"""Norms and cosines of what attention (a) and the MLP (m) add to the residual stream (h).

All follow from the six inner products a recording keeps per token, so that h + a and a + m never
have to be stored. Definitions after Csordás, Manning & Potts (arXiv 2505.13898).
"""

from __future__ import annotations

import numpy as np
import xarray as xr

FLOWS = ("attention", "mlp", "both")  # a against h, m against h + a, a + m against h


def products(recording: xr.Dataset) -> dict[str, np.ndarray]:
    """Inner products (prompt, layer, position) by name, position 0 left out.

    The first token carries activations of a thousand times the others' size in most models (Sun
    et al. 2402.17762) and would decide every mean by itself.
    """
    gram = recording["residual_gram"].isel(position=slice(1, None))
    return {str(name): gram.sel(product=name).values for name in gram["product"].values}


def cosines(recording: xr.Dataset) -> dict[str, np.ndarray]:
    """cos(a, h), cos(m, h + a) and cos(a + m, h) per token: (prompt, layer, position)."""
    p = products(recording)
    after_attention = p["hh"] + 2 * p["ha"] + p["aa"]
    added = p["aa"] + 2 * p["am"] + p["mm"]
    return {
        "attention": _cosine(p["ha"], p["hh"], p["aa"]),
        "mlp": _cosine(p["hm"] + p["am"], after_attention, p["mm"]),
        "both": _cosine(p["ha"] + p["hm"], p["hh"], added),
    }


def ratios(recording: xr.Dataset) -> dict[str, np.ndarray]:
    """‖a‖/‖h‖, ‖m‖/‖h + a‖ and ‖a + m‖/‖h‖ per token: (prompt, layer, position)."""
    p = products(recording)
    after_attention = p["hh"] + 2 * p["ha"] + p["aa"]
    added = p["aa"] + 2 * p["am"] + p["mm"]
    with np.errstate(invalid="ignore", divide="ignore"):
        return {
            "attention": np.sqrt(p["aa"] / p["hh"]),
            "mlp": np.sqrt(p["mm"] / after_attention),
            "both": np.sqrt(added / p["hh"]),
        }


def token_mean(values: np.ndarray) -> np.ndarray:
    """Mean (prompt, layer) over the tokens of each prompt; padding is NaN and left out."""
    return np.nanmean(values, axis=-1)


def _cosine(inner: np.ndarray, first: np.ndarray, second: np.ndarray) -> np.ndarray:
    with np.errstate(invalid="ignore", divide="ignore"):
        return inner / np.sqrt(first * second)
