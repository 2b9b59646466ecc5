"""The engine's page: what its tables and figure say follows from the JSON, and nothing else."""

import copy
import importlib
import json
from pathlib import Path

import numpy as np
import pytest

from synergycore import engine
from synergycore.errors import SynergyError

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"
WAY = {"units": 1152, "time": 100, "pairs": 662_976, "rounds": 7, "calls": 1}
RESULT = {
    "machine": {
        "processor": "a processor", "cores": 2, "load_before": 0.25, "python": "3.11.7",
        "numpy": "2.4.6", "numba": "0.68.1", "blas": "openblas 0.3",
    },
    "all_pairs": [
        {**WAY, "name": engine.OURS, "seconds": 0.02, "best_seconds": 0.014, "times_first": 1.0,
         "calls": 20},
        {**WAY, "name": engine.BATCHED, "seconds": 4.0, "best_seconds": 3.0, "times_first": 190.0},
        {**WAY, "name": engine.LOOP, "pairs": 200, "seconds": 1.0, "best_seconds": 0.9,
         "times_first": 165_744.0},
        {**WAY, "name": engine.HOI, "seconds": 90.0, "best_seconds": 90.0, "times_first": 4500.0,
         "rounds": 1, "compile_seconds": 2.5},
    ],
    "floor": {**WAY, "name": engine.FLOOR, "seconds": 0.009, "times_first": 0.4},
    "options": [
        {**WAY, "name": "discrete, MMI", "seconds": 0.5},
        {**WAY, "name": "Gaussian, CCS", "units": 270, "pairs": 36_315, "seconds": 12.0},
    ],
    "by_units": [
        {"units": n, "time": 100, "seconds": n**2 * 1e-8, "floor": n**2 * 1e-9} for n in (72, 576)
    ],
    "by_time": [{"units": 576, "time": t, "seconds": 0.01, "floor": t * 1e-5} for t in (50, 500)],
    "unit_means": [
        {"units": 100_000, "pairs": 5e9, "seconds": 200.0, "peak_memory_bytes": 6e8},
    ],
    "finished": "2026-11-23T07:35:13+00:00",
}  # fmt: skip


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(3e-8, "30 ns"), (2e-6, "2 µs"), (0.0123, "12.3 ms"), (1.0, "1 s"), (90, "1.5 min"),
     (7200, "2 h"), (0.9996, "1 s"), (0.9994, "999 ms"), (59.96, "1 min"), (59.94, "59.9 s"),
     (3599, "1 h"), (9.996e-4, "1 ms"), (9.996e-7, "1 µs"), (5e7, "13,900 h"), (1e-10, "0.1 ns"),
     (0.0, "0 ns")],
)  # fmt: skip
def test_durations_read_well(seconds, shown):
    assert engine.duration(seconds) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [(1e-8, "10⁻⁸"), (2.3e-9, "2 × 10⁻⁹"), (9.6e-10, "10⁻⁹"), (4e12, "4 × 10¹²")],
)
def test_powers_of_ten_are_printed_as_such(value, shown):
    assert engine.scientific(value) == shown


def test_comparison_has_a_row_for_each_way_and_says_how_often_it_was_timed():
    rows = engine.comparison_table(RESULT).split("\n")[2:]
    assert rows[0].endswith("| 30.2 ns | 20 ms | 14 ms | 1 | 7 | 20 |")
    assert rows[1].endswith("| 6.03 µs | 4 s | 3 s | 190 | 7 | 1 |")
    extrapolated = "| 55.2 min (extrapolated) | 49.7 min (extrapolated) |"
    assert rows[2].endswith(f"| 5 ms {extrapolated} 166,000 | 7 | 1 |")
    assert rows[3].startswith("| hoi, compiling included |")
    assert rows[3].endswith("| 1.5 min | 1.5 min | 4,500 | 1 | 1 |")


def test_prose_quotes_what_the_table_has():
    found = engine.numbers(RESULT)
    assert (found["each"], found["whole"], found["whole_best"]) == ("30.2 ns", "20 ms", "14 ms")
    assert (found["floor"], found["over_floor"]) == ("9 ms", "2.5")
    assert found["loop_all"] == "55.2 min"
    assert found["hoi_said"].endswith("took 2.5 s of its time; it was timed in 1 round.")
    without = RESULT | {"all_pairs": RESULT["all_pairs"][:3]}
    assert engine.numbers(without)["hoi_said"].startswith("hoi was not installed")


def test_targets_are_met_or_missed_as_the_numbers_say():
    met = {what: ok for what, _, _, ok in engine.targets(RESULT)}
    assert met.pop("270 units, CCS") is False
    assert set(met.values()) == {True}
    slower = copy.deepcopy(RESULT)
    slower["all_pairs"][0]["seconds"] = 0.05
    slower["all_pairs"][1]["times_first"] = 99.9  # whatever the best rounds say
    met = {what: ok for what, _, _, ok in engine.targets(slower)}
    assert met["time of a pair"] is False
    assert met[f"faster than {engine.BATCHED}"] is False
    assert "**missed**" in engine.targets_table(slower)


def test_a_quick_benchmark_says_nothing_of_the_largest_run():
    quick = RESULT | {"unit_means": [{**RESULT["unit_means"][0], "units": 1000}]}
    assert not any("100,000" in what for what, *_ in engine.targets(quick))


def test_streaming_shows_what_a_matrix_would_take():
    assert engine.streaming_table(RESULT).endswith(
        "| 100,000 | 5,000,000,000 | 3.33 min | 0.60 GB | 80 GB |"
    )


def test_options_show_time_of_all_pairs_and_of_one():
    assert "| Gaussian, CCS | 270 | 12 s | 330 µs | 7 |" in engine.options_table(RESULT)


def test_scaling_draws_cost_and_floor_on_logarithmic_axes():
    figure = engine.scaling(RESULT)
    for panel, key in zip(figure.axes, ("by_units", "by_time"), strict=True):
        assert panel.get_xscale() == panel.get_yscale() == "log"
        cost, floor = panel.get_lines()
        np.testing.assert_allclose(cost.get_ydata(), [row["seconds"] for row in RESULT[key]])
        np.testing.assert_allclose(floor.get_ydata(), [row["floor"] for row in RESULT[key]])
    assert [panel.get_title(loc="left") for panel in figure.axes] == ["T = 100", "N = 576"]


def test_the_committed_benchmark_has_all_that_the_page_shows():
    result = engine.read()
    for table in (
        engine.comparison_table, engine.options_table, engine.streaming_table, engine.targets_table,
    ):  # fmt: skip
        assert table(result).count("\n") >= 3
    assert engine.numbers(result)["processor"]
    engine.scaling(result)


def test_missing_benchmark_says_how_to_make_it(monkeypatch, tmp_path):
    monkeypatch.setenv("SYNERGY_ROOT", str(tmp_path))
    with pytest.raises(SynergyError, match=r"is missing; run python benchmarks/phiid_engine\.py"):
        engine.read()
    (tmp_path / "results" / "benchmarks").mkdir(parents=True)
    (tmp_path / "results" / "benchmarks" / "phiid.json").write_text(json.dumps(RESULT))
    assert engine.read() == RESULT


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
