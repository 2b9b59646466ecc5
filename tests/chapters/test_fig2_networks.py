"""Figure 2's statistics on networks whose structure is planted, and its plots and tables."""

import io
import logging
from dataclasses import replace

import matplotlib.image
import numpy as np
import pytest

from synergycore import claims, evidence, figure2, graphs, phiid
from synergycore.errors import SynergyError
from synergycore.figure2 import (
    benchmark,
    cores,
    curves,
    layout,
    networks,
    prose,
    shapes,
    shuffled,
    tables,
    verdicts,
)

LAYERS, HEADS, PROMPTS = 6, 6, 6
UNITS = LAYERS * HEADS
PARITY = np.arange(UNITS) % 2


def noisy(pattern, rng, scatter=0.2):
    """Weights (prompt, pair) around a pattern (unit, unit)."""
    values = graphs.edge_weights(pattern * np.ones((UNITS, UNITS)))
    return values * rng.lognormal(sigma=scatter, size=(PROMPTS, values.size))


def planted(synergy, redundancy, seed=0):
    rng = np.random.default_rng(seed)
    edges = np.stack([noisy(synergy, rng), noisy(redundancy, rng)], axis=1)
    means = [
        [graphs.from_edges(values, UNITS).sum(axis=1) / (UNITS - 1) for values in both]
        for both in edges
    ]
    scores = np.array(means)
    return figure2.Networks(LAYERS, scores[:, 0], scores[:, 1], edges, np.zeros((PROMPTS, 2)))


def communities(contrast):
    return 1 + contrast * (PARITY[:, None] == PARITY)


def core(members, contrast):
    """Strong among the members alone."""
    inside = np.isin(np.arange(UNITS), members)
    return 1 + contrast * (inside[:, None] & inside)


def apart(members, inside=3.0):
    """Strong among the members, and weaker towards the others by as much."""
    here, other = np.isin(np.arange(UNITS), members), len(members)
    outside = 1 - (inside - 1) * (other - 1) / (UNITS - other)
    across = here[:, None] ^ here
    return np.where(here[:, None] & here, inside, np.where(across, outside, 1.0))


def strengths(rng, spread=0.6):
    """Strong heads, but who is joined to whom follows from that alone."""
    own = rng.lognormal(sigma=spread, size=UNITS)
    return own * own[:, None]


def ranked_by(synergy):
    """Redundancy is the same for all heads, so that synergy alone ranks them."""
    n = planted(synergy, np.ones((UNITS, UNITS)))
    return replace(n, rtr=np.ones_like(n.rtr))


def judged(n, seed=0):
    """Verdict and evidence of the three claims."""
    real = figure2.measure(n, runs=20, seed=seed)
    run = evidence.Evaluation(
        "toy", real, [real], chapter=figure2.CHAPTER,
        bootstrap_samples=200, null_samples=40, seed=seed,
    )  # fmt: skip
    nulls = {k: figure2.measure_shuffled(n, k, draws=3, seed=seed) for k in figure2.NULLS}
    averages = {k: figure2.average_shapes(n, k, draws=40, seed=seed) for k in figure2.NULLS}
    records = figure2.evaluate(run, nulls, averages)
    registry = claims.registry()
    found = {r.claim: claims.verdict(registry[r.claim], r) for r in records}
    return found, {r.claim: r for r in records}, (run, nulls, averages)


@pytest.fixture(scope="module")
def modular():
    """Redundancy in two communities, synergy without any structure."""
    return judged(planted(np.ones((UNITS, UNITS)), communities(2)))


def test_evidence_brings_exactly_the_controls_of_the_registry(modular):
    _, records, _ = modular
    assert sorted(records) == [10, 11, 12]
    for number, item in records.items():
        assert set(item.controls) == set(claims.registry()[number].roles)
        assert item.unit == claims.registry()[number].unit
        assert item.chapter == figure2.CHAPTER


def test_planted_communities_of_redundancy_replicate_and_those_of_synergy_do_not(modular):
    verdict, records, _ = modular
    assert verdict[11] == "replicates"
    same_half = (UNITS / 2 - 1) / (UNITS - 1)
    within = 3 * same_half / (3 * same_half + 1 - same_half)
    assert records[11].effect.value == pytest.approx(within - 1 / 2, abs=0.05)
    reverse, _, _ = judged(planted(communities(2), np.ones((UNITS, UNITS))))
    assert reverse[11] == "does not replicate"


def test_scattered_weights_make_synergy_efficient_but_so_are_their_shuffles():
    n = planted(np.ones((UNITS, UNITS)), np.ones((UNITS, UNITS)))
    uneven = np.random.default_rng(0).lognormal(sigma=1.2, size=n.edges[:, 0].shape)
    verdict, records, _ = judged(replace(n, edges=np.stack([uneven, n.edges[:, 1]], axis=1)))
    assert records[10].effect.low > 0.1
    assert verdict[10] == "partly"
    for name in figure2.NULLS:
        assert abs(records[10].controls[name].margin.value) < records[10].effect.value / 5


def test_a_core_beyond_its_strengths_replicates_and_one_made_by_strengths_does_not():
    members = np.arange(12, 21)
    uneven = np.random.default_rng(4).lognormal(sigma=0.7, size=UNITS * (UNITS - 1) // 2)
    pattern = apart(members) * graphs.from_edges(uneven, UNITS)
    n = ranked_by(pattern)
    n = replace(n, sts=np.tile(1.0 + np.isin(np.arange(UNITS), members), (PROMPTS, 1)))
    verdict, records, _ = judged(n)
    expected = np.log(graphs.core_ratio(pattern, members))
    assert records[12].effect.value == pytest.approx(expected, abs=0.05)
    assert records[12].controls["strength_preserving"].margin.low > 0.2
    assert verdict[12] == "replicates"
    by_strength, records, _ = judged(ranked_by(strengths(np.random.default_rng(1))))
    assert records[12].effect.low > 0.5
    assert by_strength[12] != "replicates"


def test_the_core_is_chosen_once_and_its_weight_follows_the_bootstrap():
    m = figure2.measure(ranked_by(strengths(np.random.default_rng(3))), runs=1)
    n = m.networks
    members = networks.core_of(n.order)
    rows = np.array([0, 0, 2, 3, 3, 3])
    weights = np.bincount(rows, minlength=PROMPTS)[None] / PROMPTS
    average = graphs.from_edges(n.edges[rows, 0].mean(axis=0), UNITS)
    expected = np.log(graphs.core_ratio(average, members))
    np.testing.assert_allclose(cores.log_core_ratio(m, weights), expected)
    point = cores.log_core_ratio(m, evidence.uniform(m))
    assert figure2.average_shapes(n).log_core[0] == pytest.approx(point[0])


def test_a_head_without_a_series_does_not_move_the_core_of_the_others():
    n = ranked_by(core(np.arange(12, 21), 4))
    first, second = np.triu_indices(UNITS, 1)
    edges = n.edges.copy()
    edges[1, :, (first == 2) | (second == 2)] = np.nan
    m = figure2.measure(replace(n, edges=edges), runs=1)
    whole = figure2.measure(n, runs=1)
    found, expected = (cores.log_core_ratio(one, evidence.uniform(one))[0] for one in (m, whole))
    assert found == pytest.approx(expected, abs=0.02)


def test_shapes_are_the_measures_of_each_prompts_graphs():
    n = planted(communities(1), strengths(np.random.default_rng(0)))
    m = figure2.measure(n, runs=10)
    pair = n.of_prompt(3)
    for column, weights in enumerate(pair.weights):
        assert m.shapes.raw[3, column] == pytest.approx(graphs.global_efficiency(weights))
        mean = graphs.edge_weights(weights).mean()
        assert m.shapes.mean[3, column] == pytest.approx(mean)
        thin = graphs.strongest(weights, 0.15)
        kept = graphs.edge_weights(thin)
        expected = graphs.global_efficiency(thin) / kept[kept > 0].mean()
        assert m.shapes.efficiency_at[3, 2, column] == pytest.approx(expected)
    assert m.shapes.modularity_at.shape == (PROMPTS, len(shapes.DENSITIES), 2)
    assert (m.shapes.best >= m.shapes.modularity).all()
    few = figure2.measure(n, runs=10, densities=())
    assert few.shapes.efficiency_at.shape == (PROMPTS, 0, 2)
    np.testing.assert_array_equal(few.shapes.efficiency, m.shapes.efficiency)


def test_the_scale_of_the_weights_is_taken_out():
    n = planted(communities(1), communities(1))
    larger = replace(n, edges=n.edges * np.array([10.0, 1.0])[:, None])
    before, after = (figure2.measure(one, runs=5).shapes for one in (n, larger))
    np.testing.assert_allclose(before.efficiency, after.efficiency)
    np.testing.assert_allclose(before.raw * [10, 1], after.raw)


def test_agreement_with_layers_is_one_where_layers_are_the_communities():
    layer = np.arange(UNITS) // HEADS
    by_layer = 1 + 30 * (layer[:, None] == layer)
    found = figure2.measure(planted(by_layer, np.ones((UNITS, UNITS))), runs=10).shapes.agreement
    np.testing.assert_allclose(found[:, 0], 1)
    assert (found[:, 1] < 0.5).all()


def test_a_null_draws_one_shuffle_per_prompt_and_weighs_prompts_as_the_effect_does(modular):
    run = modular[2][0]
    constant = np.tile(np.arange(PROMPTS, dtype=float)[:, None], (1, 4))
    sampled = verdicts.null_of(run, "shuffle", constant)
    assert sampled.point == pytest.approx(2.5)
    np.testing.assert_allclose(sampled.draws, run.weights @ np.arange(PROMPTS))
    spread = verdicts.null_of(run, np.tile([[-1.0, 1.0]], (PROMPTS, 1)))
    assert spread.draws.std() == pytest.approx(np.sqrt((run.weights**2).sum(1).mean()), rel=0.3)


def test_networks_hold_the_atoms_of_every_prompt_and_leave_constant_heads_out(caplog):
    rng = np.random.default_rng(0)
    signal = 5 + rng.normal(size=(3, 4, 3, 60))
    signal[:, :, :, 1:] += 0.8 * signal[:, :, ::-1, :-1]
    signal[1, 2, 0] = 7.0
    with caplog.at_level(logging.WARNING):
        n = figure2.measure_networks(signal)
    assert "prompt 1: 1 of 12 heads are left out of its graphs (heads 6)" in caplog.text
    atoms = phiid.decompose_pairs(signal[0].reshape(12, 60))
    pair = n.of_prompt(0)
    np.testing.assert_allclose(pair.weights[1], np.nan_to_num(atoms["rtr"]))
    np.testing.assert_allclose(pair.weights[0], np.maximum(np.nan_to_num(atoms["sts"]), 0))
    negative = np.mean(graphs.edge_weights(atoms["sts"]) < 0)
    assert n.clipped[0, 0] == pytest.approx(negative)
    assert 6 not in n.of_prompt(1).units
    assert len(n.of_prompt(1).weights[0]) == 11
    assert len(n.average.units) == 12
    np.testing.assert_array_equal(n.of_prompt(1).layer, np.repeat(range(4), [3, 3, 2, 3]))
    assert np.isfinite(figure2.measure(n, runs=2).shapes.efficiency).all()


def test_layer_matched_sets_have_as_many_heads_in_every_layer():
    layer = np.arange(UNITS) // HEADS
    members = np.array([0, 1, 2, 7, 30, 35])
    drawn = cores.layer_matched(members, layer, np.random.default_rng(0))
    np.testing.assert_array_equal(np.bincount(layer[drawn]), np.bincount(layer[members]))
    assert len(set(drawn)) == len(members)
    assert set(drawn) != set(members)


def test_subsets_are_graphs_of_their_own():
    members = np.arange(12, 21)
    found = figure2.subset_shapes(ranked_by(core(members, 4)), draws=3)
    assert found["abstract"].shape == (PROMPTS, 1, 2, 3)
    assert found["memory random"].shape == (PROMPTS, 3, 2, 3)
    mean = found["abstract"][:, 0, 0, 0].mean()
    assert mean == pytest.approx(5 * np.exp(0.02), rel=0.05)
    assert found["memory"][:, 0, 0, 0].mean() == pytest.approx(np.exp(0.02), rel=0.05)
    assert 1 < found["abstract random"][:, :, 0, 0].mean() < mean


def test_both_networks_are_drawn_by_one_rule():
    n = planted(communities(3), strengths(np.random.default_rng(0)))
    swapped = replace(n, edges=n.edges[:, ::-1])
    first, second = figure2.draw(n, seed=1)
    again, other = figure2.draw(swapped, seed=1)
    np.testing.assert_array_equal(first.positions, other.positions)
    np.testing.assert_array_equal(second.positions, again.positions)
    most = round(layout.density(UNITS) * UNITS * (UNITS - 1) / 2)
    assert 0.9 * most < min(len(first.edges), len(second.edges)) <= most


def test_modules_are_drawn_and_strays_are_not():
    sizes = (11, 10, 3, 3, 2, 2)  # as many edges as are drawn of 36 heads
    pieces = np.zeros((UNITS, UNITS))
    for size, end in zip(sizes, np.cumsum(sizes), strict=True):
        pieces[end - size : end, end - size : end] = 1
    drawn, _ = figure2.draw(planted(pieces + 1e-6, np.ones((UNITS, UNITS))))
    assert len(drawn.layer) == 21


def test_same_seed_gives_the_same_evidence(modular):
    _, records, _ = modular
    again = judged(planted(np.ones((UNITS, UNITS)), communities(2)))[1]
    assert records == again
    assert records != judged(planted(np.ones((UNITS, UNITS)), communities(2)), seed=1)[1]


def cell(table, label, column):
    """Text of one cell of a Markdown table, the row given by how it begins."""
    row = next(line for line in table.splitlines() if line.startswith(f"| {label}"))
    return row.split("|")[1 + column].strip()


def leading(text):
    return float(text.split(" ")[0].replace("−", "-"))


def test_the_table_of_shapes_holds_means_and_paired_differences(modular):
    run = modular[2][0]
    table = figure2.shape_table(run)
    assert len(table.splitlines()) == 2 + len(tables.ROWS)
    for label, field in tables.ROWS.items():
        values = getattr(run.real.shapes, field).mean(axis=0)
        found = [leading(cell(table, label, column)) for column in (1, 2, 3)]
        np.testing.assert_allclose(found, [*values, values[0] - values[1]], atol=6e-4)


def test_z_scores_are_deviations_from_a_prompts_shuffles_in_shared_spreads():
    rng = np.random.default_rng(0)
    level = np.arange(400.0)[:, None]  # prompts differ, and that is not the spread
    draws = level[:, None] + rng.normal(scale=[1.0, 3.0], size=(400, 3, 2))
    scores = shuffled.z_scores(level + np.array([2.0, -6.0]), draws)
    np.testing.assert_allclose(scores.mean(axis=0), [2, -2], atol=0.3)
    same = shuffled.z_scores(level * [1, 1], np.tile(level[:, None], (1, 3, 2)))
    assert np.isnan(same).all()


def test_the_tables_of_z_scores_show_prompts_and_averages(modular):
    run, nulls, averages = modular[2]
    table = figure2.z_table(run, nulls)
    assert len(table.splitlines()) == 2 + 2 * len(tables.Z_ROWS)
    row = "modularity | same strengths"
    synergy, redundancy, difference = (leading(cell(table, row, c)) for c in (2, 3, 4))
    assert redundancy > 5 > abs(synergy)
    assert difference == pytest.approx(synergy - redundancy, abs=0.11)
    average = figure2.average_shapes(run.real.networks)
    table = figure2.average_z_table(average, averages)
    assert leading(cell(table, row, 3)) > 5
    assert cell(table, "efficiency at mean weight 1 | same distances", 2) == "constant"


def test_clubs_of_both_graphs_take_their_own_heads_and_shuffles_keep_them():
    members, others = np.arange(12, 21), np.arange(27, 36)
    n = planted(core(members, 4), core(others, 4))
    here, there = (np.tile(np.isin(np.arange(UNITS), m), (PROMPTS, 1)) for m in (members, others))
    n = replace(n, sts=1.0 + here, rtr=1.0 + there)
    synergistic, redundant = n.clubs()
    assert set(synergistic) == set(members)
    assert set(redundant) == set(others)
    m = figure2.measure(n, runs=1)
    np.testing.assert_allclose(m.shapes.club, 1, atol=0.1)
    np.testing.assert_allclose(m.shapes.club_at, 1, atol=0.1)
    null = figure2.measure_shuffled(n, "distance_matched", draws=2)
    assert null.club.shape == (PROMPTS, 2, 2)
    assert (null.club < 0.7).all()


def test_communities_at_densities_agree_with_layers_where_these_are_the_communities():
    layer = np.arange(UNITS) // HEADS
    n = planted(1 + 30 * (layer[:, None] == layer), np.ones((UNITS, UNITS)))
    m = figure2.measure(n, runs=10)
    np.testing.assert_allclose(m.shapes.agreement[:, 0], 1)
    np.testing.assert_allclose(m.shapes.in_blocks[:, 0], 1)
    assert (m.shapes.agreement_at[:, 1, 0] > 0.9).all()
    assert (m.shapes.modularity_at[:, 1, 0] > m.shapes.modularity_at[:, 1, 1]).all()
    assert (m.shapes.spread[:, 1] > 0).any()
    assert (m.shapes.best > m.shapes.modularity).any()
    same_distances = figure2.measure_shuffled(n, "distance_matched", draws=2)
    assert (same_distances.agreement[..., 0] > 0.9).all()  # what makes layers stays in them


def test_blocks_are_stretches_of_layers():
    np.testing.assert_array_equal(
        shapes.blocks(np.repeat(np.arange(6), 2), 3), np.repeat([0, 1, 2], 4)
    )


def test_equal_density_of_claim_10_is_synergy_minus_redundancy():
    uneven = strengths(np.random.default_rng(0), spread=1.5)
    run = judged(planted(uneven, np.ones((UNITS, UNITS))))[2][0]
    shape = run.real.shapes
    expected = (shape.efficiency_at[..., 0] - shape.efficiency_at[..., 1]).mean()
    assert abs(expected) > 0.01
    assert run.of(verdicts.integration_at_densities).point == pytest.approx(expected)
    curve = figure2.density_curves(run)["measures"]["efficiency, kept edges at mean 1"]
    np.testing.assert_allclose(curve["synergy"][0], shape.efficiency_at[..., 0].mean(axis=0))


def test_the_nulls_of_claim_11_are_redundancy_minus_synergy(modular):
    _, records, (_, nulls, _) = modular
    for name, null in nulls.items():
        expected = (null.modularity[..., 1] - null.modularity[..., 0]).mean()
        assert records[11].controls[name].value.value == pytest.approx(expected)
        assert abs(expected) > 1e-3


def test_synergy_made_of_minima_is_what_independent_heads_have():
    rng = np.random.default_rng(0)
    signal = rng.normal(size=(2, 3, 2, 4000))
    for t in range(1, 4000):
        signal[..., t] += np.linspace(0.3, 0.9, 6).reshape(3, 2) * signal[..., t - 1]
    n = figure2.measure_networks(signal)
    minima = figure2.self_prediction(n, signal)
    np.testing.assert_allclose(minima.edges[:, 0], n.edges[:, 0], atol=0.02)
    np.testing.assert_array_equal(minima.edges[:, 1], n.edges[:, 1])
    np.testing.assert_allclose(minima.sts, n.sts, atol=0.02)
    assert figure2.measure(minima, runs=1).shapes.direct[:, 0] == pytest.approx(1)


def test_the_table_without_interaction_repeats_the_statistics_of_the_claims(modular):
    run = modular[2][0]
    even = figure2.measure(planted(np.ones((UNITS, UNITS)), np.ones((UNITS, UNITS))), runs=2)
    table = figure2.unpaired_table(run, {"a": run.real, "b": even})
    row = "11. modularity"
    assert cell(table, row, 1) == cell(table, row, 2)
    assert leading(cell(table, row, 1)) == pytest.approx(
        run.of(verdicts.segregation).point, abs=6e-4
    )
    assert abs(leading(cell(table, row, 3))) < 0.02


def test_subsets_are_compared_beyond_random_heads_of_their_layers(modular):
    run = modular[2][0]
    shape = (PROMPTS, 1, 2, len(cores.SUBSET_MEASURES))
    names = ("abstract", "memory", "abstract random", "memory random")
    subsets = {name: np.zeros(shape) for name in names}
    subsets["abstract"][..., 0, 1] = 3.0  # efficiency of synergy: as the sentence says
    subsets["memory"][..., 0, 1] = 1.0
    subsets["abstract random"][..., 0, 1] = 0.5
    subsets["abstract"][..., 1, 2] = 2.0  # modularity of redundancy: the reverse
    table = figure2.subset_table(run, subsets)
    row = "synergy | efficiency"
    assert [leading(cell(table, row, c)) for c in (2, 3, 4, 5)] == [3, 1, 2, 1.5]
    counts = prose.subset_counts(run, subsets)
    assert counts == {
        "subsets": "4", "subsets_for": "1", "subsets_against": "1", "subsets_open": "2"
    }  # fmt: skip


def test_subset_measures_stand_in_their_order():
    n = ranked_by(core(np.arange(12, 21), 4))
    pair = n.of_prompt(0)
    places = pair.find(n.clubs()[0])
    weights = pair.weights[0][np.ix_(places, places)]
    found = figure2.subset_shapes(n, draws=1)["abstract"][0, 0, 0]
    normalised = weights / graphs.edge_weights(weights).mean()
    assert found[:2] == pytest.approx(
        [graphs.edge_weights(weights).mean(), graphs.global_efficiency(normalised)]
    )


def test_sentences_hold_the_numbers(modular):
    run = modular[2][0]
    subsets = figure2.subset_shapes(run.real.networks, draws=2)
    others = {"other prompts": run.real, "only minima": run.real}
    values = figure2.sentences(run, others, subsets)
    first, second = values["identity"].split(" and ")
    assert first == second
    shape = run.real.shapes
    detour = 100 * (shape.efficiency[:, 1].mean() - 1)
    assert values["detour_redundancy"] == f"{detour:.0f} %"
    assert values["direct_synergy"] == f"{100 * shape.direct[:, 0].mean():.0f} %"
    assert values["ratio"] == f"{shape.mean[:, 0].mean() / shape.mean[:, 1].mean():.1f}"
    assert values["modular_minima"] == values["modular_real"]
    assert values["same_text"] == f"{100 / PROMPTS:.1f} %"
    assert float(values["minimum"]) > float(values["minimum_shuffled"]) > 0.3


def bad_prompt(kind):
    n = planted(communities(2), communities(2))
    edges = n.edges.copy()
    if kind == "empty":
        edges[1] = 0
    elif kind == "undefined":
        edges[1] = np.nan
    else:  # only three heads are defined
        first, second = np.triu_indices(UNITS, 1)
        edges[1, :, (first > 2) | (second > 2)] = np.nan
    return replace(n, edges=edges)


@pytest.mark.parametrize("kind", ["empty", "undefined", "three heads"])
def test_a_prompt_without_a_graph_is_left_out_and_the_others_decide(kind):
    n = bad_prompt(kind)
    _, records, (run, nulls, _) = judged(n)
    whole = judged(planted(communities(2), communities(2)))[1]
    assert np.isnan(run.real.shapes.modularity[1]).all()
    assert np.isnan(nulls["distance_matched"].efficiency[1]).all()
    for number, item in records.items():
        assert item.effect.defined
        assert all(control.value.defined for control in item.controls.values())
        assert item.effect.value == pytest.approx(whole[number].effect.value, abs=0.05)
    subsets = figure2.subset_shapes(n, draws=2)
    assert np.isnan(subsets["abstract"][1, ..., 1]).all()
    assert "nan" not in figure2.subset_table(run, subsets)


def test_a_model_of_one_layer_runs_through():
    n = replace(planted(communities(2), np.ones((UNITS, UNITS))), layers=1)
    m = figure2.measure(n, runs=2)
    assert np.isfinite(m.shapes.modularity).all()
    np.testing.assert_allclose(m.shapes.agreement, 0)
    assert np.isfinite(figure2.measure_shuffled(n, "distance_matched", draws=2).efficiency).all()


def test_an_unknown_shuffle_is_refused():
    n = planted(communities(2), communities(2))
    with pytest.raises(SynergyError, match="unknown shuffle 'strength_perserving'"):
        figure2.measure_shuffled(n, "strength_perserving", draws=1)


def test_the_benchmark_table_compares_with_libraries(tmp_path, monkeypatch):
    row = {"what": "paths", "way": benchmark.OURS, "repeats": 1}
    result = {
        "peak_memory_bytes": 2e9,
        "rows": [
            {**row, "heads": 10, "seconds": 0.5}, {**row, "heads": 20, "seconds": 2.0},
            {**row, "heads": 10, "seconds": 1.5, "way": "scipy"},
        ],
    }  # fmt: skip
    table = figure2.benchmark_table(result)
    assert cell(table, "paths | this book", 2) == "500 ms"
    assert cell(table, "paths | scipy", 2) == "1.5 s (3.0 times)"
    assert cell(table, "paths | scipy", 3) == "not run"
    monkeypatch.setenv("SYNERGY_ROOT", str(tmp_path))
    with pytest.raises(SynergyError, match=r"run python benchmarks/graphs\.py"):
        figure2.read_benchmark()


def drawings(case):
    run, nulls, averages = case[2]
    n = run.real.networks
    clubs = figure2.club_curves(figure2.average_shapes(n), averages)
    panels = figure2.controlled_panels(run, nulls, {"only minima": run.real})
    return {
        "networks": figure2.plots.networks(figure2.draw(n), LAYERS),
        "bars": figure2.plots.as_published(**figure2.published_bars(run)),
        "controlled": figure2.plots.controlled(panels),
        "densities": figure2.plots.at_densities(**figure2.density_curves(run)),
        "clubs": figure2.plots.rich_clubs(**clubs),
    }


def test_plots_are_labelled_opaque_and_show_their_numbers(modular):
    made = drawings(modular)
    for figure in made.values():
        buffer = io.BytesIO()
        figure.savefig(buffer, format="png")
        buffer.seek(0)
        pixels = matplotlib.image.imread(buffer)
        assert pixels.shape[-1] == 3 or (pixels[..., 3] == 1).all()
        for axes in figure.axes:
            assert axes.get_ylabel() or axes.get_title("left")
    run = modular[2][0]
    bars = made["bars"].axes[0].patches
    np.testing.assert_allclose([bar.get_height() for bar in bars], run.real.shapes.raw.mean(axis=0))
    places = [tick.get_text() for tick in made["controlled"].axes[0].get_xticklabels()]
    rows = ["real model", *curves.NAMES.values(), "only minima", "random twin"]
    assert [place.replace("\n", " ") for place in places] == rows


def test_shares_of_a_core_and_draws_of_a_null():
    assert len(networks.core_of(np.arange(270))) == round(0.25 * 270)
    assert len(networks.core_of(np.arange(4), 0.05)) == 2
    assert [figure2.null_draws(n) for n in (20, 200, 1000)] == [2, 3, 5]
    assert networks.ATOMS == ("sts", "rtr")
