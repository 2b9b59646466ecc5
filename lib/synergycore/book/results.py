"""`synergy results`: what a build found goes into git, on purpose."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from synergycore import claims, settings
from synergycore.book import build, lock, paths, plan, records, verdicts
from synergycore.errors import SynergyError
from synergycore.files import write_text

BEGIN, END = "<!-- verdicts: begin -->", "<!-- verdicts: end -->"


def export(profile: str) -> Path:
    """Copy the claims of a finished build into `results/claims/<profile>/`, and into README.md.

    What a clock measured is left out: it would change with every build.
    Raises SynergyError for a profile whose numbers mean nothing, for a build made elsewhere than in
    the repository, one that is not finished or out of date, and while another build runs.
    """
    chosen = plan.load(profile)
    folder = paths.claims_folder(profile)
    _refuse_no_result(profile)
    with lock.only_one(paths.build(profile)):
        if made := build.pending(profile):
            raise SynergyError(
                f"the build of profile {profile!r} is not finished or out of date: {len(made)} "
                f"files, such as {made[0]}; run synergy book --profile {profile} first."
            )
        found = {name: lasting(records.of_profile(profile, name)) for name in chosen.chapters}
    for path in folder.glob("*.json"):
        path.unlink()
    for name, kept in found.items():
        if kept:
            claims.write_records(folder / f"{name}.json", kept, chapter=name, profile=profile)
    if profile == paths.PUBLISHED:
        readme = settings.root() / "README.md"
        published = claims.read(folder, profile=profile)
        write_text(readme, with_table(readme.read_text("utf-8"), published))
    return folder


def lasting(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The records without those that a clock measured."""
    registry = claims.registry()
    return [record for record in rows if not registry[record["claim"]].timed]


def with_table(text: str, rows: list[dict[str, Any]]) -> str:
    """`text` with the verdicts between the markers. Raises SynergyError if they are not there."""
    between = re.compile(f"{re.escape(BEGIN)}\n.*?{re.escape(END)}", re.DOTALL)
    if not between.search(text):
        raise SynergyError(f"README.md lacks the lines {BEGIN} and {END}; put them back.")
    table = verdicts.table(rows, full=False).strip()
    return between.sub(lambda _: f"{BEGIN}\n{table}\n{END}", text)


def _refuse_no_result(profile: str) -> None:
    if profile in paths.MEANINGLESS:
        raise SynergyError(
            f"the numbers of profile {profile!r} mean nothing; take the results of another one."
        )
    if not paths.is_own_build():
        raise SynergyError(
            f"the build in {settings.build_dir()} is not this repository's own; unset "
            "SYNERGY_BUILD and build the book here."
        )
