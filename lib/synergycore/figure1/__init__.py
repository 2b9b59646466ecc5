"""Figure 1: the map of heads, the profile over depth, the residual flow, and their claims."""

from synergycore.figure1.curves import (
    atom_curves,
    flow_curves,
    index_shares,
    profile_curves,
    published_curves,
)
from synergycore.figure1.measures import Measures, measure, measure_cross_prompt, rank_scores
from synergycore.figure1.prose import change_point_table, contrast_table, sentences
from synergycore.figure1.verdicts import CHAPTER, evaluate

__all__ = [
    "CHAPTER",
    "Measures",
    "atom_curves",
    "change_point_table",
    "contrast_table",
    "evaluate",
    "flow_curves",
    "index_shares",
    "measure",
    "measure_cross_prompt",
    "profile_curves",
    "published_curves",
    "rank_scores",
    "sentences",
]
