"""Time and memory of the ΦID engine, against other ways to the same numbers.

python benchmarks/phiid_engine.py            everything (about five minutes on two cores)
python benchmarks/phiid_engine.py --quick    without the runs of more than 10,000 units

Writes results/benchmarks/phiid.json, which the engine's page in the book reads. For the comparison
with hoi, install the benchmark extra; without it that row is left out.
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import numba
import numpy as np
import phiid_baselines as baselines

from synergycore.phiid import ATOMS, blocks, decompose_pairs, unit_means, windows

RESULT = Path(__file__).resolve().parents[1] / "results" / "benchmarks" / "phiid.json"
UNITS, TIME = 1152, 100
"""Heads of an 8-billion-parameter model, and tokens of one answer."""


def series(units: int, time: int) -> np.ndarray:
    """(unit, time): noise on random walks that share a part; a seed fixes it."""
    rng = np.random.default_rng(0)
    shared = rng.normal(size=time).cumsum()
    walks = 0.3 * rng.normal(size=(units, time)).cumsum(1) + rng.normal(size=(units, time))
    return walks + 0.2 * shared


def timed(call: Callable[[], Any], repeats: int) -> dict[str, float]:
    """Seconds of `call`: least and median of `repeats`, after one call that is not counted.

    `cpu_seconds` is the least processor time, over all threads: the part that a busy machine
    does not stretch.
    """
    call()
    seconds, cpu = [], []
    for _ in range(repeats):
        started, busy = time.perf_counter(), time.process_time()
        call()
        seconds.append(time.perf_counter() - started)
        cpu.append(time.process_time() - busy)
    return {
        "seconds": min(seconds),
        "median_seconds": median(seconds),
        "cpu_seconds": min(cpu),
        "repeats": repeats,
    }


def row(name: str, units: int, call: Callable[[], Any], repeats: int, **more: Any) -> dict:
    count = more.pop("pairs", units * (units - 1) // 2)
    times = timed(call, repeats)
    print(f"{name}: {times['seconds'] / count * 1e9:.1f} ns a pair, {times}", flush=True)
    return {"name": name, "units": units, "time": TIME, "pairs": count, **times, **more}


def floor(units: int, time: int) -> dict[str, float]:
    """The three N×N matrix products that any exact method needs, into memory already touched."""
    cut = windows.cut(series(units, time), 1)
    outs = [np.zeros((units, units)) for _ in range(3)]

    def products() -> None:
        np.matmul(cut.past, cut.past.T, out=outs[0])
        np.matmul(cut.future, cut.future.T, out=outs[1])
        np.matmul(cut.past, cut.future.T, out=outs[2])

    return timed(products, 20)


def all_pairs() -> list[dict]:
    """Every way to sts and rtr of all pairs of the same series, after checking that they agree."""
    import torch

    data = series(UNITS, TIME)
    tensor, few = torch.from_numpy(data), data[:128]
    expected = np.stack(
        [decompose_pairs(data)[a][np.triu_indices(UNITS, 1)] for a in ("sts", "rtr")]
    )
    np.testing.assert_allclose(baselines.batched(data).T, expected, atol=1e-9)
    np.testing.assert_allclose(baselines.loop(data, 50).T, expected[:, :50], atol=1e-9)
    rows = [
        row("this engine", UNITS, lambda: decompose_pairs(data), 200),
        row("the same formulas in torch", UNITS, lambda: decompose_pairs(tensor), 5),
        row("batched log-determinants, numpy", UNITS, lambda: baselines.batched(data), 2),
        row("loop over pairs, scipy", UNITS, lambda: baselines.loop(data, 200), 3, pairs=200),
    ]
    if call := baselines.hoi_call(few):
        rows.insert(3, row("hoi", 128, call, 2))
    return rows


def options() -> list[dict]:
    """All atoms, and the other estimators and redundancy functions with sts and rtr."""
    data = series(UNITS, TIME)
    some = data[:270]
    ccs = {"redundancy": "ccs"}
    return [
        row("all 16 atoms, Gaussian, MMI", UNITS, lambda: decompose_pairs(data, atoms=ATOMS), 3),
        row("copula, MMI", UNITS, lambda: decompose_pairs(data, estimator="copula"), 5),
        row("discrete, MMI", UNITS, lambda: decompose_pairs(data, estimator="discrete"), 3),
        row("Gaussian, CCS", 270, lambda: decompose_pairs(some, **ccs), 3),
        row("discrete, CCS", 270, lambda: decompose_pairs(some, estimator="discrete", **ccs), 3),
    ]


def scaling() -> dict[str, list[dict]]:
    """Cost against the number of units and against the length of the series, with the floor."""

    def point(units: int, time: int) -> dict:
        data = series(units, time)
        cost = timed(lambda: decompose_pairs(data), 5)
        print(f"{units} units, {time} steps: {cost['seconds']:.4f} s", flush=True)
        return {"units": units, "time": time, **cost, "floor": floor(units, time)["seconds"]}

    return {
        "by_units": [point(units, TIME) for units in (72, 144, 288, 576, 1152, 2304, 4608)],
        "by_time": [point(576, time) for time in (25, 50, 100, 200, 400, 800, 1600, 3200)],
    }


def streamed(units: int) -> dict:
    """`unit_means` in a process of its own, with the peak of its resident memory."""
    command = [sys.executable, __file__, "--unit-means", str(units)]
    answer = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    print(answer, end="", flush=True)
    return json.loads(answer)


def unit_means_here(units: int) -> dict:
    data = series(units, TIME)
    unit_means(data[:100])  # compiles
    before = peak_memory()
    started, busy = time.perf_counter(), time.process_time()
    unit_means(data)
    seconds, cpu = time.perf_counter() - started, time.process_time() - busy
    return {
        "units": units, "time": TIME, "pairs": units * (units - 1) // 2, "seconds": seconds,
        "cpu_seconds": cpu, "peak_memory_bytes": peak_memory(), "memory_before_bytes": before,
        "series_bytes": data.nbytes,
    }  # fmt: skip


def peak_memory() -> int:
    """Largest resident memory of this process so far, bytes."""
    status = Path("/proc/self/status")
    if status.exists():  # unlike getrusage, it does not count the process that started this one
        line = next(x for x in status.read_text().splitlines() if x.startswith("VmHWM"))
        return int(line.split()[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (
        1 if sys.platform == "darwin" else 1024
    )


def machine() -> dict[str, Any]:
    """What the numbers were measured on."""
    blas = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    return {
        "processor": processor(),
        "cores": blocks.cores(),
        "load_before": os.getloadavg()[0],
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "numpy": np.__version__,
        "numba": numba.__version__,
        "blas": f"{blas['name']} {blas['version']}",
    }


def processor() -> str:
    names = Path("/proc/cpuinfo")
    lines = names.read_text().splitlines() if names.exists() else []
    found = [line.split(":")[1].strip() for line in lines if line.startswith("model name")]
    return found[0] if found else platform.processor()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="no run of more than 10,000 units")
    parser.add_argument("--unit-means", type=int, metavar="N", help="only this, as JSON")
    chosen = parser.parse_args()
    if chosen.unit_means:
        print(json.dumps(unit_means_here(chosen.unit_means)))
        return
    result = {
        "machine": machine(),
        "finished": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "all_pairs": all_pairs(),
        "floor_seconds": floor(UNITS, TIME)["seconds"],
        "options": options(),
        **scaling(),
        "unit_means": [streamed(n) for n in (1_000, 10_000, *(() if chosen.quick else (100_000,)))],
    }
    RESULT.parent.mkdir(parents=True, exist_ok=True)
    RESULT.write_text(json.dumps(result, indent=1) + "\n")
    print(f"wrote {RESULT}")


if __name__ == "__main__":
    main()
