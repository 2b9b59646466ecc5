"""Figure 3: what the paper calls energy, whether it follows synergy, and what layers cost."""

from synergycore.figure3 import plots
from synergycore.figure3.cost_prose import cost_sentences, cost_table
from synergycore.figure3.counts import Counted, counted
from synergycore.figure3.curves import (
    cost_curves,
    definition_curves,
    energy_curves,
    factor_curves,
    rank_scatter,
)
from synergycore.figure3.measures import Measures, measure
from synergycore.figure3.prose import sentences, thirds_table, tracking_table
from synergycore.figure3.verdicts import CHAPTER, evaluate, timing_rounds

__all__ = [
    "CHAPTER",
    "Counted",
    "Measures",
    "cost_curves",
    "cost_sentences",
    "cost_table",
    "counted",
    "definition_curves",
    "energy_curves",
    "evaluate",
    "factor_curves",
    "measure",
    "plots",
    "rank_scatter",
    "sentences",
    "thirds_table",
    "timing_rounds",
    "tracking_table",
]
