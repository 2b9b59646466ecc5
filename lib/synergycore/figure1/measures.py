"""What Figure 1 measures on one recording, and its profiles over depth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import xarray as xr

from synergycore import nulls, ranking, residual, stats


@dataclass(frozen=True)
class Measures:
    """What one set of head series gives; arrays are (prompt, unit) in nats unless said.

    `flow[name]` (prompt, layer) are the token-mean cosines of `residual.FLOWS`.
    """

    layers: int
    sts: np.ndarray
    rtr: np.ndarray
    residual: np.ndarray
    tdmi: np.ndarray | None = None
    pairs: np.ndarray | None = None  # (2, unit, unit): sts and rtr, means over prompts
    autocorrelation: np.ndarray | None = None  # dimensionless
    drift: np.ndarray | None = None  # change over the series / mean
    flow: dict[str, np.ndarray] | None = None

    @property
    def prompts(self) -> int:
        return len(self.sts)


def measure(signal: np.ndarray, *, tau: int = 1, flow: xr.Dataset | None = None) -> Measures:
    """Measures of `signal` (prompt, layer, head, step); with the residual flow of a recording."""
    scores = ranking.score_heads(signal, tau=tau)
    cosines = residual.cosines(flow) if flow is not None else {}
    return Measures(
        layers=scores.layers,
        sts=scores.sts,
        rtr=scores.rtr,
        residual=nulls.residual_synergy(signal, tau=tau),
        tdmi=scores.tdmi,
        pairs=np.stack([scores.sts_pairs, scores.rtr_pairs]),
        autocorrelation=ranking.lag_correlation(signal, tau=tau),
        drift=ranking.drift(signal),
        flow={name: residual.token_mean(values) for name, values in cosines.items()} or None,
    )


def measure_cross_prompt(signal: np.ndarray, *, tau: int = 1) -> Measures:
    """The same atoms between heads of different prompts, where nothing can interact."""
    return Measures(layers=signal.shape[1], **nulls.cross_prompt(signal, tau=tau))


def rank_scores(m: Measures, weights: np.ndarray) -> np.ndarray:
    """rank(synergy) − rank(redundancy) of every head, (samples, unit)."""
    return ranking.rank_difference(
        stats.weighted_mean(weights, m.sts), stats.weighted_mean(weights, m.rtr)
    )


def profile_of(values: np.ndarray | None, layers: int, weights: np.ndarray) -> np.ndarray:
    """Layer profile (samples, layer) of `values` (prompt, unit)."""
    return ranking.layer_profile(stats.weighted_mean(weights, values), layers)


def rank_profile(m: Measures, weights: np.ndarray) -> np.ndarray:
    """Layer means (samples, layer) of the rank difference."""
    return ranking.layer_profile(rank_scores(m, weights), m.layers)
