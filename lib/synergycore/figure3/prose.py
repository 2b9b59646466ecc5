"""The tables of Figure 3's chapter about the paper's energy, and the numbers in its sentences."""

from __future__ import annotations

from functools import partial

import numpy as np

from synergycore import stats
from synergycore.energy import ADDITIONS
from synergycore.evidence import Evaluation, Statistic, uniform
from synergycore.figure1.prose import estimate, percent
from synergycore.figure3.chance import PAIRS, chance_of_passing
from synergycore.figure3.depth import thirds
from synergycore.figure3.measures import Measures, energy_profile
from synergycore.figure3.plots import TITLES
from synergycore.figure3.tracking import (
    FIRST,
    shifts_reaching,
    tracking,
    tracking_given_depth,
    tracking_without_first,
)
from synergycore.figure3.verdicts import peak


def thirds_table(run: Evaluation[Measures]) -> str:
    """Markdown table: energy by third of the depth, its peak, and the contrast of claim 13."""
    rows = [
        "| energy | | early | mid | late | highest in layer | mid above the higher end |",
        "|:--|:--|--:|--:|--:|--:|--:|",
    ]
    for name in ADDITIONS:
        for who, start in (("all layers", 0), (f"without the first {FIRST}", FIRST)):
            profile = energy_profile(run.real, uniform(run.real), name)[0][start:]
            parts = " | ".join(f"{part:.3f}" for part in thirds(profile))
            highest = np.argmax(profile) + start if profile.size else "none left"
            contrast = _shown(run, partial(peak, name=name, start=start), 3)
            rows.append(f"| {TITLES[name]} | {who} | {parts} | {highest} | {contrast} |")
    return "\n".join(rows)


def tracking_table(run: Evaluation[Measures]) -> str:
    """Markdown table: the correlation of claim 14, its p over shifts, and two other ways to it."""
    rows = [
        f"| energy | ρ with synergy − redundancy | p over shifts | without the first {FIRST} "
        "| given depth |",
        "|:--|--:|--:|--:|--:|",
    ]
    for name in ADDITIONS:
        whole, rest, given = (
            _shown(run, partial(statistic, name=name))
            for statistic in (tracking, tracking_without_first, tracking_given_depth)
        )
        rows.append(f"| {TITLES[name]} | {whole} | {shift_p(run, name)} | {rest} | {given} |")
    return "\n".join(rows)


def _shown(run: Evaluation[Measures], statistic: Statistic, digits: int = 2) -> str:
    found = run.of(statistic).estimate()
    return estimate(found.value, found.low, found.high, digits)


def shift_p(run: Evaluation[Measures], name: str = "both") -> str:
    """(k + 1)/L, as a fraction and as a number."""
    return fraction(shifts_reaching(run.real, name) + 1, run.real.layers)


def fraction(part: int, whole: int) -> str:
    """`3/30 = 0.10`."""
    return f"{part}/{whole} = {part / whole:.2f}"


def sentences(run: Evaluation[Measures]) -> dict[str, str]:
    """Values glued into the text about the paper's energy, by key."""
    m, everyone = run.real, uniform(run.real)
    profile = energy_profile(m, everyone)[0]
    size = stats.weighted_mean(everyone, m.size["both"])[0]
    return {
        "peak_layer": str(int(np.argmax(profile))),
        "last_layer": str(m.layers - 1),
        "first_share": percent(profile[:FIRST].sum() / profile.sum()),
        "size_likeness": f"{float(stats.spearman(profile, size)):.2f}",
        "stream": " and ".join(f"{norm:.3g}" for norm in m.stream[:2]),
        "reaching": str(shifts_reaching(m)),
        "shifts": str(m.layers - 1),
        "p": shift_p(run),
        "least_p": fraction(1, m.layers),
        "chance_line": percent(chance_of_passing(m.layers, "line")),
        "chance_hump": percent(chance_of_passing(m.layers, "hump")),
        "chance_pairs": str(PAIRS),
    }
