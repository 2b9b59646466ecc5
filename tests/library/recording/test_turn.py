"""One recording at a time on a machine: the second waits with a word, and goes on when it may."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time

import pytest
import xarray as xr

from synergycore import recording
from synergycore.recording import turn
from tiny_models import PROMPTS, save

HOLD = """
    import sys, time
    from synergycore.recording.turn import turn
    with turn("recording of the other", "cpu"):
        print("held", flush=True)
        time.sleep(float(sys.argv[1]))
"""
RECORD = """
    import sys
    import torch
    from synergycore import recording
    from synergycore.recording import store
    from tiny_models import PROMPTS
    torch.set_num_threads(1)
    made = store.record
    def record(*arguments, **options):
        print("begun", flush=True)
        sys.stdin.readline()
        return made(*arguments, **options)
    store.record = record
    recording.load_or_record(
        sys.argv[1], PROMPTS, new_tokens=8, seed=int(sys.argv[2]), device="cpu", progress=False
    )
"""


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch):
    monkeypatch.setenv("SYNERGY_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("SYNERGY_BUILD", str(tmp_path / "build"))
    return tmp_path


def start(code, *arguments):
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code), *map(str, arguments)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    )  # fmt: skip


def held(seconds):
    other = start(HOLD, seconds)
    assert other.stdout.readline() == "held\n"
    return other


def test_the_second_waits_with_a_word(capfd):
    other, before = held(1), time.monotonic()
    with turn.turn("recording of this", "cpu") as waited:
        assert waited
        assert time.monotonic() - before > 0.5
    said = f"recording of this waits for process {other.pid}, recording of the other: one recor"
    assert said in capfd.readouterr().err
    assert other.wait() == 0
    with turn.turn("recording of this", "cpu") as waited:
        assert not waited
    assert capfd.readouterr().err == ""


def test_a_killed_process_frees_it():
    other = held(100)
    other.send_signal(signal.SIGKILL)
    other.wait()
    with turn.turn("recording of this", "cpu") as waited:
        assert not waited


def test_an_error_frees_it():
    with pytest.raises(KeyError), turn.turn("recording of this", "cpu"):
        raise KeyError
    with turn.turn("recording of this", "cpu") as waited:
        assert not waited


def test_another_device_does_not_wait():
    other = held(100)
    with turn.turn("recording of this", "cuda:1") as waited:
        assert not waited
    other.kill()
    other.wait()


def test_a_cache_that_cannot_be_written_stops_nobody(place):
    (place / "cache").write_text("a file")
    with turn.turn("recording of this", "cpu") as waited:
        assert not waited


@pytest.mark.parametrize("seed", [0, 1])
def test_two_at_once_are_one_after_the_other_and_both_right(place, seed):
    """Of two different recordings each is made once; the same one is made once for both."""
    name = save(place / "model")
    first = start(RECORD, name, 0)
    assert first.stdout.readline() == "begun\n"
    second = start(RECORD, name, seed)
    said = second.stderr.readline()
    assert "waits for process" in said
    assert f"{first.pid}, recording of model-" in said
    first.communicate("go\n", timeout=120)
    out, errors = second.communicate("go\n", timeout=120)
    assert (first.returncode, second.returncode) == (0, 0), errors
    assert out == ("" if seed == 0 else "begun\n")
    options = {"new_tokens": 8, "seed": seed, "device": "cpu"}
    found = recording.load_or_record(name, PROMPTS, **options)
    alone = recording.load_or_record(name, PROMPTS, **options, store=place / "alone")
    xr.testing.assert_equal(found, alone)
