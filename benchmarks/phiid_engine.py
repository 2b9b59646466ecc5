"""Time and memory of the ΦID engine, against other ways to the same numbers.

python benchmarks/phiid_engine.py            everything (about seven minutes on two cores)
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
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import numba
import numpy as np
import phiid_baselines as baselines
from scipy.linalg.blas import dgemm, dsyrk

from synergycore.phiid import ATOMS, blocks, decompose_pairs, unit_means, windows

RESULT = Path(__file__).resolve().parents[1] / "results" / "benchmarks" / "phiid.json"
OURS, TORCH = "this engine", "the same formulas in torch"
BATCHED, LOOP = "batched log-determinants, numpy", "loop over pairs, scipy"
HOI = "hoi, compiling included"
FLOOR = "floor: the three products, symmetric ones by half"

UNITS, TIME = 1152, 100
"""Heads of an 8-billion-parameter model, and tokens of one answer."""

ROUNDS = 7
"""Times that every way has its turn."""

REST = 0.1
"""Seconds between two ways: the idle threads of a library spin for a while after its last call."""

SOME = 128
"""Units that every way is checked on."""

SINGLE = 1e-5
"""What hoi may differ by, nats: it sums fifteen logarithms in single precision (6e-8 each, times
the condition of the correlations); 2e-6 was seen."""


def series(units: int, time: int) -> np.ndarray:
    """(unit, time): noise on random walks that share a part; a seed fixes it.

    The first and last step are 0 and the others sum to 0, so that both windows at lag 1 have mean
    0: hoi does not remove means, and gets the same numbers this way.
    """
    rng = np.random.default_rng(0)
    shared = rng.normal(size=time).cumsum()
    walks = 0.3 * rng.normal(size=(units, time)).cumsum(1) + rng.normal(size=(units, time))
    walks += 0.2 * shared
    walks[:, [0, -1]] = 0
    walks[:, 1:-1] -= walks[:, 1:-1].mean(1, keepdims=True)
    return walks


@dataclass(frozen=True)
class Way:
    """One way to the numbers, and how it is timed."""

    name: str
    call: Callable[[], Any]
    pairs: int
    calls: int = 1
    """Calls in a round, of which the median counts: the fast ways need several to be measured."""
    rounds: int = ROUNDS
    """Rounds it takes part in, from the first on."""


def compare(ways: Sequence[Way], **more: Any) -> list[dict]:
    """Time several ways in turn, round by round, so that none profits from more or better draws.

    A row for each: `seconds` and `best_seconds`, median and least of its rounds, and `times_first`,
    the median over rounds of its cost a pair over that of the first way in the same round.
    """
    for way in ways:
        if way.rounds > 1:
            way.call()  # compiles and touches memory: not counted
    taken: dict[str, list[float]] = {way.name: [] for way in ways}
    for k in range(max(way.rounds for way in ways)):
        for way in ways:
            if k < way.rounds:
                time.sleep(REST)
                taken[way.name].append(median(seconds(way.call) for _ in range(way.calls)))
    first = [cost / ways[0].pairs for cost in taken[ways[0].name]]
    rows = []
    for way in ways:
        costs = taken[way.name]
        ratios = [cost / way.pairs / one for cost, one in zip(costs, first, strict=False)]
        rows.append(
            {
                "name": way.name, "pairs": way.pairs, "rounds": way.rounds, "calls": way.calls,
                "seconds": median(costs), "best_seconds": min(costs),
                "times_first": median(ratios), **more,
            }
        )  # fmt: skip
        print(rows[-1], flush=True)
    return rows


def seconds(call: Callable[[], Any]) -> float:
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


def floor(data: np.ndarray) -> Callable[[], None]:
    """The multiplications that any exact method needs: half of past by past and of future by
    future, which are symmetric, and all of past by future.

    In the memory order that OpenBLAS likes best, into memory that was touched before.
    """
    cut, units = windows.cut(data, 1), len(data)
    past, future = (np.asfortranarray(window.T) for window in (cut.past, cut.future))
    now, later, across = (np.zeros((units, units), order="F") for _ in range(3))

    def products() -> None:
        dsyrk(1.0, past, trans=1, c=now, overwrite_c=1)
        dsyrk(1.0, future, trans=1, c=later, overwrite_c=1)
        dgemm(1.0, past, future, trans_a=1, c=across, overwrite_c=1)

    products()
    above = np.triu_indices(units)
    np.testing.assert_allclose(now[above], (cut.past @ cut.past.T)[above], atol=1e-12)
    np.testing.assert_allclose(later[above], (cut.future @ cut.future.T)[above], atol=1e-12)
    np.testing.assert_allclose(across, cut.past @ cut.future.T, atol=1e-12)
    return products


def pairs_of(units: int) -> int:
    return units * (units - 1) // 2


def all_pairs() -> tuple[list[dict], dict]:
    """Every way to sts and rtr of all pairs of the same series, and the floor."""
    import torch

    data = series(UNITS, TIME)
    tensor, count = torch.from_numpy(data), pairs_of(UNITS)
    check(data[:SOME])
    ways = [
        Way(OURS, lambda: decompose_pairs(data), count, calls=20),
        Way(FLOOR, floor(data), count, calls=20),
        Way(TORCH, lambda: decompose_pairs(tensor), count, calls=3),
        Way(BATCHED, lambda: baselines.batched(data), count),
        Way(LOOP, lambda: baselines.loop(data, 200), 200),
    ]
    if call := baselines.hoi_call(data):
        ways.append(Way(HOI, call, count, rounds=1))
    ours, least, *others = compare(ways, units=UNITS, time=TIME)
    for row in others:
        if row["name"] == HOI:  # a call for eight units does nothing else
            row["compile_seconds"] = seconds(baselines.hoi_call(data[:8]))
    return [ours, *others], least


def check(data: np.ndarray) -> None:
    """Raises AssertionError unless all ways give the same numbers (unit, time)."""
    import torch

    def above(found: dict[str, Any]) -> np.ndarray:
        return np.stack([found[a][np.triu_indices(len(data), 1)] for a in ("sts", "rtr")], -1)

    expected = above(decompose_pairs(data))
    same = np.testing.assert_allclose
    same(above(decompose_pairs(torch.from_numpy(data))), expected, rtol=0, atol=1e-10)
    same(baselines.batched(data), expected, rtol=0, atol=1e-9)
    same(baselines.loop(data, 50), expected[:50], rtol=0, atol=1e-9)
    if call := baselines.hoi_call(data):
        same(call(), expected, rtol=0, atol=SINGLE)


def options() -> list[dict]:
    """All atoms, and the other estimators and redundancy functions with sts and rtr."""

    def row(name: str, units: int, **how: Any) -> dict:
        data = series(units, TIME)
        way = Way(name, lambda: decompose_pairs(data, **how), pairs_of(units), rounds=3)
        return compare([way], units=units, time=TIME)[0]

    return [
        row("sts, rtr and tdmi, Gaussian, MMI", UNITS, atoms=("sts", "rtr", "tdmi")),
        row("all 16 atoms, Gaussian, MMI", UNITS, atoms=ATOMS),
        row("copula, MMI", UNITS, estimator="copula"),
        row("discrete, MMI", UNITS, estimator="discrete"),
        row("Gaussian, CCS", 270, redundancy="ccs"),
        row("discrete, CCS", 270, estimator="discrete", redundancy="ccs"),
    ]


def scaling() -> dict[str, list[dict]]:
    """Cost against the number of units and against the length of the series, with the floor."""

    def point(units: int, time: int) -> dict:
        data, count = series(units, time), pairs_of(units)
        ways = [
            Way(OURS, lambda: decompose_pairs(data), count, rounds=5),
            Way(FLOOR, floor(data), count, rounds=5),
        ]
        ours, least = compare(ways, units=units, time=time)
        return {**ours, "floor": least["seconds"]}

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
    described = machine()  # first of all: it holds the load
    ways, least = all_pairs()
    result = {
        "machine": described,
        "all_pairs": ways,
        "floor": least,
        "options": options(),
        **scaling(),
        "unit_means": [streamed(n) for n in (1_000, 10_000, *(() if chosen.quick else (100_000,)))],
        "finished": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
    }
    RESULT.parent.mkdir(parents=True, exist_ok=True)
    RESULT.write_text(json.dumps(result, indent=1) + "\n")
    print(f"wrote {RESULT}")


if __name__ == "__main__":
    main()
