"""Seconds and joules of every layer, each run alone on the input that it had in a real pass.

All layers are measured in every round, in an order drawn anew, so that a machine that slows down
or speeds up does not look like a trend over depth.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, Protocol

import numpy as np
import xarray as xr

from synergycore import stats
from synergycore.cost.joules import NoJoules, energy_counter
from synergycore.cost.layers import LayerCall, layer_calls

if TYPE_CHECKING:
    from synergycore.models import LoadedModel

WARM_ROUNDS = 2
SECONDS_PER_READING = 0.02
"""On a GPU, where one layer takes microseconds; on a CPU one call is long enough."""
SECONDS_PER_JOULE_READING = 0.5
"""Several refreshes of the energy counter; less where the layers are too many for the budget."""
BUDGET_FOR_SECONDS, BUDGET_FOR_JOULES = 60, 90
"""Seconds for all readings of the clock, and of the counter; beyond that there are fewer rounds."""
LEAST_ROUNDS = 5


class Call(Protocol):
    """A layer to run, and a way to wait until its device has finished."""

    def __call__(self) -> object: ...

    def wait(self) -> None: ...


@dataclass(frozen=True)
class Costs:
    """What one run of each layer took, round by round."""

    seconds: xr.DataArray
    """(round, layer)"""
    joules: xr.DataArray | None = None
    """(round, layer), fewer rounds; None where there are none."""
    no_joules: str = ""
    """Why there are none."""

    @property
    def joules_or_seconds(self) -> xr.DataArray:
        """Joules where they could be had, else seconds: what decides claim 15."""
        return self.seconds if self.joules is None else self.joules


def measure_layers(loaded: LoadedModel, tokens: np.ndarray, *, rounds: int, seed: int = 0) -> Costs:
    """Costs of every decoder layer of `loaded` on the input that `tokens` (text, position) give it.

    There are `rounds` readings of the clock and as many of the energy counter, or what the budgets
    allow, but not fewer than `LEAST_ROUNDS` for that. Raises SynergyError for an architecture whose
    layers are not known.
    """
    import torch

    rng = stats.generator(seed, 15, "order of layers")
    with torch.inference_mode():
        calls = layer_calls(loaded, tokens)
        least = 0.0 if calls[0].device.type == "cpu" else SECONDS_PER_READING
        seconds = measure_seconds(calls, rounds=rounds, rng=rng, least=least)
        try:
            counter = energy_counter(_only_device(calls))
            return Costs(seconds, measure_joules(calls, counter, seconds, rng=rng))
        except NoJoules as reason:
            return Costs(seconds, None, str(reason))


def _only_device(calls: Sequence[LayerCall]) -> str:
    devices = sorted({str(call.device) for call in calls})
    if len(devices) > 1:
        raise NoJoules(f"the model is spread over {', '.join(devices)}, each with its own counter")
    return devices[0]


def measure_seconds(
    calls: Sequence[Call], *, rounds: int, rng: np.random.Generator, least: float = 0.0,
    clock: Callable[[], float] = time.perf_counter,
) -> xr.DataArray:  # fmt: skip
    """Seconds per call (round, layer) in up to `rounds` rounds, after some that are thrown away.

    A reading repeats its call until about `least` seconds have passed, as often for every layer.
    """
    warm = _readings(calls, clock, rounds=WARM_ROUNDS, repeats=1, rng=rng)
    repeats = _repeats(least, warm[-1])
    fitting = fitting_rounds(rounds, repeats * float(warm[-1].sum()), BUDGET_FOR_SECONDS)
    seconds = _readings(calls, clock, rounds=fitting, repeats=repeats, rng=rng)
    return seconds.assign_attrs(units="s")


def measure_joules(
    calls: Sequence[Call], counter: Callable[[], float], seconds: xr.DataArray,
    *, rng: np.random.Generator,
) -> xr.DataArray:  # fmt: skip
    """Joules per call (round, layer), of layers that are warm and take `seconds` (round, layer).

    Raises NoJoules if the counter does not answer or does not move.
    """
    rounds, least = joule_plan(len(calls), seconds.sizes["round"])
    repeats = _repeats(least, seconds)
    joules = _readings(calls, counter, rounds=rounds, repeats=repeats, rng=rng)
    if not (joules.median("round") > 0).all():
        raise NoJoules("the energy counter did not move while a layer ran")
    return joules.assign_attrs(units="J")


def joule_plan(layers: int, rounds: int) -> tuple[int, float]:
    """Rounds, and seconds per reading, that read all layers within `BUDGET_FOR_JOULES`."""
    fitting = fitting_rounds(rounds, layers * SECONDS_PER_JOULE_READING, BUDGET_FOR_JOULES)
    return fitting, min(SECONDS_PER_JOULE_READING, BUDGET_FOR_JOULES / (fitting * layers))


def fitting_rounds(rounds: int, seconds_per_round: float, budget: float) -> int:
    """As many of `rounds` as take `budget` seconds, and `LEAST_ROUNDS` even if they take more."""
    return min(rounds, max(LEAST_ROUNDS, int(budget / max(seconds_per_round, 1e-9))))


def _repeats(least: float, seconds: xr.DataArray) -> int:
    return max(1, ceil(least / max(float(seconds.median()), 1e-9)))


def _readings(
    calls: Sequence[Call], meter: Callable[[], float],
    *, rounds: int, repeats: int, rng: np.random.Generator,
) -> xr.DataArray:  # fmt: skip
    """How far `meter` moves per call, (round, layer), with `repeats` calls in a row a reading."""
    found = np.empty((rounds, len(calls)))
    for turn in range(rounds):
        for index in rng.permutation(len(calls)):
            before = meter()
            for _ in range(repeats):
                calls[index]()
            calls[index].wait()
            found[turn, index] = (meter() - before) / repeats
    return xr.DataArray(found, dims=("round", "layer"))
