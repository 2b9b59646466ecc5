"""The few things in which numpy arrays and torch tensors differ."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from synergycore.errors import SynergyError

Array = Any
"""A numpy array or a torch tensor; the mathematics is written once for both."""


def is_tensor(values: object) -> bool:
    """Whether the values are a torch tensor, found out without importing torch."""
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(values, torch.Tensor)


def namespace(values: Array) -> Any:
    """The library that owns the array: `torch` or `numpy`."""
    return sys.modules["torch"] if is_tensor(values) else np


def as_float64(values: Array, name: str) -> Array:
    """A float64 view or copy, on the device the values came on; masked values become NaN.

    Raises SynergyError for anything but real numbers in rows of one length, and on a device
    without double precision.
    """
    if is_tensor(values):
        if values.is_complex():
            raise SynergyError(f"{name} is complex; expected real numbers, pass its modulus.")
        try:
            return values.detach().to(sys.modules["torch"].float64)
        except TypeError:  # Apple's mps
            raise SynergyError(
                f"{name} is on {values.device}, which has no double precision; pass {name}.cpu()."
            ) from None
    try:
        array = np.asanyarray(values)
    except (TypeError, ValueError):
        raise SynergyError(
            f"{name} is no array (rows of unequal length?); expected real numbers, cut them alike."
        ) from None
    if array.dtype.kind not in "buif":
        raise SynergyError(
            f"{name} has dtype {array.dtype}; expected real numbers, convert it first."
        )
    if isinstance(array, np.ma.MaskedArray):  # what was masked out must not come back as a number
        array = np.ma.filled(array.astype(np.float64), np.nan)
    return np.asarray(array).astype(np.float64, copy=False)


def check_same_library(**arrays: Array) -> None:
    """Raises SynergyError for numpy arrays and torch tensors together, or on two devices."""
    places = {
        name: f"a tensor on {values.device}" if is_tensor(values) else "a numpy array"
        for name, values in arrays.items()
    }
    if len(set(places.values())) > 1:
        found = ", ".join(f"{name} is {place}" for name, place in places.items())
        raise SynergyError(f"{found}; expected one library and device, convert them.")


def full(like: Array, shape: tuple[int, ...], value: float) -> Array:
    """A constant float64 array of the same library and device as `like`."""
    if is_tensor(like):
        torch = sys.modules["torch"]
        return torch.full(shape, value, dtype=torch.float64, device=like.device)
    return np.full(shape, value)


def empty(like: Array, shape: tuple[int, ...]) -> Array:
    """An unfilled float64 array of the same library and device as `like`."""
    if is_tensor(like):
        torch = sys.modules["torch"]
        return torch.empty(shape, dtype=torch.float64, device=like.device)
    return np.empty(shape)


def transposed_copy(values: Array) -> Array:
    """A new contiguous array, rows and columns exchanged."""
    if is_tensor(values):
        return values.T.clone(memory_format=sys.modules["torch"].contiguous_format)
    return np.array(values.T, order="C", copy=True)
