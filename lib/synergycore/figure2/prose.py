"""The numbers in the sentences of Figure 2's chapter, computed."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from synergycore import graphs, stats
from synergycore.evidence import Evaluation
from synergycore.figure1.prose import percent
from synergycore.figure2.networks import Networks, core_of
from synergycore.figure2.shapes import RUNS, Measures
from synergycore.figure2.tables import show, subset_margins
from synergycore.figure2.verdicts import segregation


def identity_example(seed: int = 0) -> str:
    """Efficiency and mean weight of a complete graph whose direct edges are its shortest paths."""
    weights = np.random.default_rng(seed).uniform(1, 2, size=190)
    graph = graphs.from_edges(weights, 20)
    return f"{graphs.global_efficiency(graph):.6f} and {weights.mean():.6f}"


def minimum_example(seed: int = 0, units: int = 72) -> tuple[float, float]:
    """Claim 12's log ratio of a matrix of minima min(s_i, s_j), and the mean of its shuffles."""
    rng = np.random.default_rng(seed)
    own = np.sort(rng.lognormal(sigma=0.7, size=units))[::-1]
    minima = np.minimum(own[:, None], own)
    np.fill_diagonal(minima, 0)
    core, shuffles = core_of(np.arange(units)), graphs.strength_shuffles(minima, rng)
    null = [graphs.core_ratio(next(shuffles), core) for _ in range(20)]
    return float(np.log(graphs.core_ratio(minima, core))), float(np.log(np.mean(null)))


def subset_counts(run: Evaluation[Measures], subsets: Mapping[str, np.ndarray]) -> dict[str, str]:
    """How many of the comparisons beyond random heads agree with the paper's sentence."""
    signs = {"efficiency": 1, "modularity": -1}
    margins = [
        (signs[measure], beyond)
        for (_, measure), (_, beyond) in subset_margins(run, subsets).items()
        if measure in signs
    ]
    agree = sum(min(sign * e.low, sign * e.high) > 0 for sign, e in margins)
    against = sum(max(sign * e.low, sign * e.high) < 0 for sign, e in margins)
    return {
        "subsets": str(len(margins)),
        "subsets_for": str(agree),
        "subsets_against": str(against),
        "subsets_open": str(len(margins) - agree - against),
    }


def sentences(
    run: Evaluation[Measures], others: Mapping[str, Measures], subsets: Mapping[str, np.ndarray]
) -> dict[str, str]:
    """Values glued into the text, by key."""
    minimum, shuffled = minimum_example()
    return {
        **_of_networks(run.real.networks),
        **_of_efficiency(run),
        **subset_counts(run, subsets),
        "identity": identity_example(),
        "minimum": f"{minimum:.2f}",
        "minimum_shuffled": f"{shuffled:.2f}",
        "runs": str(RUNS),
        "louvain_spread": f"{np.nanmean(run.real.shapes.spread):.3f}",
        "modular_real": show(run.of(segregation).estimate()),
        **{
            f"modular_{key}": show(run.of(segregation, m).estimate())
            for key, m in zip(("scattered", "minima"), others.values(), strict=True)
        },
    }


def _of_networks(n: Networks) -> dict[str, str]:
    return {
        "clipped": percent(n.clipped[:, 0].mean(), 1),
        "clipped_most": percent(n.clipped.max(), 1),
        "heads": str(n.units),
        "prompts": str(n.prompts),
        "same_text": percent(1 / n.prompts, 1),
    }


def _of_efficiency(run: Evaluation[Measures]) -> dict[str, str]:
    shapes = run.real.shapes
    mean, raw = np.nanmean(shapes.mean, axis=0), np.nanmean(shapes.raw, axis=0)
    detour, direct = np.nanmean(shapes.efficiency - 1, axis=0), np.nanmean(shapes.direct, axis=0)
    alike = stats.spearman(shapes.mean.T, shapes.raw.T)
    return {
        "ratio": f"{mean[0] / mean[1]:.1f}",
        "raw_ratio": f"{raw[0] / raw[1]:.1f}",
        "detour_synergy": percent(detour[0], 0),
        "detour_redundancy": percent(detour[1], 0),
        "direct_synergy": percent(direct[0], 0),
        "direct_redundancy": percent(direct[1], 0),
        "alike_synergy": f"{alike[0]:.2f}",
        "alike_redundancy": f"{alike[1]:.2f}",
    }
