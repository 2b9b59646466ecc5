"""A tiny model in a folder of the case's own, with a cache and a build of its own."""

from __future__ import annotations

import json
import logging
import os
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from unittest.mock import patch

import torch
import xarray as xr
from safetensors.torch import load_file, save_file

from synergycore import models, recording
from tiny_models import PROMPTS, save

Change = Callable[[Path], object]
WEIGHTS = "model.safetensors"
OPTIONS = {"new_tokens": 8, "device": "cpu", "dtype": "float32", "progress": False}


@contextmanager
def place(folder: Path) -> Iterator[None]:
    """The cache and the build in `folder`, one thread: tiny models are slower on many."""
    own = {"SYNERGY_CACHE": str(folder / "cache"), "SYNERGY_BUILD": str(folder / "build")}
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with patch.dict(os.environ, own):
            yield
    finally:
        torch.set_num_threads(threads)


@cache
def original() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="tiny-model-"))
    save(folder, chat=True)
    return folder


def after(seconds: float, function: Callable[[], object]) -> threading.Timer:
    timer = threading.Timer(seconds, function)
    timer.start()
    return timer


def model(folder: Path, change: Change | None = None) -> str:
    """A llama of three layers with a chat template, changed; returns its name."""
    shutil.copytree(original(), folder / "model")
    if change is not None:
        change(folder / "model")
    return str(folder / "model")


@cache
def loaded() -> models.LoadedModel:
    """That model as it is, in memory."""
    with tempfile.TemporaryDirectory() as folder, place(Path(folder)):
        return models.load(str(original()), device="cpu")


@cache
def recorded() -> xr.Dataset:
    """Its recording."""
    return recording.record(loaded(), PROMPTS, new_tokens=8, progress=False)


def record(name: str, **changes: object) -> xr.Dataset:
    return recording.load_or_record(name, PROMPTS, **(OPTIONS | changes))


@contextmanager
def warnings() -> Iterator[list[str]]:
    """What the library logs meanwhile."""
    said: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda entry: said.append(entry.getMessage())  # type: ignore
    logger = logging.getLogger("synergycore")
    logger.addHandler(handler)
    try:
        yield said
    finally:
        logger.removeHandler(handler)


def flip(file: str, bit: int = -20) -> Change:
    """One bit, counted from the end of the file if negative."""

    def change(folder: Path) -> None:
        content = bytearray((folder / file).read_bytes())
        content[bit // 8] ^= 1 << bit % 8
        (folder / file).write_bytes(content)

    return change


def cut(file: str, share: float) -> Change:
    """Its first part alone."""

    def change(folder: Path) -> None:
        content = (folder / file).read_bytes()
        (folder / file).write_bytes(content[: int(share * len(content))])

    return change


def written(file: str, content: str) -> Change:
    return lambda folder: (folder / file).write_text(content)


def gone(file: str) -> Change:
    return lambda folder: (folder / file).unlink()


def fields(file: str, **values: object) -> Change:
    """Other values in a JSON file."""
    return lambda folder: (folder / file).write_text(
        json.dumps(json.loads((folder / file).read_text()) | values)
    )


def weights(function: Callable[[dict[str, torch.Tensor]], object]) -> Change:
    """Other tensors: `function` changes them in place."""

    def change(folder: Path) -> None:
        tensors = load_file(folder / WEIGHTS)
        function(tensors)
        save_file(tensors, folder / WEIGHTS, metadata={"format": "pt"})

    return change
