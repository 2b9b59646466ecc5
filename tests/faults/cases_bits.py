"""Single bits of a recording, each a case: any of them, a name, a unit or a number."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import xarray as xr
from faults.harness import Case, Outcome, of_call

from faults import tiny
from synergycore.recording import files

FLIPS = 1500
NAME = "tiny-0123456789abcdef.nc"


def whole() -> xr.Dataset:
    return tiny.recorded().assign_attrs(recorded_as=NAME)


@cache
def content() -> bytes:
    path = tiny.original() / NAME
    files.write(path, tiny.recorded())
    return path.read_bytes()


def of_bit(share: float):
    """It is noticed and named, or every value is as it was."""

    def run(folder: Path) -> Outcome:
        path, damaged = folder / NAME, bytearray(content())
        bit = int(share * 8 * len(damaged))
        damaged[bit // 8] ^= 1 << bit % 8
        path.write_bytes(damaged)
        with tiny.warnings() as said:
            return of_call(
                lambda: files.read(path),
                right=lambda found: (
                    (found is None and str(path) in "".join(said))
                    or (found is not None and found.identical(whole()))
                ),
            )

    return run


SHARES = np.random.default_rng(0).random(FLIPS)
CASES = [
    Case(f"{k} of {FLIPS}", of_bit(share), quick=k % 100 == 0) for k, share in enumerate(SHARES)
]
