"""The numbers that stand in the sentences of Figure 1's chapter, computed."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from synergycore import ranking, stats
from synergycore.claims import Evidence
from synergycore.evidence import Evaluation, Statistic
from synergycore.figure1.curves import change_points, flow_layers
from synergycore.figure1.measures import (
    Atoms,
    Measures,
    balance_profile,
    rank_profile,
    synergy_profile,
)
from synergycore.residual import FLOWS

NAMES = {"attention": "attention", "mlp": "MLP", "both": "both together"}


def estimate(value: float, low: float, high: float, digits: int = 2) -> str:
    """`0.12 [0.05, 0.20]`."""
    return f"{value:.{digits}f} [{low:.{digits}f}, {high:.{digits}f}]"


def percent(share: float, digits: int = 0) -> str:
    """`12 %`."""
    return f"{100 * share:.{digits}f} %"


def sentences(
    run: Evaluation[Measures],
    cross: Atoms,
    records: list[Evidence],
    shares: Mapping[str, Mapping[str, tuple[float, float, float]]],
) -> dict[str, str]:
    """Values glued into the text, by key; `shares` as `curves.index_shares` returns it."""
    concentration = next(record for record in records if record.claim == 3)
    null = concentration.controls["shuffled_layers"].value
    effect = concentration.effect
    synergy = np.nanmean(run.real.sts)
    index = {
        f"share_{source.split()[-1]}_{signal.split()[-1]}": percent(share[source][0])
        for signal, share in shares.items()
        for source in share
    }
    return {
        **index,
        "icc": estimate(effect.value, effect.low, effect.high),
        "icc_null": estimate(null.value, null.low, null.high),
        "r_auto": _autocorrelation_with_synergy(run),
        "drift": percent(np.nanmedian(np.abs(run.real.drift))),
        "above_cross": percent(np.nanmean(cross.sts) / synergy),
        "chance_share": percent(chance_share(run.real)),
        "smoothed_flat": _smoothed_flat(run.real.layers),
        "undefined": percent(run.real.infeasible.mean(), 1),
        "undefined_twin": percent(np.mean([t.infeasible for t in run.twins])),
    }


def _autocorrelation_with_synergy(run: Evaluation[Measures]) -> str:
    def correlation(m: Measures, weights: np.ndarray) -> np.ndarray:
        return stats.spearman(
            stats.weighted_mean(weights, m.autocorrelation), stats.weighted_mean(weights, m.sts)
        )

    found = run.of(correlation).estimate()
    return estimate(found.value, found.low, found.high)


PROFILES = {
    "rank difference": rank_profile,
    "balance": balance_profile,
    "synergy, nats": synergy_profile,
}
CONTRASTS = {
    "mid − ends": stats.mid_minus_ends,
    "mid above the higher end": stats.rise,
    "quadratic coefficient": stats.quadratic_coefficient,
}


def compose(contrast: Callable[[np.ndarray], np.ndarray], profile: Statistic) -> Statistic:
    """The contrast of a profile, as one statistic."""
    return lambda measures, weights: contrast(profile(measures, weights))


def contrast_table(run: Evaluation[Measures]) -> str:
    """Markdown table: contrasts over depth of three profiles, model and twins, with intervals."""
    rows = [
        f"| profile | | {' | '.join(CONTRASTS)} |",
        f"|:--|:--|{'--:|' * len(CONTRASTS)}",
    ]
    for name, profile in PROFILES.items():
        statistics = [compose(contrast, profile) for contrast in CONTRASTS.values()]
        for who, sample in (("model", run.of), ("random twin", run.of_twins)):
            found = [sample(statistic).estimate() for statistic in statistics]
            cells = " | ".join(estimate(e.value, e.low, e.high, 3) for e in found)
            rows.append(f"| {name} | {who} | {cells} |")
    return "\n".join(rows)


def chance_share(m: Atoms) -> float:
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
