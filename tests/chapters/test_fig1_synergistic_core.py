"""Figure 1's statistics on systems whose answer is known, and the bookkeeping of its evidence."""

from dataclasses import replace

import numpy as np
import pytest

from synergycore import claims, evidence, figure1, nulls, stats
from synergycore.figure1 import curves, measures, prose, verdicts

LAYERS, HEADS, STEPS, PROMPTS = 9, 4, 600, 5
MIDDLE = slice(3, 6)


def persistent_but_uncoupled(rng):
    """Independent AR(1) heads, more autocorrelated in the middle third of the layers."""
    a = np.full((LAYERS, HEADS), 0.3)
    a[MIDDLE] = 0.85
    x = np.zeros((PROMPTS, LAYERS, HEADS, STEPS + 50))
    for t in range(1, STEPS + 50):
        x[..., t] = a * x[..., t - 1] + rng.normal(size=x.shape[:-1])
    return 10 + x[..., 50:]


def coupled_in_the_middle(rng):
    """White heads, but in the middle third each is driven by its neighbour's past."""
    x = np.zeros((PROMPTS, LAYERS, HEADS, STEPS + 50))
    for t in range(1, STEPS + 50):
        x[..., t] = rng.normal(size=x.shape[:-1])
        x[:, MIDDLE, :, t] += 0.9 * x[:, MIDDLE, ::-1, t - 1]
    return 10 + x[..., 50:]


def fake_flow(rng, middle):
    """Cosines (prompt, layer): positive at both ends, `middle` in between."""
    profile = np.repeat([0.4, middle, 0.3], 3)
    return {
        name: profile + 0.02 * rng.normal(size=(PROMPTS, LAYERS))
        for name in ("attention", "mlp", "both")
    }


def measured(signal, flow):
    return replace(figure1.measure(signal), flow=flow)


def evaluation(signal, seed=0):
    rng = np.random.default_rng(7)
    noise = [10 + rng.normal(size=signal.shape) for _ in range(2)]
    real = measured(signal, fake_flow(rng, -0.2))
    twins = [measured(one, fake_flow(rng, 0.3)) for one in noise]
    run = evidence.Evaluation(
        "toy", real, twins, chapter=figure1.CHAPTER,
        bootstrap_samples=200, null_samples=50, seed=seed,
    )  # fmt: skip
    detrended = figure1.measure(nulls.detrended(signal))
    return run, figure1.measure_cross_prompt(signal), detrended


@pytest.fixture(scope="module")
def uncoupled():
    return evaluation(persistent_but_uncoupled(np.random.default_rng(1)))


@pytest.fixture(scope="module")
def coupled():
    return evaluation(coupled_in_the_middle(np.random.default_rng(2)))


@pytest.fixture(scope="module")
def records(uncoupled):
    return {item.claim: item for item in figure1.evaluate(*uncoupled)}


def verdict(item):
    return claims.verdict(claims.registry()[item.claim], item)


def test_evaluate_gives_every_claim_with_the_controls_the_registry_demands(records):
    assert sorted(records) == [1, 2, 3, 4, 5, 7, 8, 27, 29]
    for item in records.values():
        claim = claims.registry()[item.claim]
        assert claim.chapter == item.chapter == figure1.CHAPTER
        assert set(item.controls) == set(claim.roles)
        assert item.unit == claim.unit


def test_autocorrelation_alone_makes_an_inverted_u_but_no_interaction(records, uncoupled):
    # in nats: in ranks the noise floor of redundancy rises with autocorrelation as well
    assert verdict(records[2]) != "replicates"
    assert abs(records[2].effect.value) < 0.01
    run, cross, _ = uncoupled
    synergy = measures.profile_of(run.real.sts, LAYERS, evidence.uniform(run.real))[0]
    crossed = measures.profile_of(cross.sts, LAYERS, evidence.uniform(cross))[0]
    assert stats.rise(synergy) > 0.1
    assert stats.rise(crossed) == pytest.approx(stats.rise(synergy), rel=0.1)


def test_coupling_shows_as_interaction_above_every_control(coupled):
    items = {item.claim: item for item in figure1.evaluate(*coupled)}
    assert verdict(items[2]) == "replicates"
    assert items[2].effect.value > 0.02


def test_a_planted_reversal_of_the_flow_replicates_and_its_absence_does_not(records, uncoupled):
    assert verdict(records[8]) == "replicates"
    assert records[8].effect.value == pytest.approx(0.3, abs=0.03)
    run, _, _ = uncoupled
    smooth = replace(run.real, flow=fake_flow(np.random.default_rng(0), 0.35))
    assert verdicts.flow_reversal(smooth, evidence.uniform(smooth))[0] < 0


def test_margins_are_effect_minus_control_paired_over_prompts(records, uncoupled):
    run, _, _ = uncoupled
    control = records[1].controls["random_twin"]
    assert control.margin.value == pytest.approx(records[1].effect.value - control.value.value)
    twin_points = [
        float(verdicts.inverted_u(twin, evidence.uniform(twin))[0]) for twin in run.twins
    ]
    assert control.value.value == pytest.approx(np.mean(twin_points))
    same = run.of(verdicts.inverted_u) - run.of(verdicts.inverted_u)
    assert same.estimate() == claims.Estimate(0.0, 0.0, 0.0)


def test_effect_draws_come_from_resampled_prompts(uncoupled):
    run, _, _ = uncoupled
    draws = run.of(verdicts.inverted_u).draws
    rows = np.random.default_rng(5).integers(PROMPTS, size=PROMPTS)
    weights = np.bincount(rows, minlength=PROMPTS)[None] / PROMPTS
    resampled = replace(run.real, sts=run.real.sts[rows], rtr=run.real.rtr[rows])
    direct = verdicts.inverted_u(resampled, evidence.uniform(resampled))
    np.testing.assert_allclose(verdicts.inverted_u(run.real, weights), direct)
    assert draws.std() > 1e-3


def test_same_seed_gives_the_same_evidence():
    signal = persistent_but_uncoupled(np.random.default_rng(1))[..., :80]
    first, second = (figure1.evaluate(*evaluation(signal, seed=3)) for _ in range(2))
    assert first == second
    assert first != figure1.evaluate(*evaluation(signal, seed=4))


def test_chunks_that_share_coordinates_are_told_from_heads(uncoupled):
    run, _, _ = uncoupled
    rng = np.random.default_rng(0)
    stripes = rng.normal(size=HEADS)
    sts = np.tile(stripes, LAYERS) + 0.1 * rng.normal(size=(PROMPTS, LAYERS * HEADS))
    chunks = replace(run.real, sts=sts, rtr=-sts)
    shares = curves.index_shares(run, {"chunks": chunks, "heads": run.real})
    assert shares["chunks"]["head index"][0] > 0.8
    assert shares["heads"]["head index"][0] < 0.2
    assert shares["heads"]["layer"][0] > shares["chunks"]["layer"][0]


def test_chance_share_is_what_exchangeable_heads_give(uncoupled):
    run, _, _ = uncoupled
    rng = np.random.default_rng(0)
    shares = [
        stats.variance_shares(rng.normal(size=(LAYERS, HEADS)))["head index"] for _ in range(3000)
    ]
    assert prose.chance_share(run.real) == pytest.approx(np.mean(shares), abs=0.005)


def test_published_curves_leave_the_last_head_out(coupled):
    run, _, _ = coupled
    found = figure1.published_curves(run, run.real)
    assert np.isnan(found["chunk_map"][-1, -1])
    assert np.isfinite(found["chunk_map"].ravel()[:-1]).all()
    assert found["ours"].min() == 0
    assert found["ours"].max() == 1


def test_change_point_of_a_planted_step(uncoupled):
    run, _, _ = uncoupled
    rng = np.random.default_rng(0)
    step = np.repeat([0.5, -0.5], [4, 5]) + 0.01 * rng.normal(size=(PROMPTS, LAYERS))
    run.real.flow["mlp"][:] = step
    assert curves.change_points(run)["mlp"] == (4.0, 4.0, 4.0)
    assert "| MLP | 4 [4, 4] | +0.50 | -0.50 |" in figure1.change_point_table(run)


def test_sentences_say_how_autocorrelation_follows_synergy(records, uncoupled):
    run, cross, _ = uncoupled
    shares = curves.index_shares(run, {"true heads": run.real})
    values = figure1.sentences(run, cross, list(records.values()), shares)
    assert values["share_layer_heads"] == prose.percent(shares["true heads"]["layer"][0])
    assert float(values["r_auto"].split()[0]) > 0.8
    assert values["above_cross"].endswith("%")
    assert 90 <= int(values["above_cross"].split()[0]) <= 110


def test_contrast_table_shows_model_and_twin_for_every_profile(uncoupled):
    run, _, _ = uncoupled
    lines = figure1.contrast_table(run).splitlines()[2:]
    assert len(lines) == 2 * len(prose.PROFILES)
    profile = measures.synergy_profile(run.real, evidence.uniform(run.real))[0]
    row = next(line for line in lines if line.startswith("| synergy, nats | model"))
    assert f"| {stats.mid_minus_ends(profile):.3f} [" in row
    assert f"| {stats.quadratic_coefficient(profile):.3f} [" in row


def test_table_names_claim_effect_controls_and_verdict(records):
    text = evidence.table(list(records.values()))
    lines = text.splitlines()
    assert len(lines) == 2 + len(records)
    assert "distance_matched" in lines[2]
    assert f"**{verdict(records[1])}**" in lines[2]
