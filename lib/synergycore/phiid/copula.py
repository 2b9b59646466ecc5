"""The Gaussian copula: ranks turned into normal scores, so that only the order of values counts."""

from __future__ import annotations

import sys

from scipy.special import ndtri
from scipy.stats import rankdata

from synergycore.phiid.arrays import Array, is_tensor, namespace


def normal_scores(series: Array) -> Array:
    """Φ⁻¹(rank / (T + 1)) of each value among its series (unit, time), equal values sharing a rank.

    Rank averages keep ties tied, so a constant series stays constant; a series with a value that
    is not finite becomes NaN. Series that concatenate prompts come here without the prompts'
    levels, or the ranks would hold them. Source: Ince et al. 2017 (Hum Brain Mapp 38:1541).
    """
    xp = namespace(series)
    quantiles = _ranks(series) / (series.shape[-1] + 1)
    inverse = sys.modules["torch"].special.ndtri if is_tensor(series) else ndtri
    finite = xp.isfinite(series).all(-1)[:, None]
    return xp.where(finite, inverse(quantiles), float("nan") * quantiles)


def _ranks(series: Array) -> Array:
    """Average ranks from 1 along time."""
    if not is_tensor(series):
        return rankdata(series, axis=-1)
    torch = sys.modules["torch"]
    series = series.contiguous()
    ordered = torch.sort(series, dim=-1).values.contiguous()
    smaller = torch.searchsorted(ordered, series, right=False)
    not_larger = torch.searchsorted(ordered, series, right=True)
    return (smaller + not_larger + 1).to(torch.float64) / 2
