"""The engine's benchmark: ways are timed fairly, and agree."""

import importlib
from pathlib import Path

import numpy as np
import pytest

BENCHMARKS = Path(__file__).resolve().parents[3] / "benchmarks"


@pytest.fixture
def benchmark(monkeypatch):
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    return importlib.import_module("phiid_engine")


def test_ways_are_set_against_ours_in_the_same_round(benchmark, monkeypatch):
    """The machine slows down round by round: no way may profit from another round or more calls."""
    clock, slowness = [0.0], iter(np.repeat([9, 9, 9, 1, 2, 4], [1, 1, 1, 5, 5, 4]).tolist())

    def takes(seconds):
        def call():
            clock[0] += seconds * next(slowness)

        return call

    monkeypatch.setattr(benchmark.time, "perf_counter", lambda: clock[0])
    monkeypatch.setattr(benchmark.time, "sleep", lambda seconds: None)
    ways = [
        benchmark.Way("ours", takes(1.0), 10, calls=3, rounds=3),
        benchmark.Way("a slow one", takes(7.0), 5, rounds=3),
        benchmark.Way("one that takes part once", takes(50.0), 10, rounds=1),
    ]
    ours, slow, once = benchmark.compare(ways, units=5)
    assert [row["times_first"] for row in (ours, slow, once)] == pytest.approx([1, 14, 50])
    assert (ours["seconds"], ours["best_seconds"]) == pytest.approx((2, 1))
    assert (slow["rounds"], once["rounds"], ours["calls"], ours["units"]) == (3, 1, 3, 5)


def test_all_ways_of_the_benchmark_give_the_same_numbers(benchmark):
    benchmark.check(benchmark.series(20, 60))


def test_both_windows_of_the_benchmark_have_mean_zero(benchmark):
    data = benchmark.series(20, 60)
    np.testing.assert_allclose(data[:, :-1].mean(1), 0, atol=1e-12)
    np.testing.assert_allclose(data[:, 1:].mean(1), 0, atol=1e-12)
    assert data.std(1).min() > 0.5


def test_the_floor_is_the_products_and_checks_itself(benchmark, monkeypatch):
    data = benchmark.series(20, 60)
    benchmark.floor(data)()
    monkeypatch.setattr(benchmark, "dsyrk", lambda *args, **options: None)
    with pytest.raises(AssertionError):
        benchmark.floor(data)
