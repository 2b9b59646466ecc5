"""Cut the matrix of pairs into blocks that stay in cache, and work through them on all cores."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import chain, islice
from math import isqrt
from operator import itemgetter
from typing import Any

from synergycore.phiid import gaussian, kernel
from synergycore.phiid.arrays import Array, is_tensor
from synergycore.phiid.bias import atom_bias
from synergycore.phiid.estimators import Measure, pair_atoms
from synergycore.phiid.lattice import swap
from synergycore.phiid.windows import Windows

Block = tuple[slice, slice]
"""Units along the rows, units along the columns."""

CACHED = kernel.SIDE * 1016
"""Pairs of a block on the CPU; rows of 127 cache lines keep a transposed read off one cache set."""

ON_GPU = 2**22
"""Pairs of a block on a GPU: enough to fill it."""

WORTH_THREADS = 4e7
"""Fewer pairs times samples are done before a second thread has started."""

WAITING = 256
"""Blocks dealt out at a time: bounds the memory of results that nobody has taken yet."""


def mirrored(atoms: tuple[str, ...]) -> tuple[str, ...]:
    """The atoms, and those that the other side of the diagonal takes its values from."""
    return tuple(dict.fromkeys((*atoms, *map(swap, atoms))))


def fill(
    measure: Measure, x: Any, y: Any, atoms: tuple[str, ...], out: Array, row: int, column: int
) -> None:
    """Write atoms of one block of pairs into `out` (atom, unit, unit), from row and column on."""
    block = out[:, row : row + len(x.past), column : column + len(y.past)]
    if has_kernel(measure, x):
        kernel.fill(x, y, atoms, out, row, column)
    else:
        for values, found in zip(block, pair_atoms(measure, x, y, atoms).values(), strict=True):
            values[:] = found
    if measure.bias_correction:
        bias = atom_bias(x.freedom)
        for values, atom in zip(block, atoms, strict=True):
            values -= bias[atom]


def has_kernel(measure: Measure, units: Any) -> bool:
    """Whether the fused kernel does this: Gaussian sts and rtr, MMI, on the CPU."""
    on_cpu = isinstance(units, Windows) and not is_tensor(units.past)
    return on_cpu and measure.redundancy == "mmi" and set(measure.atoms) <= set(kernel.FUSED)


def map_blocks(
    work: Callable[[Block], Any], measure: Measure, x: Any, y: Any, symmetric: bool
) -> Iterator[Any]:
    """Results block by block, in order; the kernel's blocks on all cores, if it is worth it."""
    shape = (len(x.past), len(y.past))
    blocks = cut_blocks(*shape, *block_shape(measure, x), symmetric=symmetric)
    products = shape[0] * shape[1] * x.past.shape[1]
    if not has_kernel(measure, x) or products < WORTH_THREADS:
        yield from map(work, blocks)
        return
    threads = cores()
    with ThreadPoolExecutor(threads) as pool:
        while batch := list(islice(blocks, WAITING)):
            left = iter(enumerate(batch))  # shared: each thread takes the next block
            shares = pool.map(lambda _, left=left: [(k, work(b)) for k, b in left], range(threads))
            yield from (result for _, result in sorted(chain(*shares), key=itemgetter(0)))


def cores() -> int:
    """Processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def block_shape(measure: Measure, units: Any) -> tuple[int, int]:
    """Units along the two sides of a block: its arrays should fit the cache (or fill the GPU)."""
    on_gpu = is_tensor(units.past) and units.past.is_cuda
    per_pair = 1
    if measure.estimator == "discrete":
        per_pair = 16
    elif measure.redundancy == "ccs":
        per_pair = min(units.past.shape[1], gaussian.CHUNK)
    pairs = max((ON_GPU if on_gpu else CACHED) // per_pair, 1)
    rows = max(isqrt(pairs), 1) if on_gpu else min(max(isqrt(pairs), 1), kernel.SIDE)
    return rows, pairs // rows


def cut_blocks(
    rows: int, columns: int, height: int, width: int, *, symmetric: bool
) -> Iterator[Block]:
    """Blocks of the pair matrix; only what lies on or above the diagonal where it is symmetric."""
    for i in range(0, rows, height):
        for j in range(i if symmetric else 0, columns, width):
            yield slice(i, min(i + height, rows)), slice(j, min(j + width, columns))
