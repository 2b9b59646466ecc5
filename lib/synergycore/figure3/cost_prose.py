"""The table of what layers cost in Figure 3's chapter, and the numbers in its sentences."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from synergycore.claims import Estimate, Evidence, registry
from synergycore.cost import Costs
from synergycore.figure1.prose import estimate, percent
from synergycore.figure3.counts import Counted
from synergycore.figure3.depth import thirds
from synergycore.figure3.verdicts import log_rise


def cost_table(costs: Costs, counted: Counted) -> str:
    """Markdown table: measured and counted costs by third of the depth, and their spread."""
    rows = [
        "| per layer | early | mid | late | largest / smallest layer | log contrast |",
        "|:--|--:|--:|--:|--:|--:|",
        _row("measured, milliseconds", 1e3 * np.median(costs.seconds, axis=0)),
    ]
    if costs.joules is not None:
        rows.append(_row("measured, joules", np.median(costs.joules, axis=0)))
    for key, counts in counted.passes.items():
        rows.append(_row(f"{counted.labels[key]}: operations, billions", counts.operations / 1e9))
        rows.append(_row(f"{counted.labels[key]}: megabytes", counts.bytes / 1e6))
    if counted.reason:
        rows.append(f"| operations and bytes: not counted ({counted.reason}) | | | | | |")
    return "\n".join(rows)


def _row(label: str, values: np.ndarray) -> str:
    parts = " | ".join(f"{part:.3g}" for part in thirds(values))
    return f"| {label} | {parts} | {_spread(values):.3f} | {float(log_rise(values)):+.3f} |"


def _spread(values: np.ndarray) -> float:
    return float(np.max(values) / np.min(values))


def round_spread(values: np.ndarray) -> float:
    """Half the interquartile range over rounds, relative to the median, of the median layer."""
    low, middle, high = np.quantile(values, [0.25, 0.5, 0.75], axis=0)
    return float(np.median((high - low) / (2 * middle)))


def cost_sentences(costs: Costs, counted: Counted, records: Sequence[Evidence]) -> dict[str, str]:
    """Values glued into the text about what layers cost, by key; `records` hold claim 15."""
    effect = next(record.effect for record in records if record.claim == 15)
    return {
        "rounds": str(len(costs.seconds)),
        "tokens": str(counted.tokens),
        "long": str(counted.long),
        "pass_cost": _sum_of_medians(costs),
        "pass_operations": _operations(counted),
        "round_spread": percent(round_spread(costs.seconds), 1),
        "joules": joules_sentence(costs),
        "windows": windows_sentence(counted),
        "flat": flat_sentence(costs, counted, effect),
    }


def _sum_of_medians(costs: Costs) -> str:
    measured = ((costs.seconds, "s"), (costs.joules, "J"))
    sums = [f"{np.median(v, axis=0).sum():.3g} {u}" for v, u in measured if v is not None]
    return " and ".join(sums)


def _operations(counted: Counted) -> str:
    if counted.text is None:
        return "a number of operations that was not counted"
    return f"{counted.text.operations.sum() / 1e9:.3g} billion counted operations"


def joules_sentence(costs: Costs) -> str:
    """Whether joules were read, and if not, why."""
    if costs.joules is None:
        return (
            f"In this run there are no joules, because {costs.no_joules}; claim 15 rests on time."
        )
    return (
        f"In this run joules were read too, in {len(costs.joules)} rounds with a scatter, taken in "
        f"the same way, of {percent(round_spread(costs.joules), 1)}, and claim 15 rests on them."
    )


def windows_sentence(counted: Counted) -> str:
    """What sliding windows save, where the model has layers with and without one."""
    windows = np.array([window or 0 for window in counted.windows])
    if not windows.any():
        return "Every layer of this model sees the whole text."
    some = (
        f"{np.count_nonzero(windows)} of {len(windows)} layers see at most {windows.max()} tokens"
    )
    if windows.all() or not counted.passes:
        return f"Of this model, {some}."
    near, far = int(np.argmax(windows > 0)), int(np.argmax(windows == 0))
    saved = [
        percent(values[near] / values[far])
        for values in (counted.passes["long"].operations, counted.passes["step"].bytes)
    ]
    return (
        f"Of this model, {some}: of what a layer with full view takes, they take {saved[0]} of the "
        f"operations to read {counted.long} tokens at once, and {saved[1]} of the bytes to write "
        "the last of them. Which layers these are stands in the config, before any weight is "
        "learned."
    )


def flat_sentence(costs: Costs, counted: Counted, effect: Estimate) -> str:
    """Whether the measured cost is flat over depth, with the numbers that say so."""
    middle = np.median(costs.values, axis=0)
    margin = registry()[15].threshold
    between = np.ptp(np.log(thirds(middle)))
    measured = "seconds" if costs.joules is None else "joules"
    counts = counted.text
    implied = (
        "nothing was counted to compare with"
        if counts is None
        else f"counted, the contrast is {float(log_rise(counts.operations)):+.3f} in operations "
        f"and {float(log_rise(counts.bytes)):+.3f} in bytes"
    )
    return (
        f"In {measured}, the log contrast of the middle third with the dearer end is "
        f"{estimate(effect.value, effect.low, effect.high, 3)}, and the dearest layer takes "
        f"{_spread(middle):.2f} times what the cheapest takes; {implied}. "
        f"Over thirds of the depth, the measured cost is {_course(effect, between, margin)}."
    )


def _course(effect: Estimate, between: float, margin: float) -> str:
    """In words: `between` is the log ratio of the dearest third to the cheapest."""
    if not effect.defined:
        return "not defined"
    if effect.low > margin:
        return f"more than {percent(margin)} higher in the middle"
    if effect.high < -margin:
        return f"more than {percent(margin)} higher at an end than in the middle"
    if -margin < effect.low and effect.high < margin and between < margin:
        return f"flat to within {percent(margin)}"
    return f"neither flat to within {percent(margin)} nor higher in the middle by as much"
