"""The claims of Figure 2: each a number of measures averaged over prompts.

Every function takes a Dataset whose dimension `prompt` was averaged over (with or without
bootstrap weights) and keeps all others, so that one formula serves the point estimate, its
resamples, the twins and the shuffles. Directions and controls stand in book/claims.yml.
"""

from __future__ import annotations

import xarray as xr

CHAPTER = "fig2_networks"


def integration(shapes: xr.Dataset) -> xr.DataArray:
    """Claim 10: E(synergy) − E(redundancy), efficiency at mean weight 1.

    E = mean over pairs of 1/d, d the length of the shortest path, an edge of weight w being 1/w
    long (Latora & Marchiori 2001, eq. 1), all weights divided by their mean. `shapes` are those of
    `graphs.shapes` (graph), or of `graphs.shapes_at` averaged over densities as well.
    """
    return shapes.efficiency.sel(graph="synergy") - shapes.efficiency.sel(graph="redundancy")


def segregation(shapes: xr.Dataset) -> xr.DataArray:
    """Claim 11: Q(redundancy) − Q(synergy), modularity, dimensionless.

    Q = (1/2m) Σ_ij (w_ij − k_i k_j / 2m) δ(label_i, label_j), k the strengths and 2m their sum
    (Newman 2006), the median over Louvain runs. `shapes` as in `integration`.
    """
    return shapes.modularity.sel(graph="redundancy") - shapes.modularity.sel(graph="synergy")


def core_weight(sums: xr.Dataset) -> xr.DataArray:
    """Claim 12: ln(mean synergy within the core / mean synergy of all pairs), a log ratio.

    `sums` as `graphs.core_sums` of the synergy graph, means over prompts of sums and of numbers of
    pairs, so that the ratios are means over all pairs of all prompts. The core, the quarter of
    heads with the highest rank(synergy) − rank(redundancy), is chosen once, from all prompts:
    choosing it anew in every resample would count the luck of the choice again.
    """
    inside, overall = sums["inside"] / sums["inside_pairs"], sums["all"] / sums["pairs"]
    return xr.ufuncs.log(inside / overall).drop_attrs()
