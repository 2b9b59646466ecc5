"""Odd graphs and odd pairs: through `graphs`."""

from __future__ import annotations

import numpy as np
import xarray as xr

from faults.data import case, never_infinite, same, series, undefined
from synergycore import graphs, heads


def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def graph(units: int = 6) -> np.ndarray:
    upper = np.triu(rng().uniform(0.5, 1.5, size=(units, units)), 1)
    return upper + upper.T


def changed(value: float, both: bool = True, place: tuple[int, int] = (0, 1)) -> np.ndarray:
    made = graph()
    made[place] = value
    if both:
        made[place[::-1]] = value
    return made


PAIRS = heads.pairs(series())
NETWORKS = graphs.networks(PAIRS)
SCORE = xr.DataArray(np.arange(6.0), dims="unit")
CLUBS = graphs.clubs(SCORE)
AVERAGE = graphs.complete(NETWORKS.weight.mean("prompt"))
LAYER = np.repeat(range(3), 2)
LABELS = np.array([0, 0, 0, 1, 1, 1])
PIECES = np.kron(np.eye(2), graph(3))
ENTRANCES = {
    "distances": graphs.distances,
    "global efficiency": graphs.global_efficiency,
    "relative efficiency": graphs.relative_efficiency,
    "direct share": graphs.direct_share,
    "modularity": lambda weights: graphs.modularity(weights, LABELS),
    "louvain": lambda weights: graphs.louvain(weights, 2, rng()),
    "core ratio": lambda weights: graphs.core_ratio(weights, np.array([0, 1])),
    "rich club": lambda weights: graphs.rich_club(weights, np.array([0, 1])),
    "strongest": lambda weights: graphs.strongest(weights, 0.5),
    "strength shuffle": lambda weights: graphs.strength_preserving(weights, rng()),
    "distance shuffle": lambda weights: graphs.distance_matched(weights, LAYER, rng()),
    "drawing": graphs.draw,
}
REFUSED = {
    "a negative weight": (changed(-0.1), "negative", "(0, 1)"),
    "a NaN weight": (changed(np.nan), "not finite", "(0, 1)"),
    "an infinite weight": (changed(np.inf), "not finite", "(0, 1)"),
    "a direction": (changed(2.0, both=False), "direction", "(0, 1)"),
    "a self-loop": (changed(1.0, place=(2, 2)), "self-loops", "(2, 2)"),
    "no matrix": (np.ones(6), "(6,)"),
    "no square": (np.ones((6, 5)), "(6, 5)"),
    "nothing": (np.zeros((0, 0)), "(0, 0)"),
    "one head": (np.zeros((1, 1)), "(1, 1)"),
}
MATRICES = [
    case(f"{entrance}: {what}", lambda f=f, weights=weights: f(weights), *named)
    for entrance, f in ENTRANCES.items()
    for what, (weights, *named) in REFUSED.items()
]
MEASURES = [
    case("words for weights", lambda: graphs.distances(graph().astype(str)), "dtype"),
    case("complex weights", lambda: graphs.distances(graph() + 0j), "complex"),
    case("efficiency of no edges", lambda: graphs.global_efficiency(0 * graph()),
         right=lambda found: found == 0),
    case("relative efficiency of no edges", lambda: graphs.relative_efficiency(0 * graph()),
         right=undefined),
    case("efficiency of two pieces", lambda: graphs.global_efficiency(PIECES),
         right=lambda found: same(found, 6 / 15 * graphs.global_efficiency(graph(3)))),
    case("efficiency of equal weights", lambda: graphs.relative_efficiency(np.ones((6, 6)) - np.eye(6)),
         right=lambda found: same(found, 1)),
    case("efficiency of huge weights", lambda: graphs.relative_efficiency(1e300 * graph()),
         right=lambda found: same(found, graphs.relative_efficiency(graph()))),
    case("efficiency of tiny weights", lambda: graphs.relative_efficiency(1e-300 * graph()),
         right=lambda found: same(found, graphs.relative_efficiency(graph()))),
    case("direct share of two pieces", lambda: graphs.direct_share(PIECES),
         right=lambda found: found <= 6 / 15),
    case("whole numbers as weights", lambda: graphs.global_efficiency((10 * graph()).astype(int)),
         right=lambda found: same(found, graphs.global_efficiency((10 * graph()).astype(int) * 1.0))),
    case("modularity of no edges", lambda: graphs.modularity(0 * graph(), LABELS), "no edges"),
    case("modularity with labels too few", lambda: graphs.modularity(graph(), LABELS[:5]), "5", "6"),
    case("modularity with NaN labels", lambda: graphs.modularity(graph(), LABELS * np.nan), "6", "labels"),
    case("modularity of one community", lambda: graphs.modularity(graph(), 0 * LABELS),
         right=lambda found: abs(found) < 1e-12),
    case("no Louvain runs", lambda: graphs.louvain(graph(), 0, rng()), "0"),
    case("Louvain runs in halves", lambda: graphs.louvain(graph(), 1.5, rng()), "1.5"),
    case("Louvain of no edges", lambda: graphs.louvain(0 * graph(), 2, rng()), "no edges"),
    case("Louvain of huge weights", lambda: graphs.louvain(1e300 * PIECES, 3, rng()).best,
         right=lambda found: same(found, graphs.louvain(PIECES, 3, rng()).best)),
    case("Louvain of tiny weights", lambda: graphs.louvain(1e-300 * PIECES, 3, rng()).best,
         right=lambda found: same(found, graphs.louvain(PIECES, 3, rng()).best)),
    case("a core of one head", lambda: graphs.core_ratio(graph(), np.array([1])), "1"),
    case("a core of heads that are not there", lambda: graphs.core_ratio(graph(), np.array([1, 9])), "9"),
    case("a core of a head from behind", lambda: graphs.core_ratio(graph(), np.array([1, -1])), "-1"),
    case("a core of one head twice", lambda: graphs.core_ratio(graph(), np.array([1, 1])), "1"),
    case("a core told by a mask", lambda: graphs.core_ratio(graph(), LABELS == 0),
         right=lambda found: same(found, graphs.core_ratio(graph(), np.arange(3)))),
    case("a club told by a mask of one", lambda: graphs.rich_club(graph(), np.arange(6) == 0), "1"),
    case("a club told by a mask of other length",
         lambda: graphs.rich_club(graph(), np.ones(5, dtype=bool)), "5", "6"),
    case("a club of no edges", lambda: graphs.rich_club(0 * graph(), np.array([0, 1])), right=undefined),
    *(case(f"density {density}", lambda density=density: graphs.strongest(graph(), density),
           "density", density) for density in (0, -0.5, 1.5, np.nan)),
    case("normalising no edges", lambda: graphs.normalised(0 * graph()), "no edge"),
    case("normalising NaN", lambda: graphs.normalised(changed(np.nan)), "not finite"),
    case("clipping NaN", lambda: graphs.clipped(changed(np.nan)), "not finite"),
    case("drawing no edges", lambda: graphs.draw(0 * graph()),
         right=lambda drawn: len(drawn.shown) == 0 and len(drawn.edges) == 0),
    case("drawing two heads", lambda: graphs.draw(graph(2)), right=lambda d: len(d.edges) == 0),
    case("unknown shuffle", lambda: next(graphs.shuffles(graph(), LAYER, "degree", rng())), "degree"),
    case("layers of fewer heads", lambda: graphs.distance_matched(graph(), LAYER[:5], rng()), "5", "6"),
    case("shuffling three heads", lambda: graphs.strength_preserving(graph(3), rng()),
         right=lambda found: same(found, graph(3))),
    case("shuffling no edges", lambda: graphs.strength_preserving(0 * graph(), rng()),
         right=lambda found: not found.any()),
    case("agreement of unlike lengths", lambda: graphs.adjusted_rand(LABELS, LABELS[:5]), "6", "5"),
    case("agreement of nothing", lambda: graphs.adjusted_rand(LABELS[:0], LABELS[:0]), right=undefined),
    case("agreement of one head", lambda: graphs.adjusted_rand(LABELS[:1], LABELS[:1]), right=undefined),
    case("no blocks of depth", lambda: graphs.depth_blocks(LAYER, 0), "0"),
    case("edges that make no graph", lambda: graphs.from_edges(np.ones(5), 4), "5", "6"),
]  # fmt: skip
HOLES = PAIRS.where(PAIRS.unit != 0).where(PAIRS.partner != 0)
NAMED = [
    case("networks of one atom", lambda: graphs.networks(PAIRS[["sts"]]), "rtr"),
    case("networks of averaged pairs", lambda: graphs.networks(PAIRS.mean("prompt")), "prompt"),
    case("networks without layers", lambda: graphs.networks(PAIRS.drop_vars("layer")), "layer"),
    case("networks of scores", lambda: graphs.networks(heads.scores(series())), "unit"),
    case("networks of one array", lambda: graphs.networks(PAIRS.sts), "DataArray"),
    case("networks of NaN", lambda: graphs.shapes(graphs.networks(PAIRS * np.nan), CLUBS, runs=2),
         right=lambda found: undefined(found.to_array())),
    case("a head without a series", lambda: graphs.shapes(graphs.networks(HOLES), CLUBS, runs=2),
         right=lambda found: np.isfinite(found.efficiency).all() and never_infinite(found)),
    case("networks of negative atoms", lambda: graphs.networks(-abs(PAIRS)),
         right=lambda found: same(found.clipped, 1) and not found.weight.fillna(0).any()),
    case("shapes of networks without edges",
         lambda: graphs.shapes(graphs.networks(0 * PAIRS), CLUBS, runs=2),
         right=lambda found: undefined(found.to_array())),
    case("shapes with clubs of fewer heads", lambda: graphs.shapes(NETWORKS, CLUBS[:, :4], runs=2), "4", "6"),
    case("shapes with clubs of no graph",
         lambda: graphs.shapes(NETWORKS, CLUBS.isel(graph=0, drop=True), runs=2), "graph"),
    case("shapes with no runs", lambda: graphs.shapes(NETWORKS, CLUBS, runs=0), "0"),
    case("shapes at density 0", lambda: graphs.shapes_at(NETWORKS, CLUBS, [0.5, 0]), "density", "0"),
    case("shapes at no density", lambda: graphs.shapes_at(NETWORKS, CLUBS, []), "density"),
    case("shapes of unknown shuffles", lambda: graphs.shuffled_shapes(NETWORKS, CLUBS, "x", draws=2), "x"),
    case("shapes of no shuffles",
         lambda: graphs.shuffled_shapes(NETWORKS, CLUBS, "distance_matched", draws=0), "sample"),
    case("average shapes of an unknown shuffle",
         lambda: graphs.average_shapes(AVERAGE, SCORE, "x", draws=2), "x"),
    case("average shapes of no shuffle",
         lambda: graphs.average_shapes(AVERAGE, SCORE, "distance_matched", draws=0), "sample"),
    case("average shapes with scores of fewer heads",
         lambda: graphs.average_shapes(AVERAGE, SCORE[:4]), "4", "6"),
    case("subsets of fewer heads",
         lambda: graphs.subset_shapes(NETWORKS, {"few": SCORE[:4] > 1}, draws=2), "few", "4", "6"),
    case("a subset of no heads", lambda: graphs.subset_shapes(NETWORKS, {"none": SCORE > 9}, draws=2),
         right=lambda found: undefined(found.to_array())),
    case("no subsets", lambda: graphs.subset_shapes(NETWORKS, {}, draws=2), "subset"),
    case("clubs of all heads", lambda: graphs.clubs(SCORE, 1.0), right=lambda found: found.all()),
    case("clubs of a share of 2", lambda: graphs.clubs(SCORE, 2.0), "2.0"),
    case("clubs of a share of −1", lambda: graphs.clubs(SCORE, -1.0), "-1.0"),
    case("clubs of NaN scores", lambda: graphs.clubs(SCORE * np.nan),
         right=lambda found: (found.sum("unit") == 2).all()),
    case("clubs of layers and heads", lambda: graphs.clubs(heads.scores(series()).sts.mean("prompt")), "unit"),
    case("core sums of another core", lambda: graphs.core_sums(NETWORKS.weight, SCORE[:4] > 1), "4", "6"),
    case("z scores without samples", lambda: graphs.z_scores(SCORE, SCORE), "sample"),
    case("z scores of shuffles all alike",
         lambda: graphs.z_scores(SCORE, xr.zeros_like(SCORE).expand_dims(sample=5)), right=undefined),
]  # fmt: skip
CASES = MATRICES + MEASURES + NAMED
