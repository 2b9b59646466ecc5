"""What `synergy doctor` looks at. Nothing here needs the network."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from synergycore import settings
from synergycore.errors import SynergyError

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
PACKAGES = ("torch", "transformers", "jupyter-book", "snakemake", "papermill", "numpy")
ROOM = 5.0
"""Gigabytes that models, recordings and pages need."""
MEMORY = 6.0
"""Gigabytes that the demo profile needs."""


@dataclass(frozen=True)
class Finding:
    what: str
    said: str
    good: bool = True

    def __str__(self) -> str:
        return f"{'ok ' if self.good else 'BAD'}  {self.what}: {self.said}"


def examine() -> list[Finding]:
    """One finding a check, at least; `good` is False where something must be done."""
    return [finding for check in CHECKS for finding in _found(check)]


def _found(check: Callable[[], list[Finding]]) -> list[Finding]:
    """What cannot be looked at is a finding too, so that the other checks still speak."""
    try:
        return check()
    except ModuleNotFoundError as error:
        said = f"cannot be looked at, {error.name} is missing; run `make setup`."
    except SynergyError as error:
        said = str(error)
    return [Finding(check.__name__, said, False)]


def python() -> list[Finding]:
    version = ".".join(map(str, sys.version_info[:3]))
    return [Finding("python", f"{version}, {sys.executable}")]


def packages() -> list[Finding]:
    """Every pinned package that is installed must have the pinned version."""
    pins = dict(
        line.split("==")
        for line in (settings.root() / "constraints.txt").read_text().splitlines()
        if "==" in line and not line.startswith("#")
    )
    found = {name: _version(name) for name in pins}
    other = [
        f"{name} {found[name]} (pinned {pin})"
        for name, pin in pins.items()
        if found[name] and found[name] != pin
    ]
    missing = [name for name in PACKAGES if not _version(name)]
    if missing:
        return [Finding("packages", f"{', '.join(missing)} missing; run `make setup`.", False)]
    if other:
        said = f"not as pinned: {', '.join(other)}; run `make setup`."
        return [Finding("packages", said, False)]
    return [Finding("packages", ", ".join(f"{name} {_version(name)}" for name in PACKAGES))]


def _version(name: str) -> str:
    try:
        return metadata.version(name).split("+")[0]
    except metadata.PackageNotFoundError:
        return ""


def device() -> list[Finding]:
    import torch

    chosen = settings.choose_device("auto")
    name = torch.cuda.get_device_name() if chosen == "cuda" else f"{os.cpu_count()} cores"
    return [Finding("device", f"{chosen} ({name})")]


def memory() -> list[Finding]:
    import psutil

    total = psutil.virtual_memory().total / 1e9
    if total < MEMORY:
        said = f"{total:.0f} GB, the demo profile needs {MEMORY:.0f}; use PROFILE=smoke."
        return [Finding("memory", said, False)]
    return [Finding("memory", f"{total:.0f} GB")]


def disk() -> list[Finding]:
    places = {"cache": settings.cache_dir(), "build": settings.build_dir()}
    return [_room(name, path) for name, path in places.items()]


def _room(name: str, path: Path) -> Finding:
    there = next(folder for folder in (path, *path.parents) if folder.exists())
    variable = f"SYNERGY_{name.upper()}"
    if not os.access(there, os.W_OK):
        said = f"{path} cannot be written; set {variable} to a folder that can."
        return Finding(name, said, False)
    free = shutil.disk_usage(there).free / 1e9
    if free < ROOM:
        said = f"{path} has {free:.1f} GB free, {ROOM:.0f} are needed; make room or set {variable}."
        return Finding(name, said, False)
    return Finding(name, f"{path}, {free:.0f} GB free")


def models() -> list[Finding]:
    from synergycore import models as registry

    wanted = settings.load_profile("demo").models
    cached = [name for name in wanted if registry.is_cached(name)]
    absent = [name for name in wanted if name not in cached]
    said = f"cached: {', '.join(cached) or 'none'}"
    if absent:
        said += f"; fetched at the first build, which needs the network: {', '.join(absent)}"
    return [Finding("models", said)]


def browser() -> list[Finding]:
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if not found:
        return [Finding("browser", "no Chromium: the tests of the built pages are skipped")]
    return [Finding("browser", found)]


def repository() -> list[Finding]:
    profiles = [settings.load_profile(name) for name in settings.profile_names()]
    return [Finding("repository", f"{settings.root()}, {len(profiles)} profiles")]


CHECKS: tuple[Callable[[], list[Finding]], ...] = (
    python,
    repository,
    packages,
    device,
    memory,
    disk,
    models,
    browser,
)
