"""The tables of Figure 3's chapter and the numbers in its sentences, computed."""

from __future__ import annotations

from functools import partial

import numpy as np

from synergycore import stats
from synergycore.cost import Costs, Counts
from synergycore.energy import ADDITIONS
from synergycore.evidence import Evaluation, uniform
from synergycore.figure1.prose import estimate, percent
from synergycore.figure3.measures import Measures, energy_profile
from synergycore.figure3.plots import TITLES
from synergycore.figure3.verdicts import FIRST, log_rise


def thirds_table(run: Evaluation[Measures]) -> str:
    """Markdown table: energy by third of the depth, its peak, and the contrast of claim 13."""
    rows = [
        "| energy | | early | mid | late | highest in layer | mid above the higher end |",
        "|:--|:--|--:|--:|--:|--:|--:|",
    ]
    for name in ADDITIONS:
        for who, start in (("all layers", 0), (f"without the first {FIRST}", FIRST)):
            profile = energy_profile(run.real, uniform(run.real), name)[0][start:]
            contrast = run.of(partial(_rise_from, name=name, start=start)).estimate()
            parts = " | ".join(f"{part:.3f}" for part in stats.thirds(profile))
            shown = estimate(contrast.value, contrast.low, contrast.high, 3)
            rows.append(
                f"| {TITLES[name]} | {who} | {parts} | {np.argmax(profile) + start} | {shown} |"
            )
    return "\n".join(rows)


def _rise_from(m: Measures, weights: np.ndarray, name: str, start: int) -> np.ndarray:
    return stats.rise(energy_profile(m, weights, name)[:, start:])


def cost_table(costs: Costs, counts: Counts) -> str:
    """Markdown table: measured and counted costs by third of the depth, and their spread."""
    measured = "joules" if costs.joules is not None else "milliseconds"
    scale = 1 if costs.joules is not None else 1e3
    columns = {
        f"measured, {measured}": np.median(costs.values, axis=0) * scale,
        "operations, millions": counts.operations / 1e6,
        "bytes, millions": counts.bytes / 1e6,
    }
    rows = [
        "| per layer | early | mid | late | largest / smallest layer | log contrast |",
        "|:--|--:|--:|--:|--:|--:|",
    ]
    for label, values in columns.items():
        parts = " | ".join(f"{part:.3g}" for part in stats.thirds(values))
        spread, contrast = values.max() / values.min(), float(log_rise(values))
        rows.append(f"| {label} | {parts} | {spread:.3f} | {contrast:+.3f} |")
    return "\n".join(rows)


def round_spread(costs: Costs) -> float:
    """Half the interquartile range over rounds, relative to the median, of the typical layer."""
    low, middle, high = np.quantile(costs.values, [0.25, 0.5, 0.75], axis=0)
    return float(np.median((high - low) / (2 * middle)))


def sentences(run: Evaluation[Measures], costs: Costs, counts: Counts) -> dict[str, str]:
    """Values glued into the text, by key."""
    everyone = uniform(run.real)
    profile = energy_profile(run.real, everyone)[0]
    size = stats.weighted_mean(everyone, run.real.size["both"])[0]
    likeness = float(stats.spearman(profile, size))
    per_token = np.median(costs.values, axis=0).sum()
    return {
        "peak_layer": str(int(np.argmax(profile))),
        "last_layer": str(run.real.layers - 1),
        "first_share": percent(profile[:FIRST].sum() / profile.sum()),
        "size_likeness": f"{likeness:.2f}",
        "round_spread": percent(round_spread(costs), 1),
        "rounds": str(len(costs.values)),
        "measured": "joules" if costs.joules is not None else "seconds",
        "pass_cost": f"{per_token:.3g} {costs.unit}",
        "pass_operations": f"{counts.operations.sum() / 1e9:.1f}",
    }
