"""The statistics of Figure 3's claims, of averages over prompts or medians over rounds of timing.

Their rules stand in book/claims.yml.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import xarray as xr

from synergycore import stats
from synergycore.heads import SCORES

CHAPTER = "fig3_energy"


def peak(energy: xr.DataArray) -> xr.DataArray:
    """Claim 13: min(mid − early, mid − late) of the means of `energy` (layer) over thirds of depth.

    Dimensionless, like energy itself (`stream.energy`, the paper's Figure 3A).
    """
    return stats.rise(energy)


def synergy_profile(layers: xr.Dataset, score: str = "rank_difference") -> xr.DataArray:
    """Mean over the heads of each layer of their score, from `sts` and `rtr` (layer, head).

    Rounded far below one rank, so that layers with the same sum of ranks are ties.
    """
    return SCORES[score](layers).mean("head").round(12)


def tracking(layers: xr.Dataset, score: str = "rank_difference", first: int = 0) -> xr.DataArray:
    """Claim 14: Spearman's ρ over layers of `energy` (layer) and the layers' mean score.

    ρ(E_l, mean_h [rank(Syn) − rank(Red)]), from `sts` and `rtr` (layer, head), with the ranks of
    all heads, over the layers from `first` on. In [−1, 1]; the paper's Figure 3B.
    """
    kept = {"layer": slice(first, None)}
    profile = synergy_profile(layers, score)
    return stats.spearman(layers.energy.isel(kept), profile.isel(kept), dims=["layer"])


def circular_shifts(layers: xr.Dataset, score: str = "rank_difference") -> xr.DataArray:
    """Null of claim 14: ρ (shift) with the score's profile moved along depth by 1 to L − 1 layers.

    Keeps how smooth both profiles are, but for a step where the end is joined to the start. Empty
    for one layer.
    """
    profile = synergy_profile(layers, score)
    shifts = range(1, profile.sizes["layer"])
    found = [
        float(stats.spearman(layers.energy, profile.roll(layer=shift), dims=["layer"]))
        for shift in shifts
    ]
    return xr.DataArray(np.array(found), dims="shift", coords={"shift": list(shifts)})


def reaching(correlation: float, shifted: xr.DataArray) -> float:
    """k, how many shifts correlate at least as highly; with L − 1 of them, p is (k + 1)/L.

    NaN where the correlation is not defined.
    """
    if np.isnan(correlation):
        return float("nan")
    return int((shifted >= correlation - 1e-9).sum())  # ties differ by rounding


def chance(first: xr.DataArray, second: xr.DataArray) -> float:
    """Share of pairs of profiles (pair, layer) that correlate positively and beat their shifts.

    Of pairs that have nothing to do with each other, this is how often claim 14 passes its shifts
    by chance. NaN for fewer than three layers.
    """
    layers = first.sizes["layer"]
    if layers < 3:
        return float("nan")
    moved = xr.concat([second.roll(layer=shift) for shift in range(layers)], "shift")
    found = stats.spearman(first, moved, dims=["layer"])
    unshifted = found.isel(shift=0)
    low, _ = stats.band(unshifted - found.isel(shift=slice(1, None)), dim="shift")
    return float(((unshifted > 0) & (low > 0)).mean())


def log_rise(costs: xr.DataArray) -> xr.DataArray:
    """Claim 15: min(mid − early, mid − late) of ln(cost) over thirds of depth, `costs` (layer).

    A contrast of logarithms, so that 0.05 is five per cent whatever the unit; dimensionless.
    """
    return stats.rise(xr.ufuncs.log(costs).drop_attrs())


def over_rounds(
    statistic: Callable[[xr.DataArray], xr.DataArray],
    costs: xr.DataArray,
    samples: int,
    rng: np.random.Generator,
) -> stats.Sampled:
    """`statistic` of the layers' medians over rounds of timing, `costs` (round, layer).

    Rounds are resampled whole, as all layers share a round's conditions.
    """
    rounds = costs.sizes["round"]
    drawn = xr.DataArray(rng.integers(rounds, size=(samples, rounds)), dims=("draw", "round"))
    resampled = costs.isel(round=drawn).median("round")
    return stats.Sampled(float(statistic(costs.median("round"))), statistic(resampled).values)
