"""The smoke book, built once for all tests of this folder, into a folder of its own."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

import tiny_book as tiny


@dataclass(frozen=True)
class Built:
    build: Path
    """SYNERGY_BUILD of the run."""
    stdout: str
    changed: str
    """What git says of changed files after the build and did not say before; "" without git."""

    @property
    def folder(self) -> Path:
        return self.build / "smoke"

    @property
    def site(self) -> Path:
        return self.folder / "site"


@pytest.fixture(scope="session")
def smoke_book(tmp_path_factory):
    """`synergy book --profile smoke` on this repository; models come from the usual cache."""
    build = tmp_path_factory.mktemp("smoke")
    before = git_status()
    run = tiny.synergy(
        tiny.REPOSITORY, "book", "--profile", "smoke", SYNERGY_BUILD=os.fspath(build)
    )
    assert run.returncode == 0, run.stdout + run.stderr
    return Built(build, run.stdout, git_status().removeprefix(before))


def git_status():
    command = ["git", "status", "--porcelain"]
    return tiny.run(command, tiny.REPOSITORY).stdout if shutil.which("git") else ""
