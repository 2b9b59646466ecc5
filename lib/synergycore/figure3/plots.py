"""The plots of Figure 3: numbers in, a figure out."""

from __future__ import annotations

from collections.abc import Mapping

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from scipy.stats import rankdata

from synergycore.claims import Estimate
from synergycore.figures import COLOURS, Band, styled

TITLES = {"attention": "attention, x = a", "mlp": "MLP, x = m", "both": "both, x = a + m"}
NAMES = {name: title.split(",")[0] for name, title in TITLES.items()}
COST_COLOURS = {
    "seconds": "#332288", "joules": "#AA4499", "operations": "#882255", "bytes": "#44AA99",
}  # fmt: skip
COUNTED_LINES = ((6, "-"), (4, "-"), (2.4, "--"), (1.4, ":"))
"""Widths and dashes: lines that lie on one another all stay visible."""


def _by_layer(axes: Axes, **labels: str) -> None:
    axes.set(xlabel="layer", **labels)
    _by_integers(axes.xaxis)


def _by_integers(*axes: Axis) -> None:
    for axis in axes:
        axis.set_major_locator(MaxNLocator(integer=True))


def _curve(axes: Axes, values: Band, colour: str, label: str, style: str = "-") -> None:
    depth = np.arange(len(values[0]))
    axes.fill_between(depth, values[1], values[2], color=colour, alpha=0.22, linewidth=0)
    axes.plot(depth, values[0], style, color=colour, label=label, linewidth=1.6)


@styled
def energies(real: Mapping[str, Band], twin: Mapping[str, Band]) -> Figure:
    """The paper's energy of each addition by layer, model against twin, on a logarithmic scale."""
    figure, axes = plt.subplots(1, 3, figsize=(9.5, 3.6), sharey=True)
    for panel, (name, title) in zip(axes, TITLES.items(), strict=True):
        _curve(panel, twin[name], COLOURS["twin"], "random twin", "--")
        _curve(panel, real[name], COLOURS[name], "real model")
        _by_layer(panel, yscale="log")
        panel.set_title(title)
        panel.legend()
    axes[0].set_ylabel("(‖x‖/‖h‖)(1 − cos(x, h))")
    return figure


@styled
def factors(size: Mapping[str, Band], turn: Mapping[str, Band]) -> Figure:
    """The two factors of the energy by layer."""
    figure, axes = plt.subplots(1, 2, figsize=(9.5, 3.4))
    labels = ("relative size ‖x‖/‖h‖", "turn 1 − cos(x, h)")
    for panel, curves, label in zip(axes, (size, turn), labels, strict=True):
        for name, values in curves.items():
            _curve(panel, values, COLOURS[name], NAMES[name])
        _by_layer(panel, ylabel=label)
    axes[0].set_yscale("log")
    axes[1].axhline(1, color="0.7", linewidth=0.8, zorder=0)
    axes[1].legend()
    return figure


@styled
def rank_scatters(
    synergy: np.ndarray, panels: Mapping[str, tuple[np.ndarray, Estimate, int]]
) -> Figure:
    """Layers by rank of synergy − redundancy and rank of energy, coloured by depth.

    `panels[name]` holds the energy (layer,), its rank correlation, and how many of the L − 1
    shifts along depth reach that.
    """
    figure, axes = plt.subplots(1, 3, figsize=(9.5, 3.5), sharey=True)
    layers = len(synergy)
    for panel, (name, (energy, found, reaching)) in zip(axes, panels.items(), strict=True):
        dots = panel.scatter(
            rankdata(synergy), rankdata(energy), c=np.arange(layers), cmap="viridis", s=28
        )
        _by_integers(panel.xaxis, panel.yaxis)
        panel.set_xlabel("rank of synergy − redundancy")
        panel.set_title(
            f"{TITLES[name]}\nρ = {found.value:.2f} [{found.low:.2f}, {found.high:.2f}]\n"
            f"p = {reaching + 1}/{layers} = {(reaching + 1) / layers:.2f}"
        )
    axes[0].set_ylabel("rank of energy")
    figure.colorbar(dots, ax=list(axes), label="layer", shrink=0.9, ticks=MaxNLocator(integer=True))
    return figure


@styled
def two_definitions(stream: Mapping[str, Band], update: Mapping[str, Band]) -> Figure:
    """The energy against the stream, and against the update of the layer before."""
    figure, axes = plt.subplots(1, 2, figsize=(9.5, 3.2))
    titles = ("against the stream that enters the layer", "against the update of the layer before")
    for panel, curves, title in zip(axes, (stream, update), titles, strict=True):
        for name, values in curves.items():
            _curve(panel, values, COLOURS[name], NAMES[name])
        panel.set_title(title)
        _by_layer(panel, ylabel="energy, dimensionless", yscale="log")
        panel.set_xlim(*axes[0].get_xlim())
    axes[0].legend()
    return figure


@styled
def costs(measured: Mapping[str, Band], counted: Mapping[str, np.ndarray]) -> Figure:
    """Cost of each layer relative to the median layer: measured, and counted (may be empty)."""
    figure, axes = plt.subplots(1, 2, figsize=(9.5, 3.5), sharey=True)
    for name, values in measured.items():
        _curve(axes[0], values, COST_COLOURS[name], f"{name}, median and quartiles")
    for (label, line), (width, dashes) in zip(counted.items(), COUNTED_LINES, strict=False):
        colour = COST_COLOURS[label.split(",")[0]]
        axes[1].plot(line, dashes, color=colour, linewidth=width, alpha=0.8, label=label)
    axes[0].axhline(1, color="0.7", linewidth=0.8, zorder=0)
    axes[0].set_title("measured, each layer alone")
    axes[1].set_title("counted" if counted else "operations and bytes were not counted")
    highest = max(line.max() for line in (*(v[0] for v in measured.values()), *counted.values()))
    for panel in axes:
        _by_layer(panel, ylabel="cost / median layer")
        panel.set_ylim(0, 1.3 * highest)
        if panel.lines:
            panel.legend(loc="lower left")
    return figure
