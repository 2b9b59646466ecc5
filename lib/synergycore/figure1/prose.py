"""The numbers that stand in the sentences of Figure 1's chapter, computed."""

from __future__ import annotations

import numpy as np

from synergycore import ranking, stats
from synergycore.claims import Evidence
from synergycore.evidence import Evaluation
from synergycore.figure1.curves import change_points, flow_layers
from synergycore.figure1.measures import Measures
from synergycore.residual import FLOWS

NAMES = {"attention": "attention", "mlp": "MLP", "both": "both together"}


def estimate(value: float, low: float, high: float, digits: int = 2) -> str:
    """`0.12 [0.05, 0.20]`."""
    return f"{value:.{digits}f} [{low:.{digits}f}, {high:.{digits}f}]"


def sentences(
    run: Evaluation[Measures], cross: Measures, records: list[Evidence]
) -> dict[str, str]:
    """Values glued into the text, by key."""
    concentration = next(record for record in records if record.claim == 3)
    null = concentration.controls["shuffled_layers"].value
    effect = concentration.effect
    synergy = np.nanmean(run.real.sts)
    return {
        "icc": estimate(effect.value, effect.low, effect.high),
        "icc_null": estimate(null.value, null.low, null.high),
        "r_auto": _autocorrelation_with_synergy(run),
        "drift": f"{100 * np.nanmedian(np.abs(run.real.drift)):.0f} %",
        "above_cross": f"{100 * np.nanmean(cross.sts) / synergy:.0f} %",
        "chance_share": f"{100 * chance_share(run.real):.0f} %",
        "smoothed_flat": _smoothed_flat(run.real.layers),
    }


def _autocorrelation_with_synergy(run: Evaluation[Measures]) -> str:
    def correlation(m: Measures, weights: np.ndarray) -> np.ndarray:
        return stats.spearman(
            stats.weighted_mean(weights, m.autocorrelation), stats.weighted_mean(weights, m.sts)
        )

    found = run.of(correlation).estimate()
    return estimate(found.value, found.low, found.high)


def chance_share(m: Measures) -> float:
    """Mean share of variance that the head index explains when heads are exchangeable.

    For exchangeable values the sum of squares spreads evenly over the units − 1 degrees of
    freedom, of which the index has heads − 1.
    """
    units = m.sts.shape[1]
    return (units // m.layers - 1) / (units - 1)


def _smoothed_flat(layers: int) -> str:
    curve = ranking.published_smoothing(np.full(layers, 0.5))
    return (
        f"0.5 everywhere becomes {curve[0]:.2f} at the first layer, {curve[layers // 2]:.2f} in "
        f"the middle and {curve[-1]:.2f} at the last"
    )


def change_point_table(run: Evaluation[Measures]) -> str:
    """Markdown table: change point of each cosine, its interval, and the mean on either side."""
    rows = [
        "| contribution | change point (layer) | mean before | mean after |",
        "|:--|--:|--:|--:|",
    ]
    for name in FLOWS:
        cut, low, high = change_points(run)[name]
        profile = flow_layers(run, name)
        before, after = profile[: int(cut)].mean(), profile[int(cut) :].mean()
        rows.append(
            f"| {NAMES[name]} | {cut:.0f} [{low:.0f}, {high:.0f}] | {before:+.2f} | {after:+.2f} |"
        )
    return "\n".join(rows)
