"""What the graph measures cost, from the JSON that `benchmarks/graphs.py` writes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from synergycore.engine import duration, read

OURS = "this book"


def read_benchmark() -> dict[str, Any]:
    """`results/benchmarks/graphs.json`; raises SynergyError where it is missing."""
    return read("graphs", "graphs.py")


def benchmark_table(result: Mapping[str, Any]) -> str:
    """Markdown table: every measure by size of the graph, and how much slower libraries are."""
    rows = result["rows"]
    sizes = sorted({row["heads"] for row in rows})
    lines = [
        f"| | | {' | '.join(f'{size} heads' for size in sizes)} |",
        "|:--|:--|" + "--:|" * len(sizes),
    ]
    for what, way in dict.fromkeys((row["what"], row["way"]) for row in rows):
        cells = [_cell(rows, what, way, size) for size in sizes]
        lines.append(f"| {what} | {way} | {' | '.join(cells)} |")
    peak = f"{result['peak_memory_bytes'] / 1e9:.1f} GB"
    lines.append(f"| peak memory | | {' | '.join([''] * (len(sizes) - 1) + [peak])} |")
    return "\n".join(lines)


def _cell(rows: list[Mapping[str, Any]], what: str, way: str, size: int) -> str:
    found = {
        row["way"]: row["seconds"] for row in rows if (row["what"], row["heads"]) == (what, size)
    }
    if way not in found:
        return "not run"
    times = found[way] / found[OURS]
    digits = 0 if times >= 10 else 1
    return duration(found[way]) + ("" if way == OURS else f" ({times:,.{digits}f} times)")


def benchmark_machine(result: Mapping[str, Any]) -> str:
    """Where and when it was measured."""
    machine = result["machine"]
    return f"{machine['cores']} cores of {machine['processor']}, {result['finished'][:10]}"
