"""What weights are these? A hash of the safetensors files, remembered while the files stay put."""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from pathlib import Path

from synergycore import settings
from synergycore.errors import SynergyError
from synergycore.files import write_text


def weights_hash(folder: Path) -> str:
    """First 16 hex digits of the SHA-256 over the names and bytes of a folder's safetensors files.

    Remembered in the cache folder until a file's size or time changes: reading half a gigabyte
    takes a second, and every chapter asks.  Raises SynergyError where there is no such file.
    """
    files = sorted(folder.glob("*.safetensors"))
    if not files:
        raise SynergyError(
            f"{folder} holds no *.safetensors file; only safetensors weights are loaded, "
            "so save or convert the model with save_pretrained first."
        )
    stamp = [[file.name, file.stat().st_size, file.stat().st_mtime_ns] for file in files]
    note = _note_of(folder)
    if (remembered := _read(note)) and remembered["stamp"] == stamp:
        return remembered["hash"]
    digest = _digest(files)
    with suppress(OSError):  # a cache that cannot be written costs time, and nothing else
        write_text(note, json.dumps({"folder": str(folder), "stamp": stamp, "hash": digest}))
    return digest


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _digest(files: list[Path]) -> str:
    together = hashlib.sha256()
    for file in files:
        together.update(f"{file.name} {sha256(file)}\n".encode())
    return together.hexdigest()[:16]


def _note_of(folder: Path) -> Path:
    key = hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:16]
    return settings.cache_dir() / "hashes" / f"{key}.json"


def _read(note: Path) -> dict | None:
    """None for a missing or damaged note: it is then made again."""
    try:
        found = json.loads(note.read_text())
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) and {"stamp", "hash"} <= found.keys() else None
