"""The statistics of Figure 1's claims and their evidence; rules are in book/claims.yml."""

from __future__ import annotations

import numpy as np

from synergycore import nulls, ranking, stats
from synergycore.claims import Evidence
from synergycore.evidence import Evaluation, Sampled, uniform
from synergycore.figure1.measures import Atoms, Measures, profile_of, rank_profile, rank_scores

CHAPTER = "fig1_synergistic_core"


def inverted_u(m: Atoms, weights: np.ndarray) -> np.ndarray:
    """Claim 1."""
    return stats.rise(rank_profile(m, weights))


def interaction(m: Atoms, weights: np.ndarray) -> np.ndarray:
    """Claim 2."""
    return stats.rise(profile_of(m.residual, m.layers, weights))


def concentration(m: Atoms, weights: np.ndarray) -> np.ndarray:
    """Claim 3."""
    return stats.intraclass_correlation(_by_layer(rank_scores(m, weights), m.layers))


def boundary(m: Atoms, weights: np.ndarray) -> np.ndarray:
    """Claim 4."""
    return stats.sharpness(rank_profile(m, weights))


def redundant_ends(m: Atoms, weights: np.ndarray) -> np.ndarray:
    """Claim 5."""
    return stats.dip(profile_of(m.rtr, m.layers, weights))


def opposition(m: Atoms, weights: np.ndarray) -> np.ndarray:
    """Claim 7."""
    return stats.spearman(stats.weighted_mean(weights, m.sts), stats.weighted_mean(weights, m.rtr))


def normalised_opposition(m: Measures, weights: np.ndarray) -> np.ndarray:
    """Claim 7 with each head's atoms as shares of its time-delayed mutual information."""
    return stats.spearman(
        stats.weighted_mean(weights, m.sts / m.tdmi), stats.weighted_mean(weights, m.rtr / m.tdmi)
    )


def flow_reversal(m: Measures, weights: np.ndarray) -> np.ndarray:
    """Claim 8."""
    return stats.enhance_erase_enhance(stats.weighted_mean(weights, m.flow["both"]))


def _by_layer(values: np.ndarray, layers: int) -> np.ndarray:
    return values.reshape(*values.shape[:-1], layers, -1)


def evaluate(run: Evaluation[Measures], cross: Atoms, detrended: Atoms) -> list[Evidence]:
    """Evidence for claims 1, 2, 3, 4, 5, 7, 8, 27 and 29, in this order."""
    return [
        _claim_1(run), _claim_2(run, cross), _claim_3(run), _claim_4(run),
        _claim_5(run, cross, detrended), _claim_7(run), _claim_8(run), _claim_27(run),
        _claim_29(run),
    ]  # fmt: skip


def distance_matched_profiles(run: Evaluation[Measures]) -> np.ndarray:
    """Rank profiles (null sample, layer) after shuffling pairs within layer distances."""
    draws = nulls.distance_matched(
        run.real.pairs, run.real.layers, run.null_samples, run.generator(1, "distance_matched")
    )
    differences = ranking.rank_difference(draws[:, 0], draws[:, 1])
    return ranking.layer_profile(differences, run.real.layers)


def _claim_1(run: Evaluation[Measures]) -> Evidence:
    profile = rank_profile(run.real, uniform(run.real))[0]
    orders = stats.shuffled(profile, run.null_samples, run.generator(1, "random_profile"))
    matched = stats.rise(distance_matched_profiles(run))
    controls = {
        "distance_matched": run.null(1, "distance_matched", matched),
        "random_twin": run.of_twins(inverted_u),
        "random_profile": run.null(1, "random_profile", stats.rise(orders)),
    }
    return run.evidence(1, run.of(inverted_u), controls)


def _claim_2(run: Evaluation[Measures], cross: Atoms) -> Evidence:
    controls = {
        "cross_prompt": run.of(interaction, cross),
        "random_twin": run.of_twins(interaction),
    }
    return run.evidence(2, run.of(interaction), controls)


def _claim_3(run: Evaluation[Measures]) -> Evidence:
    scores = rank_scores(run.real, uniform(run.real))[0]
    shuffles = stats.shuffled(scores, run.null_samples, run.generator(3, "shuffled_layers"))
    found = stats.intraclass_correlation(_by_layer(shuffles, run.real.layers))
    null = run.null(3, "shuffled_layers", found)
    return run.evidence(3, run.of(concentration), {"shuffled_layers": null})


def _claim_4(run: Evaluation[Measures]) -> Evidence:
    profile = rank_profile(run.real, uniform(run.real))[0]
    draws = stats.smooth_resamples(profile, run.null_samples, run.generator(4, "smooth_resample"))
    null = run.null(4, "smooth_resample", stats.sharpness(draws))
    return run.evidence(4, run.of(boundary), {"smooth_resample": null})


def _claim_5(run: Evaluation[Measures], cross: Atoms, detrended: Atoms) -> Evidence:
    controls = {
        "cross_prompt": run.of(redundant_ends, cross),
        "detrended": run.of(redundant_ends, detrended),
        "random_twin": run.of_twins(redundant_ends),
    }
    return run.evidence(5, run.of(redundant_ends), controls)


def _claim_7(run: Evaluation[Measures]) -> Evidence:
    controls = {"balance_normalised": run.of(normalised_opposition)}
    return run.evidence(7, run.of(opposition), controls)


def _claim_8(run: Evaluation[Measures]) -> Evidence:
    controls = {"random_twin": run.of_twins(flow_reversal)}
    return run.evidence(8, run.of(flow_reversal), controls)


def _claim_27(run: Evaluation[Measures]) -> Evidence:
    learned = run.of(inverted_u) - run.of_twins(inverted_u)
    return run.evidence(27, learned, {})


def _claim_29(run: Evaluation[Measures]) -> Evidence:
    halves = stats.half_splits(run.real.prompts, len(run.weights), run.generator(29, "half_splits"))
    first, second = (rank_scores(run.real, half) for half in halves)
    agreement = stats.spearman(first, second)
    shuffles = stats.spearman(first, run.generator(29, "shuffled_heads").permuted(second, axis=1))
    controls = {"shuffled_heads": Sampled(float(shuffles.mean()), shuffles)}
    effect = Sampled(float(agreement.mean()), agreement)
    return run.evidence(29, effect, controls)
