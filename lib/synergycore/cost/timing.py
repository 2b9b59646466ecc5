"""Seconds and joules of every layer, each run alone on the input that it had in a real pass.

All layers are timed in every round, in an order drawn anew, so that a machine that slows down or
speeds up does not look like a trend over depth.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING

import numpy as np

from synergycore.cost.counter import energy_counter
from synergycore.recording.parts import decoder_layers

if TYPE_CHECKING:
    from synergycore.models import LoadedModel

Call = Callable[[], object]
WARM_ROUNDS = 2
SECONDS_PER_READING = 0.02
"""On a GPU, where one layer takes microseconds; on a CPU one call is long enough."""
SECONDS_PER_JOULE_READING = 0.5
"""Several refreshes of the energy counter."""


@dataclass(frozen=True)
class Costs:
    """What one run of each layer took, round by round; (round, layer)."""

    seconds: np.ndarray
    joules: np.ndarray | None
    """None where the device has no energy counter."""

    @property
    def values(self) -> np.ndarray:
        """Joules where they could be had, else seconds."""
        return self.seconds if self.joules is None else self.joules

    @property
    def unit(self) -> str:
        return "s" if self.joules is None else "J"


def measure_layers(loaded: LoadedModel, tokens: np.ndarray, *, rounds: int, seed: int = 0) -> Costs:
    """Costs of every decoder layer of `loaded` on the input that `tokens` (text, position) give it.

    Raises SynergyError for an architecture whose layers are not known.
    """
    import torch

    counter = energy_counter(loaded.device)
    wait = {"cuda": torch.cuda.synchronize, "mps": torch.mps.synchronize}.get(
        loaded.device.split(":")[0]
    )
    least = SECONDS_PER_JOULE_READING if counter else SECONDS_PER_READING if wait else 0.0
    with torch.inference_mode():
        return measure(
            layer_calls(loaded, tokens), rounds=rounds, rng=np.random.default_rng(seed),
            least=least, wait=wait or _nothing, counter=counter,
        )  # fmt: skip


def _nothing() -> None:
    """The CPU has done its work when a call returns."""


def layer_calls(loaded: LoadedModel, tokens: np.ndarray) -> list[Call]:
    """One function a layer, which runs it on the arguments that it has in a pass over `tokens`."""
    import torch

    calls: list[Call] = []
    ids = torch.tensor(tokens, dtype=torch.long, device=loaded.model.device)

    def keep(layer, args, kwargs):
        calls.append(lambda: layer(*args, **kwargs))

    with ExitStack() as hooks, torch.inference_mode():
        for layer in decoder_layers(loaded.model):
            handle = layer.register_forward_pre_hook(keep, with_kwargs=True)
            hooks.callback(handle.remove)
        loaded.model.get_decoder()(input_ids=ids, use_cache=False)
    return calls


def measure(
    calls: Sequence[Call],
    *,
    rounds: int,
    rng: np.random.Generator,
    least: float = 0.0,
    wait: Callable[[], object] = _nothing,
    counter: Callable[[], float] | None = None,
    clock: Callable[[], float] = time.perf_counter,
) -> Costs:
    """Seconds (and joules, with a `counter`) per call, after `WARM_ROUNDS` rounds thrown away.

    A reading repeats its call until about `least` seconds have passed, as often for every call;
    `wait` returns when the device has finished.
    """
    seconds, joules = np.empty((2, WARM_ROUNDS + rounds, len(calls)))
    repeats = 1
    for turn in range(WARM_ROUNDS + rounds):
        for index in rng.permutation(len(calls)):
            before = counter() if counter else 0.0
            start = clock()
            for _ in range(repeats):
                calls[index]()
            wait()
            seconds[turn, index] = (clock() - start) / repeats
            joules[turn, index] = ((counter() if counter else 0.0) - before) / repeats
        if turn == WARM_ROUNDS - 1:
            repeats = max(1, ceil(least / max(np.median(seconds[turn]), 1e-9)))
    kept = slice(WARM_ROUNDS, None)
    return Costs(seconds[kept], joules[kept] if counter else None)
