"""The benchmark of the ΦID engine as tables and figures; the numbers come from its JSON alone."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from synergycore import settings
from synergycore.errors import SynergyError
from synergycore.figures import styled

OURS, TORCH = "this engine", "the same formulas in torch"
BATCHED, LOOP = "batched log-determinants, numpy", "loop over pairs, scipy"
HOI = "hoi, compiling included"
FLOOR = "floor: the three products, symmetric ones by half"
ENGINE_COLOUR, FLOOR_COLOUR, GRID = "#333333", "#888888", "0.9"


def read(name: str = "phiid", script: str = "phiid_engine.py") -> dict[str, Any]:
    """`results/benchmarks/<name>.json`, which `benchmarks/<script>` writes.

    Raises SynergyError where it is missing.
    """
    path = settings.root() / "results" / "benchmarks" / f"{name}.json"
    if not path.is_file():
        raise SynergyError(f"{path} is missing; run python benchmarks/{script} to make it.")
    return json.loads(path.read_text())


def ns_per_pair(row: Mapping[str, Any]) -> float:
    """Nanoseconds a pair, median of the rounds."""
    return row["seconds"] / row["pairs"] * 1e9


def by_name(rows: Iterable[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    return {row["name"]: row for row in rows}


UNITS = (
    ("ns", 1e-9, 1000), ("µs", 1e-6, 1000), ("ms", 1e-3, 1000), ("s", 1, 60), ("min", 60, 60),
    ("h", 3600, float("inf")),
)  # fmt: skip
"""Units of time, their seconds, and how many of each make the next."""


def duration(seconds: float) -> str:
    """Seconds in the unit a reader would choose, three digits."""
    least = 0.0
    for unit, size, enough in UNITS:
        value = max(seconds / size, least)
        shown = f"{three_digits(value)} {unit}"
        if float(f"{value:.3g}") < enough:
            break
        least = 1.0  # what was rounded up to the next unit is one of it
    return shown


def three_digits(value: float) -> str:
    """Three significant digits; large numbers without a power of ten."""
    rounded = float(f"{value:.3g}")
    return f"{rounded:,.0f}" if rounded >= 100 else f"{rounded:g}"


def scientific(value: float) -> str:
    """One digit and a power of ten, as print has it: 2 × 10⁻⁹."""
    digit, power = f"{value:.0e}".split("e")
    raised = str(int(power)).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return f"10{raised}" if digit == "1" else f"{digit} × 10{raised}"


def numbers(result: Mapping[str, Any]) -> dict[str, Any]:
    """What the prose of the page quotes, by name."""
    ways, machine, floor = by_name(result["all_pairs"]), result["machine"], result["floor"]
    ours, loop = ways[OURS], ways[LOOP]
    versions = f"Python {machine['python']}, numpy {machine['numpy']}, numba {machine['numba']}"
    return {
        "units": ours["units"],
        "steps": ours["time"],
        "pairs": f"{ours['pairs']:,}",
        "each": duration(ours["seconds"] / ours["pairs"]),
        "whole": duration(ours["seconds"]),
        "whole_best": duration(ours["best_seconds"]),
        "rounds": ours["rounds"],
        "calls": ours["calls"],
        "loop_all": duration(loop["seconds"] / loop["pairs"] * ours["pairs"]),
        "loop_pairs": loop["pairs"],
        "hoi_said": hoi_said(result),
        "floor": duration(floor["seconds"]),
        "over_floor": f"{1 / floor['times_first']:.1f}",  # median of ratios, like the others
        "processor": machine["processor"],
        "cores": machine["cores"],
        "load": f"{machine['load_before']:.1f}",
        "versions": f"{versions}, {machine['blas']}",
        "finished": result["finished"][:10],
    }


def hoi_said(result: Mapping[str, Any]) -> str:
    """A sentence on the row of hoi, or on its absence."""
    row = by_name(result["all_pairs"]).get(HOI)
    if row is None:
        return "hoi was not installed when this was measured."
    return (
        f"hoi works in single precision and compiles its program anew at each call, which took "
        f"{duration(row['compile_seconds'])} of its time; it was timed in {row['rounds']} round."
    )


def comparison_table(result: Mapping[str, Any]) -> str:
    """Markdown: every way to the same two atoms, a pair and all pairs, and how much slower."""
    lines = [
        "| | a pair | all pairs | best round | times ours | rounds | calls in each |",
        "|:--|--:|--:|--:|--:|--:|--:|",
    ]
    most = max(row["pairs"] for row in result["all_pairs"])
    for row in result["all_pairs"]:
        scale, note = most / row["pairs"], "" if row["pairs"] == most else " (extrapolated)"
        cells = (
            row["name"],
            duration(row["seconds"] / row["pairs"]),
            duration(row["seconds"] * scale) + note,
            duration(row["best_seconds"] * scale) + note,
            three_digits(row["times_first"]),
            str(row["rounds"]),
            str(row["calls"]),
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def options_table(result: Mapping[str, Any]) -> str:
    """Markdown: the other estimators and redundancy functions."""
    lines = ["| | units | all pairs | a pair | rounds |", "|:--|--:|--:|--:|--:|"]
    for row in result["options"]:
        each = duration(row["seconds"] / row["pairs"])
        whole = duration(row["seconds"])
        lines.append(f"| {row['name']} | {row['units']} | {whole} | {each} | {row['rounds']} |")
    return "\n".join(lines)


def streaming_table(result: Mapping[str, Any]) -> str:
    """Markdown: means over partners without the matrix of pairs, in time and memory."""
    lines = [
        "| units | pairs | time | peak memory | one matrix of all pairs would take |",
        "|--:|--:|--:|--:|--:|",
    ]
    for row in result["unit_means"]:
        lines.append(
            f"| {row['units']:,} | {three_digits(row['pairs'])} | {duration(row['seconds'])} | "
            f"{row['peak_memory_bytes'] / 1e9:.2f} GB | {_gigabytes(row['units'] ** 2 * 8)} |"
        )
    return "\n".join(lines)


def targets(result: Mapping[str, Any]) -> list[tuple[str, str, str, bool]]:
    """What was aimed at: (what, aim, reached, met); only what the JSON holds.

    Judged on medians of rounds; ways against each other on the median of the rounds' ratios.
    """
    ways, options = by_name(result["all_pairs"]), by_name(result["options"])
    large = {row["units"]: row for row in result["unit_means"]}.get(100_000)
    checks: list[tuple[str, float, float, Callable[[float], str]]] = [
        ("time of a pair", ns_per_pair(ways[OURS]) * 1e-9, 40e-9, duration),
        ("1,152 units, discrete", options["discrete, MMI"]["seconds"], 2, duration),
        ("270 units, CCS", options["Gaussian, CCS"]["seconds"], 10, duration),
    ]
    if large:
        checks.append(("100,000 units, means", large["seconds"], 600, duration))
        checks.append(("their peak memory", large["peak_memory_bytes"], 4e9, _gigabytes))
    found = [
        (what, f"at most {show(aim)}", show(value), value <= aim)
        for what, value, aim, show in checks
    ]
    for name, aim in ((BATCHED, 100), (LOOP, 50_000)):
        times = ways[name]["times_first"]
        reached = f"{three_digits(times)} times"
        found.append((f"faster than {name}", f"at least {aim:,} times", reached, times >= aim))
    return found


def targets_table(result: Mapping[str, Any]) -> str:
    """Markdown: aim and result, and whether it was met."""
    lines = ["| | aim | reached | |", "|:--|--:|--:|:--|"]
    for what, aim, reached, met in targets(result):
        lines.append(f"| {what} | {aim} | {reached} | {'met' if met else '**missed**'} |")
    return "\n".join(lines)


def _gigabytes(size: float) -> str:
    return f"{three_digits(size / 1e9)} GB"


@styled
def scaling(result: Mapping[str, Any]) -> Figure:
    """Cost of all pairs against the number of units and against the length, with the floor."""
    figure, axes = plt.subplots(1, 2, figsize=(9.5, 3.8))
    sides = (("by_units", "units", "units N"), ("by_time", "time", "steps T"))
    for panel, (key, coordinate, label) in zip(axes, sides, strict=True):
        rows = result[key]
        x = [row[coordinate] for row in rows]
        panel.loglog(x, [row["seconds"] for row in rows], "o-", color=ENGINE_COLOUR, label=OURS)
        floor = [row["floor"] for row in rows]
        panel.loglog(x, floor, "s--", color=FLOOR_COLOUR, label=FLOOR)
        _axes(panel, label, fixed=_fixed(rows, coordinate))
    return figure


def _fixed(rows: list[Mapping[str, Any]], coordinate: str) -> str:
    return f"T = {rows[0]['time']}" if coordinate == "units" else f"N = {rows[0]['units']}"


def _axes(panel: Axes, label: str, fixed: str) -> None:
    panel.set(xlabel=label, ylabel="seconds for all pairs", title=fixed)
    panel.grid(which="major", color=GRID)
    panel.legend()
