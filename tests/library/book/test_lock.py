"""One build at a time; what a killed build left running is ended, and nothing else."""

import os
import subprocess
import sys

import psutil
import pytest

from synergycore.book import lock
from synergycore.errors import SynergyError

SLEEP = "import time; print(1, flush=True); time.sleep(60)"
PARENT = (
    f"import subprocess, sys; p = subprocess.Popen([sys.executable, '-c', {SLEEP!r}], "
    "start_new_session=True); print(p.pid, flush=True); p.wait()"
)


def started(code, folder):
    """A process that belongs to the build of `folder`, and the number it prints first."""
    marked = {**os.environ, lock.MARK: str(folder)}
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, env=marked)
    return process, int(process.stdout.readline())


def test_a_second_build_is_refused_and_a_later_one_is_not(tmp_path):
    folder = tmp_path / "build"
    refused = pytest.raises(SynergyError, match="another build is running")
    with lock.only_one(folder), refused, lock.only_one(folder):
        pass
    with lock.only_one(folder):
        pass


def test_what_a_killed_build_left_running_is_ended_with_its_children(tmp_path):
    process, pid = started(PARENT, tmp_path)
    child = psutil.Process(pid)
    with lock.only_one(tmp_path):
        assert lock.processes(tmp_path) == []
    process.wait()
    process.stdout.close()
    assert not child.is_running() or child.status() == psutil.STATUS_ZOMBIE


def test_the_processes_of_another_build_are_left_alone(tmp_path):
    process, _ = started(SLEEP, tmp_path / "other")
    with lock.only_one(tmp_path / "this"):
        assert process.poll() is None
    process.kill()
    process.wait()
    process.stdout.close()
