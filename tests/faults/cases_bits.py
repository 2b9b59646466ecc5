"""Single bits of a recording, each a case: any of them, a name, a unit or a number."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

import numpy as np
import xarray as xr

from faults import tiny
from faults.harness import Case, Outcome, of_call
from synergycore.recording import files

FLIPS = 1500
NAME = "tiny-0123456789abcdef.nc"


def whole() -> xr.Dataset:
    return tiny.recorded().assign_attrs(recorded_as=NAME)


@cache
def content() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        files.write(Path(folder) / NAME, tiny.recorded())
        return (Path(folder) / NAME).read_bytes()


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
