"""The plots of Figure 2: numbers in, a figure out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from synergycore.claims import Estimate
from synergycore.figure2.layout import Drawing
from synergycore.figures import COLOURS, Band, styled

GRAPHS = ("synergy", "redundancy")


@styled
def networks(drawings: Sequence[Drawing], layers: int) -> Figure:
    """Both networks side by side, a dot a head, coloured by layer."""
    figure, axes = plt.subplots(1, 2, figsize=(9.5, 4.8))
    for panel, drawing, name in zip(axes, drawings, GRAPHS, strict=True):
        segments = list(drawing.positions[drawing.edges])
        panel.add_collection(
            LineCollection(segments, colors=COLOURS[name], alpha=0.3, linewidths=0.5)
        )
        dots = panel.scatter(
            *drawing.positions.T, c=drawing.layer, cmap="viridis", vmin=0, vmax=layers - 1, s=22,
            zorder=3, linewidths=0.3, edgecolors="white",
        )  # fmt: skip
        panel.set_title(f"{name}: {len(drawing.layer)} heads, {len(drawing.edges)} edges")
        panel.set(xticks=[], yticks=[])
        panel.spines[:].set_visible(False)
        panel.margins(0.04)
    figure.colorbar(dots, ax=list(axes), label="layer", shrink=0.8)
    return figure


@styled
def as_published(
    efficiency: Mapping[str, Estimate],
    modularity: Mapping[str, Estimate],
    mean: np.ndarray,
    raw: np.ndarray,
) -> Figure:
    """The paper's two bars with intervals, and efficiency against mean weight.

    `mean` and `raw` (prompt, graph): mean weight and efficiency of every prompt's graphs, nats.
    """
    figure, axes = plt.subplots(1, 3, figsize=(9.5, 3.4), width_ratios=(1, 1, 1.6))
    _bars(axes[0], efficiency, "global efficiency (nats)")
    _bars(axes[1], modularity, "modularity Q")
    for column, name in enumerate(GRAPHS):
        axes[2].plot(
            mean[:, column], raw[:, column], "o", color=COLOURS[name], alpha=0.6, label=name
        )
    ends = np.array([0, np.nanmax(mean)])
    axes[2].plot(ends, ends, color="0.5", linewidth=1, label="efficiency = mean weight", zorder=0)
    axes[2].set(xlabel="mean weight (nats)", ylabel="global efficiency (nats)")
    axes[2].legend()
    return figure


def _bars(axes: Axes, values: Mapping[str, Estimate], label: str) -> None:
    for place, name in enumerate(GRAPHS):
        axes.bar(place, values[name].value, color=COLOURS[name], alpha=0.85)
        _whisker(axes, place, values[name], "0.2")
    axes.set_xticks(range(2), GRAPHS)
    axes.set_ylabel(label)


def _whisker(axes: Axes, place: float, e: Estimate, colour: str) -> None:
    axes.plot([place, place], [e.low, e.high], color=colour, linewidth=1.6)


@styled
def controlled(panels: Mapping[str, Mapping[str, Sequence[Estimate]]]) -> Figure:
    """Each measure of both graphs: the model's, after each shuffle, and in random twins.

    `panels[measure][who]` holds the estimates of the synergy and of the redundancy graph.
    """
    figure, axes = plt.subplots(1, len(panels), figsize=(9.5, 3.6), squeeze=False)
    for panel, (measure, rows) in zip(axes[0], panels.items(), strict=True):
        for place, estimates in enumerate(rows.values()):
            for shift, name, e in zip((-0.12, 0.12), GRAPHS, estimates, strict=True):
                _whisker(panel, place + shift, e, COLOURS[name])
                label = name if place == 0 else None
                panel.plot(place + shift, e.value, "o", color=COLOURS[name], label=label)
        panel.set_xticks(range(len(rows)), [who.replace(" ", "\n") for who in rows], fontsize=9)
        panel.set_ylabel(measure)
        panel.margins(x=0.08)
    axes[0, 0].legend(loc="upper left")
    return figure


@styled
def at_densities(densities: Sequence[float], measures: Mapping[str, Mapping[str, Band]]) -> Figure:
    """Measures on the strongest edges only, against the share of pairs that are kept.

    `measures[label][graph]` is a curve (density,) with its band.
    """
    figure, grid = plt.subplots(2, 2, figsize=(9.5, 5.8), sharex=True)
    share, axes = 100 * np.asarray(densities), grid.ravel()
    for panel, (label, curves) in zip(axes, measures.items(), strict=True):
        for name, (middle, low, high) in curves.items():
            panel.fill_between(share, low, high, color=COLOURS[name], alpha=0.22, linewidth=0)
            panel.plot(share, middle, "o-", color=COLOURS[name], label=name, markersize=4)
        panel.set_ylabel(label)
    for panel in grid[1]:
        panel.set_xlabel("strongest edges kept (%)")
    axes[0].legend()
    return figure


@styled
def rich_clubs(
    fractions: np.ndarray, real: np.ndarray, nulls: Mapping[str, tuple[Band, Band]]
) -> Figure:
    """Rich-club coefficient `real` (graph, fraction) with the bands of the shuffles."""
    figure, axes = plt.subplots(1, 2, figsize=(9.5, 3.4), sharey=True)
    looks = {"same strengths": ("null", "--"), "same distances": ("twin", ":")}
    titles = ("synergy, most synergistic heads", "redundancy, most redundant heads")
    for column, (panel, title) in enumerate(zip(axes, titles, strict=True)):
        for name, both in nulls.items():
            colour, dash = looks[name]
            middle, low, high = both[column]
            panel.fill_between(
                100 * fractions, low, high, color=COLOURS[colour], alpha=0.3, linewidth=0
            )
            panel.plot(100 * fractions, middle, dash, color=COLOURS[colour], label=name)
        panel.plot(
            100 * fractions, real[column], color=COLOURS[GRAPHS[column]], linewidth=1.8,
            label="real model",
        )  # fmt: skip
        panel.set(xlabel="heads in the club (%)", ylabel="weight inside / most possible")
        panel.set_title(title)
        panel.legend()
    return figure
