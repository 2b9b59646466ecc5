"""Arrays with the names of the analysis, for tests."""

import numpy as np
import xarray as xr

DIMS = ("prompt", "layer", "head", "step")


def norms(values):
    """(prompt, layer, head, step) with prompts named p0, p1, ..."""
    values = np.asarray(values, dtype=float)
    return xr.DataArray(values, dims=DIMS, coords={"prompt": [f"p{k}" for k in range(len(values))]})


def profile(values):
    """(layer) or (draw, layer)."""
    values = np.asarray(values, dtype=float)
    return xr.DataArray(values, dims=("draw", "layer")[-values.ndim :])


def of_heads(values):
    """(layer, head) or (draw, layer, head)."""
    values = np.asarray(values, dtype=float)
    return xr.DataArray(values, dims=("draw", "layer", "head")[-values.ndim :])
