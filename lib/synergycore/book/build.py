"""`synergy book`: run the graph for one profile and publish the site."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType

from synergycore import settings
from synergycore.book import failures, inputs, lock, paths, plan, site
from synergycore.errors import SynergyError


def book(profile: str) -> Path:
    """Make what changed for a profile and build its site; returns the page to open.

    Raises SynergyError for an unknown profile, for a file that is missing, when another build of
    the profile runs, and when a step fails (what it said stands above the sentence).
    """
    started = time.monotonic()
    inputs.chapters(plan.load(profile))  # what is wrong is told before anything starts
    folder = paths.build(profile)
    with lock.only_one(folder):
        _run(profile, folder)
        page = site.publish(profile)
    print(f"built in {time.monotonic() - started:.0f} s: open {page}")
    return page


def pending(profile: str) -> list[str]:
    """Outputs of a profile that a build would make, because they are missing or out of date.

    Raises SynergyError for an unknown profile and for a repository that cannot be built.
    """
    inputs.chapters(plan.load(profile))
    command = [*_snakemake(profile), "--summary"]
    run = subprocess.run(command, env=_environment(), capture_output=True, text=True, check=False)
    if run.returncode:
        sys.stderr.write(run.stderr)
        raise SynergyError("the plan of the build could not be made; correct what stands above.")
    rows = [line.split("\t") for line in run.stdout.splitlines()]
    return [row[0] for row in rows if row[-1] == "update pending"]


def _snakemake(profile: str) -> list[str]:
    return [
        *(sys.executable, "-m", "snakemake"),
        *("--snakefile", str(settings.root() / "Snakefile")),
        *("--directory", str(paths.build(profile))),
        *("--config", f"profile={profile}"),
        *("--cores", "all", "--scheduler", "greedy"),
        *("--quiet", "all"),  # the steps say themselves what they do
        *("--nolock", "--rerun-incomplete", "--keep-going"),  # our lock is freed at any end
    ]


def _run(profile: str, folder: Path) -> None:
    """Run Snakemake in a session of its own: an interrupt reaches it through us, once."""
    for polite in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(polite, _interrupt)
    environment = {**_environment(), lock.MARK: str(folder)}
    failures.forget(folder)
    try:
        code = subprocess.call(_snakemake(profile), env=environment, start_new_session=True)
    except KeyboardInterrupt:
        lock.end_processes(folder)
        raise SynergyError("interrupted; build again and it goes on from here.") from None
    if code:
        raise SynergyError(
            f"the build stopped: {failures.first(folder)}; what was published before stays, and "
            "what is done stays done: correct this and build again."
        )


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _environment() -> dict[str, str]:
    ours = {"SYNERGY_ROOT": str(settings.root()), "SYNERGY_BUILD": str(settings.build_dir())}
    return {**os.environ, **ours}
