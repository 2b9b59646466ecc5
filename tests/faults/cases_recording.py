"""Recordings: damaged files, changed models, disks, and two at once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import xarray as xr

from faults import tiny
from faults.harness import Case, Outcome, of_call
from faults.tiny import Change, cut, fields, flip, gone, weights, written
from small_disk import little_room
from synergycore import recording
from synergycore.recording import files
from synergycore.recording.turn import turn

OUT = "model.layers.0.self_attn.o_proj.weight"


def same(found: xr.Dataset | None, expected: xr.Dataset) -> bool:
    return found is not None and found.drop_attrs().identical(expected.drop_attrs())


def of_file(change: Callable[[Path], object]):
    """It is named and made again, as it was."""

    def run(folder: Path) -> Outcome:
        with tiny.place(folder):
            name = tiny.model(folder)
            whole = tiny.record(name)
            (path,) = (folder / "build" / "recordings").iterdir()
            change(path)
            with tiny.warnings() as said:
                return of_call(
                    lambda: tiny.record(name),
                    right=lambda found: (
                        same(found, whole)
                        and f"{path} " in "".join(said)
                        and found.identical(files.read(path))
                    ),
                )

    return run


def on(change: Callable[[str], Change]) -> Callable[[Path], object]:
    """A change of a file in a folder, on the recording."""
    return lambda path: change(path.name)(path.parent)


def put(variable: str, value: float) -> Callable[[Path], object]:
    """Written by other means than ours, so that HDF5 finds nothing wrong."""

    def change(path: Path) -> None:
        with xr.open_dataset(path, engine="h5netcdf") as opened:
            whole = opened.load()
        whole[variable].values.flat[0] = value
        path.unlink()
        whole.to_netcdf(path, engine="h5netcdf")

    return change


def swapped(**other: object) -> Callable[[Path], object]:
    """Another recording under this one's name."""

    def change(path: Path) -> None:
        tiny.record(str(path.parents[2] / "model"), **other)
        (another,) = set(path.parent.iterdir()) - {path}
        os.replace(another, path)

    return change


DAMAGED: dict[str, Callable[[Path], object]] = {
    **{f"cut after {share:.0%}": on(lambda file, s=share: cut(file, s))
       for share in (0.0, 0.01, 0.3, 0.5, 0.9, 0.999)},
    "the last byte gone": lambda path: path.write_bytes(path.read_bytes()[:-1]),
    "a byte more": lambda path: path.write_bytes(path.read_bytes() + b"\0"),
    "zeros of the same length": lambda path: path.write_bytes(bytes(path.stat().st_size)),
    "half of it zeros": lambda path: path.write_bytes(
        path.read_bytes()[: path.stat().st_size // 2].ljust(path.stat().st_size, b"\0")),
    "text": on(lambda file: written(file, "half a sentence")),
    "the checksum alone": lambda path: path.write_bytes(path.read_bytes()[-73:]),
    "a checksum of something else": on(lambda file: flip(file, -30)),
    "a number changed by other tools": put("z_norm", 7.0),
    "a length changed by other tools": put("lengths", 3),
    "a token changed by other tools": put("tokens", 5),
    "another seed under its name": swapped(temperature=1.0),
    "a twin under its name": swapped(random_weights_seed=0),
    "an older format": lambda path: files.write(
        path, files.read(path).assign_attrs(format_version=1)),  # type: ignore[union-attr]
}  # fmt: skip


def of_key(change: Change, **options: Any):
    """After the change a recording is what a fresh build makes of the changed model."""

    def run(folder: Path) -> Outcome:
        with tiny.place(folder):
            name = tiny.model(folder)
            tiny.record(name, **options)
            change(folder / "model")
            return of_call(
                lambda: tiny.record(name, **options),
                right=lambda found: same(
                    found, tiny.record(name, **options, store=folder / "fresh")
                ),
            )

    return run


def quietly(change: Change) -> Change:
    """The times of writing are set back, as copying tools do."""

    def change_and_set_back(folder: Path) -> None:
        before = {path: path.stat() for path in folder.iterdir()}
        change(folder)
        for path, seen in before.items():
            os.utime(path, ns=(seen.st_atime_ns, seen.st_mtime_ns))

    return change_and_set_back


LARGER = weights(lambda tensors: tensors["model.norm.weight"].mul_(2))
CHANGED: dict[str, tuple[Change, dict[str, Any]]] = {
    "weights": (LARGER, {}),
    "weights, and the time set back": (quietly(LARGER), {}),
    "a norm's epsilon": (fields("config.json", rms_norm_eps=0.5), {}),
    "the turning of positions": (
        fields("config.json", rope_parameters={"rope_type": "default", "rope_theta": 10.0}), {},
    ),
    "the activation": (fields("config.json", hidden_act="relu"), {}),
    "the end of a text": (
        fields("generation_config.json", eos_token_id=list(range(128))), {"stop_at_eos": True},
    ),
    "the chat template": (written("chat_template.jinja", "{{ messages[0]['content'] }}!"), {}),
    "no chat template": (gone("chat_template.jinja"), {}),
    "the tokenizer": (
        lambda folder: (folder / "tokenizer.json").write_text(
            (folder / "tokenizer.json").read_text().replace('"a": 64', '"a": 1').replace(
                '"\\"": 1,', '"\\"": 64,')), {},
    ),
    "the config, under a twin": (
        fields("config.json", rms_norm_eps=0.5), {"random_weights_seed": 0},
    ),
}  # fmt: skip


def full(folder: Path) -> Outcome:
    with tiny.place(folder):
        name = tiny.model(folder)
        with little_room(20_000):
            return of_call(lambda: tiny.record(name), ["could not be written", "SYNERGY_BUILD"])


def closed(folder: Path) -> Outcome:
    with tiny.place(folder):
        (folder / "build").write_text("a file")
        name = tiny.model(folder)
        return of_call(lambda: tiny.record(name), ["could not be written", "SYNERGY_BUILD"])


def closed_cache(folder: Path) -> Outcome:
    """Nothing is remembered and nobody waits; the recording is the same."""
    with tiny.place(folder):
        (folder / "cache").write_text("a file")
        name = tiny.model(folder)
        return of_call(
            lambda: tiny.record(name), right=lambda found: same(found, files.read(*_stored(folder)))
        )


def _stored(folder: Path) -> list[Path]:
    return list((folder / "build" / "recordings").iterdir())


def changed_meanwhile(folder: Path) -> Outcome:
    """The model's files change after they were hashed and before they are recorded."""
    from unittest.mock import patch

    from synergycore.recording import store

    def record(model: Any, prompts: Any, **options: Any) -> xr.Dataset:
        fields("config.json", rms_norm_eps=0.5)(folder / "model")
        return recording.record(model, prompts, **options)

    with tiny.place(folder), patch.object(store, "record", record):
        return of_call(lambda: tiny.record(tiny.model(folder)), ["changed", "again"])


def infinite_streams(folder: Path) -> Outcome:
    with tiny.place(folder):
        name = tiny.model(folder, weights(lambda t: t[OUT].div_(t[OUT].abs().max()).mul_(3e38)))
        return of_call(lambda: tiny.record(name), ["not finite", "layer 0"])


def half_of_float16(folder: Path) -> Outcome:
    with tiny.place(folder):
        name = tiny.model(folder, weights(lambda t: t[OUT].div_(t[OUT].abs().max()).mul_(6e4)))
        return of_call(lambda: tiny.record(name, dtype="float16"), ["not finite", "float16"])


HOLD = """
    import sys, time
    from synergycore.recording.turn import turn
    with turn("recording of another", "cpu"):
        print("held", flush=True)
        sys.stdin.readline()
"""


def of_other(end: Callable[[subprocess.Popen], object]):
    """Another process records and ends in some way: ours waits with a word, then is right."""

    def run(folder: Path) -> Outcome:
        with tiny.place(folder):
            whole = tiny.record(tiny.model(folder), store=folder / "before")
            other = subprocess.Popen(
                [sys.executable, "-c", textwrap.dedent(HOLD)], text=True,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
            )  # fmt: skip
            with other:
                assert other.stdout.readline() == "held\n"
                timer = tiny.after(0.3, lambda: end(other))
                found = of_call(
                    lambda: tiny.record(str(folder / "model")),
                    right=lambda found: same(found, whole),
                )
                timer.join()
            return found

    return run


def ours(folder: Path) -> Outcome:
    """An error inside a turn gives it back."""
    with tiny.place(folder):
        try:
            with turn("recording", "cpu"):
                raise KeyError
        except KeyError:
            pass
        return of_call(
            lambda: tiny.record(tiny.model(folder)), right=lambda found: len(_stored(folder)) == 1
        )


CASES = [
    *(Case(f"a file: {n}", of_file(c), n == "cut after 50%") for n, c in DAMAGED.items()),
    *(Case(f"another model: {n}", of_key(c, **o), n == "the activation")
      for n, (c, o) in CHANGED.items()),
    Case("a full disk", full, True),
    Case("a folder that cannot be written", closed),
    Case("a cache that cannot be written", closed_cache),
    Case("a model that changes while it is recorded", changed_meanwhile),
    Case("streams beyond float32", infinite_streams),
    Case("streams beyond float16", half_of_float16),
    Case("another records, and ends", of_other(lambda p: p.stdin.write("\n") and p.stdin.close())),
    Case("another records, and is interrupted", of_other(lambda p: p.send_signal(signal.SIGINT))),
    Case("another records, and is ended", of_other(lambda p: p.terminate())),
    Case("another records, and is killed", of_other(lambda p: p.kill())),
    Case("an error while it is our turn", ours),
]  # fmt: skip
