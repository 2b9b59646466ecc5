"""Weighted graphs of heads: undirected, no self-loops, weights ≥ 0, edge length 1/weight."""

from synergycore.graphs.clubs import core_ratio, rich_club
from synergycore.graphs.communities import Communities, adjusted_rand, louvain, modularity
from synergycore.graphs.efficiency import direct_share, distances, global_efficiency
from synergycore.graphs.nulls import (
    distance_matched,
    strength_errors,
    strength_preserving,
    strength_shuffles,
)
from synergycore.graphs.weights import (
    checked,
    clipped,
    defined_units,
    edge_weights,
    from_edges,
    normalised,
    strongest,
)

__all__ = [
    "Communities",
    "adjusted_rand",
    "checked",
    "clipped",
    "core_ratio",
    "defined_units",
    "direct_share",
    "distance_matched",
    "distances",
    "edge_weights",
    "from_edges",
    "global_efficiency",
    "louvain",
    "modularity",
    "normalised",
    "rich_club",
    "strength_errors",
    "strength_preserving",
    "strength_shuffles",
    "strongest",
]
