"""Figure 3: what the paper calls energy, whether it follows synergy, and what layers cost."""

from synergycore.figure3 import plots
from synergycore.figure3.curves import (
    cost_curves,
    energy_curves,
    factor_curves,
    other_definition,
    rank_scatter,
)
from synergycore.figure3.measures import Measures, measure
from synergycore.figure3.prose import cost_table, sentences, thirds_table
from synergycore.figure3.verdicts import CHAPTER, evaluate, timing_rounds

__all__ = [
    "CHAPTER",
    "Measures",
    "cost_curves",
    "cost_table",
    "energy_curves",
    "evaluate",
    "factor_curves",
    "measure",
    "other_definition",
    "plots",
    "rank_scatter",
    "sentences",
    "thirds_table",
    "timing_rounds",
]
