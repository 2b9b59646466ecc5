"""Recordings on disk, each under a key made of everything that determines its numbers."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import xarray as xr

from synergycore import models, settings
from synergycore.errors import SynergyError
from synergycore.models import checks, hashing, loading
from synergycore.recording.checks import check_decoding, check_prompts
from synergycore.recording.files import read, write
from synergycore.recording.layout import versions
from synergycore.recording.recorder import record, replay
from synergycore.recording.turn import turn

WITHOUT_NUMBERS = ("store.py", "files.py", "turn.py", "__init__.py")
"""Modules of this package that keep recordings; all others make them, and so does loading."""


def load_or_record(
    model_name: str,
    prompts: Sequence,
    *,
    new_tokens: int,
    stop_at_eos: bool = False,
    temperature: float = 0.0,
    seed: int = 0,
    batch_size: int = 12,
    progress: bool = True,
    random_weights_seed: int | None = None,
    device: str = "auto",
    dtype: str = "auto",
    store: Path | None = None,
) -> xr.Dataset:
    """The recording from the store, or made and stored now; arguments as for `record`.

    With `random_weights_seed`: the random twin, replayed on the tokens that the real model wrote.
    The model is loaded only if something has to be recorded, and only one process on a machine
    records at a time.  A file that is damaged, half written, another's or of an older format is
    named in the log and made again.  Raises SynergyError as `record` and `models.load` do.
    """
    decoding: dict[str, Any] = {
        "new_tokens": new_tokens,
        "stop_at_eos": stop_at_eos,
        "temperature": temperature,
        "seed": seed,
        "batch_size": batch_size,
    }
    check_prompts(prompts)
    check_decoding(**decoding)
    checks.check_seed(random_weights_seed)
    folder = Path(store or settings.build_dir() / "recordings")
    asked = Asked(model_name, prompts, decoding, {"device": device, "dtype": dtype}, folder)
    path = asked.path(random_weights_seed)
    if (found := read(path)) is not None:
        return found
    with turn(f"recording of {path.stem}", settings.choose_device(device)) as waited:
        if waited and (found := read(path)) is not None:  # it was the same that the other made
            return found
        return _make(asked, random_weights_seed, progress)


@dataclass(frozen=True)
class Asked:
    """What one recording and its twins have in common."""

    model: str
    prompts: Sequence
    decoding: dict[str, Any]
    where: dict[str, Any]
    folder: Path

    def path(self, random_weights_seed: int | None) -> Path:
        name = file_name(self.model, self.prompts, self.decoding, self.where, random_weights_seed)
        return self.folder / name


def _make(asked: Asked, random_weights_seed: int | None, progress: bool) -> xr.Dataset:
    """Record and write; the tokens of a twin are the real model's, recorded now if need be."""
    path = asked.path(random_weights_seed)
    if random_weights_seed is None:
        loaded = models.load(asked.model, **asked.where)
        made = record(loaded, asked.prompts, **asked.decoding, progress=progress)
    else:
        if (real := read(asked.path(None))) is None:
            real = _make(asked, None, progress)
        twin = models.load(asked.model, **asked.where, random_weights_seed=random_weights_seed)
        made = replay(twin, real, batch_size=asked.decoding["batch_size"], progress=progress)
    if asked.path(random_weights_seed) != path:
        raise SynergyError(
            f"the files of model {asked.model!r} changed while it was recorded; record it again."
        )
    return write(path, made)


def file_name(
    model_name: str,
    prompts: Sequence,
    decoding: dict[str, Any],
    where: dict[str, Any],
    random_weights_seed: int | None,
) -> str:
    """Model and key."""
    device = settings.choose_device(where["device"])
    folder = models.locate(model_name)
    determines = {
        "weights": loading.loaded_hash(folder, random_weights_seed),
        "files": hashing.folder_hash(folder),
        "chat": loading.tuned_for_chat(model_name),
        "prompts": [[prompt.id, prompt.category, prompt.text] for prompt in prompts],
        "decoding": decoding,
        "device": device,
        "dtype": str(settings.choose_dtype(where["dtype"], device)),
        "versions": versions(),
        "code": code_hash(),
    }
    key = hashlib.sha256(json.dumps(determines, sort_keys=True).encode()).hexdigest()[:16]
    plain = re.sub(r"[^A-Za-z0-9.-]+", "_", Path(model_name).name)[:60]
    twin = "" if random_weights_seed is None else f"-twin{random_weights_seed}"
    return f"{plain}{twin}-{key}.nc"


@cache
def code_hash() -> str:
    """Of the source that makes a recording: with other code it is another recording."""
    ours = Path(__file__).parent.glob("*.py")
    files = [path for path in sorted(ours) if path.name not in WITHOUT_NUMBERS]
    together = hashlib.sha256()
    for path in [*files, Path(loading.__file__)]:
        together.update(f"{path.name} {hashing.sha256(path)}\n".encode())
    return together.hexdigest()
