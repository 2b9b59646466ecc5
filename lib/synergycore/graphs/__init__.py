"""Weighted graphs of heads: undirected, no self-loops, weights ≥ 0, edge length 1/weight."""

from synergycore.graphs.agreement import adjusted_rand, depth_blocks
from synergycore.graphs.averages import SHARES, average_shapes
from synergycore.graphs.communities import Communities, louvain, modularity
from synergycore.graphs.cores import CORE, clubs, core_ratio, core_sums, rich_club
from synergycore.graphs.drawing import Drawing, draw, drawn_density
from synergycore.graphs.efficiency import (
    direct_share,
    distances,
    global_efficiency,
    relative_efficiency,
)
from synergycore.graphs.measures import REPEATED_RUNS, RUNS, shapes, shapes_at
from synergycore.graphs.pairs import GRAPHS, complete, networks
from synergycore.graphs.rewiring import (
    SHUFFLES,
    TOLERANCE,
    distance_matched,
    shuffles,
    strength_errors,
    strength_preserving,
    strength_shuffles,
)
from synergycore.graphs.shuffled import shuffled_shapes, z_scores
from synergycore.graphs.subsets import layer_matched, subset_shapes
from synergycore.graphs.weights import (
    checked,
    clipped,
    defined_units,
    edge_weights,
    from_edges,
    normalised,
    strongest,
)
