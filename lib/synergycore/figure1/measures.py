"""What Figure 1 measures on one recording, and its profiles over depth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import xarray as xr

from synergycore import nulls, ranking, residual, stats


@dataclass(frozen=True)
class Atoms:
    """Head scores that any set of series has; arrays are (prompt, unit), nats."""

    layers: int
    sts: np.ndarray
    rtr: np.ndarray
    residual: np.ndarray  # synergy above its Kronecker substitution

    @property
    def prompts(self) -> int:
        return len(self.sts)


@dataclass(frozen=True)
class Measures(Atoms):
    """What the series of one recording give besides.

    `flow[name]` (prompt, layer) are the token-mean cosines of `residual.FLOWS`; empty where the
    measures were taken without the residual flow.
    """

    tdmi: np.ndarray  # (prompt, unit), nats
    pairs: np.ndarray  # (2, unit, unit): sts and rtr of all pairs, means over prompts, nats
    autocorrelation: np.ndarray  # (prompt, unit), dimensionless
    infeasible: np.ndarray  # (prompt,), share of pairs without a Kronecker substitution
    drift: np.ndarray  # (prompt, unit), change over the series / mean
    flow: dict[str, np.ndarray]


def measure(signal: np.ndarray, *, tau: int = 1, flow: xr.Dataset | None = None) -> Measures:
    """Measures of `signal` (prompt, layer, head, step); with the residual flow of a recording."""
    scores = ranking.score_heads(signal, tau=tau)
    above, infeasible = nulls.residual_synergy(signal, tau=tau)
    cosines = residual.cosines(flow) if flow is not None else {}
    return Measures(
        layers=scores.layers,
        sts=scores.sts,
        rtr=scores.rtr,
        residual=above,
        infeasible=infeasible,
        tdmi=scores.tdmi,
        pairs=np.stack([scores.sts_pairs, scores.rtr_pairs]),
        autocorrelation=ranking.lag_correlation(signal, tau=tau),
        drift=ranking.drift(signal),
        flow={name: residual.token_mean(values) for name, values in cosines.items()},
    )


def measure_cross_prompt(signal: np.ndarray, *, tau: int = 1) -> Atoms:
    """The same atoms between heads of different prompts, where nothing can interact."""
    crossed = nulls.cross_prompt(signal, tau=tau)
    return Atoms(signal.shape[1], crossed["sts"], crossed["rtr"], crossed["residual"])


def rank_scores(m: Atoms, weights: np.ndarray) -> np.ndarray:
    """rank(synergy) − rank(redundancy) of every head, (samples, unit)."""
    return ranking.rank_difference(
        stats.weighted_mean(weights, m.sts), stats.weighted_mean(weights, m.rtr)
    )


def profile_of(values: np.ndarray, layers: int, weights: np.ndarray) -> np.ndarray:
    """Layer profile (samples, layer) of `values` (prompt, unit)."""
    return ranking.layer_profile(stats.weighted_mean(weights, values), layers)


def rank_profile(m: Atoms, weights: np.ndarray) -> np.ndarray:
    """Layer means (samples, layer) of the rank difference."""
    return ranking.layer_profile(rank_scores(m, weights), m.layers)


def balance_profile(m: Atoms, weights: np.ndarray) -> np.ndarray:
    """Layer means (samples, layer) of synergy / (synergy + redundancy)."""
    scores = ranking.balance(
        stats.weighted_mean(weights, m.sts), stats.weighted_mean(weights, m.rtr)
    )
    return ranking.layer_profile(scores, m.layers)


def synergy_profile(m: Atoms, weights: np.ndarray) -> np.ndarray:
    """Layer means (samples, layer) of synergy, nats."""
    return profile_of(m.sts, m.layers, weights)
