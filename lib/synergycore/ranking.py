"""From head series to head scores to layer profiles.

A head's score is the mean of an atom over *all* its partners, earlier and later heads alike.
The paper's own scripts average over later heads only; `first_member_scores` reproduces that.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass

import numpy as np
from scipy.stats import rankdata
from tqdm import tqdm

from synergycore import phiid

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class HeadScores:
    """Scores of all heads, flattened layer by layer, one row a prompt.

    `sts`, `rtr`, `tdmi`: (prompt, head) means over all partners, nats.
    `sts_pairs`, `rtr_pairs`: (head, head) means over prompts, nats, diagonal NaN.
    """

    sts: np.ndarray
    rtr: np.ndarray
    tdmi: np.ndarray
    sts_pairs: np.ndarray
    rtr_pairs: np.ndarray
    layers: int

    @property
    def heads(self) -> int:
        """Heads in one layer."""
        return self.sts.shape[1] // self.layers


def flatten_heads(signal: np.ndarray) -> np.ndarray:
    """(prompt, layer, head, step) -> (prompt, unit, step), unit = layer × heads + head, float64."""
    prompts, layers, heads, steps = signal.shape
    return np.asarray(signal, dtype=np.float64).reshape(prompts, layers * heads, steps)


def trim(series: np.ndarray) -> np.ndarray:
    """Cut the trailing steps of `series` (unit, step) that lie beyond the end of the text."""
    inside = np.isfinite(series).any(axis=0)
    return series[:, : inside.size - np.argmax(inside[::-1])] if inside.any() else series


def score_heads(signal: np.ndarray, *, tau: int = 1, progress: bool = False) -> HeadScores:
    """Gaussian-MMI scores of every head of `signal` (prompt, layer, head, step).

    A head whose series is constant or not finite in a prompt is NaN there, never zero.
    """
    sts, rtr, tdmi = [], [], []
    sums, counts = np.zeros((2, *_square(signal))), np.zeros((2, *_square(signal)))
    for series in tqdm(flatten_heads(signal), desc="ΦID of all pairs", disable=not progress):
        atoms = phiid.decompose_pairs(trim(series), tau=tau, atoms=phiid.ATOMS)
        sts.append(mean_over_partners(atoms["sts"]))
        rtr.append(mean_over_partners(atoms["rtr"]))
        tdmi.append(mean_over_partners(np.sum(list(atoms.values()), axis=0)))
        for slot, name in enumerate(("sts", "rtr")):
            known = np.isfinite(atoms[name])
            sums[slot] += np.where(known, atoms[name], 0.0)
            counts[slot] += known
    with np.errstate(invalid="ignore", divide="ignore"):
        pairs = np.where(counts > 0, sums / counts, np.nan)
    scores = HeadScores(
        np.array(sts), np.array(rtr), np.array(tdmi), pairs[0], pairs[1], signal.shape[1]
    )
    _report_undefined(scores)
    return scores


def _square(signal: np.ndarray) -> tuple[int, int]:
    units = signal.shape[1] * signal.shape[2]
    return units, units


def _report_undefined(scores: HeadScores) -> None:
    undefined = np.argwhere(~np.isfinite(scores.sts))
    if len(undefined):
        heads = sorted({divmod(int(unit), scores.heads) for _, unit in undefined})
        log.warning(
            "%d of %d prompt × head scores are undefined; (layer, head) concerned: %s",
            len(undefined), scores.sts.size, heads[:10],
        )  # fmt: skip


def mean_over_partners(pairs: np.ndarray) -> np.ndarray:
    """Mean (unit,) of `pairs` (unit, unit) over all partners but itself, leaving NaN out."""
    off = ~np.eye(len(pairs), dtype=bool) & np.isfinite(pairs)
    count = off.sum(axis=1)
    total = np.where(off, pairs, 0.0).sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(count > 0, total / count, np.nan)


def first_member_scores(pairs: np.ndarray) -> np.ndarray:
    """Mean over *later* partners only (the public scripts' grouping); the last unit is NaN."""
    return mean_over_partners(np.where(np.triu(np.ones_like(pairs, dtype=bool), 1), pairs, np.nan))


def rank(values: np.ndarray) -> np.ndarray:
    """Ranks over the last axis, scaled so that the highest of N is 1 and the lowest 1/N."""
    ranks = rankdata(values, axis=-1, nan_policy="omit")
    return ranks / np.isfinite(values).sum(axis=-1, keepdims=True)


def rank_difference(synergy: np.ndarray, redundancy: np.ndarray) -> np.ndarray:
    """rank(synergy) − rank(redundancy) over the last axis, in (−1, 1) (Luppi et al. 2022)."""
    return rank(synergy) - rank(redundancy)


def balance(synergy: np.ndarray, redundancy: np.ndarray) -> np.ndarray:
    """synergy / (synergy + redundancy), dimensionless."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return synergy / (synergy + redundancy)


def layer_profile(values: np.ndarray, layers: int) -> np.ndarray:
    """Means (..., layer) over the heads of each layer of `values` (..., unit)."""
    return np.nanmean(values.reshape(*values.shape[:-1], layers, -1), axis=-1)


def lag_correlation(signal: np.ndarray, *, tau: int = 1) -> np.ndarray:
    """Lag-τ autocorrelation (prompt, unit) of every head of `signal` (as in `score_heads`)."""
    return np.array([_lag(trim(series), tau) for series in flatten_heads(signal)])


def _lag(series: np.ndarray, tau: int) -> np.ndarray:
    past, future = series[:, :-tau], series[:, tau:]
    past, future = (x - x.mean(axis=1, keepdims=True) for x in (past, future))
    with np.errstate(invalid="ignore", divide="ignore"):
        return (past * future).sum(1) / np.sqrt((past**2).sum(1) * (future**2).sum(1))


def drift(signal: np.ndarray) -> np.ndarray:
    """Change (prompt, unit) over the series along its linear fit, as a share of its mean."""
    return np.array([_drift(trim(series)) for series in flatten_heads(signal)])


def _drift(series: np.ndarray) -> np.ndarray:
    time = np.linspace(-0.5, 0.5, series.shape[1])
    slope = (series - series.mean(axis=1, keepdims=True)) @ time / (time**2).sum()
    with np.errstate(invalid="ignore", divide="ignore"):
        return slope / series.mean(axis=1)


def published_smoothing(profile: np.ndarray) -> np.ndarray:
    """The public scripts' curve: min–max, zero-padded moving average, then Savitzky–Golay.

    The zero padding bends both ends down: a flat profile comes out as an inverted U.
    """
    from scipy.signal import savgol_filter

    layers = profile.size
    window = max(3, layers // 5)
    averaged = np.convolve(profile, np.full(window, 1 / window), mode="same")
    odd = min(window if window % 2 else window + 1, layers - 1 + layers % 2)
    return savgol_filter(averaged, max(odd, 5), 3)


def min_max(profile: np.ndarray) -> np.ndarray:
    """Scaled to [0, 1]."""
    low, high = np.nanmin(profile), np.nanmax(profile)
    return (profile - low) / (high - low)
