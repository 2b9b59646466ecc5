"""Intervals over prompts, nulls, contrasts over depth and correlations, for labelled data."""

from synergycore.stats.depth import (
    change_point,
    correlation_given_depth,
    dip,
    enhance_erase_enhance,
    mid_minus_ends,
    over_layers,
    parabola_fit,
    quadratic_coefficient,
    rise,
    sharpness,
    smooth_resamples,
    thirds,
)
from synergycore.stats.relation import (
    UNIT,
    intraclass_correlation,
    permuted,
    rank,
    shuffled,
    spearman,
    variance_shares,
)
from synergycore.stats.sampling import (
    LEVEL,
    UNDEFINED,
    Estimate,
    Sampled,
    band,
    bootstrap_weights,
    generator,
    half_splits,
    interval,
    null,
    null_per_prompt,
    over_prompts,
    over_twins,
)
