"""What a layer really costs: counted operations and bytes, measured seconds and joules."""

from synergycore.cost.counts import LONG, attention_windows, count, readings
from synergycore.cost.joules import NoJoules, energy_counter
from synergycore.cost.layers import LayerCall, layer_calls
from synergycore.cost.timing import Costs, measure_joules, measure_layers, measure_seconds
