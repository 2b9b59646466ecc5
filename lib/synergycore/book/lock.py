"""One build of a profile at a time, and none left running behind a build that was killed."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

from synergycore.book.failures import MARK
from synergycore.errors import SynergyError

CHAPTER = "SYNERGY_CHAPTER_OUT"
"""As `MARK`, for what a chapter starts; its value is the folder of the chapter's own files."""


@contextmanager
def held(path: Path, busy: str) -> Iterator[None]:
    """Hold the lock file `path`; the system frees it however this process ends.

    Raises SynergyError with the sentence `busy` when another process holds it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SynergyError(busy) from None
        yield


@contextmanager
def only_one(folder: Path) -> Iterator[None]:
    """Hold the lock of a build folder; the system frees it however this process ends.

    What a build that was killed left running there is ended first.
    Raises SynergyError when another build holds it.
    """
    busy = f"another build is running in {folder}; wait for it or stop it."
    with held(folder / "lock", busy):
        end_processes(folder)
        yield


def processes(folder: Path, mark: str = MARK) -> list[psutil.Process]:
    """What a build (or, by its `mark`, a chapter) of this folder runs, or left running."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):  # another user's, or gone
            if process.pid != os.getpid() and process.environ().get(mark) == str(folder):
                found.append(process)
    return found


def end_processes(folder: Path, mark: str = MARK) -> None:
    """Ask all these processes to end; after ten seconds make them."""
    for method, seconds in (("terminate", 10), ("kill", 5)):
        for process in processes(folder, mark):
            with suppress(psutil.NoSuchProcess):
                getattr(process, method)()
        deadline = time.monotonic() + seconds
        while processes(folder, mark) and time.monotonic() < deadline:
            time.sleep(0.1)
