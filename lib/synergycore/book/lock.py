"""One build of a profile at a time, and none left running behind a build that was killed."""

from __future__ import annotations

import fcntl
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from synergycore.errors import SynergyError


@contextmanager
def only_one(path: Path) -> Iterator[None]:
    """Hold the lock file at `path`; the system frees it however this process ends.

    Raises SynergyError when another process holds it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SynergyError(
                f"another build is running in {path.parent}; wait for it or stop it."
            ) from None
        yield


def remember(process: psutil.Process, path: Path) -> None:
    """Note a process that must not outlive its build; its start time makes the id unique."""
    path.write_text(json.dumps({"pid": process.pid, "started": process.create_time()}))


def end_remembered(path: Path) -> None:
    """End the process noted at `path`, with all its children, if it is still there."""
    try:
        note = json.loads(path.read_text())
        process = psutil.Process(note["pid"])
        if process.create_time() == note["started"]:
            end_tree(process)
    except (FileNotFoundError, json.JSONDecodeError, psutil.NoSuchProcess):
        return


def end_tree(process: psutil.Process) -> None:
    """Ask a process and all its children to end; after ten seconds make them."""
    tree = [*process.children(recursive=True), process]
    for one in tree:
        _signal(one, "terminate")
    _, left = psutil.wait_procs(tree, timeout=10)
    for one in left:
        _signal(one, "kill")
    psutil.wait_procs(left, timeout=5)


def _signal(process: psutil.Process, how: str) -> None:
    try:
        getattr(process, how)()
    except psutil.NoSuchProcess:
        return
