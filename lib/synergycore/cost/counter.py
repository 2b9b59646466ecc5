"""The energy counter of an NVIDIA GPU, read through NVML."""

from __future__ import annotations

from collections.abc import Callable


def energy_counter(device: str) -> Callable[[], float] | None:
    """A function that returns the joules the GPU has used since its driver was loaded.

    None for other devices, where the `pynvml` module is not installed (package nvidia-ml-py), and
    for GPUs without the counter (before Volta). It counts the whole board, idle power included,
    and moves on every 20 to 100 ms, so that what is measured has to last much longer.
    """
    if not device.startswith("cuda"):
        return None
    try:
        import pynvml
    except ImportError:
        return None
    try:
        pynvml.nvmlInit()
        handle = _handle(pynvml, device)
        pynvml.nvmlDeviceGetTotalEnergyConsumption(handle)
    except pynvml.NVMLError:
        return None
    return lambda: pynvml.nvmlDeviceGetTotalEnergyConsumption(handle) / 1000


def _handle(pynvml, device: str):
    """By identifier: NVML numbers all GPUs, torch only those that are visible to it."""
    import torch

    identifier = str(torch.cuda.get_device_properties(torch.device(device)).uuid)
    prefixed = identifier if identifier.startswith("GPU-") else f"GPU-{identifier}"
    return pynvml.nvmlDeviceGetHandleByUUID(prefixed)
