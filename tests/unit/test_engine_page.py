"""The engine's page: what its tables and figure say follows from the JSON, and nothing else."""

import copy
import json

import numpy as np
import pytest

from synergycore import engine
from synergycore.errors import SynergyError

WAY = {"units": 1152, "time": 100, "pairs": 662_976, "median_seconds": 0.03, "repeats": 3}
RESULT = {
    "all_pairs": [
        {**WAY, "name": engine.OURS, "seconds": 0.02},
        {**WAY, "name": engine.BATCHED, "seconds": 4.0},
        {**WAY, "name": engine.LOOP, "pairs": 200, "seconds": 1.0},
    ],
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
}


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(3e-8, "30 ns"), (2e-6, "2 µs"), (0.0123, "12.3 ms"), (1.0, "1 s"), (90, "1.5 min"),
     (7200, "2 h")],
)  # fmt: skip
def test_durations_read_well(seconds, shown):
    assert engine.duration(seconds) == shown


def test_comparison_has_a_row_for_each_way_relative_to_ours():
    rows = engine.comparison_table(RESULT).split("\n")[2:]
    assert rows[0].endswith("| 30.2 ns | 20 ms | 1 |")
    assert rows[1].endswith("| 6.03 µs | 4 s | 200 |")
    assert rows[2].endswith("| 5 ms | 55.2 min (extrapolated) | 1.66e+05 |")


def test_targets_are_met_or_missed_as_the_numbers_say():
    met = {what: ok for what, _, _, ok in engine.targets(RESULT)}
    assert met.pop("270 units, CCS") is False
    assert set(met.values()) == {True}
    slower = copy.deepcopy(RESULT)
    slower["all_pairs"][0]["seconds"] = 0.05
    met = {what: ok for what, _, _, ok in engine.targets(slower)}
    assert met["time of a pair"] is False
    assert met[f"faster than {engine.BATCHED}"] is False
    assert "**missed**" in engine.targets_table(slower)


def test_a_quick_benchmark_says_nothing_of_the_largest_run():
    quick = RESULT | {"unit_means": [{**RESULT["unit_means"][0], "units": 1000}]}
    assert not any("100,000" in what for what, *_ in engine.targets(quick))


def test_streaming_shows_what_a_matrix_would_take():
    assert engine.streaming_table(RESULT).endswith(
        "| 100,000 | 5e+09 | 3.33 min | 0.60 GB | 80 GB |"
    )


def test_options_show_time_of_all_pairs_and_of_one():
    assert "| Gaussian, CCS | 270 | 12 s | 330 µs |" in engine.options_table(RESULT)


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
    assert result["machine"]["processor"]
    engine.scaling(result)


def test_missing_benchmark_says_how_to_make_it(monkeypatch, tmp_path):
    monkeypatch.setenv("SYNERGY_ROOT", str(tmp_path))
    with pytest.raises(SynergyError, match=r"is missing; run python benchmarks/phiid_engine\.py"):
        engine.read()
    (tmp_path / "results" / "benchmarks").mkdir(parents=True)
    (tmp_path / "results" / "benchmarks" / "phiid.json").write_text(json.dumps(RESULT))
    assert engine.read() == RESULT
