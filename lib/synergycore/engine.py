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

OURS, BATCHED, LOOP = "this engine", "batched log-determinants, numpy", "loop over pairs, scipy"
ENGINE, FLOOR, GRID = "#333333", "#888888", "0.9"


def read() -> dict[str, Any]:
    """`results/benchmarks/phiid.json`, which `benchmarks/phiid_engine.py` writes."""
    path = settings.root() / "results" / "benchmarks" / "phiid.json"
    if not path.is_file():
        raise SynergyError(f"{path} is missing; run python benchmarks/phiid_engine.py to make it.")
    return json.loads(path.read_text())


def ns_per_pair(row: Mapping[str, Any]) -> float:
    """Nanoseconds a pair, best of the repeats."""
    return row["seconds"] / row["pairs"] * 1e9


def by_name(rows: Iterable[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    return {row["name"]: row for row in rows}


def duration(seconds: float) -> str:
    """Seconds in the unit a reader would choose, three digits."""
    for unit, size in (("h", 3600), ("min", 60), ("s", 1), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds * 1e9:.3g} ns"


def comparison_table(result: Mapping[str, Any]) -> str:
    """Markdown: every way to the same two atoms, a pair and all pairs, and how much slower."""
    ours = ns_per_pair(by_name(result["all_pairs"])[OURS])
    lines = ["| | a pair | all pairs | times ours |", "|:--|--:|--:|--:|"]
    pairs = max(row["pairs"] for row in result["all_pairs"])
    for row in result["all_pairs"]:
        each = ns_per_pair(row)
        whole = duration(each * 1e-9 * pairs) + ("" if row["pairs"] == pairs else " (extrapolated)")
        lines.append(f"| {row['name']} | {duration(each * 1e-9)} | {whole} | {each / ours:,.3g} |")
    return "\n".join(lines)


def options_table(result: Mapping[str, Any]) -> str:
    """Markdown: the other estimators and redundancy functions."""
    lines = ["| | units | all pairs | a pair |", "|:--|--:|--:|--:|"]
    for row in result["options"]:
        cells = (row["name"], row["units"], duration(row["seconds"]))
        lines.append("| {} | {} | {} |".format(*cells) + f" {duration(ns_per_pair(row) * 1e-9)} |")
    return "\n".join(lines)


def streaming_table(result: Mapping[str, Any]) -> str:
    """Markdown: means over partners without the matrix of pairs, in time and memory."""
    lines = [
        "| units | pairs | time | peak memory | one matrix of all pairs would take |",
        "|--:|--:|--:|--:|--:|",
    ]
    for row in result["unit_means"]:
        lines.append(
            f"| {row['units']:,} | {row['pairs']:.2g} | {duration(row['seconds'])} | "
            f"{row['peak_memory_bytes'] / 1e9:.2f} GB | {row['units'] ** 2 * 8 / 1e9:,.3g} GB |"
        )
    return "\n".join(lines)


def targets(result: Mapping[str, Any]) -> list[tuple[str, str, str, bool]]:
    """What was aimed at: (what, aim, reached, met); only what the JSON holds."""
    ways, options = by_name(result["all_pairs"]), by_name(result["options"])
    ours = ns_per_pair(ways[OURS])
    large = {row["units"]: row for row in result["unit_means"]}.get(100_000)
    checks: list[tuple[str, float, float, Callable[[float], str]]] = [
        ("time of a pair", ours * 1e-9, 40e-9, duration),
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
        times = ns_per_pair(ways[name]) / ours
        found.append((f"faster than {name}", f"{aim:,} times", f"{times:,.3g} times", times >= aim))
    return found


def targets_table(result: Mapping[str, Any]) -> str:
    """Markdown: aim and result, and whether it was met."""
    lines = ["| | aim | reached | |", "|:--|--:|--:|:--|"]
    for what, aim, reached, met in targets(result):
        lines.append(f"| {what} | {aim} | {reached} | {'met' if met else '**missed**'} |")
    return "\n".join(lines)


def _gigabytes(size: float) -> str:
    return f"{size / 1e9:.3g} GB"


@styled
def scaling(result: Mapping[str, Any]) -> Figure:
    """Cost of all pairs against the number of units and against the length, with the floor."""
    figure, axes = plt.subplots(1, 2, figsize=(9.5, 3.8))
    sides = (("by_units", "units", "units N"), ("by_time", "time", "steps T"))
    for panel, (key, coordinate, label) in zip(axes, sides, strict=True):
        rows = result[key]
        x = [row[coordinate] for row in rows]
        panel.loglog(x, [row["seconds"] for row in rows], "o-", color=ENGINE, label=OURS)
        floor = [row["floor"] for row in rows]
        panel.loglog(x, floor, "s--", color=FLOOR, label="floor: three matrix products")
        _axes(panel, label, fixed=_fixed(rows, coordinate))
    return figure


def _fixed(rows: list[Mapping[str, Any]], coordinate: str) -> str:
    return f"T = {rows[0]['time']}" if coordinate == "units" else f"N = {rows[0]['units']}"


def _axes(panel: Axes, label: str, fixed: str) -> None:
    panel.set(xlabel=label, ylabel="seconds for all pairs", title=fixed)
    panel.grid(which="major", color=GRID)
    panel.legend()
