"""One build of a profile at a time, and none left running behind a build that was killed."""

from __future__ import annotations

import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

from synergycore.errors import SynergyError

MARK = "SYNERGY_BUILD_RUNNING"
"""Variable that every process of a build inherits; its value is the folder that is built."""


@contextmanager
def only_one(folder: Path) -> Iterator[None]:
    """Hold the lock of a build folder; the system frees it however this process ends.

    What a build that was killed left running there is ended first.
    Raises SynergyError when another build holds it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SynergyError(
                f"another build is running in {folder}; wait for it or stop it."
            ) from None
        end_processes(folder)
        yield


def processes(folder: Path) -> list[psutil.Process]:
    """What a build of this folder runs, or left running."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):  # another user's, or gone
            if process.environ().get(MARK) == str(folder):
                found.append(process)
    return found


def end_processes(folder: Path) -> None:
    """Ask all processes of a build to end; after ten seconds make them."""
    for method, seconds in (("terminate", 10), ("kill", 5)):
        for process in processes(folder):
            with suppress(psutil.NoSuchProcess):
                getattr(process, method)()
        deadline = time.monotonic() + seconds
        while processes(folder) and time.monotonic() < deadline:
            time.sleep(0.1)
