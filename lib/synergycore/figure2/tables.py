"""The tables of Figure 2's chapter."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from synergycore import stats
from synergycore.claims import Estimate
from synergycore.evidence import Evaluation, Statistic
from synergycore.figure1.prose import estimate
from synergycore.figure2.cores import SUBSET_MEASURES, SUBSETS, AverageShapes, log_core_ratio
from synergycore.figure2.curves import NAMES, both, difference
from synergycore.figure2.networks import GRAPHS
from synergycore.figure2.shapes import RUNS, Measures
from synergycore.figure2.shuffled import Shuffled, z_scores
from synergycore.figure2.verdicts import integration, segregation


def show(e: Estimate, digits: int = 3) -> str:
    return estimate(e.value, e.low, e.high, digits)


ROWS = {
    "mean weight, nats": "mean",
    "efficiency, nats": "raw",
    "efficiency at mean weight 1": "efficiency",
    f"modularity, median of {RUNS} runs": "modularity",
    "modularity, best run": "best",
    "modularity, best − worst run": "spread",
    "communities ~ layers (adjusted Rand)": "agreement",
    "the same, were communities blocks of depth": "in_blocks",
    "rich club of a quarter of the heads": "club",
}


def shape_table(run: Evaluation[Measures]) -> str:
    """Markdown table: every measure of both graphs and their paired difference, with intervals."""
    lines = [
        f"| mean over prompts | {' | '.join(GRAPHS)} | {' − '.join(GRAPHS)} |",
        "|:--|--:|--:|--:|",
    ]
    for label, field in ROWS.items():
        cells = [*map(show, both(run, field).values()), show(difference(run, field))]
        lines.append(f"| {label} | {' | '.join(cells)} |")
    return "\n".join(lines)


Z_ROWS = {
    "efficiency at mean weight 1": ("efficiency", "efficiency"),
    "modularity": ("modularity", "modularity"),
    "communities ~ layers": ("agreement", "agreement"),
    "rich club of a quarter": ("club", "quarter"),
}
"""Label -> field of a prompt's shapes, and of the average graph's."""


def z_table(run: Evaluation[Measures], shuffled: Mapping[str, Shuffled]) -> str:
    """Markdown table: every prompt's graphs in standard deviations of their shuffles."""
    lines = [
        f"| z, mean over prompts | shuffle | {' | '.join(GRAPHS)} | {' − '.join(GRAPHS)} |",
        "|:--|:--|--:|--:|--:|",
    ]
    for label, (field, _) in Z_ROWS.items():
        for name, null in shuffled.items():
            scores = z_scores(getattr(run.real.shapes, field), getattr(null, field))
            columns = (scores[:, 0], scores[:, 1], scores[:, 0] - scores[:, 1])
            cells = " | ".join(_z_interval(run, column) for column in columns)
            lines.append(f"| {label} | {NAMES[name]} | {cells} |")
    return "\n".join(lines)


def average_z_table(real: AverageShapes, averages: Mapping[str, AverageShapes]) -> str:
    """Markdown table: the average graphs in standard deviations of their shuffles."""
    lines = [
        f"| z, average graph | shuffle | {' | '.join(GRAPHS)} |",
        "|:--|:--|--:|--:|",
    ]
    for label, (_, field) in Z_ROWS.items():
        for name, null in averages.items():
            value, draws = getattr(real, field)[0], getattr(null, field)
            cells = " | ".join(map(_z_score, value, draws.T))
            lines.append(f"| {label} | {NAMES[name]} | {cells} |")
    return "\n".join(lines)


def _z_interval(run: Evaluation[Measures], values: np.ndarray) -> str:
    return show(over_prompts(run, values), 1) if np.isfinite(values).any() else "constant"


def _z_score(value: float, draws: np.ndarray) -> str:
    spread = draws.std(ddof=1)
    return f"{(value - draws.mean()) / spread:+.1f}" if spread > 1e-9 else "constant"


CLAIMS: dict[str, Statistic] = {
    "10. efficiency, synergy − redundancy": integration,
    "11. modularity, redundancy − synergy": segregation,
    "12. log weight of the core": log_core_ratio,
}


def unpaired_table(run: Evaluation[Measures], others: Mapping[str, Measures]) -> str:
    """Markdown table: the statistics of the claims, and the same where heads cannot interact."""
    lines = [f"| | model | {' | '.join(others)} |", "|:--|--:|" + "--:|" * len(others)]
    for label, statistic in CLAIMS.items():
        columns = (run.of(statistic, m).estimate() for m in (run.real, *others.values()))
        lines.append(f"| {label} | {' | '.join(map(show, columns))} |")
    return "\n".join(lines)


def subset_margins(
    run: Evaluation[Measures], subsets: Mapping[str, np.ndarray]
) -> dict[tuple[str, str], tuple[Estimate, Estimate]]:
    """By graph and measure: abstract − memory heads, and that beyond random heads of their layers.

    `subsets` as `cores.subset_shapes` returns it; paired over prompts.
    """
    found = {}
    for column, graph in enumerate(GRAPHS):
        for index, measure in enumerate(SUBSET_MEASURES):
            one = {name: v[:, :, column, index].mean(axis=1) for name, v in subsets.items()}
            contrast = one["abstract"] - one["memory"]
            beyond = contrast - (one["abstract random"] - one["memory random"])
            found[graph, measure] = (over_prompts(run, contrast), over_prompts(run, beyond))
    return found


def subset_table(run: Evaluation[Measures], subsets: Mapping[str, np.ndarray]) -> str:
    """Markdown table: abstract against memory heads, and against random heads of their layers."""
    lines = [
        "| graph | measure | abstract | memory | abstract − memory | beyond random heads |",
        "|:--|:--|--:|--:|--:|--:|",
    ]
    for (graph, measure), margins in subset_margins(run, subsets).items():
        column, index = GRAPHS.index(graph), SUBSET_MEASURES.index(measure)
        means = [f"{np.nanmean(subsets[name][..., column, index]):.3f}" for name in SUBSETS]
        lines.append(f"| {graph} | {measure} | {' | '.join([*means, *map(show, margins)])} |")
    return "\n".join(lines)


def over_prompts(run: Evaluation[Measures], values: np.ndarray) -> Estimate:
    """Mean of values (prompt,) with its bootstrap interval; NaN left out."""
    draws = stats.weighted_mean(run.weights, values)
    return Estimate(float(np.nanmean(values)), *stats.interval(draws))
