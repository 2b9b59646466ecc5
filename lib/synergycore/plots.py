"""The forms that the book draws, for anyone's data; a panel is composed in its chapter's cell.

One colour keeps one meaning throughout (Okabe–Ito, safe for colour-blind readers); the ground is
opaque, so that a figure reads the same on a light page and on a dark one.
"""

from __future__ import annotations

from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.ticker import MaxNLocator

from synergycore.stats import Estimate, band, checks

COLOURS = {
    "synergy": "#D55E00",
    "redundancy": "#0072B2",
    "rank": "#333333",
    "attention": "#CC79A7",
    "mlp": "#009E73",
    "both": "#333333",
    "autocorrelation": "#8C6D1F",
    "twin": "#888888",
    "null": "#56B4E9",
    "cross-prompt": "#56B4E9",
    "chunks": "#E69F00",
    "seconds": "#332288",
    "joules": "#AA4499",
    "operations": "#882255",
    "bytes": "#44AA99",
}
STYLE: dict[Any, Any] = {
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    "figure.dpi": 130,
    "savefig.dpi": 130,
    "savefig.bbox": "standard",
    "font.size": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "legend.frameon": False,
    "legend.fontsize": 9,
    "axes.titlesize": 10,
    "axes.titlelocation": "left",
    "figure.constrained_layout.use": True,
}
WIDTH = 8.2
"""Inches of a figure: at the width of a page the text is as large as the prose around it."""


def use_style() -> None:
    """Draw every figure of this notebook in the book's style."""
    plt.rcParams.update(STYLE)


def profile(
    axes: Axes,
    point: xr.DataArray,
    draws: xr.DataArray | None = None,
    *,
    colour: str,
    label: str | None = None,
    dashes: str = "-",
) -> None:
    """Curve of `point` (layer), with the 95 % band of `draws` (draw, layer).

    Raises SynergyError for other dimensions.
    """
    checks.array(point, ["layer"], "the curve")
    depth = point["layer"].values  # 0, 1, … where layers have no coordinate
    if draws is not None:
        low, high = band(draws)
        axes.fill_between(depth, low, high, color=colour, alpha=0.22, linewidth=0)
    axes.plot(depth, point, dashes, color=colour, label=label, linewidth=1.6)


def layer_axis(axes: Axes, ylabel: str = "", title: str = "", zero: bool = False) -> None:
    """Label a panel over depth, layer 0 at the left; with a line at zero if `zero`."""
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set(xlabel="layer", ylabel=ylabel, title=title)
    if zero:
        axes.axhline(0, color="0.7", linewidth=0.8, zorder=0)


def head_map(
    axes: Axes, values: xr.DataArray, label: str, unit: str = "head", centre: float = 0.0
) -> None:
    """Map of `values` (layer, head), layer 0 at the left, colours symmetric around `centre`.

    Raises SynergyError for other dimensions.
    """
    checks.array(values, ("layer", "head"), "the map")
    limit = float(np.abs(values - centre).max())
    image = axes.imshow(
        values.transpose("head", "layer"),
        cmap="RdBu_r", vmin=centre - limit, vmax=centre + limit, aspect="auto",
        interpolation="nearest",
    )  # fmt: skip
    axes.set(xlabel="layer", ylabel=unit)
    axes.spines[:].set_visible(False)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(MaxNLocator(integer=True))
    axes.figure.colorbar(image, ax=axes, label=label, shrink=0.9)


def whisker(axes: Axes, place: float, e: Estimate, colour: str, label: str | None = None) -> None:
    """A dot with its interval, upright, at `place` on the x axis."""
    axes.plot([place, place], [e.low, e.high], color=colour, linewidth=1.6)
    axes.plot(place, e.value, "o", color=colour, label=label)


def layer_scatter(axes: Axes, x: xr.DataArray, y: xr.DataArray) -> Any:
    """One dot a layer, coloured by depth; returns the dots, for a colour bar.

    Raises SynergyError for other dimensions, and for unlike numbers of layers.
    """
    checks.same_sizes(["layer"], *(checks.array(one, ["layer"], "the dots") for one in (x, y)))
    depth = np.arange(x.sizes["layer"])
    return axes.scatter(x, y, c=depth, cmap="viridis", s=28)


def network(
    axes: Axes,
    positions: np.ndarray,
    edges: np.ndarray,
    layer: np.ndarray,
    colour: str,
    layers: int,
) -> Any:
    """Heads at `positions` (head, 2), coloured by `layer` (head,) of `layers`, and their `edges`.

    `edges` (edge, 2) are indices of heads. Returns the dots, for a colour bar.
    """
    lines = LineCollection(list(positions[edges]), colors=colour, alpha=0.3, linewidths=0.5)
    axes.add_collection(lines)
    axes.set(xticks=[], yticks=[])
    axes.spines[:].set_visible(False)
    axes.margins(0.04)
    x, y = positions.T
    return axes.scatter(
        x, y, c=layer, cmap="viridis", vmin=0, vmax=layers - 1, s=22, zorder=3,
        linewidths=0.3, edgecolors="white",
    )  # fmt: skip
