"""What Figure 3 measures on one recording: the paper's energy, and the ranks of the heads."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import xarray as xr

from synergycore import energy, phiid, ranking, stats


@dataclass(frozen=True)
class Measures:
    """Layer values of every prompt; the dictionaries are keyed by `energy.ADDITIONS`."""

    layers: int
    energy: dict[str, np.ndarray]  # (prompt, layer), (‖x‖/‖h‖)(1 − cos(x, h)), dimensionless
    size: dict[str, np.ndarray]  # (prompt, layer), ‖x‖/‖h‖
    turn: dict[str, np.ndarray]  # (prompt, layer), 1 − cos(x, h)
    stream: np.ndarray  # (layer,), median ‖h‖ over tokens, activation units
    sts: np.ndarray  # (prompt, unit), nats, mean over partners
    rtr: np.ndarray  # (prompt, unit), nats

    @property
    def prompts(self) -> int:
        return len(self.sts)


def measure(recording: xr.Dataset, *, tau: int = 1) -> Measures:
    """Energies, their two factors, and head scores of one recording."""
    signal = recording["z_norm"].values
    scores = [
        phiid.unit_means(ranking.trim(series), tau=tau) for series in ranking.flatten_heads(signal)
    ]
    size, turn = energy.factors(recording)
    return Measures(
        layers=signal.shape[1],
        energy=energy.per_layer(energy.energies(recording)),
        size=energy.per_layer(size),
        turn=energy.per_layer(turn),
        stream=energy.stream_size(recording),
        sts=np.array([score["sts"] for score in scores]),
        rtr=np.array([score["rtr"] for score in scores]),
    )


def energy_profile(m: Measures, weights: np.ndarray, name: str = "both") -> np.ndarray:
    """Energy (samples, layer) of one addition."""
    return stats.weighted_mean(weights, m.energy[name])


def rank_profile(m: Measures, weights: np.ndarray) -> np.ndarray:
    """Layer means (samples, layer) of rank(synergy) − rank(redundancy).

    Rounded far below one rank, so that layers with the same sum of ranks are ties.
    """
    scores = ranking.rank_difference(
        stats.weighted_mean(weights, m.sts), stats.weighted_mean(weights, m.rtr)
    )
    return ranking.layer_profile(scores, m.layers).round(12)
