"""What a layer really costs: counted operations and bytes, measured seconds and joules."""

from synergycore.cost.counter import energy_counter
from synergycore.cost.counting import Counts, attention_windows, count
from synergycore.cost.timing import Costs, layer_calls, measure, measure_layers

__all__ = [
    "Costs",
    "Counts",
    "attention_windows",
    "count",
    "energy_counter",
    "layer_calls",
    "measure",
    "measure_layers",
]
