"""Draws, intervals over prompts, and nulls: one statistic serves them all.

A *statistic* is written for data averaged over prompts, such as head scores (layer, head), and
returns one number. The average over prompts, all its bootstrap resamples (dimension `draw`), the
random twins and the nulls go through it unchanged.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from numbers import Integral
from reprlib import repr as shown
from typing import Any

import numpy as np
import xarray as xr

from synergycore.errors import SynergyError
from synergycore.stats import checks

LEVEL = 0.95
"""Of every interval in the book."""

UNDEFINED_AT_MOST = 0.05
"""Share of draws that may be undefined before the whole interval is."""

Data = xr.Dataset | xr.DataArray
Statistic = Callable[[Any], Any]


def generator(seed: int, claim: int, name: str, *places: int) -> np.random.Generator:
    """The random numbers of one draw: its own, whatever was drawn before or beside it.

    `claim` is the claim that the draw serves, 0 where several share it; `name` says which draw,
    and `places` which part of it (a prompt, a graph). Raises SynergyError for a seed that is no
    whole number from 0.
    """
    if not isinstance(seed, Integral) or seed < 0:
        raise SynergyError(f"the seed is {seed!r}; expected a whole number from 0, choose another.")
    return np.random.default_rng([seed, claim, zlib.crc32(name.encode()), *places])


@dataclass(frozen=True)
class Estimate:
    """A number and its 95 % interval; NaN where it is not defined.

    Raises SynergyError if the interval's ends are in the wrong order.
    """

    value: float
    low: float
    high: float

    def __post_init__(self) -> None:
        if self.low > self.high:
            raise SynergyError(
                f"an interval from {self.low} to {self.high} was given; give the lower end first."
            )

    @property
    def defined(self) -> bool:
        return all(map(math.isfinite, (self.value, self.low, self.high)))

    def __repr__(self) -> str:
        return f"{self.value:.4g} [{self.low:.4g}, {self.high:.4g}]".replace("-", "−")

    def __float__(self) -> float:
        return float(self.value)

    def __lt__(self, other: Estimate) -> bool:  # so that a table of estimates can be sorted
        return self.value < other.value


UNDEFINED = Estimate(math.nan, math.nan, math.nan)


@dataclass(frozen=True)
class Sampled:
    """A number with its bootstrap (or null) distribution; differences are paired draw by draw."""

    value: float
    draws: np.ndarray
    """(draw,)"""

    @classmethod
    def from_draws(cls, draws: Any) -> Sampled:
        """Draws that have no point estimate of their own: the mean of the defined ones."""
        values = np.asarray(draws, dtype=float)
        return cls(_nanmean(values), values)

    @property
    def undefined(self) -> float:
        """Share of the draws that are not finite; 1 without any."""
        return float(np.mean(~np.isfinite(self.draws))) if len(self.draws) else 1.0

    @property
    def estimate(self) -> Estimate:
        """With the percentile interval over the defined draws; see `UNDEFINED_AT_MOST`."""
        if self.undefined > UNDEFINED_AT_MOST:
            return UNDEFINED
        return Estimate(self.value, *interval(self.draws))

    def __sub__(self, other: Sampled) -> Sampled:
        if len(self.draws) != len(other.draws):
            raise SynergyError(
                f"{len(self.draws)} draws cannot be paired with {len(other.draws)}; make both from "
                "the same weights."
            )
        return Sampled(self.value - other.value, self.draws - other.draws)

    def __neg__(self) -> Sampled:
        return Sampled(-self.value, -self.draws)


def bootstrap_weights(prompts: Data | int, samples: int, rng: np.random.Generator) -> xr.DataArray:
    """Weights (draw, prompt) of a bootstrap over prompts; each draw sums to one.

    `prompts` is data with a dimension prompt, or their number. Raises SynergyError for fewer than
    two prompts, whose every draw would be the same, and for fewer than one draw.
    """
    count, samples = _counted(prompts), checks.at_least(1, samples, "draws")
    weights = rng.multinomial(count, np.full(count, 1 / count), size=samples) / count
    coords = (
        {}
        if isinstance(prompts, int) or "prompt" not in prompts.coords
        else {"prompt": prompts["prompt"].values}
    )
    return xr.DataArray(weights, dims=("draw", "prompt"), coords=coords)


def _counted(prompts: Data | int) -> int:
    """Number of prompts, two at least."""
    if not isinstance(prompts, Integral):
        prompts = checks.labelled(prompts, ["prompt"], "the data").sizes["prompt"]
    return checks.at_least(2, int(prompts), "prompts")


def over_prompts(statistic: Statistic, data: Data, weights: xr.DataArray) -> Sampled:
    """`statistic` of the average over prompts and of each resampled average.

    A statistic without the dimension `draw` in its answer (it averaged over everything, or
    returned a plain number) is called once for each draw. Raises SynergyError for a statistic that
    returns no number, and for `weights` (draw, prompt) of other prompts than those of `data`.
    """
    table = _weights_of(data, weights)
    resampled = data.weighted(table).mean("prompt")
    return Sampled(_number(statistic(data.mean("prompt"))), _each_draw(statistic, resampled))


def _weights_of(data: Data, weights: xr.DataArray) -> xr.DataArray:
    """`weights` (draw, prompt) in the order of the prompts of `data`."""
    checks.labelled(data, ["prompt"], "the data")
    table = checks.array(weights, ("draw", "prompt"), "the array of weights")
    if not np.isfinite(table).all():
        raise SynergyError(
            "some weights of prompts are not finite; make them by bootstrap_weights."
        )
    return checks.of_prompts(table, data, "the array of weights")


def _each_draw(statistic: Statistic, resampled: Data) -> np.ndarray:
    answer = statistic(resampled)
    if getattr(answer, "dims", ()) == ("draw",):
        return np.asarray(answer, dtype=float)
    each = (resampled.isel(draw=draw) for draw in range(resampled.sizes["draw"]))
    return np.array([_number(statistic(one)) for one in each])


def _number(answer: Any) -> float:
    """Raises SynergyError where a statistic left dimensions in its answer, or gave no number."""
    if left := getattr(answer, "dims", ()):
        raise SynergyError(
            f"the statistic returned dimensions {', '.join(left)} for averaged data; expected one "
            "number, so average over them."
        )
    try:
        return float(answer)
    except (TypeError, ValueError):
        seen = shown(answer) if isinstance(answer, str | None) else f"a {type(answer).__name__}"
        raise SynergyError(
            f"the statistic returned {seen} for averaged data; expected one number, so let it "
            "return that."
        ) from None


def over_twins(
    statistic: Statistic, twins: Sequence[Data], weights: xr.DataArray, rng: np.random.Generator
) -> Sampled:
    """Mean over random twins; every draw also draws one of the twins, so their spread counts.

    Errors as `over_prompts`; SynergyError without any twin.
    """
    checks.at_least(1, len(twins), "twins")
    each = [over_prompts(statistic, twin, weights) for twin in twins]
    draws = np.stack([one.draws for one in each])
    chosen = rng.integers(len(twins), size=draws.shape[1])
    return Sampled(
        float(np.mean([one.value for one in each])), draws[chosen, np.arange(draws.shape[1])]
    )


def null(draws: Any, samples: int, rng: np.random.Generator) -> Sampled:
    """A null distribution (draw,), resampled to as many draws as the bootstrap has.

    Undefined, and so beaten by nothing, if no draw is defined. Raises SynergyError for fewer than
    one of `samples`.
    """
    checks.at_least(1, samples, "draws")
    values = np.asarray(draws, dtype=float)
    if not np.isfinite(values).any():
        return Sampled(math.nan, np.full(samples, np.nan))
    return Sampled(_nanmean(values), rng.choice(values, samples))


def _nanmean(values: np.ndarray) -> float:
    """NaN, without a warning, where nothing is defined."""
    finite = values[np.isfinite(values)]
    return float(finite.mean()) if finite.size else math.nan


def null_per_prompt(
    values: xr.DataArray, weights: xr.DataArray, rng: np.random.Generator
) -> Sampled:
    """Mean over prompts of a null with several draws for each prompt, `values` (prompt, sample).

    Every bootstrap draw picks one sample for each prompt and weighs prompts as the effect does, so
    that a margin compares the same prompts. Undefined values are left out. Errors as
    `over_prompts`.
    """
    table = checks.array(values, ("prompt", "sample"), "the null").values
    share = _weights_of(values, weights).values
    drawn = table[np.arange(len(table)), rng.integers(table.shape[1], size=share.shape)]
    share = share * np.isfinite(drawn)
    with np.errstate(invalid="ignore", divide="ignore"):
        draws = (share * np.nan_to_num(drawn)).sum(axis=1) / share.sum(axis=1)
    return Sampled(_nanmean(table), draws)


def interval(draws: np.ndarray, level: float = LEVEL) -> tuple[float, float]:
    """Percentile interval of `draws` (draw,); NaN where no draw is finite.

    Raises SynergyError for a level that is no share.
    """
    ends = _ends(level)
    finite = draws[np.isfinite(draws)]
    if finite.size == 0:
        return float("nan"), float("nan")
    low, high = np.quantile(finite, ends)
    return float(low), float(high)


def _ends(level: float) -> list[float]:
    if not 0 < level < 1:
        raise SynergyError(f"the level is {level}; expected a share between 0 and 1, such as 0.95.")
    return [(1 - level) / 2, (1 + level) / 2]


def band(draws: xr.DataArray, level: float = LEVEL, dim: str = "draw") -> tuple[Any, Any]:
    """Pointwise percentile band (low, high) of `draws` over its dimension `dim`.

    Raises SynergyError without that dimension, and as `interval`.
    """
    ends = checks.labelled(draws, [dim], "the draws").quantile(_ends(level), dim=dim, skipna=True)
    return ends.isel(quantile=0, drop=True), ends.isel(quantile=1, drop=True)


def half_splits(
    prompts: Data, samples: int, rng: np.random.Generator
) -> tuple[xr.DataArray, xr.DataArray]:
    """Weights (draw, prompt) of two disjoint halves of the prompts, drawn at random.

    Errors as `bootstrap_weights`.
    """
    count, samples = _counted(prompts), checks.at_least(1, samples, "draws")
    order = rng.permuted(np.tile(np.arange(count), (samples, 1)), axis=1)
    first, second = order < count // 2, (order >= count // 2) & (order < 2 * (count // 2))
    coords = {"prompt": prompts["prompt"].values} if "prompt" in prompts.coords else {}
    one, other = (
        xr.DataArray(half / half.sum(1, keepdims=True), dims=("draw", "prompt"), coords=coords)
        for half in (first, second)
    )
    return one, other
