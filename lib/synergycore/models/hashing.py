"""What is in a model's folder? SHA-256 of its files, remembered while they stay as they are."""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from pathlib import Path

from synergycore import settings
from synergycore.errors import SynergyError
from synergycore.files import write_text

READ = ("*.safetensors", "*.json", "*.jinja", "*.model", "merges.txt", "vocab.txt")
"""What loading reads, and what is fetched: weights, configs, tokenizer, chat templates."""


def weights_hash(folder: Path) -> str:
    """First 16 hex digits of the SHA-256 over the names and bytes of a folder's safetensors files.

    Raises SynergyError where there is no such file.
    """
    found = {name: digest for name, digest in digests(folder).items() if _weights(name)}
    if not found:
        raise SynergyError(
            f"{folder} holds no *.safetensors file; only safetensors weights are loaded, "
            "so save or convert the model with save_pretrained first."
        )
    return _together(found)


def folder_hash(folder: Path) -> str:
    """The same over every file that loading reads: config, tokenizer and chat template too."""
    return _together(digests(folder))


def digests(folder: Path) -> dict[str, str]:
    """File -> SHA-256, of the files in `folder` that loading reads, by name.

    Remembered in the cache folder until a file's size or time changes: reading half a gigabyte
    takes a second, and every chapter asks.  Raises SynergyError for a file that cannot be read.
    """
    note = _note_of(folder)
    try:
        files = _files(folder)
        stamp = [_stamp(name, path) for name, path in files.items()]
        if (remembered := _read(note)) and remembered["stamp"] == stamp:
            return remembered["digests"]
        found = measured(folder)
    except OSError as error:
        raise SynergyError(
            f"a file of the model in {folder} cannot be read ({error}); "
            "see that it is there and open to you."
        ) from error
    with suppress(OSError):  # a cache that cannot be written costs time, and nothing else
        content = {"folder": str(folder), "stamp": stamp, "digests": found}
        write_text(note, json.dumps(content))
    return found


def measured(folder: Path) -> dict[str, str]:
    """The same, read now and not remembered."""
    return {name: sha256(path) for name, path in _files(folder).items()}


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _files(folder: Path) -> dict[str, Path]:
    """By name; more chat templates may stand in a folder of their own."""
    patterns = (*READ, "additional_chat_templates/*.jinja")
    found = {path for pattern in patterns for path in folder.glob(pattern) if path.is_file()}
    return {path.relative_to(folder).as_posix(): path for path in sorted(found)}


def _stamp(name: str, path: Path) -> list:
    """The time of the last change of any kind is among it: that of writing can be set back."""
    seen = path.stat()
    return [name, seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns, seen.st_ino]


def _weights(name: str) -> bool:
    return name.endswith(".safetensors")


def _together(files: dict[str, str]) -> str:
    lines = "".join(f"{name} {digest}\n" for name, digest in files.items())
    return hashlib.sha256(lines.encode()).hexdigest()[:16]


def _note_of(folder: Path) -> Path:
    key = hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:16]
    return settings.cache_dir() / "hashes" / f"{key}.json"


def _read(note: Path) -> dict | None:
    """None for a missing, damaged or older note: it is then made again."""
    try:
        found = json.loads(note.read_text())
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) and {"stamp", "digests"} <= found.keys() else None
