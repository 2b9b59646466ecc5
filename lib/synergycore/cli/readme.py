"""The verdict table of README.md, written between two markers from the committed claims."""

from __future__ import annotations

import re
from typing import Any

from synergycore import claims, settings
from synergycore.book import paths
from synergycore.errors import SynergyError

BEGIN, END = "<!-- verdicts: begin -->", "<!-- verdicts: end -->"


def updated(text: str, records: list[dict[str, Any]]) -> str:
    """`text` with the table between the markers. Raises SynergyError if they are not there."""
    between = re.compile(f"{re.escape(BEGIN)}\n.*?{re.escape(END)}", re.DOTALL)
    if not between.search(text):
        raise SynergyError(f"README.md lacks the lines {BEGIN} and {END}; put them back.")
    table = claims.table_markdown(records, full=False).strip()
    return between.sub(lambda _: f"{BEGIN}\n{table}\n{END}", text)


def update(profile: str) -> None:
    """Write the committed verdicts of a profile, or that there is none, into README.md."""
    folder = paths.claims_folder(profile)
    path = settings.root() / "README.md"
    records = claims.read(folder) if folder.is_dir() else []
    path.write_text(updated(path.read_text("utf-8"), records), "utf-8")
