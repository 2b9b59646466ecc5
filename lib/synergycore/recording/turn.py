"""One recording at a time on a machine: two at once take each other's cores, and far longer."""

from __future__ import annotations

import fcntl
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from synergycore import settings
from synergycore.progress import say


@contextmanager
def turn(what: str, device: str) -> Iterator[bool]:
    """Wait, with a word, until nobody else records on this machine's `device`; then it is ours.

    Gives whether there was somebody to wait for.
    The lock is the system's: it is free again however its process ends.  A second call inside the
    first would wait for itself.  Where the cache folder cannot be written, or its disk knows no
    locks, nobody waits: that costs time and nothing else.
    """
    place = f"recording-{socket.gethostname()}-{device.replace(':', '-')}.lock"  # homes are shared
    with suppress(OSError):
        settings.cache_dir().mkdir(parents=True, exist_ok=True)
    try:
        held = os.open(settings.cache_dir() / place, os.O_RDWR | os.O_CREAT)
    except OSError:
        yield False
        return
    waited = False
    try:
        with suppress(OSError):
            waited = _wait(held, what)
        yield waited
    finally:
        os.close(held)


def _wait(held: int, what: str) -> bool:
    waited = False
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        other = os.pread(held, 500, 0).decode(errors="replace").strip() or "another process"
        say(f"{what} waits for {other}: one recording at a time on a machine")
        fcntl.flock(held, fcntl.LOCK_EX)
        waited = True
    os.ftruncate(held, 0)
    os.pwrite(held, f"process {os.getpid()}, {what}".encode(), 0)
    return waited
