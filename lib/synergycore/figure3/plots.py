"""The plots of Figure 3: numbers in, a figure out."""

from __future__ import annotations

from collections.abc import Mapping

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from scipy.stats import rankdata

from synergycore.claims import Estimate
from synergycore.figures import COLOURS, Band, styled

TITLES = {"attention": "attention, x = a", "mlp": "MLP, x = m", "both": "both, x = a + m"}


def _by_layer(axes: Axes, **labels: str) -> None:
    axes.set(xlabel="layer", **labels)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))


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
    for panel, curves, label in zip(
        axes, (size, turn), ("relative size ‖x‖/‖h‖", "turn 1 − cos(x, h)"), strict=True
    ):
        for name, values in curves.items():
            _curve(panel, values, COLOURS[name], TITLES[name].split(",")[0])
        _by_layer(panel, ylabel=label)
    axes[0].set_yscale("log")
    axes[1].axhline(1, color="0.7", linewidth=0.8, zorder=0)
    axes[1].legend()
    return figure


@styled
def rank_scatters(
    synergy: np.ndarray, panels: Mapping[str, tuple[np.ndarray, Estimate, float]]
) -> Figure:
    """Layers by rank of synergy − redundancy and rank of energy, coloured by depth.

    `panels[name]` holds the energy (layer,), its rank correlation, and the share of shifts along
    depth with one at least as high.
    """
    figure, axes = plt.subplots(1, 3, figsize=(9.5, 3.5), sharey=True)
    for panel, (name, (energy, found, beyond)) in zip(axes, panels.items(), strict=True):
        dots = panel.scatter(
            rankdata(synergy), rankdata(energy), c=np.arange(len(synergy)), cmap="viridis", s=28
        )
        panel.set_xlabel("rank of synergy − redundancy")
        panel.set_title(
            f"{TITLES[name]}\nρ = {found.value:.2f} [{found.low:.2f}, {found.high:.2f}]\n"
            f"reached by {100 * beyond:.0f} % of shifts"
        )
    axes[0].set_ylabel("rank of energy")
    figure.colorbar(dots, ax=list(axes), label="layer", shrink=0.9, ticks=MaxNLocator(integer=True))
    return figure


@styled
def two_definitions(stream: Mapping[str, Band], update: Mapping[str, np.ndarray]) -> Figure:
    """The energy against the stream, and against the update of the layer before."""
    figure, axes = plt.subplots(1, 2, figsize=(9.5, 3.2))
    for name in TITLES:
        label = TITLES[name].split(",")[0]
        _curve(axes[0], stream[name], COLOURS[name], label)
        axes[1].plot(update[name], "o-", color=COLOURS[name], label=label, markersize=3)
    axes[0].set_title("against the stream that enters the layer")
    axes[1].set_title("against the update of the layer before")
    for panel in axes:
        _by_layer(panel, ylabel="energy, dimensionless", yscale="log")
    axes[0].legend()
    return figure


@styled
def costs(
    measured: Band, operations: np.ndarray, bytes: np.ndarray, long: np.ndarray,
    *, what: str, tokens: int, long_tokens: int,
) -> Figure:  # fmt: skip
    """Cost of each layer relative to the median layer: measured, and counted.

    `what` says what was measured (seconds or joules), on texts of `tokens` tokens; `long` holds
    the operations on a text of `long_tokens`.
    """
    figure, axes = plt.subplots(1, 2, figsize=(9.5, 3.3), sharey=True)
    _curve(axes[0], measured, COLOURS["mlp"], f"{what}, median and quartiles")
    axes[0].axhline(1, color="0.7", linewidth=0.8, zorder=0)
    axes[0].set_title("measured, each layer alone")
    axes[1].plot(operations, "-", color=COLOURS["rank"], label=f"operations, {tokens} tokens")
    axes[1].plot(bytes, "--", color=COLOURS["null"], label=f"bytes, {tokens} tokens")
    axes[1].plot(long, ":", color=COLOURS["chunks"], label=f"operations, {long_tokens} tokens")
    axes[1].set_title("counted from the config")
    for panel in axes:
        _by_layer(panel, ylabel="cost / median layer")
        panel.set_ylim(0, 1.4 * max(measured[0].max(), operations.max(), long.max()))
        panel.legend(loc="lower left")
    return figure
