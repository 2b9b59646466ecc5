"""One build at a time; what a killed build left running is ended."""

import subprocess
import sys

import psutil
import pytest

from synergycore.book import lock
from synergycore.errors import SynergyError

SLEEP = "import time; time.sleep(60)"
PARENT = (
    f"import subprocess, sys; p = subprocess.Popen([sys.executable, '-c', {SLEEP!r}]); "
    "print(p.pid, flush=True); p.wait()"
)


def test_a_second_build_is_refused_and_a_later_one_is_not(tmp_path):
    path = tmp_path / "build" / "lock"
    refused = pytest.raises(SynergyError, match="another build is running")
    with lock.only_one(path), refused, lock.only_one(path):
        pass
    with lock.only_one(path):
        pass


def test_the_remembered_process_is_ended_with_its_children(tmp_path):
    with subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE) as parent:
        child = psutil.Process(int(parent.stdout.readline()))
        process = psutil.Process(parent.pid)
        lock.remember(process, tmp_path / "note")
        lock.end_remembered(tmp_path / "note")
        for one in (process, child):
            assert not one.is_running() or one.status() == psutil.STATUS_ZOMBIE


def test_another_process_with_a_remembered_id_is_left_alone(tmp_path):
    with subprocess.Popen([sys.executable, "-c", SLEEP]) as process:
        (tmp_path / "note").write_text(f'{{"pid": {process.pid}, "started": 1.0}}')
        lock.end_remembered(tmp_path / "note")
        assert process.poll() is None
        process.kill()


@pytest.mark.parametrize("note", [None, "", '{"pid": 4194304, "started": 1.0}'])
def test_no_note_or_a_damaged_one_ends_nothing(tmp_path, note):
    if note is not None:
        (tmp_path / "note").write_text(note)
    lock.end_remembered(tmp_path / "note")
