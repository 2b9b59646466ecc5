"""What a chapter's numbers were made from, as a table for its last cell."""

from __future__ import annotations

import json
import platform
import time
from collections.abc import Mapping

import psutil
import xarray as xr
from IPython.display import Markdown


def table(recording: xr.Dataset, parameters: Mapping[str, object], started: float) -> Markdown:
    """Model, weights, parameters, versions, device and minutes since `started` (seconds, epoch)."""
    attributes = recording.attrs
    rows = {
        "model": attributes["model"],
        "weights (sha256)": attributes["weights_hash"],
        "device, dtype": f"{attributes['device']}, {attributes['dtype']}",
        "parameters": _list(parameters),
        "versions": _list(json.loads(attributes["versions"])),
        "machine": f"{platform.machine()}, {psutil.cpu_count(logical=False)} cores, "
        f"{psutil.virtual_memory().total / 2**30:.0f} GiB, Python {platform.python_version()}",
        "generating, replaying": f"{float(attributes['seconds_generate']):.0f} s, "
        f"{float(attributes['seconds_replay']):.0f} s when recorded",
        "this chapter": f"{minutes(started):.1f} min",
    }
    lines = ["| | |", "|:--|:--|", *(f"| {name} | {value} |" for name, value in rows.items())]
    return Markdown("\n".join(lines))


def minutes(started: float) -> float:
    """Minutes since `started` (seconds, epoch)."""
    return (time.time() - started) / 60


def peak_memory() -> float:
    """Largest resident memory of this process so far, GiB."""
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def _list(items: Mapping[str, object]) -> str:
    return ", ".join(f"{name} {value}" for name, value in items.items())
