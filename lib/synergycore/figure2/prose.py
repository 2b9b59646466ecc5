"""The tables of Figure 2's chapter and the numbers in its sentences, computed."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from synergycore import graphs, stats
from synergycore.claims import Estimate
from synergycore.evidence import Evaluation
from synergycore.figure1.prose import estimate, percent
from synergycore.figure2.cores import SUBSET_MEASURES, AverageShapes
from synergycore.figure2.curves import NAMES, both
from synergycore.figure2.networks import GRAPHS
from synergycore.figure2.shapes import RUNS, Measures


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
}


def shape_table(run: Evaluation[Measures]) -> str:
    """Markdown table: every measure of both graphs, mean over prompts with interval."""
    lines = [f"| mean over prompts | {' | '.join(GRAPHS)} |", "|:--|--:|--:|"]
    for label, field in ROWS.items():
        cells = " | ".join(show(e) for e in both(run, field).values())
        lines.append(f"| {label} | {cells} |")
    return "\n".join(lines)


Z_ROWS = {
    "efficiency at mean weight 1": "efficiency",
    "modularity": "modularity",
    "communities ~ layers": "agreement",
    "rich club of a quarter of the heads": "quarter",
}


def z_table(real: AverageShapes, averages: Mapping[str, AverageShapes]) -> str:
    """Markdown table: the average graphs in standard deviations of their shuffles."""
    lines = [
        "| average graph, z | shuffle | " + " | ".join(GRAPHS) + " |",
        "|:--|:--|--:|--:|",
    ]
    for label, field in Z_ROWS.items():
        for name, null in averages.items():
            value, draws = getattr(real, field)[0], getattr(null, field)
            cells = " | ".join(map(_z_score, value, draws.T))
            lines.append(f"| {label} | {NAMES[name]} | {cells} |")
    return "\n".join(lines)


def _z_score(value: float, draws: np.ndarray) -> str:
    spread = draws.std(ddof=1)
    return f"{(value - draws.mean()) / spread:+.1f}" if spread > 1e-9 else "constant"


def subset_table(run: Evaluation[Measures], subsets: Mapping[str, np.ndarray]) -> str:
    """Markdown table: abstract minus memory heads, and the same for layer-matched random sets.

    `subsets` as `cores.subset_shapes` returns it.
    """
    lines = [
        "| graph | measure | abstract | memory | abstract − memory "
        "| the same, random heads of those layers |",
        "|:--|:--|--:|--:|--:|--:|",
    ]
    for column, graph in enumerate(GRAPHS):
        for index, measure in enumerate(SUBSET_MEASURES):
            one = {name: v[:, :, column, index].mean(axis=1) for name, v in subsets.items()}
            random = one["abstract random"] - one["memory random"]
            cells = [
                f"{one['abstract'].mean():.3f}",
                f"{one['memory'].mean():.3f}",
                show(_interval(run, one["abstract"] - one["memory"])),
                show(_interval(run, random)),
            ]
            lines.append(f"| {graph} | {measure} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _interval(run: Evaluation[Measures], values: np.ndarray) -> Estimate:
    draws = stats.weighted_mean(run.weights, values)
    return Estimate(float(np.nanmean(values)), *stats.interval(draws))


def identity_example(seed: int = 0) -> str:
    """Efficiency and mean weight of a complete graph whose direct edges are its shortest paths."""
    weights = np.random.default_rng(seed).uniform(1, 2, size=190)
    graph = graphs.from_edges(weights, 20)
    return f"{graphs.global_efficiency(graph):.6f} and {weights.mean():.6f}"


def sentences(run: Evaluation[Measures]) -> dict[str, str]:
    """Values glued into the text, by key."""
    shapes, n = run.real.shapes, run.real.networks
    detour = shapes.efficiency - 1
    correlation = np.corrcoef(np.log(shapes.mean.ravel()), np.log(shapes.raw.ravel()))[0, 1]
    return {
        "clipped": percent(n.clipped[:, 0].mean(), 1),
        "clipped_most": percent(n.clipped.max(), 1),
        "ratio": f"{shapes.mean[:, 0].mean() / shapes.mean[:, 1].mean():.1f}",
        "detour_synergy": percent(np.nanmean(detour[:, 0]), 1),
        "detour_redundancy": percent(np.nanmean(detour[:, 1]), 1),
        "mean_raw": f"{correlation:.4f}",
        "identity": identity_example(),
        "heads": str(n.units),
        "runs": str(RUNS),
    }
