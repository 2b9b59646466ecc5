"""Small data with known answers for cases of the analysis, and the short form of such a case."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from faults.harness import Case, Outcome, of_call

DIMS = ("prompt", "layer", "head", "step")


def case(
    name: str, call: Callable[[], Any], *names: object, right: Callable[[Any], Any] | None = None
) -> Case:
    """A quick case of a call: it is `right`, or refused in a sentence that says `names`."""

    def run(folder: Path) -> Outcome:
        return of_call(call, names, right)

    return Case(name, run, quick=True)


def series(prompts: int = 3, layers: int = 3, heads: int = 2, steps: int = 80) -> xr.DataArray:
    """Positive coupled series (prompt, layer, head, step), the same at every call."""
    rng = np.random.default_rng(5)
    noise = rng.normal(size=(steps, prompts, layers, heads))
    shared = rng.normal(size=(steps, prompts, 1, 1))
    values = np.zeros_like(noise)
    for step in range(1, steps):
        values[step] = 0.6 * values[step - 1] + noise[step] + 0.7 * shared[step]
    names = {"prompt": [f"p{k}" for k in range(prompts)]}
    return xr.DataArray(np.moveaxis(values, 0, -1) + 10, dims=DIMS, coords=names)


def with_head(values: Any, prompt: int = 0, layer: int = 1, head: int = 0) -> xr.DataArray:
    """`series()` with one head of one prompt replaced."""
    made = series()
    made[prompt, layer, head] = values
    return made


def same(found: Any, expected: Any, rtol: float = 1e-9) -> bool:
    """Equal numbers at the same names, NaN where NaN; datasets variable by variable."""
    if isinstance(expected, xr.Dataset):
        return all(same(found[name], expected[name], rtol) for name in expected.data_vars)
    if isinstance(expected, xr.DataArray):
        found = found.transpose(*expected.dims)
    return bool(np.allclose(found, expected, rtol=rtol, atol=1e-12, equal_nan=True))


def undefined(values: Any) -> bool:
    """Everything is NaN, and nothing infinite."""
    return bool(np.isnan(np.asarray(values, dtype=float)).all())


def never_infinite(values: Any) -> bool:
    arrays = values.data_vars.values() if isinstance(values, xr.Dataset) else [values]
    return not any(np.isinf(np.asarray(one, dtype=float)).any() for one in arrays)
