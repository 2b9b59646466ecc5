"""Every plot of the book: arrays in, a matplotlib figure out.

One colour keeps one meaning throughout (Okabe–Ito, safe for colour-blind readers); the ground is
opaque, so that a figure reads the same on a light page and on a dark one.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ParamSpec

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from synergycore.stats import band

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
}
STYLE: dict[Any, Any] = {
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    "figure.dpi": 130,
    "savefig.dpi": 130,
    "font.size": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "legend.frameon": False,
    "legend.fontsize": 9,
    "axes.titlesize": 10,
    "axes.titlelocation": "left",
    "figure.constrained_layout.use": True,
}
WIDTH = 8.2  # inches: at the width of a page the text is as large as the prose around it
FLOW_TITLES = {
    "attention": "attention: cos(a, h)",
    "mlp": "MLP: cos(m, h + a)",
    "both": "both: cos(a + m, h)",
}
Arguments = ParamSpec("Arguments")
Band = tuple[np.ndarray, np.ndarray, np.ndarray]  # (middle, low, high), each (layer,)


def bands(point: np.ndarray, draws: np.ndarray) -> Band:
    """A curve (layer,) with the pointwise 95 % band of `draws` (samples, layer)."""
    return (point, *band(draws))


def styled(recipe: Callable[Arguments, Figure]) -> Callable[Arguments, Figure]:
    """Draw `recipe` in the book's style; the figure is shown once, where the chapter glues it."""

    @functools.wraps(recipe)
    def draw(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Figure:
        with plt.rc_context(STYLE):
            figure = recipe(*args, **kwargs)
        plt.close(figure)
        return figure

    return draw


def _panels(columns: int, height: float = 3.4, widths: Sequence[float] | None = None):
    figure, axes = plt.subplots(
        1, columns, figsize=(WIDTH, height), squeeze=False, width_ratios=widths
    )
    return figure, list(axes[0])


def _curve(axes: Axes, values: Band, colour: str, label: str, style: str = "-") -> None:
    depth = np.arange(len(values[0]))
    axes.fill_between(depth, values[1], values[2], color=colour, alpha=0.22, linewidth=0)
    axes.plot(depth, values[0], style, color=colour, label=label, linewidth=1.6)


def _finish(axes: Axes, ylabel: str, title: str = "", legend: bool = True) -> None:
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set(xlabel="layer", ylabel=ylabel)
    axes.set_title(title)
    if legend:
        axes.legend()


@styled
def head_map(score: np.ndarray, label: str) -> Figure:
    """Map of `score` (layer, head), layer 0 at the left, symmetric around zero."""
    figure, (axes,) = _panels(1, 1.4 + 0.18 * score.shape[1])
    _heat(figure, axes, score, label)
    return figure


def _heat(figure: Figure, axes: Axes, score: np.ndarray, label: str, unit: str = "head") -> None:
    limit = np.nanmax(np.abs(score))
    image = axes.imshow(
        score.T, cmap="RdBu_r", vmin=-limit, vmax=limit, aspect="auto", interpolation="nearest"
    )
    axes.set(xlabel="layer", ylabel=unit)
    axes.spines[:].set_visible(False)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(MaxNLocator(integer=True))
    figure.colorbar(image, ax=axes, label=label, shrink=0.9)


@styled
def layer_profile(
    profile: Band, controls: Mapping[str, Band], autocorrelation: Band, twin_autocorrelation: Band
) -> Figure:
    """Rank profile with its nulls in one panel, lag-1 autocorrelation in the other."""
    figure, (left, right) = _panels(2, 3.8, (1.6, 1))
    styles = {"random twin": ("twin", "--"), "distance-matched": ("null", ":")}
    for name, values in controls.items():
        colour, dash = styles[name]
        _curve(left, values, COLOURS[colour], name, dash)
    _curve(left, profile, COLOURS["rank"], "real model")
    left.axhline(0, color="0.7", linewidth=0.8, zorder=0)
    _finish(left, "rank(synergy) − rank(redundancy)", "Ranks, and what chance gives")
    _curve(right, twin_autocorrelation, COLOURS["twin"], "random twin", "--")
    _curve(right, autocorrelation, COLOURS["autocorrelation"], "real model")
    _finish(right, "lag-1 autocorrelation of a head", "Self-prediction alone")
    return figure


@styled
def atom_profiles(
    synergy: Mapping[str, Band], redundancy: Mapping[str, Band], residual: Mapping[str, Band]
) -> Figure:
    """Layer means in nats: synergy, redundancy, and synergy above its Kronecker substitution.

    The random twin has a row of its own: its values are often tens of times the model's.
    """
    figure, rows = plt.subplots(2, 3, figsize=(WIDTH, 5.4), sharex=True, height_ratios=(1.8, 1))
    titles = ("synergy (Syn→Syn)", "redundancy (Red→Red)", "residual synergy")
    colours = ("synergy", "redundancy", "synergy")
    groups = (synergy, redundancy, residual)
    for column, (curves, title, colour) in enumerate(zip(groups, titles, colours, strict=True)):
        for name, values in curves.items():
            shade, dash = _control_style(name, colour)
            _curve(rows[int(name == "random twin"), column], values, shade, name, dash)
        for panel, heading in zip(rows[:, column], (title, ""), strict=True):
            panel.axhline(0, color="0.7", linewidth=0.8, zorder=0)
            _finish(panel, "nats" if column == 0 else "", heading)
        rows[0, column].set_xlabel("")
    return figure


def _control_style(name: str, colour: str) -> tuple[str, str]:
    dashes = {"random twin": ("twin", "--"), "cross-prompt": ("cross-prompt", ":")}
    if name == "detrended":
        return COLOURS[colour], "-."
    key, dash = dashes.get(name, (colour, "-"))
    return COLOURS[key], dash


@styled
def residual_flow(
    real: Mapping[str, Band],
    twin: Mapping[str, Band],
    change_points: Mapping[str, tuple[float, float, float]],
) -> Figure:
    """Cosine of each contribution with what it is added to, model against twin, by layer.

    `change_points` holds (estimate, low, high) in layers, drawn as a line and a shaded span.
    """
    figure, axes = _panels(3, 3.6)
    for panel, (name, title) in zip(axes, FLOW_TITLES.items(), strict=True):
        point, low, high = change_points[name]
        panel.axvspan(low - 0.5, high - 0.5, color="0.85", zorder=0, linewidth=0)
        panel.axvline(point - 0.5, color="0.5", linewidth=0.9, zorder=0, label="change point")
        panel.axhline(0, color="0.7", linewidth=0.8, zorder=0)
        _curve(panel, twin[name], COLOURS["twin"], "random twin", "--")
        _curve(panel, real[name], COLOURS[name], "real model")
        _finish(panel, "cosine" if name == "attention" else "", title)
    return figure


@styled
def as_published(
    chunk_map: np.ndarray, ours: np.ndarray, theirs: np.ndarray, raw: np.ndarray
) -> Figure:
    """The public scripts' analysis of the same recording: their map, and their curve beside ours.

    `chunk_map` (layer, head); `ours`, `theirs` and `raw` (layer,), each min–max scaled here only
    because the scripts do so.
    """
    figure, (left, right) = _panels(2, 3.6, (1.2, 1))
    _heat(figure, left, chunk_map, "rank(syn) − rank(red)", unit="chunk")
    right.plot(
        raw, "o", color=COLOURS["chunks"], markersize=4, alpha=0.7, label="their layer means"
    )
    right.plot(theirs, color=COLOURS["chunks"], linewidth=2, label="their smoothed curve")
    right.plot(ours, color=COLOURS["rank"], linewidth=1.4, label="ours, unsmoothed")
    right.plot(np.full(len(ours), 0.5), ":", color="0.5", linewidth=1, label="_flat")
    _finish(right, "min–max scaled rank difference")
    return figure


@styled
def shares(by_signal: Mapping[str, Mapping[str, tuple[float, float, float]]]) -> Figure:
    """Share of variance explained by head index and by layer, one group of bars a signal.

    `by_signal[signal][source]` is (share, low, high).
    """
    figure, (axes,) = _panels(1, 2.8)
    sources = ("head index", "layer")
    for offset, (source, colour) in enumerate(zip(sources, ("chunks", "rank"), strict=True)):
        values = np.array([by_signal[name][source] for name in by_signal])
        errors = np.abs(values[:, 1:] - values[:, :1]).T
        axes.bar(
            np.arange(len(by_signal)) + 0.38 * (offset - 0.5), values[:, 0], 0.36, yerr=errors,
            color=COLOURS[colour], alpha=0.85, label=f"explained by {source}", capsize=3,
        )  # fmt: skip
    axes.set_xticks(np.arange(len(by_signal)), list(by_signal))
    axes.set_ylabel("share of variance")
    axes.legend()
    return figure
