"""Wall time and peak memory of a block of work, its child processes included."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psutil


@dataclass
class Cost:
    seconds: float = 0.0
    """Wall time."""
    peak_memory_bytes: int = 0
    """Largest sum seen of the resident memory of this process and all its descendants.

    Pages that processes share count once for each, so the true peak is at most this.
    """


@contextmanager
def watch(interval: float = 0.25) -> Iterator[Cost]:
    """Fill in a Cost while the block runs; complete when the block is left, also by an error."""
    cost, done = Cost(), threading.Event()
    started = time.monotonic()

    def sample() -> None:
        while not done.wait(interval):
            cost.peak_memory_bytes = max(cost.peak_memory_bytes, tree_memory())

    thread = threading.Thread(target=sample, daemon=True)
    cost.peak_memory_bytes = tree_memory()
    thread.start()
    try:
        yield cost
    finally:
        done.set()
        thread.join()
        cost.seconds = time.monotonic() - started


def tree_memory() -> int:
    """Resident bytes of this process and its descendants, summed."""
    me = psutil.Process()
    return sum(_resident(process) for process in [me, *me.children(recursive=True)])


def _resident(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except psutil.Error:  # it ended between being listed and being asked
        return 0
