"""The store: what is found again, what is made again, and that half a file is never read."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import h5py
import numpy as np
import pytest
import xarray as xr

from synergycore import models, recording
from synergycore.errors import SynergyError
from synergycore.recording import files, layout
from tiny_models import PROMPTS, save

OPTIONS = {"new_tokens": 8, "device": "cpu", "dtype": "float32"}


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.setenv("SYNERGY_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("SYNERGY_BUILD", str(tmp_path / "build"))
    return tmp_path, save(tmp_path / "model")


def stored(tmp_path):
    folder = tmp_path / "build" / "recordings"
    return sorted(folder.iterdir()) if folder.exists() else []


def test_second_time_without_the_model(place, monkeypatch):
    tmp_path, name = place
    first = recording.load_or_record(name, PROMPTS, **OPTIONS)
    (path,) = stored(tmp_path)
    assert path.name.startswith("model-")
    monkeypatch.setattr(models, "load", lambda *a, **k: pytest.fail("loaded again"))
    again = recording.load_or_record(name, PROMPTS, **OPTIONS)
    xr.testing.assert_identical(first, again)
    assert again.attrs["format_version"] == recording.FORMAT_VERSION
    assert again.z_norm.dtype == again.write_norm.dtype == again.chunk_norm.dtype == np.float32
    assert again.residual_gram.dtype == np.float64
    assert again.tokens.dtype == np.int32


def test_twin_replays_the_real_models_tokens(place):
    tmp_path, name = place
    twin = recording.load_or_record(name, PROMPTS, **OPTIONS, random_weights_seed=1)
    real = recording.load_or_record(name, PROMPTS, **OPTIONS)
    assert len(stored(tmp_path)) == 2
    np.testing.assert_array_equal(twin.tokens, real.tokens)
    assert twin.attrs["tokens_from"] == real.attrs["weights_hash"]
    assert twin.attrs["weights_hash"] == real.attrs["weights_hash"] + "-random-1"
    assert twin.attrs["random_weights_seed"] == 1
    assert not np.allclose(twin.z_norm, real.z_norm)
    other = recording.load_or_record(name, PROMPTS, **OPTIONS, random_weights_seed=2)
    assert not np.allclose(twin.z_norm, other.z_norm)


def made(place):
    """One stored recording: its path and what is in it."""
    tmp_path, name = place
    whole = recording.load_or_record(name, PROMPTS, **OPTIONS)
    (path,) = stored(tmp_path)
    return name, path, whole


def assert_made_again(name, path, whole, caplog, reason):
    with caplog.at_level(logging.WARNING):
        again = recording.load_or_record(name, PROMPTS, **OPTIONS)
    assert str(path) in caplog.text
    assert reason in caplog.text
    np.testing.assert_array_equal(again.z_norm, whole.z_norm)
    xr.testing.assert_identical(again, files.read(path))


def test_half_written_file(place, caplog):
    name, path, whole = made(place)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert_made_again(name, path, whole, caplog, "has no checksum, so it is half written")


def test_not_a_recording_at_all(place, caplog):
    name, path, whole = made(place)
    path.write_text("half a sentence")
    assert_made_again(name, path, whole, caplog, "has no checksum")


def test_one_bit_of_many_is_noticed(place, caplog):
    """Any bit: of a number, a name, a unit or of HDF5's own book-keeping, or of the checksum."""
    _, path, _ = made(place)
    whole = path.read_bytes()
    rng = np.random.default_rng(0)
    bits = [*rng.integers(0, 8 * len(whole), 1500), 0, 8 * len(whole) - 1]
    for bit in bits:
        content = bytearray(whole)
        content[bit // 8] ^= 1 << bit % 8
        path.write_bytes(content)
        assert files.read(path) is None, bit
    assert len(caplog.records) == len(bits)


def test_other_tools_read_what_stands_before_the_checksum(place):
    _, path, whole = made(place)
    with xr.open_dataset(path, engine="h5netcdf") as opened:
        xr.testing.assert_identical(opened.load(), whole)
    with h5py.File(path) as file:
        np.testing.assert_array_equal(file["z_norm"][:], whole.z_norm)


def test_older_format(place, caplog, monkeypatch):
    with monkeypatch.context() as earlier:
        earlier.setattr(layout, "FORMAT_VERSION", 1)
        name, path, whole = made(place)
    assert_made_again(name, path, whole, caplog, "has format 1, this version reads 2")


def test_file_without_a_checksum(place, caplog):
    """As earlier versions wrote them."""
    name, path, whole = made(place)
    whole.to_netcdf(path, engine="h5netcdf")
    assert_made_again(name, path, whole, caplog, "has no checksum")


def test_file_of_another_recording(place, caplog):
    name, path, whole = made(place)
    recording.load_or_record(name, PROMPTS, **OPTIONS, random_weights_seed=0)
    (twin,) = set(stored(place[0])) - {path}
    path.write_bytes(twin.read_bytes())
    assert_made_again(name, path, whole, caplog, f"was written as {twin.name}")


WRITE = """
    import resource, signal, sys
    import xarray as xr
    from pathlib import Path
    from synergycore.recording import files
    whole = files.read(Path(sys.argv[1]))
    # no file may grow beyond this: an error as from a full disk, or a kill in the middle of writing
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN if sys.argv[3] == "full" else signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
    files.write(Path(sys.argv[2]), whole)
"""


def write_under_a_limit(source: Path, target: Path, kind: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(WRITE), str(source), str(target), kind],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ,
    )


@pytest.mark.skipif(sys.platform == "win32", reason="needs resource limits")
def test_disk_full_while_writing(place):
    _, path, whole = made(place)
    target = path.with_name("new.nc")
    done = write_under_a_limit(path, target, "full")
    assert "SynergyError: the recording new.nc could not be written" in done.stderr
    assert "SYNERGY_BUILD" in done.stderr
    assert done.returncode == 1
    assert sorted(path.parent.iterdir()) == [path]
    xr.testing.assert_identical(files.read(path), whole)


@pytest.mark.skipif(sys.platform == "win32", reason="needs resource limits")
def test_killed_while_writing(place):
    name, path, whole = made(place)
    target = path.with_name("new.nc")
    done = write_under_a_limit(path, target, "kill")
    assert done.returncode == -signal.SIGXFSZ
    assert not target.exists()
    assert files.read(target) is None
    # and over an older whole file: it stays what it was
    assert write_under_a_limit(path, path, "kill").returncode == -signal.SIGXFSZ
    xr.testing.assert_identical(recording.load_or_record(name, PROMPTS, **OPTIONS), whole)


def test_folder_that_cannot_be_written(place, tmp_path):
    _, name = place
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(SynergyError, match=r"could not be written to .*taken"):
        recording.load_or_record(name, PROMPTS, **OPTIONS, store=tmp_path / "taken")
