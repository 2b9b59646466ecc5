"""Graphs side by side: the compiled kernels leave the interpreter free."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from synergycore.progress import track

T = TypeVar("T")


def in_threads(function: Callable[[int], T], count: int, what: str) -> list[T]:
    """`function` of 0 … `count` − 1, in threads, in this order; `what` names the progress."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(track(pool.map(function, range(count)), what, total=count))
