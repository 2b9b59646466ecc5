"""`synergy book`: run the graph for one profile and publish the site."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from types import FrameType

import yaml

from synergycore import settings
from synergycore.book import inputs, lock, paths, plan, site
from synergycore.errors import SynergyError

ON_THIS_MACHINE = ("--quiet", "all", "--cores", "all")  # the steps say themselves what they do


def book(profile: str, *, cluster: str | None = None) -> Path:
    """Make what changed for a profile and build its site; returns the page to open.

    Raises SynergyError for an unknown profile or cluster, when another build of the profile runs,
    and when a step fails (what it said stands above the sentence).
    """
    started = time.monotonic()
    inputs.check(plan.load(profile))  # what is wrong is told before anything starts
    where = _on_cluster(cluster) if cluster else ON_THIS_MACHINE
    folder = paths.build(profile)
    with lock.only_one(folder), _interruptible():
        _run([*_snakemake(profile), *where], folder)
        page = site.publish(profile)
    print(f"built in {time.monotonic() - started:.0f} s: open {page}")
    return page


def pending(profile: str) -> list[str]:
    """Outputs of a profile that a build would make, because they are missing or out of date.

    Raises SynergyError for an unknown profile and for a repository that cannot be built.
    """
    inputs.check(plan.load(profile))
    command = [*_snakemake(profile), *ON_THIS_MACHINE, "--summary"]
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
        *("--scheduler", "greedy"),
        "--nolock",  # ours is freed however a build ends
        "--rerun-incomplete",
        "--keep-going",
    ]


def _on_cluster(name: str) -> tuple[str, ...]:
    """Raises SynergyError if a cluster's profile or its plugin is not there."""
    folder = settings.root() / "profiles" / "cluster"
    known = sorted(path.parent.name for path in folder.glob("*/config.yaml"))
    if name not in known:
        raise SynergyError(f"unknown cluster {name!r}; choose one of {', '.join(known)}.")
    executor = yaml.safe_load((folder / name / "config.yaml").read_text())["executor"]
    plugin = f"snakemake-executor-plugin-{executor}"
    if executor != "local" and find_spec(plugin.replace("-", "_")) is None:
        raise SynergyError(f"cluster {name!r} needs {plugin}; install it: pip install {plugin}.")
    return ("--workflow-profile", str(folder / name))


def _run(command: list[str], folder: Path) -> None:
    """Run Snakemake in a session of its own: an interrupt reaches it through us, once."""
    environment = {**_environment(), lock.MARK: str(folder)}
    with subprocess.Popen(command, env=environment, start_new_session=True) as child:
        try:
            code = child.wait()
        except BaseException:
            lock.end_processes(folder)
            raise
    if code:
        raise SynergyError(
            f"the build stopped with code {code}; correct what stands above and build again: "
            "what is done stays done."
        )


def _environment() -> dict[str, str]:
    ours = {"SYNERGY_ROOT": str(settings.root()), "SYNERGY_BUILD": str(settings.build_dir())}
    return {**os.environ, **ours}


@contextmanager
def _interruptible() -> Iterator[None]:
    """Let every polite signal end the build the way Ctrl-C does."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = {one: signal.signal(one, stop) for one in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    except KeyboardInterrupt:
        raise SynergyError("interrupted; build again and it goes on from here.") from None
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
