"""Recordings on disk, each under a key made of everything that determines its numbers."""

from __future__ import annotations

import hashlib
import json
import logging
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import xarray as xr

from synergycore import models, settings
from synergycore.errors import SynergyError
from synergycore.files import write_bytes
from synergycore.models.loading import loaded_hash
from synergycore.recording.layout import FORMAT_VERSION, SIGNALS, versions
from synergycore.recording.recorder import record, replay

log = logging.getLogger(__name__)


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
    The model is loaded only if something has to be recorded.  A file that is damaged, half
    written or of an older format is named in the log and made again.
    """
    decoding: dict[str, Any] = {
        "new_tokens": new_tokens,
        "stop_at_eos": stop_at_eos,
        "temperature": temperature,
        "seed": seed,
        "batch_size": batch_size,
    }
    where: dict[str, Any] = {"device": device, "dtype": dtype}
    folder = store or settings.build_dir() / "recordings"
    path = folder / file_name(model_name, prompts, decoding, where, random_weights_seed)
    if (found := read(path)) is not None:
        return found
    if random_weights_seed is None:
        made = record(models.load(model_name, **where), prompts, **decoding, progress=progress)
    else:
        real = load_or_record(
            model_name, prompts, **decoding, **where, progress=progress, store=store
        )
        twin = models.load(model_name, **where, random_weights_seed=random_weights_seed)
        made = replay(twin, real, batch_size=batch_size, progress=progress)
    write(path, made)
    return made


def file_name(
    model_name: str,
    prompts: Sequence,
    decoding: dict[str, Any],
    where: dict[str, Any],
    random_weights_seed: int | None,
) -> str:
    """Model and key.  The format's version is not in the key: an old file must be found to be
    named."""
    device = settings.choose_device(where["device"])
    determines = {
        "weights": loaded_hash(models.locate(model_name), random_weights_seed),
        "prompts": [[prompt.id, prompt.category, prompt.text] for prompt in prompts],
        "decoding": decoding,
        "device": device,
        "dtype": str(settings.choose_dtype(where["dtype"], device)),
        "versions": versions(),
    }
    key = hashlib.sha256(json.dumps(determines, sort_keys=True).encode()).hexdigest()[:16]
    plain = re.sub(r"[^A-Za-z0-9.-]+", "_", Path(model_name).name)
    twin = "" if random_weights_seed is None else f"-twin{random_weights_seed}"
    return f"{plain}{twin}-{key}.nc"


def read(path: Path) -> xr.Dataset | None:
    """The recording, in memory; None, with a warning that names the file, if it cannot be used."""
    if not path.exists():
        return None
    try:
        with xr.open_dataset(path, engine="h5netcdf") as opened:
            seen = opened.attrs.get("format_version")
            if seen != FORMAT_VERSION:
                log.warning(
                    "recording %s has format %s, this version reads %s: it is made again",
                    path, seen, FORMAT_VERSION,
                )  # fmt: skip
                return None
            whole = opened.load()
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        log.warning("recording %s is damaged (%s): it is made again", path, error)
        return None
    if missing := {*SIGNALS, "tokens", "residual_gram"} - set(whole):
        log.warning("recording %s lacks %s: it is made again", path, ", ".join(sorted(missing)))
        return None
    return whole


def write(path: Path, recording: xr.Dataset) -> None:
    """Under a temporary name, renamed when whole; checksums let `read` notice damage later.

    The file is made in memory first: on a full disk HDF5 itself may bring the process down.
    Raises SynergyError when the disk is full or the folder cannot be written.
    """
    # Compressed data carries a checksum, which is how damage is noticed: compress the small too.
    encoding = {name: {"zlib": True, "complevel": 1, "shuffle": True} for name in recording}
    content = bytes(recording.to_netcdf(engine="h5netcdf", encoding=encoding))
    try:
        write_bytes(path, content)
    except OSError as error:
        raise SynergyError(
            f"the recording {path.name} could not be written to {path.parent} ({error}); "
            "make room there or set SYNERGY_BUILD to another folder."
        ) from error
