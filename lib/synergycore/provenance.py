"""What a chapter's numbers were made from, as a table for its last cell."""

from __future__ import annotations

import json
import os
import platform
import sys
import time
from collections.abc import Mapping

import pandas as pd
import psutil
import xarray as xr

from synergycore import format


def table(recording: xr.Dataset, parameters: Mapping[str, object], started: float) -> format.Table:
    """Model, weights, parameters, versions, device and minutes since `started` (seconds, epoch).

    `parameters` are the chapter's own, the choices of its analysis included.
    """
    return format.table(pd.Series(rows(recording, parameters, started)).to_frame("this run"))


def rows(recording: xr.Dataset, parameters: Mapping[str, object], started: float) -> dict[str, str]:
    """What the table says, by the name of its row."""
    attributes = recording.attrs
    seconds = [float(attributes[f"seconds_{step}"]) for step in ("generate", "replay")]
    return {
        "model": attributes["model"],
        "weights (sha256)": attributes["weights_hash"],
        "device, dtype": f"{attributes['device']}, {attributes['dtype']}",
        "parameters": _list(parameters),
        "versions": _list(json.loads(attributes["versions"])),
        "machine": f"{platform.machine()}, {psutil.cpu_count(logical=False) or os.cpu_count()} "
        f"cores, {psutil.virtual_memory().total / 2**30:.0f} GiB, "
        f"Python {platform.python_version()}",
        "generating, replaying": "{:.0f} s, {:.0f} s when recorded".format(*seconds),
        "this chapter": f"{minutes(started):.1f} min",
    }


def minutes(started: float) -> float:
    """Minutes since `started` (seconds, epoch)."""
    return (time.time() - started) / 60


def peak_memory(system: str = sys.platform) -> float:
    """Largest resident memory of this process so far, GiB; `system` as `sys.platform` names it."""
    import resource

    largest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return largest / (2**30 if system == "darwin" else 2**20)  # macOS counts bytes, Linux KiB


def _list(items: Mapping[str, object]) -> str:
    return ", ".join(f"{name} {value}" for name, value in items.items())
