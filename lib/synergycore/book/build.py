"""`synergy book`: run the graph for one profile, measure it, publish the site."""

from __future__ import annotations

import datetime
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from types import FrameType

import psutil
import yaml

from synergycore import settings
from synergycore.book import lock, paths, plan, site, steps
from synergycore.book.watch import Cost, watch
from synergycore.errors import SynergyError


def book(profile: str, *, cluster: str | None = None) -> Path:
    """Make what changed for a profile and build its site; returns the page to open.

    Raises SynergyError for an unknown profile or cluster, when another build of the profile runs,
    and when a step fails (what it said stands above the sentence).
    """
    plan.load(profile)  # bad text and names are told before anything starts
    folder = paths.build(profile)
    command = _command(profile, cluster)
    with lock.only_one(folder / "lock"), _interruptible(), watch() as cost:
        lock.end_remembered(folder / "snakemake.json")
        _run(command, folder)
    steps.export_claims(profile)
    _write_measured(profile, cost)
    page = _publish(profile)
    print(
        f"built in {cost.seconds:.0f} s, at most {cost.peak_memory_bytes / 1e9:.1f} GB: open {page}"
    )
    return page


def _command(profile: str, cluster: str | None) -> list[str]:
    options = [
        *("--snakefile", str(settings.root() / "Snakefile")),
        *("--directory", str(paths.build(profile))),
        *("--config", f"profile={profile}"),
        *("--scheduler", "greedy"),
        "--nolock",  # ours is freed however a build ends
        "--rerun-incomplete",
        "--keep-going",
    ]
    if cluster is None:
        quiet = ("--quiet", "all")  # the steps say themselves what they do
        return [sys.executable, "-m", "snakemake", *options, *quiet, "--cores", "all"]
    return [sys.executable, "-m", "snakemake", *options, "--workflow-profile", _cluster(cluster)]


def _cluster(name: str) -> str:
    """Folder of a cluster's profile. Raises SynergyError if it or its plugin is not there."""
    folder = settings.root() / "profiles" / "cluster"
    known = sorted(path.parent.name for path in folder.glob("*/config.yaml"))
    if name not in known:
        raise SynergyError(f"unknown cluster {name!r}; choose one of {', '.join(known)}.")
    executor = yaml.safe_load((folder / name / "config.yaml").read_text())["executor"]
    plugin = f"snakemake-executor-plugin-{executor}"
    if executor != "local" and find_spec(plugin.replace("-", "_")) is None:
        raise SynergyError(f"cluster {name!r} needs {plugin}; install it: pip install {plugin}.")
    return str(folder / name)


def _run(command: list[str], folder: Path) -> None:
    """Run Snakemake in a session of its own: an interrupt reaches it through us, once."""
    environment = {
        **os.environ,
        "SYNERGY_ROOT": str(settings.root()),
        "SYNERGY_BUILD": str(settings.build_dir()),
    }
    with subprocess.Popen(command, env=environment, start_new_session=True) as child:
        process = psutil.Process(child.pid)
        lock.remember(process, folder / "snakemake.json")
        try:
            code = child.wait()
        except BaseException:
            lock.end_tree(process)
            raise
    if code:
        raise SynergyError(
            f"the build stopped with code {code}; correct what stands above and build again: "
            "what is done stays done."
        )


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


def _write_measured(profile: str, cost: Cost) -> None:
    record = {
        "seconds": round(cost.seconds, 1),
        "peak_memory_bytes": cost.peak_memory_bytes,
        "finished": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
    }
    steps.write_text(paths.measured(profile), json.dumps(record, indent=2) + "\n")


def _publish(profile: str) -> Path:
    """In the repository's own build only: a build made elsewhere stays there."""
    if settings.build_dir() == settings.root() / "build":
        return site.publish(profile)
    return paths.build(profile) / "site" / "index.html"
