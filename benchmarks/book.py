"""Measure what a reader pays: a first build of the book, and a second with nothing changed.

Both run in a build folder and a model cache of their own, so that the first one fetches, records
and executes everything. The result goes to results/measured/<profile>.json, which the page on
models and data prints. Run it on an otherwise idle machine: make bench
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from importlib import metadata
from pathlib import Path

import psutil
from watch import watch

from synergycore import __version__, settings

PACKAGES = ("torch", "transformers", "numpy", "numba", "jupyter-book", "snakemake")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--profile", default="demo")
    options.add_argument("--keep-cache", action="store_true", help="do not fetch the models again")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="synergy-bench-") as folder:
        record = measure(chosen.profile, Path(folder), keep_cache=chosen.keep_cache)
    path = settings.root() / "results" / "measured" / f"{chosen.profile}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(record, indent=2, ensure_ascii=False) + "\n")
    print(f"written to {path}; commit it, and the next build prints it")


def measure(profile: str, folder: Path, *, keep_cache: bool) -> dict[str, object]:
    environment = {**os.environ, "SYNERGY_BUILD": str(folder / "build")}
    if not keep_cache:
        environment["SYNERGY_CACHE"] = str(folder / "cache")
    with watch() as cost:
        cold = build(profile, environment)
    warm = build(profile, environment, nothing_to_do=True)
    return {
        "profile": profile,
        "cold_seconds": round(cold, 1),
        "warm_seconds": round(warm, 1),
        "peak_memory_bytes": cost.peak_memory_bytes,
        "models_fetched": not keep_cache,
        "date": datetime.date.today().isoformat(),
        "machine": machine(),
        "versions": {
            "python": platform.python_version(),
            "synergycore": __version__,
            **{name: metadata.version(name) for name in PACKAGES},
        },
    }


def build(profile: str, environment: dict[str, str], *, nothing_to_do: bool = False) -> float:
    """Wall seconds of one whole command, the start of Python included."""
    started = time.monotonic()
    command = [sys.executable, "-m", "synergycore.cli", "book", "--profile", profile]
    run = subprocess.run(
        command, env=environment, cwd=settings.root(), check=True, stdout=subprocess.PIPE, text=True
    )
    seconds = time.monotonic() - started
    print(run.stdout, end="")
    if nothing_to_do and len(run.stdout.splitlines()) > 1:
        raise SystemExit("error: files changed while measuring; leave them alone and run again.")
    return seconds


def machine() -> str:
    """Processor, cores, memory, and the device that models run on."""
    device = settings.choose_device()
    memory = psutil.virtual_memory().total / 2**30
    return (
        f"{processor()}, {psutil.cpu_count()} cores, {memory:.0f} GiB memory, "
        f"{platform.system()}, models on {device}"
    )


def processor() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    names = [line.split(":")[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


if __name__ == "__main__":
    main()
