"""Time of the graph measures of Figure 2, against libraries that have the same measures.

python benchmarks/graphs.py        about two minutes on two cores

Writes results/benchmarks/graphs.json, which the chapter of Figure 2 reads. For the comparison with
scikit-network, install the benchmark extra; without it its rows are left out.
"""

from __future__ import annotations

import datetime
import json
import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
from phiid_engine import machine, peak_memory
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import floyd_warshall

from synergycore import graphs, phiid

OURS = "this book"
NAMES = dict(zip(graphs.SHUFFLES, ("same strengths", "same distances"), strict=True))
RESULT = Path(__file__).resolve().parents[1] / "results" / "benchmarks" / "graphs.json"
MODELS = ((30, 9), (36, 32))
"""Layers and heads a layer: SmolLM2 135M, and Qwen3 8B, the paper's first model."""
STEPS = 100
FEW = 300
"""networkx is not waited for on graphs of more heads."""

Way = tuple[str, str, int, Callable[[], Any]]
"""What is measured, with what, how often, and the call."""


def synergy_graph(layers: int, heads: int) -> np.ndarray:
    """Synergy (unit, unit), nats, of walks that share a part within a layer; a seed fixes it."""
    rng = np.random.default_rng(0)
    own = rng.normal(size=(layers * heads, STEPS))
    shared = np.repeat(rng.normal(size=(layers, STEPS)), heads, axis=0)
    walks = (own + shared * rng.uniform(0, 1, (len(own), 1))).cumsum(axis=1) + 3 * own
    weights, _ = graphs.clipped(phiid.decompose_pairs(walks)["sts"])
    return weights


def lengths(weights: np.ndarray) -> np.ndarray:
    with np.errstate(divide="ignore"):
        found = 1 / weights
    np.fill_diagonal(found, 0)
    return found


def ways(weights: np.ndarray, layer: np.ndarray) -> Iterator[Way]:
    """Every measure, with our program first; the results were checked to agree."""
    rng, length = np.random.default_rng(0), lengths(weights)
    sparse = csr_matrix(weights)
    paths, louvain = "all shortest paths", "one Louvain run"
    np.testing.assert_allclose(
        graphs.distances(weights), floyd_warshall(length, directed=False), rtol=1e-9
    )
    yield paths, OURS, 5, lambda: graphs.distances(weights)
    yield paths, "scipy", 3, lambda: floyd_warshall(length, directed=False)
    if len(weights) <= FEW:
        joined = nx.from_numpy_array(length)
        yield paths, "networkx", 1, lambda: list(nx.all_pairs_dijkstra_path_length(joined))
    yield louvain, OURS, 9, lambda: graphs.louvain(weights, 1, rng)
    if (found := scikit_network()) is not None:
        yield louvain, "scikit-network", 5, lambda: found(sparse)
    if len(weights) <= FEW:
        heavy = nx.from_numpy_array(weights)
        yield louvain, "networkx", 3, lambda: nx.community.louvain_communities(heavy)
    for kind in graphs.SHUFFLES:
        yield (
            f"first shuffle, {NAMES[kind]}", OURS, 3,
            lambda kind=kind: next(graphs.shuffles(weights, layer, kind, rng)),
        )  # fmt: skip
        drawn = graphs.shuffles(weights, layer, kind, rng)
        yield f"another shuffle, {NAMES[kind]}", OURS, 3, lambda drawn=drawn: next(drawn)


def scikit_network() -> Callable[[csr_matrix], Any] | None:
    """One Louvain run of scikit-network, stopping as late as ours; None where it is missing."""
    try:
        from sknetwork.clustering import Louvain
    except ImportError:
        return None
    options = {"shuffle_nodes": True, "tol_optimization": 1e-9, "tol_aggregation": 1e-9}
    return lambda sparse: Louvain(**options).fit_predict(sparse)


def seconds(call: Callable[[], Any], repeats: int) -> float:
    """Median of `repeats` calls, after one that is not counted where there are several."""
    if repeats > 1:
        call()
    found = []
    for _ in range(repeats):
        started = time.perf_counter()
        call()
        found.append(time.perf_counter() - started)
    return statistics.median(found)


def main() -> None:
    rows, here = [], machine()
    for layers, heads in MODELS:
        weights, layer = synergy_graph(layers, heads), np.repeat(np.arange(layers), heads)
        for what, way, repeats, call in ways(weights, layer):
            found = seconds(call, repeats)
            print(f"{layers * heads} heads, {what}, {way}: {found:.4f} s", flush=True)
            rows.append(
                {"heads": layers * heads, "what": what, "way": way, "seconds": found}
                | {"repeats": repeats}
            )
    result = {
        "machine": here,
        "finished": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "peak_memory_bytes": peak_memory(),
        "rows": rows,
    }
    RESULT.parent.mkdir(parents=True, exist_ok=True)
    RESULT.write_text(json.dumps(result, indent=1) + "\n")
    print(f"wrote {RESULT}")


if __name__ == "__main__":
    main()
