"""What the plots of Figure 1 draw: curves over depth with their bands."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from synergycore import ranking, stats
from synergycore.evidence import Evaluation, uniform
from synergycore.figure1.measures import Atoms, Measures, profile_of, rank_profile, rank_scores
from synergycore.figure1.verdicts import distance_matched_profiles
from synergycore.figures import Band, bands
from synergycore.residual import FLOWS

Curve = dict[str, Band]


def of_layers(run: Evaluation[Measures], measures: Atoms, name: str) -> Band:
    """Layer profile of the field `name` (prompt, unit) with its bootstrap band."""
    values = getattr(measures, name)
    point = profile_of(values, measures.layers, uniform(measures))[0]
    return bands(point, profile_of(values, measures.layers, run.weights))


def of_twins(run: Evaluation[Measures], name: str) -> Band:
    """The same over all twins: mean curve, band over prompts and twins together."""
    points = [profile_of(getattr(t, name), t.layers, uniform(t))[0] for t in run.twins]
    draws = [profile_of(getattr(t, name), t.layers, run.weights) for t in run.twins]
    return bands(np.mean(points, axis=0), np.concatenate(draws))


def profile_curves(run: Evaluation[Measures]) -> dict:
    """Arguments of `figures.layer_profile`."""
    real = bands(rank_profile(run.real, uniform(run.real))[0], rank_profile(run.real, run.weights))
    twin_draws = np.concatenate([rank_profile(t, run.weights) for t in run.twins])
    twin_point = np.mean([rank_profile(t, uniform(t))[0] for t in run.twins], axis=0)
    null = distance_matched_profiles(run)
    return {
        "profile": real,
        "controls": {
            "random twin": bands(twin_point, twin_draws),
            "distance-matched": bands(null.mean(axis=0), null),
        },
        "autocorrelation": of_layers(run, run.real, "autocorrelation"),
        "twin_autocorrelation": of_twins(run, "autocorrelation"),
    }


def atom_curves(run: Evaluation[Measures], cross: Atoms, detrended: Atoms) -> dict:
    """Arguments of `figures.atom_profiles`."""

    def curves(name: str) -> Curve:
        return {
            "random twin": of_twins(run, name),
            "cross-prompt": of_layers(run, cross, name),
            "real model": of_layers(run, run.real, name),
        }

    redundancy = {**curves("rtr"), "detrended": of_layers(run, detrended, "rtr")}
    return {"synergy": curves("sts"), "redundancy": redundancy, "residual": curves("residual")}


def _flow(measures: Measures, name: str, weights: np.ndarray) -> np.ndarray:
    return stats.weighted_mean(weights, measures.flow[name])


def flow_curves(run: Evaluation[Measures]) -> dict:
    """Arguments of `figures.residual_flow`."""
    real = {
        name: bands(_flow(run.real, name, uniform(run.real))[0], _flow(run.real, name, run.weights))
        for name in FLOWS
    }
    twin = {
        name: bands(
            np.mean([_flow(t, name, uniform(t))[0] for t in run.twins], axis=0),
            np.concatenate([_flow(t, name, run.weights) for t in run.twins]),
        )
        for name in FLOWS
    }
    return {"real": real, "twin": twin, "change_points": change_points(run)}


def flow_layers(run: Evaluation[Measures], name: str) -> np.ndarray:
    """Mean cosine (layer,) of one contribution of the real model."""
    return _flow(run.real, name, uniform(run.real))[0]


def change_points(run: Evaluation[Measures]) -> dict[str, tuple[float, float, float]]:
    """First layer after the best single change point of each cosine: (estimate, low, high)."""

    def one(name: str) -> tuple[float, float, float]:
        point = stats.change_point(_flow(run.real, name, uniform(run.real)))[0]
        return (
            float(point),
            *stats.interval(stats.change_point(_flow(run.real, name, run.weights))),
        )

    return {name: one(name) for name in FLOWS}


def published_curves(run: Evaluation[Measures], chunks: Measures) -> dict:
    """Arguments of `figures.as_published`: the public scripts' analysis of the same recording."""
    synergy, redundancy = (ranking.first_member_scores(pairs) for pairs in chunks.pairs)
    theirs = ranking.rank_difference(synergy, redundancy)
    raw = ranking.min_max(ranking.layer_profile(theirs, chunks.layers))
    return {
        "chunk_map": theirs.reshape(chunks.layers, -1),
        "ours": ranking.min_max(rank_profile(run.real, uniform(run.real))[0]),
        "theirs": ranking.published_smoothing(raw),
        "raw": raw,
    }


def index_shares(
    run: Evaluation[Measures], signals: Mapping[str, Atoms]
) -> dict[str, dict[str, tuple[float, float, float]]]:
    """Share of the variance of the rank difference by head index and by layer, per signal."""
    return {name: _shares(run, measures) for name, measures in signals.items()}


def _shares(run: Evaluation[Measures], m: Atoms) -> dict[str, tuple[float, float, float]]:
    def split(weights: np.ndarray) -> list[dict[str, float]]:
        return [
            stats.variance_shares(scores.reshape(m.layers, -1))
            for scores in rank_scores(m, weights)
        ]

    point, draws = split(uniform(m))[0], split(run.weights)
    return {
        source: (point[source], *stats.interval(np.array([draw[source] for draw in draws])))
        for source in ("head index", "layer")
    }
