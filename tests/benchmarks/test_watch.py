"""Time and memory of a block, child processes included."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "benchmarks"))
from watch import tree_memory, watch

HOG = "x = bytearray(200_000_000); import sys; print('ready', flush=True); sys.stdin.read()"


def test_memory_of_a_child_process_counts():
    before = tree_memory()
    with (
        watch(interval=0.01) as cost,
        subprocess.Popen(
            [sys.executable, "-c", HOG], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        ) as child,
    ):
        child.stdout.readline()
        time.sleep(0.2)
        child.stdin.close()
    assert cost.peak_memory_bytes > before + 200_000_000
    assert cost.seconds > 0.2


def fail_after(seconds):
    time.sleep(seconds)
    raise OSError("no")


def test_the_cost_is_complete_after_an_error():
    with pytest.raises(OSError, match="no"), watch(interval=0.01) as cost:
        fail_after(0.05)
    assert cost.seconds >= 0.05
    assert cost.peak_memory_bytes > 0
