"""A disk that is full or closed to writing, whoever reports it: Python, pip or safetensors."""

from __future__ import annotations

import errno
import os
import re
from pathlib import Path

from synergycore.errors import SynergyError

FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
CLOSED = frozenset({errno.EROFS, errno.EACCES, errno.EPERM, errno.ENOTDIR, errno.EEXIST})


def fault(said: str, name: str, folder: Path, variable: str) -> SynergyError | None:
    """The error for a full or closed disk if `said` reports one, else None.

    `said` is an exception's text or a program's output: Python and pip write `[Errno 28]`,
    safetensors and hf_xet `(os error 28)`, and only Python's own errors carry the number apart.
    """
    numbers = [int(number) for number in re.findall(r"(?:\[Errno |os error )(\d+)", said)]
    for number in numbers:
        if number in FULL:
            return SynergyError(
                f"there is no room for model {name!r} in {folder} ({os.strerror(number)}); "
                f"make room there or set {variable} to another folder."
            )
        if number in CLOSED:
            return SynergyError(
                f"model {name!r} cannot be written to {folder} ({os.strerror(number)}); "
                f"set {variable} to a folder that can be written."
            )
    return None
