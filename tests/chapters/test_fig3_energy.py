"""Figure 3's statistics on energies and timings that are planted, and its plots and tables."""

import io
import re
import warnings
from dataclasses import replace

import matplotlib.image
import numpy as np
import pytest
import tiny_models
import xarray as xr
from scipy.stats import rankdata

from synergycore import claims, energy, evidence, figure3, phiid, stats
from synergycore.claims import Estimate
from synergycore.cost import Costs, Counts
from synergycore.evidence import uniform
from synergycore.figure3 import chance, cost_prose, depth, prose, tracking, verdicts

LAYERS, HEADS, PROMPTS, ROUNDS = 12, 4, 6, 30
HUMP = 1 + np.exp(-(((np.arange(LAYERS) - 5.5) / 2) ** 2))
EARLY = 1 + 5 * np.exp(-np.arange(LAYERS) / 2)


def measures(profile, synergy, seed=0, noise=0.03, prompts=PROMPTS):
    """Energy of both is `profile`; energy, size and turn of every addition differ."""
    rng = np.random.default_rng(seed)
    layers = len(profile)

    def noisy(shape):
        return shape * (1 + noise * rng.normal(size=(prompts, layers)))

    def three(shape):
        other = {"attention": noisy(shape[::-1] + 3), "mlp": noisy(np.roll(shape, 3) + 5)}
        return {**other, "both": noisy(shape)}

    by_head = np.repeat(synergy, HEADS) + 0.02 * rng.normal(size=(prompts, layers * HEADS))
    index = np.arange(layers)
    return figure3.Measures(
        layers, three(profile), three(20 + np.sin(index)), three(40 + np.cos(index)),
        2.0 + index, by_head, -by_head,
    )  # fmt: skip


def timed(profile, seed=0, spread=0.01, drift=0.2):
    """Seconds (round, layer), with rounds that are slow as a whole."""
    rng = np.random.default_rng(seed)
    slow = rng.lognormal(sigma=drift, size=(ROUNDS, 1))
    noise = rng.lognormal(sigma=spread, size=(ROUNDS, len(profile)))
    return Costs(1e-3 * np.asarray(profile) * slow * noise, None, "there is no GPU")


FLAT = Counts(np.full(LAYERS, 1e6), np.full(LAYERS, 1e5))


def flat_counts(text=FLAT, layers=LAYERS):
    ramp = np.linspace(1, 2, layers)
    passes = {
        "text": text,
        "long": Counts(3e9 * ramp, 4e6 * ramp[::-1]),
        "step": Counts(5e6 * ramp**2, 6e6 * ramp**3),
    }
    return figure3.Counted(70, 900, [None] * layers, passes)


def evaluation(real, twins=None, seed=0):
    twins = twins or [measures(np.ones(real.layers), np.zeros(real.layers), seed=9)]
    return evidence.Evaluation(
        "toy", real, twins, chapter=figure3.CHAPTER,
        bootstrap_samples=200, null_samples=40, seed=seed,
    )  # fmt: skip


def judged(real, costs=None, counts=FLAT, twin=None, seed=0):
    run = evaluation(real, [twin] if twin else None, seed)
    records = figure3.evaluate(run, costs or timed(np.ones(real.layers)), counts)
    registry = claims.registry()
    found = {r.claim: claims.verdict(registry[r.claim], r) for r in records}
    return found, {r.claim: r for r in records}, run


def energies(run, name="both"):
    return run.real.energy[name].mean(axis=0)


def ranks(run):
    """Synergy and redundancy are opposite, so that rank(syn) − rank(red) is linear in rank(syn)."""
    number = run.real.layers * HEADS
    by_head = rankdata(run.real.sts.mean(axis=0))
    by_layer = (2 * by_head - number - 1).reshape(run.real.layers, HEADS).sum(axis=1)
    return by_layer / (number * HEADS)  # of whole numbers, so that ties stay ties


@pytest.fixture(scope="module")
def hump():
    return judged(measures(HUMP, HUMP))


def test_evidence_brings_exactly_the_controls_of_the_registry(hump):
    _, records, _ = hump
    assert sorted(records) == [13, 14, 15]
    for number, item in records.items():
        assert set(item.controls) == set(claims.registry()[number].roles)
        assert item.unit == claims.registry()[number].unit
        assert item.chapter == figure3.CHAPTER


def test_a_planted_peak_that_follows_synergy_replicates(hump):
    verdict, records, _ = hump
    assert verdict[13] == "replicates"
    assert verdict[14] == "replicates"
    thirds = [HUMP[:4].mean(), HUMP[4:8].mean(), HUMP[8:].mean()]
    expected = thirds[1] - max(thirds[0], thirds[2])
    assert records[13].effect.value == pytest.approx(expected, abs=0.03)
    assert records[14].effect.value > 0.9


def test_a_peak_at_the_start_is_no_peak_in_the_middle():
    verdict, records, _ = judged(measures(EARLY, HUMP))
    assert verdict[13] == verdict[14] == "does not replicate"
    assert records[13].effect.high < 0


def test_a_peak_that_a_twin_has_too_is_only_partly_there():
    verdict, _, _ = judged(measures(HUMP, HUMP), twin=measures(HUMP, HUMP, seed=4))
    assert verdict[13] == "partly"


def test_the_first_two_layers_alone_cannot_hide_a_peak():
    spiked = HUMP + 20 * (np.arange(LAYERS) < 2)
    verdict, records, _ = judged(measures(spiked, HUMP))
    assert verdict[13] == "does not replicate"
    without = records[13].controls["without_first_two"].value
    rest = HUMP[2:]
    thirds = [part.mean() for part in np.array_split(rest, 3)]
    assert without.value == pytest.approx(thirds[1] - max(thirds[0], thirds[2]), abs=0.03)
    assert without.low > 0


def test_tracking_without_the_first_two_layers_really_leaves_them_out():
    planted = HUMP + np.where(np.arange(LAYERS) < 2, [30, 30] + [0] * 10, 0)
    _, records, run = judged(measures(planted, HUMP, noise=0))
    rest = stats.spearman(planted[2:], ranks(run)[2:])
    assert records[14].controls["without_first_two"].value.value == pytest.approx(rest)
    assert rest > 0.9 > records[14].effect.value + 0.3


def test_the_null_is_the_shifted_profile_and_the_margin_effect_minus_null(hump):
    _, records, run = hump
    shifts = [np.roll(ranks(run), k) for k in range(1, LAYERS)]
    expected = [stats.spearman(energies(run), shifted) for shifted in shifts]
    np.testing.assert_allclose(tracking.shifted_tracking(run.real), expected)
    control = records[14].controls["circular_shift"]
    assert control.value.value == pytest.approx(np.mean(expected))
    assert control.margin.value == pytest.approx(records[14].effect.value - np.mean(expected))
    assert control.value.high <= max(expected)
    assert control.margin.low > 0


@pytest.mark.parametrize("name", energy.ADDITIONS)
def test_p_counts_the_shifts_that_reach_the_correlation(hump, name):
    run = hump[2]
    found = [stats.spearman(energies(run, name), np.roll(ranks(run), k)) for k in range(LAYERS)]
    k = sum(value >= found[0] - 1e-9 for value in found[1:])
    assert tracking.shifts_reaching(run.real, name) == k
    assert prose.shift_p(run, name) == f"{k + 1}/12 = {(k + 1) / 12:.2f}"


def test_a_tie_with_a_shift_counts_as_reached():
    twice = np.tile([1.0, 2, 3, 4, 5, 6], 2)
    same = measures(twice, twice, noise=0, prompts=1)
    exact = replace(same, sts=np.repeat(twice, HEADS)[None], rtr=-np.repeat(twice, HEADS)[None])
    assert tracking.shifts_reaching(exact) == 1


def partial_rank_correlation(first, second):
    """By least squares, one profile at a time."""
    design = np.vander(np.arange(len(first), dtype=float), 3)
    left = [
        y - design @ np.linalg.lstsq(design, y, rcond=None)[0]
        for y in (rankdata(first), rankdata(second))
    ]
    return np.corrcoef(*left)[0, 1]


def test_correlation_given_depth_is_that_of_the_residuals_of_ranks():
    first, second = np.random.default_rng(0).normal(size=(2, 5, 9))
    expected = [partial_rank_correlation(x, y) for x, y in zip(first, second, strict=True)]
    np.testing.assert_allclose(depth.correlation_given_depth(first, second), expected)


def test_given_depth_a_shared_trend_is_nothing_and_a_shared_wiggle_under_it_is_seen():
    rng = np.random.default_rng(1)
    trend, wiggle = np.linspace(0, 9, LAYERS), np.tile([1.0, -1.0], LAYERS // 2)
    first, second = trend + rng.normal(size=(2, 400, LAYERS))
    assert depth.correlation(first, second).mean() > 0.8
    assert abs(np.nanmean(depth.correlation_given_depth(first, second))) < 0.05
    against = measures(10 + trend + wiggle, -trend + wiggle, noise=0)
    assert tracking.tracking(against, uniform(against))[0] < 0
    assert tracking.tracking_given_depth(against, uniform(against))[0] > 0.9


def test_given_depth_nothing_is_left_of_a_straight_line_and_of_four_layers():
    line, other = np.arange(9.0), np.random.default_rng(0).normal(size=9)
    assert np.isnan(depth.correlation_given_depth(line, other))
    assert np.isnan(depth.correlation_given_depth(other[:4], other[:4]))
    assert depth.correlation_given_depth(other[:5], other[:5]) == pytest.approx(1)


@pytest.mark.parametrize("shape", chance.SHAPES)
def test_chance_is_the_share_of_unrelated_pairs_that_pass_claim_14(shape):
    rng = np.random.default_rng(3)
    first, second = (chance.profiles(shape, 20, 9, rng) for _ in range(2))
    passed = 0
    for x, y in zip(first, second, strict=True):
        shifted = np.array([stats.spearman(x, np.roll(y, k)) for k in range(1, 9)])
        unshifted = stats.spearman(x, y)
        passed += unshifted > 0 and stats.interval(unshifted - shifted)[0] > 0
    assert chance.chance_of_passing(9, shape, pairs=20, seed=3) == passed / 20
    assert passed > 0


def test_half_of_all_unrelated_trends_pass_claim_14_by_chance():
    assert 0.4 < chance.chance_of_passing(30, "line") < 0.6
    assert 0.1 < chance.chance_of_passing(30, "hump") < 0.3
    assert np.isnan(chance.chance_of_passing(2, "line"))


@pytest.mark.parametrize(
    ("rise", "expected"),
    [(1.0, "does not replicate"), (1.03, "does not replicate"), (1.3, "replicates")],
)
def test_a_dear_middle_is_found_beyond_five_per_cent(rise, expected):
    profile = np.ones(LAYERS)
    profile[4:8] = rise
    verdict, records, _ = judged(measures(HUMP, HUMP), timed(profile))
    assert verdict[15] == expected
    assert records[15].effect.value == pytest.approx(np.log(rise), abs=0.02)


def test_a_dear_middle_that_its_operations_explain_is_only_partly_there():
    profile = np.ones(LAYERS)
    profile[4:8] = 1.3
    for counts in (
        Counts(1e6 * profile, np.full(LAYERS, 1e5)),
        Counts(np.full(LAYERS, 1e6), 1e5 * profile),
    ):
        verdict, records, _ = judged(measures(HUMP, HUMP), timed(profile), counts)
        assert verdict[15] == "partly"
        counted = records[15].controls["analytic_cost"].value
        assert counted.value == counted.low == counted.high == pytest.approx(np.log(1.3))


def test_slow_rounds_do_not_widen_the_interval_of_a_contrast_within_rounds():
    rng = np.random.default_rng(0)
    steady = verdicts.costly(timed(np.ones(LAYERS), spread=1e-6), 200, rng)
    assert np.ptp(steady.draws) < 1e-4
    noisy = verdicts.costly(timed(np.ones(LAYERS), spread=0.1), 200, rng)
    assert np.ptp(noisy.draws) > 0.01


def test_a_few_disturbed_readings_move_neither_the_contrast_nor_its_interval():
    disturbed = timed(np.ones(LAYERS), spread=1e-3, drift=0)
    disturbed.seconds[:3, 4:8] *= 1000
    found = verdicts.costly(disturbed, 200, np.random.default_rng(0))
    assert abs(found.point) < 0.01
    assert np.abs(found.draws).max() < 0.01


def test_joules_take_the_place_of_seconds_where_they_are_had():
    profile = np.ones(LAYERS)
    profile[4:8] = 1.3
    costs = replace(timed(np.ones(LAYERS)), joules=timed(profile).seconds[:7])
    found = verdicts.costly(costs, 50, np.random.default_rng(0))
    assert found.point == pytest.approx(np.log(1.3), abs=0.02)


def recorded(tau_steps=40):
    rng = np.random.default_rng(0)
    signal = 5 + rng.normal(size=(2, 3, 2, tau_steps))
    h, a, m = rng.normal(size=(3, 2, 3, 9, 16))
    pairs = {"hh": (h, h), "aa": (a, a), "mm": (m, m), "ha": (h, a), "hm": (h, m), "am": (a, m)}
    gram = np.stack([(x * y).sum(-1) for x, y in pairs.values()], axis=-1)
    return xr.Dataset(
        {
            "z_norm": (("prompt", "layer", "head", "step"), signal),
            "residual_gram": (("prompt", "layer", "position", "product"), gram),
        },
        coords={"product": list(pairs)},
    )


@pytest.mark.parametrize("tau", [1, 3])
def test_measures_are_the_energies_and_scores_of_a_recording(tau):
    recording = recorded()
    found = figure3.measure(recording, tau=tau)
    size, turn = energy.factors(recording)
    for name in energy.ADDITIONS:
        per_token = energy.energies(recording)[name]
        np.testing.assert_allclose(found.energy[name], per_token.mean(axis=-1))
        np.testing.assert_allclose(found.size[name], size[name].mean(axis=-1))
        np.testing.assert_allclose(found.turn[name], turn[name].mean(axis=-1))
    atoms = phiid.decompose_pairs(recording.z_norm.values[1].reshape(6, 40), tau=tau)
    np.testing.assert_allclose(found.sts[1], np.nanmean(atoms["sts"], axis=1))
    np.testing.assert_allclose(found.rtr[1], np.nanmean(atoms["rtr"], axis=1))
    np.testing.assert_allclose(found.stream, energy.stream_size(recording))


def test_same_seed_gives_the_same_evidence(hump):
    assert judged(measures(HUMP, HUMP))[1] == hump[1]
    assert judged(measures(HUMP, HUMP), seed=1)[1] != hump[1]


@pytest.mark.parametrize("layers", [1, 2])
def test_one_or_two_layers_decide_nothing_and_crash_nothing(layers):
    real, costs = measures(HUMP[:layers], HUMP[:layers]), timed(np.ones(layers))
    counted = flat_counts(Counts(np.full(layers, 1e6), np.full(layers, 1e5)), layers)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        verdict, records, run = judged(real, costs, counted.text)
    assert set(verdict.values()) == {"does not replicate"}
    assert not records[13].effect.defined
    assert not records[15].effect.defined
    said = figure3.cost_sentences(costs, counted, list(records.values()))
    assert "the measured cost is not defined" in said["flat"]
    assert f"/{layers} = " in figure3.sentences(run)["p"]
    assert "none left" in figure3.thirds_table(run)
    assert figure3.tracking_table(run).count("nan [nan, nan]") >= 6
    assert figure3.cost_table(costs, counted)
    figure3.plots.rank_scatters(**figure3.rank_scatter(run))
    figure3.plots.costs(**figure3.cost_curves(costs, counted))


def test_a_mixture_of_experts_leaves_claim_15_without_its_control_and_decides_the_others():
    model = tiny_models.build("qwen3_moe", num_experts=4, moe_intermediate_size=8)
    counted = figure3.counted(model, 10)
    assert (counted.text, dict(counted.passes)) == (None, {})
    dear = np.ones(LAYERS)
    dear[4:8] = 1.3
    costs = timed(dear)
    verdict, records, _ = judged(measures(HUMP, HUMP), costs, counted.text)
    assert verdict == {13: "replicates", 14: "replicates", 15: "partly"}
    assert not records[15].controls["analytic_cost"].value.defined
    table = figure3.cost_table(costs, counted).splitlines()
    assert len(table) == 4
    assert "not counted (Qwen3MoeForCausalLM has num_" in table[-1]
    said = figure3.cost_sentences(costs, counted, list(records.values()))
    assert said["pass_operations"] == "a number of operations that was not counted"
    assert "nothing was counted to compare with" in said["flat"]
    figure = figure3.plots.costs(**figure3.cost_curves(costs, counted))
    assert figure.axes[1].get_title("left") == "operations and bytes were not counted"


def test_what_is_counted_is_the_text_a_long_one_and_its_last_token(monkeypatch):
    monkeypatch.setattr("synergycore.figure3.counts.LONG", 50)
    model = tiny_models.build("gemma3_text")
    found = figure3.counted(model, 20)
    assert (found.tokens, found.long, found.windows) == (20, 50, [8, 8, None])
    pairs = {"text": 4 * 4 * 16 * sum(t - 8 for t in range(9, 21)), "step": 4 * 4 * 16 * 42}
    for key, missing in pairs.items():
        operations = found.passes[key].operations
        assert operations[2] - operations[0] == missing
    assert found.text is found.passes["text"]
    assert found.labels["step"] == "1 token after 49"
    monkeypatch.setattr("synergycore.figure3.counts.LONG", 8192)
    assert figure3.counted(model, 20).long == 96  # the whole context


def test_the_table_of_thirds_holds_every_addition_with_and_without_the_first_layers(hump):
    run = hump[2]
    rows = figure3.thirds_table(run).splitlines()[2:]
    assert len(rows) == 6
    for index, row in enumerate(rows):
        name, start = energy.ADDITIONS[index // 2], 2 * (index % 2)
        profile = energies(run, name)[start:]
        early, middle, late = (part.mean() for part in np.array_split(profile, 3))
        rise = min(middle - early, middle - late)
        assert f"| {early:.3f} | {middle:.3f} | {late:.3f} |" in row
        assert f"| {np.argmax(profile) + start} | {rise:.3f} [" in row
        assert figure3.plots.TITLES[name] in row
        assert ("without the first 2" in row) == (start == 2)


def test_the_table_of_correlations_has_p_and_two_other_ways_for_every_addition():
    run = evaluation(measures(EARLY, HUMP))
    rows = figure3.tracking_table(run).splitlines()
    assert "without the first 2 | given depth |" in rows[0]
    for name, row in zip(energy.ADDITIONS, rows[2:], strict=True):
        profile = energies(run, name)
        found = [
            stats.spearman(profile, ranks(run)),
            stats.spearman(profile[2:], ranks(run)[2:]),
            partial_rank_correlation(profile, ranks(run)),
        ]
        cells = [cell.strip() for cell in row.split("|")[1:-1]]
        assert cells[0] == figure3.plots.TITLES[name]
        assert cells[2] == prose.shift_p(run, name)
        for cell, value in zip((cells[1], cells[3], cells[4]), found, strict=True):
            assert cell.startswith(f"{value:.2f} [")


def test_glued_numbers_about_energy_are_those_of_the_measures(hump):
    run = hump[2]
    said = figure3.sentences(run)
    profile, size = energies(run), run.real.size["both"].mean(axis=0)
    assert said["peak_layer"] == str(np.argmax(profile))
    assert said["last_layer"] == "11"
    assert said["first_share"] == f"{100 * (profile[0] + profile[1]) / profile.sum():.0f} %"
    assert said["size_likeness"] == f"{stats.spearman(profile, size):.2f}"
    assert said["stream"] == "2 and 3"
    assert (said["reaching"], said["shifts"]) == ("0", "11")
    assert said["p"] == said["least_p"] == "1/12 = 0.08"
    assert said["chance_line"] == f"{100 * chance.chance_of_passing(12, 'line'):.0f} %"
    assert said["chance_hump"] == f"{100 * chance.chance_of_passing(12, 'hump'):.0f} %"


def test_glued_numbers_about_cost_are_those_of_the_measurement(hump):
    records = list(hump[1].values())
    costs = Costs(np.outer([1.0, 2.0, 3.0, 4.0, 5.0], np.full(LAYERS, 0.1)), None, "of a reason")
    said = figure3.cost_sentences(costs, flat_counts(), records)
    assert said["pass_cost"] == "3.6 s"  # 12 × 0.3
    assert said["pass_operations"] == "0.012 billion counted operations"
    assert said["round_spread"] == "33.3 %"  # (0.4 − 0.2) / (2 × 0.3)
    assert (said["rounds"], said["tokens"], said["long"]) == ("5", "70", "900")
    assert "no joules, because of a reason; claim 15 rests on time" in said["joules"]
    both = replace(costs, joules=np.outer([2.0, 3.0, 6.0], np.ones(LAYERS)))
    said = figure3.cost_sentences(both, flat_counts(), records)
    assert said["pass_cost"] == "3.6 s and 36 J"
    assert "in 3 rounds with a scatter, taken in the same way, of 33.3 %" in said["joules"]
    assert "claim 15 rests on them" in said["joules"]
    assert said["round_spread"] == "33.3 %"


def test_the_table_of_costs_has_seconds_always_and_joules_where_they_are():
    costs = Costs(np.tile(np.repeat([1e-3, 2e-3, 3e-3], 4), (5, 1)))
    rows = figure3.cost_table(costs, flat_counts()).splitlines()[2:]
    contrast = np.log(2 / 3)
    assert rows[0] == f"| measured, milliseconds | 1 | 2 | 3 | 3.000 | {contrast:+.3f} |"
    assert rows[1] == "| 70 tokens: operations, billions | 0.001 | 0.001 | 0.001 | 1.000 | +0.000 |"
    assert rows[2] == "| 70 tokens: megabytes | 0.1 | 0.1 | 0.1 | 1.000 | +0.000 |"
    assert rows[3].startswith("| 900 tokens: operations, billions | 3.41 |")
    assert rows[6].startswith("| 1 token after 899: megabytes |")
    assert len(rows) == 7
    more = replace(costs, joules=4 * np.ones((3, LAYERS)))
    rows = figure3.cost_table(more, flat_counts()).splitlines()[2:]
    assert rows[0].startswith("| measured, milliseconds | 1 |")
    assert rows[1] == "| measured, joules | 4 | 4 | 4 | 1.000 | +0.000 |"


def words(effect, profile, joules=None):
    costs = Costs(np.tile(profile, (5, 1)), joules)
    return cost_prose.flat_sentence(costs, flat_counts(), Estimate(*effect))


ONES = np.ones(LAYERS)


@pytest.mark.parametrize(
    ("effect", "profile", "expected"),
    [
        ((0.0, -0.01, 0.01), ONES, "is flat to within 5 %."),
        ((0.0, -0.01, 0.01), np.repeat([0.5, 1, 1], 4), "is neither flat to within 5 % nor"),
        ((0.0, -0.06, 0.01), ONES, "is neither flat to within 5 % nor"),
        ((0.03, 0.01, 0.06), ONES, "is neither flat to within 5 % nor"),
        ((0.1, 0.06, 0.2), ONES, "is more than 5 % higher in the middle."),
        ((-0.1, -0.2, -0.06), ONES, "is more than 5 % higher at an end than in the middle."),
        ((float("nan"),) * 3, ONES, "is not defined."),
    ],
)
def test_flat_is_said_only_where_interval_and_thirds_say_it(effect, profile, expected):
    assert expected in words(effect, profile)


def test_the_sentence_about_flatness_holds_its_numbers():
    found = words((0.012, -0.01, 0.02), np.linspace(1, 1.25, LAYERS))
    assert "In seconds, the log contrast" in found
    assert "is 0.012 [-0.010, 0.020], and the dearest layer takes 1.25 times" in found
    assert "the contrast is +0.000 in operations and +0.000 in bytes." in found
    assert "In joules" in words((0.0, 0.0, 0.0), ONES, np.ones((5, LAYERS)))


def test_windows_are_mentioned_where_there_are_some():
    without = figure3.counted(tiny_models.build("llama"), 20)
    assert cost_prose.windows_sentence(without) == "Every layer of this model sees the whole text."
    everywhere = figure3.counted(tiny_models.build("mistral"), 20)
    found = cost_prose.windows_sentence(everywhere)
    assert found == "Of this model, 3 of 3 layers see at most 8 tokens."
    mixed = figure3.counted(tiny_models.build("gemma3_text"), 20)
    found = cost_prose.windows_sentence(mixed)
    long, step = mixed.passes["long"], mixed.passes["step"]
    assert "2 of 3 layers see at most 8 tokens" in found
    assert f"{100 * long.operations[0] / long.operations[2]:.0f} % of the operations" in found
    assert f"{100 * step.bytes[0] / step.bytes[2]:.0f} % of the bytes" in found
    assert "read 96 tokens at once" in found


def lines(axes):
    return {line.get_label(): line for line in axes.lines}


def test_energy_is_drawn_by_addition_with_all_twins():
    twins = [measures(np.full(LAYERS, level), ONES, seed=level) for level in (2, 6)]
    run = evaluation(measures(HUMP, HUMP), twins)
    curves = figure3.energy_curves(run)
    axes = figure3.plots.energies(**curves).axes
    for panel, name in zip(axes, energy.ADDITIONS, strict=True):
        drawn = lines(panel)
        twin = np.mean([m.energy[name].mean(axis=0) for m in twins], axis=0)
        np.testing.assert_allclose(drawn["real model"].get_ydata(), energies(run, name))
        np.testing.assert_allclose(drawn["random twin"].get_ydata(), twin)
        assert panel.get_title("left") == figure3.plots.TITLES[name]
    _, low, high = curves["twin"]["both"]
    assert (low < 2.1).all()
    assert (high > 5.9).all()


def test_size_is_drawn_left_and_turn_right(hump):
    run = hump[2]
    axes = figure3.plots.factors(**figure3.factor_curves(run)).axes
    for panel, values, label in zip(
        axes, (run.real.size, run.real.turn), ("size", "turn"), strict=True
    ):
        drawn = lines(panel)
        assert label in panel.get_ylabel()
        for name, title in figure3.plots.NAMES.items():
            np.testing.assert_allclose(drawn[title].get_ydata(), values[name].mean(axis=0))


def test_layers_are_scattered_by_their_own_ranks_with_p():
    run = evaluation(measures(np.linspace(1, 2, LAYERS), HUMP))
    assert len({prose.shift_p(run, name) for name in energy.ADDITIONS}) == 3
    scatter = figure3.rank_scatter(run)
    np.testing.assert_allclose(scatter["synergy"], ranks(run))
    axes = figure3.plots.rank_scatters(**scatter).axes
    for panel, name in zip(axes[:3], energy.ADDITIONS, strict=True):
        dots = np.asarray(panel.collections[0].get_offsets())
        np.testing.assert_allclose(dots[:, 0], rankdata(ranks(run)))
        np.testing.assert_allclose(dots[:, 1], rankdata(energies(run, name)))
        np.testing.assert_allclose(panel.collections[0].get_array(), np.arange(LAYERS))
        title = panel.get_title("left").splitlines()
        assert title[0] == figure3.plots.TITLES[name]
        assert title[1].startswith(f"ρ = {stats.spearman(energies(run, name), ranks(run)):.2f} [")
        assert title[2] == f"p = {prose.shift_p(run, name)}"


def test_both_definitions_are_drawn_on_the_same_prompts_with_bands(hump):
    run = hump[2]
    rng = np.random.default_rng(0)
    update = {
        name: rng.uniform(1, 2 + row, (3, LAYERS)) for row, name in enumerate(["both", "mlp"])
    }
    update["attention"] = 9 + update["mlp"]
    for values in update.values():
        values[:, 0] = np.nan
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        curves = figure3.definition_curves(run, 2, update)
    axes = figure3.plots.two_definitions(**curves).axes
    for name, title in figure3.plots.NAMES.items():
        left, right = (lines(panel)[title].get_ydata() for panel in axes)
        np.testing.assert_allclose(left, run.real.energy[name][::2].mean(axis=0))
        np.testing.assert_allclose(right, update[name].mean(axis=0))
        middle, low, high = (curve[1:] for curve in curves["update"][name])
        assert ((low < middle) & (middle < high)).all()
        assert (low >= update[name][:, 1:].min(axis=0)).all()


def test_costs_are_drawn_relative_to_the_median_layer_and_what_each_line_says(hump):
    costs = timed(HUMP, spread=0.1)
    counted = flat_counts(Counts(HUMP, HUMP[::-1] ** 2))
    axes = figure3.plots.costs(**figure3.cost_curves(costs, counted)).axes
    middle = np.median(costs.seconds, axis=0)
    drawn = lines(axes[0])["seconds, median and quartiles"].get_ydata()
    np.testing.assert_allclose(drawn, middle / np.median(middle))
    expected = {
        "operations, 70 tokens": counted.passes["text"].operations,
        "bytes, 70 tokens": counted.passes["text"].bytes,
        "operations, 900 tokens": counted.passes["long"].operations,
        "bytes, 1 token after 899": counted.passes["step"].bytes,
    }
    assert set(lines(axes[1])) == set(expected)
    for label, values in expected.items():
        relative = values / np.median(values)
        np.testing.assert_allclose(lines(axes[1])[label].get_ydata(), relative)
    more = replace(costs, joules=timed(EARLY).seconds[:6])
    axes = figure3.plots.costs(**figure3.cost_curves(more, counted)).axes
    middle = np.median(more.joules, axis=0)
    joules = lines(axes[0])["joules, median and quartiles"].get_ydata()
    np.testing.assert_allclose(joules, middle / np.median(middle))
    np.testing.assert_allclose(lines(axes[0])["seconds, median and quartiles"].get_ydata(), drawn)


def test_plots_are_labelled_and_opaque(hump):
    run = hump[2]
    update = {name: np.full((3, LAYERS), 2.0) for name in energy.ADDITIONS}
    made = [
        figure3.plots.energies(**figure3.energy_curves(run)),
        figure3.plots.factors(**figure3.factor_curves(run)),
        figure3.plots.rank_scatters(**figure3.rank_scatter(run)),
        figure3.plots.two_definitions(**figure3.definition_curves(run, 2, update)),
        figure3.plots.costs(**figure3.cost_curves(timed(HUMP), flat_counts())),
    ]
    for figure in made:
        buffer = io.BytesIO()
        figure.savefig(buffer, format="png")
        buffer.seek(0)
        pixels = matplotlib.image.imread(buffer)
        assert pixels.shape[-1] == 3 or (pixels[..., 3] == 1).all()
        for axes in figure.axes:
            assert axes.get_ylabel() or axes.get_title("left")


def test_the_chapter_uses_every_number_that_is_computed_and_no_other(hump, pytestconfig):
    text = (pytestconfig.rootpath / "notebooks/fig3_energy.md").read_text()
    used = set(re.findall(r"\{glue:text\}`(\w+)", text))
    glued = set(re.findall(r'glue\("(\w+)"', text)) - set(
        re.findall(r"\{glue:figure\} (\w+)", text)
    )
    said = figure3.sentences(hump[2])
    said |= figure3.cost_sentences(timed(ONES), flat_counts(), list(hump[1].values()))
    assert used == set(said) | glued


def test_rounds_of_timing_go_with_the_profile():
    assert [figure3.timing_rounds(n) for n in (50, 1000, 2000)] == [5, 25, 40]
