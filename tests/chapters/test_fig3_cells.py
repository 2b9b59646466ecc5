"""Cells of Figure 3's chapter, run on numbers that are planted."""

import re
from functools import cache, partial

import jupytext
import numpy as np
import pandas as pd
import pytest
import xarray as xr

import tiny_models
from synergycore import cost, settings, stats
from synergycore.claims import fig3_energy as fig3
from synergycore.cost import Costs

LAYERS = 12
HUMP = 1 + np.exp(-(((np.arange(LAYERS) - 5.5) / 2) ** 2))
draw = partial(stats.generator, 0)


def rounds_of(profile, rounds=5):
    """Timings (round, layer) that are `profile` in every round."""
    return xr.DataArray(np.tile(profile, (rounds, 1)), dims=("round", "layer"))


@cache
def chapter():
    return jupytext.read(settings.root() / "notebooks/fig3_energy.md", fmt="md:myst")


def run_cell(line, **given):
    """The names after running the one cell that holds `line`; `shown` are the tables it shows."""
    found = [c.source for c in chapter().cells if c.cell_type == "code" and line in c.source]
    assert len(found) == 1
    names = {"np": np, "pd": pd, "xr": xr, "stats": stats, "fig3": fig3, "draw": draw, "shown": []}
    names |= {"table": lambda frame, digits=3: names["shown"].append(frame), **given}
    names["glue"] = lambda **numbers: names.update(numbers)
    exec(found[0], names)
    return names


def test_half_of_all_unrelated_trends_pass_claim_14_by_chance():
    found = run_cell("def noisy", L=30)
    assert 0.4 < found["lines"] < 0.6
    assert 0.1 < found["humps"] < 0.3
    lines = found["noisy"](found["line"], np.random.default_rng(0))
    slopes = np.polyfit(found["depth"], lines.values.T, 1)[0]
    assert 0.4 < (slopes > 0).mean() < 0.6


def test_the_table_of_thirds_has_every_addition_with_and_without_the_first_layers():
    titles = {"attention": "of a", "both": "of both"}
    noise = 1 + 0.03 * np.random.default_rng(0).normal(size=(2, 6, LAYERS))
    energy = xr.DataArray(
        [HUMP[::-1] + 3, HUMP] * noise.swapaxes(0, 1),
        dims=("prompt", "addition", "layer"),
        coords={"addition": list(titles)},
    )
    weights = stats.bootstrap_weights(6, 100, draw(0, "bootstrap"))
    in_model = partial(stats.over_prompts, weights=weights)
    given = {"TITLES": titles, "energy": energy, "in_model": in_model}
    (frame,) = run_cell('"highest in layer"', **given)["shown"]
    which = ("all layers", "without the first two")
    assert list(frame.index) == [(title, kept) for title in titles.values() for kept in which]
    row = frame.loc["of both", "without the first two"]
    mean = energy.sel(addition="both").mean("prompt")[2:]
    early, middle, late = (float(part.mean()) for part in np.array_split(mean, 3))
    assert [row["early"], row["mid"], row["late"]] == pytest.approx([early, middle, late])
    assert row["highest in layer"] == 2 + int(np.argmax(mean.values))
    contrast = row["mid above the higher end"]
    assert contrast.low < contrast.value < contrast.high
    assert contrast.value == pytest.approx(middle - max(early, late))


def test_given_depth_a_shared_trend_counts_for_nothing_and_a_shared_wiggle_does():
    given_depth = run_cell("def given_depth", score="rank_difference")["given_depth"]
    trend, wiggle = np.linspace(0, 9, LAYERS), np.tile([1.0, -1.0], LAYERS // 2)
    heads = np.arange(4)[None] / 100 + (-trend + wiggle)[:, None]
    against = xr.Dataset(
        {"sts": (("layer", "head"), heads), "rtr": (("layer", "head"), -heads)}
    ).assign(energy=("layer", trend + wiggle))
    assert float(fig3.tracking(against)) < 0
    assert float(given_depth(against)) > 0.9


def meters(costs):
    (frame,) = run_cell("def of_rounds", costs=costs)["shown"]
    return frame


def test_the_table_of_meters_says_what_decides_and_why_there_are_no_joules():
    taken = np.outer([1.0, 2.0, 3.0, 4.0, 5.0], np.full(LAYERS, 0.1))
    seconds = xr.DataArray(taken, dims=("round", "layer"))
    frame = meters(Costs(seconds, None, "of a reason"))
    assert frame.loc["seconds", "rounds"] == 5
    assert frame.loc["seconds", "scatter, %"] == pytest.approx(100 / 3)  # (0.4 − 0.2) / (2 × 0.3)
    assert frame.loc["joules", "rounds"] == "none, because of a reason"
    assert list(frame["decides claim 15"]) == ["yes", "no"]
    frame = meters(Costs(seconds, seconds[:3]))
    assert frame.loc["joules", "rounds"] == 3
    assert list(frame["decides claim 15"]) == ["no", "yes"]


def test_the_table_of_costs_has_what_was_measured_and_what_was_counted():
    seconds = rounds_of(np.repeat([2e-3, 3e-3, 4e-3], 4))
    counted = cost.readings(tiny_models.build("gemma3_text"), 20, longest=50)
    given = {"measured": {"seconds": seconds, "joules": 2 * seconds}, "counted": counted}
    (frame,) = run_cell("def by_depth", **given)["shown"]
    assert list(frame.index)[:2] == ["measured, milliseconds", "measured, millijoules"]
    expected = [36, 2, 3, 4, 2, np.log(3 / 4)]
    np.testing.assert_allclose(frame.loc["measured, milliseconds"], expected)
    long = counted.operations.sel(reading="long").values / 1e9
    row = frame.loc["operations, billions: 50 tokens"]
    assert [row["early"], row["mid"], row["late"]] == pytest.approx(list(long))
    assert row["all layers"] == pytest.approx(long.sum())
    assert len(frame) == 2 + 2 * 3


def test_a_mixture_of_experts_is_said_not_to_be_counted():
    model = tiny_models.build("qwen3_moe", num_experts=4, moe_intermediate_size=8)
    given = {"measured": {"seconds": rounds_of(np.ones(3))}, "counted": cost.readings(model, 10)}
    (frame,) = run_cell("def by_depth", **given)["shown"]
    assert frame.index[-1].startswith("not counted: Qwen3MoeForCausalLM has num_")
    assert frame.iloc[1:].isna().all(axis=None)
    drawn = run_cell("drawn = [", costs=Costs(rounds_of(HUMP)), **{"counted": given["counted"]})
    assert drawn["lines"] == {}


def test_the_lines_of_counts_are_labelled_by_what_they_count():
    counted = cost.readings(tiny_models.build("gemma3_text"), 20, longest=50)
    found = run_cell("drawn = [", costs=Costs(rounds_of(HUMP), rounds_of(HUMP)), counted=counted)
    assert list(found["measured"]) == ["seconds", "joules"]
    assert list(found["lines"]) == [
        "operations, 20 tokens", "bytes, 20 tokens", "operations, 50 tokens",
        "bytes, 1 token after 49",
    ]  # fmt: skip
    step = counted.bytes.sel(reading="step")
    np.testing.assert_array_equal(found["lines"]["bytes, 1 token after 49"], step)


@pytest.mark.parametrize(
    ("architecture", "expected"),
    [
        ("gemma3_text", {"at most 8 tokens": 2, "all before it": 1}),
        ("mistral", {"at most 8 tokens": 3}),
        ("llama", {"all before it": 3}),
    ],
)
def test_what_windows_spare_is_a_share_of_the_widest_view(architecture, expected):
    counted = cost.readings(tiny_models.build(architecture), 20)
    (frame,) = run_cell("reach = pd.DataFrame", counted=counted)["shown"]
    assert dict(frame["layers"]) == expected
    assert list(frame.iloc[-1, 1:]) == [1, 1]
    long = counted.operations.sel(reading="long")
    assert frame.iloc[0, 1] == pytest.approx(float(long[0] / long[2]))
    step = counted.bytes.sel(reading="step")
    assert frame.iloc[0, 2] == pytest.approx(float(step[0] / step[2]))


def test_cells_stay_short_and_assume_no_lag():
    code = [cell.source for cell in chapter().cells if cell.cell_type == "code"]
    assert max(len(source.splitlines()) for source in code) <= 25
    text = (settings.root() / "notebooks/fig3_energy.md").read_text().lower()
    assert not re.search(r"lag.1|at lag \d", text)
