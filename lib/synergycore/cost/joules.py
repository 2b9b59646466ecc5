"""The energy counter of an NVIDIA GPU, read through NVML."""

from __future__ import annotations

from collections.abc import Callable


class NoJoules(Exception):
    """Why there are no joules, as a clause to stand behind "because"; never ends a chapter."""


def energy_counter(device: str) -> Callable[[], float]:
    """A function that returns the joules the GPU has used since its driver was loaded.

    It counts the whole board, idle power included, and moves on every 20 to 100 ms, so that what
    is measured has to last much longer. Raises NoJoules, now or at a later reading, for other
    devices, without the package nvidia-ml-py, and for GPUs that do not answer or have no counter
    (before Volta).
    """
    if not device.startswith("cuda"):
        raise NoJoules(f"the model ran on {device} and not on an NVIDIA GPU")
    try:
        import pynvml
    except ImportError as error:
        raise NoJoules(f"the package nvidia-ml-py could not be imported ({error})") from None
    faults = (pynvml.NVMLError, AttributeError)  # older drivers and packages lack attributes

    def joules() -> float:
        try:
            return pynvml.nvmlDeviceGetTotalEnergyConsumption(handle) / 1000
        except faults as error:
            raise NoJoules(f"the energy counter of {device} did not answer ({error})") from None

    try:
        pynvml.nvmlInit()
        handle = pynvml.nvmlDeviceGetHandleByUUID(_identifier(device))
    except faults as error:
        raise NoJoules(f"NVML does not know {device} ({error})") from None
    joules()
    return joules


def _identifier(device: str) -> str:
    """NVML numbers all GPUs, torch only those that are visible to it; both know this name."""
    import torch

    identifier = str(torch.cuda.get_device_properties(torch.device(device)).uuid)
    return identifier if identifier.startswith("GPU-") else f"GPU-{identifier}"
