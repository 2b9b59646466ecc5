"""Figure 2: the networks of heads, their shapes, and what shuffling leaves of them."""

from synergycore.figure2 import plots
from synergycore.figure2.benchmark import benchmark_machine, benchmark_table, read_benchmark
from synergycore.figure2.cores import average_shapes, subset_shapes
from synergycore.figure2.curves import (
    club_curves,
    controlled_panels,
    density_curves,
    published_bars,
)
from synergycore.figure2.layout import draw
from synergycore.figure2.networks import Networks, measure_networks, self_prediction
from synergycore.figure2.prose import sentences
from synergycore.figure2.shapes import FEW_RUNS, Measures, measure
from synergycore.figure2.shuffled import NULLS, Shuffled, measure_shuffled
from synergycore.figure2.tables import (
    average_z_table,
    shape_table,
    subset_table,
    unpaired_table,
    z_table,
)
from synergycore.figure2.verdicts import CHAPTER, evaluate, null_draws

__all__ = [
    "CHAPTER",
    "FEW_RUNS",
    "NULLS",
    "Measures",
    "Networks",
    "Shuffled",
    "average_shapes",
    "average_z_table",
    "benchmark_machine",
    "benchmark_table",
    "club_curves",
    "controlled_panels",
    "density_curves",
    "draw",
    "evaluate",
    "measure",
    "measure_networks",
    "measure_shuffled",
    "null_draws",
    "plots",
    "published_bars",
    "read_benchmark",
    "self_prediction",
    "sentences",
    "shape_table",
    "subset_shapes",
    "subset_table",
    "unpaired_table",
    "z_table",
]
