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
    """Copy the site to `_build/html`, at once as seen from outside; returns the page to open.

    What was published stays whole while the next build runs, and if it fails.
    A build made elsewhere than in the repository's own build folder is not published.
    """
    site = paths.build(profile) / "site"
    if not paths.is_own_build():
        return site / "index.html"
    target = settings.root() / "_build" / "html"
    target.parent.mkdir(exist_ok=True)
    new, old = (target.with_name(f".html.{word}.{os.getpid()}") for word in ("new", "old"))
    shutil.copytree(site, new)
    if target.exists():
        os.rename(target, old)
    os.rename(new, target)
    shutil.rmtree(old, ignore_errors=True)
    return target / "index.html"
