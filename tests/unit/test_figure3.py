"""Figure 3's statistics on energies and timings that are planted, and its plots and tables."""

import io
from dataclasses import replace

import matplotlib.image
import numpy as np
import pytest
import xarray as xr

from synergycore import claims, energy, evidence, figure3, phiid
from synergycore.cost import Costs, Counts
from synergycore.evidence import uniform
from synergycore.figure3 import prose, verdicts

LAYERS, HEADS, PROMPTS, ROUNDS = 12, 4, 6, 30
HUMP = 1 + np.exp(-(((np.arange(LAYERS) - 5.5) / 2) ** 2))
EARLY = 1 + 5 * np.exp(-np.arange(LAYERS) / 2)


def measures(profile, synergy, seed=0):
    rng = np.random.default_rng(seed)
    noise = 1 + 0.03 * rng.normal(size=(3, PROMPTS, LAYERS))
    by_head = np.repeat(synergy, HEADS) + 0.02 * rng.normal(size=(PROMPTS, LAYERS * HEADS))
    values = {name: profile * noise[row] for row, name in enumerate(energy.ADDITIONS)}
    return figure3.Measures(LAYERS, values, values, values, by_head, -by_head)


def timed(profile, seed=0, spread=0.01):
    """Seconds (round, layer), with rounds that are slow as a whole."""
    rng = np.random.default_rng(seed)
    drift = rng.lognormal(sigma=0.2, size=(ROUNDS, 1))
    return Costs(1e-3 * profile * drift * rng.lognormal(sigma=spread, size=(ROUNDS, LAYERS)), None)


FLAT = Counts(np.full(LAYERS, 1e6), np.full(LAYERS, 1e5))


def judged(real, costs=None, counts=FLAT, twin=None, seed=0):
    twins = [twin or measures(np.ones(LAYERS), np.zeros(LAYERS), seed=9)]
    run = evidence.Evaluation(
        "toy", real, twins, chapter=figure3.CHAPTER,
        bootstrap_samples=200, null_samples=40, seed=seed,
    )  # fmt: skip
    records = figure3.evaluate(run, costs or timed(np.ones(LAYERS)), counts)
    registry = claims.registry()
    found = {r.claim: claims.verdict(registry[r.claim], r) for r in records}
    return found, {r.claim: r for r in records}, run


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


def test_smooth_profiles_correlate_by_chance_and_the_shifts_show_how_much():
    trend = np.linspace(1, 2, LAYERS)
    shifted = verdicts.shifted_tracking(measures(trend, trend))
    assert len(shifted) == LAYERS - 1
    assert np.abs(shifted).max() > 0.5
    one = measures(trend, trend)
    ranks = verdicts.rank_profile(one, uniform(one))[0]
    profile = verdicts.energy_profile(one, uniform(one))[0]
    expected = [verdicts.stats.spearman(profile, np.roll(ranks, k)) for k in range(1, LAYERS)]
    np.testing.assert_allclose(shifted, expected)


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


def test_joules_take_the_place_of_seconds_where_they_are_had():
    profile = np.ones(LAYERS)
    profile[4:8] = 1.3
    costs = replace(timed(np.ones(LAYERS)), joules=timed(profile).seconds)
    found = verdicts.costly(costs, 50, np.random.default_rng(0))
    assert found.point == pytest.approx(np.log(1.3), abs=0.02)


def test_measures_are_the_energies_and_scores_of_a_recording():
    rng = np.random.default_rng(0)
    signal = 5 + rng.normal(size=(2, 3, 2, 40))
    h, a, m = rng.normal(size=(3, 2, 3, 9, 16))
    pairs = {"hh": (h, h), "aa": (a, a), "mm": (m, m), "ha": (h, a), "hm": (h, m), "am": (a, m)}
    gram = np.stack([(x * y).sum(-1) for x, y in pairs.values()], axis=-1)
    recording = xr.Dataset(
        {
            "z_norm": (("prompt", "layer", "head", "step"), signal),
            "residual_gram": (("prompt", "layer", "position", "product"), gram),
        },
        coords={"product": list(pairs)},
    )
    found = figure3.measure(recording)
    per_token = energy.energies(recording)["mlp"]
    np.testing.assert_allclose(found.energy["mlp"], per_token.mean(axis=-1))
    atoms = phiid.decompose_pairs(signal[1].reshape(6, 40))
    np.testing.assert_allclose(found.sts[1], np.nanmean(atoms["sts"], axis=1))
    np.testing.assert_allclose(found.rtr[1], np.nanmean(atoms["rtr"], axis=1))


def test_same_seed_gives_the_same_evidence(hump):
    assert judged(measures(HUMP, HUMP))[1] == hump[1]
    assert judged(measures(HUMP, HUMP), seed=1)[1] != hump[1]


def test_tables_hold_the_numbers(hump):
    run = hump[2]
    rows = figure3.thirds_table(run).splitlines()
    assert len(rows) == 2 + 6
    profile = verdicts.energy_profile(run.real, uniform(run.real))[0]
    early, middle, late = verdicts.stats.thirds(profile)
    both = next(row for row in rows if "both" in row)
    assert f"| {early:.3f} | {middle:.3f} | {late:.3f} | {np.argmax(profile)} |" in both
    costs = timed(np.ones(LAYERS))
    table = figure3.cost_table(costs, FLAT)
    assert "measured, milliseconds" in table
    assert "| operations, millions | 1 | 1 | 1 | 1.000 | +0.000 |" in table
    assert "joules" in figure3.cost_table(replace(costs, joules=costs.seconds), FLAT)
    values = figure3.sentences(run, costs, FLAT)
    assert values["peak_layer"] == str(np.argmax(profile))
    assert values["rounds"] == str(ROUNDS)
    assert 0 < prose.round_spread(costs) < 0.5


def test_the_other_definition_has_no_value_in_layer_zero():
    values = {"both": np.column_stack([np.full(3, np.nan), np.arange(6.0).reshape(3, 2)])}
    found = figure3.other_definition(values)["both"]
    np.testing.assert_allclose(found, [np.nan, 2.0, 3.0])


def test_plots_are_labelled_opaque_and_show_their_numbers(hump):
    run = hump[2]
    curves = figure3.energy_curves(run)
    scatter = figure3.rank_scatter(run)
    update = {name: np.full(LAYERS, 2.0) for name in energy.ADDITIONS}
    costs = figure3.cost_curves(timed(HUMP), FLAT, FLAT)
    options = {"what": "seconds", "tokens": 10, "long_tokens": 99}
    made = [
        figure3.plots.energies(**curves),
        figure3.plots.factors(**figure3.factor_curves(run)),
        figure3.plots.rank_scatters(**scatter),
        figure3.plots.two_definitions(curves["real"], update),
        figure3.plots.costs(**costs, **options),
    ]
    for figure in made:
        buffer = io.BytesIO()
        figure.savefig(buffer, format="png")
        buffer.seek(0)
        pixels = matplotlib.image.imread(buffer)
        assert pixels.shape[-1] == 3 or (pixels[..., 3] == 1).all()
        for axes in figure.axes:
            assert axes.get_ylabel() or axes.get_title("left")
    drawn = {line.get_label(): line.get_ydata() for line in made[0].axes[2].lines}
    np.testing.assert_allclose(drawn["real model"], curves["real"]["both"][0])
    assert scatter["panels"]["both"][2] == 0
    np.testing.assert_allclose(np.median(costs["measured"][0]), 1)


def test_rounds_of_timing_go_with_the_profile():
    assert [figure3.timing_rounds(n) for n in (50, 1000, 2000)] == [5, 25, 40]
