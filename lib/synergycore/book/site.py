"""Render the staged pages with Jupyter Book, and put a finished site where it is read."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from synergycore import settings
from synergycore.book import paths, staging
from synergycore.errors import SynergyError


def build(profile: str) -> Path:
    """Stage and render the pages into `build/<profile>/site`; returns its index.html.

    Raises SynergyError when Jupyter Book fails or warns about anything.
    """
    print("site", flush=True)
    return render(staging.stage(profile), paths.build(profile) / "site")


def render(stage: Path, site: Path, *, strict: bool = True) -> Path:
    """Render staged pages into the folder `site`; returns its index.html.

    Always from nothing: a warning seen by one build must not go unseen by the next.
    Raises SynergyError when Jupyter Book fails and, if strict, when it warns.
    """
    work = site.with_name(f"{site.name}.work")
    shutil.rmtree(work, ignore_errors=True)
    _jupyter_book(stage, work, ["-n", "-W", "--keep-going"] if strict else [])
    shutil.rmtree(site, ignore_errors=True)
    os.rename(work / "_build" / "html", site)
    shutil.rmtree(work)
    return site / "index.html"


def _jupyter_book(stage: Path, work: Path, strictness: list[str]) -> None:
    command = [sys.executable, "-c", "from jupyter_book.cli.main import main; main()", "build"]
    options = ["--all", "-q", "--path-output", str(work), str(stage)]
    run = subprocess.run(
        command + strictness + options, capture_output=True, text=True, check=False
    )
    if run.returncode:
        sys.stderr.write(_said(run))
        raise SynergyError(
            f"the site could not be rendered from {stage}: Jupyter Book ended with code "
            f"{run.returncode}; correct what it says above (warnings count as errors)."
        )


def _said(run: subprocess.CompletedProcess[str]) -> str:
    """Its warnings and errors; all of its output when it named none."""
    lines = re.sub(r"\x1b\[[0-9;]*m", "", run.stdout + run.stderr).splitlines()
    named = [line for line in lines if "WARNING" in line or "ERROR" in line or "rror:" in line]
    return "\n".join(named or lines) + "\n"


def publish(profile: str) -> Path:
    """Let `_build/html` lead to the site of this profile; returns the page to open.

    A build made elsewhere than in the repository's own build folder stays there.
    """
    site = paths.build(profile) / "site"
    if not paths.is_own_build():
        return site / "index.html"
    target = settings.root() / "_build" / "html"
    target.parent.mkdir(exist_ok=True)
    if not target.is_symlink():
        shutil.rmtree(target, ignore_errors=True)
    link = target.with_name(f".html.{os.getpid()}")
    link.symlink_to(os.path.relpath(site, target.parent))
    os.replace(link, target)
    return target / "index.html"
