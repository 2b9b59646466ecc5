"""The statistics of Figure 1's claims, of scores averaged over prompts; rules: book/claims.yml."""

from __future__ import annotations

import xarray as xr

from synergycore.heads import SCORES
from synergycore.stats import (
    dip,
    enhance_erase_enhance,
    intraclass_correlation,
    rise,
    sharpness,
    spearman,
)

CHAPTER = "fig1_synergistic_core"


def profile(scored: xr.Dataset, score: str = "rank_difference") -> xr.DataArray:
    """Layer means (layer) of the heads' score, one of `heads.SCORES`."""
    return SCORES[score](scored).mean("head")


def inverted_u(scored: xr.Dataset, score: str = "rank_difference") -> xr.DataArray:
    """Claim 1: min(mid − early, mid − late) of the profile over thirds, rank fraction.

    The paper's Figure 1b; the score of Luppi et al. 2022 (doi 10.1038/s41593-022-01070-0).
    """
    return rise(profile(scored, score))


def interaction(scored: xr.Dataset) -> xr.DataArray:
    """Claim 2: min(mid − early, mid − late) of synergy above its Kronecker substitution, nats.

    `scored.excess` as `nulls.excess_synergy` gives it.
    """
    return rise(scored.excess.mean("head"))


def concentration(scored: xr.Dataset, score: str = "rank_difference") -> xr.DataArray:
    """Claim 3: intraclass correlation ICC(1) of the heads' scores, layers as groups."""
    return intraclass_correlation(SCORES[score](scored))


def boundary(scored: xr.Dataset, score: str = "rank_difference") -> xr.DataArray:
    """Claim 4: BIC(parabola) − BIC(three constant segments) of the profile."""
    return sharpness(profile(scored, score))


def redundant_ends(scored: xr.Dataset) -> xr.DataArray:
    """Claim 5: min(early − mid, late − mid) of the layer means of redundancy, nats."""
    return dip(scored.rtr.mean("head"))


def opposition(scored: xr.Dataset) -> xr.DataArray:
    """Claim 7: Spearman's correlation over all heads of synergy and redundancy."""
    return spearman(scored.sts, scored.rtr)


def flow_reversal(cosines: xr.DataArray) -> xr.DataArray:
    """Claim 8: min(early, late, early − mid, late − mid) of cos(a + m, h), means over thirds.

    `cosines` (addition, layer) as `stream.cosines` gives them, averaged over tokens and prompts;
    after Csordás et al. 2025 (arXiv 2505.13898).
    """
    return enhance_erase_enhance(cosines.sel(addition="both"))


def reliability(
    first: xr.Dataset, second: xr.Dataset, score: str = "rank_difference"
) -> xr.DataArray:
    """Claim 29: Spearman's correlation over heads of the scores from two halves of the prompts."""
    return spearman(SCORES[score](first), SCORES[score](second))
