"""Plain tables for the terminal."""

from __future__ import annotations

import textwrap
from typing import Any

from synergycore import claims, settings
from synergycore.book import paths
from synergycore.errors import SynergyError

WIDTH = 48
"""Widest column, in characters; longer cells go on in the next line."""


def committed(profile: str) -> list[dict[str, Any]]:
    """The claim records of a profile, in the order of claim and model.

    Raises SynergyError for an unknown profile and when nothing has been built for it.
    """
    settings.load_profile(profile)
    folder = paths.claims_folder(profile)
    if not folder.is_dir():
        raise SynergyError(
            f"profile {profile!r} has no claims in {folder}; build it: synergy book --profile "
            f"{profile}."
        )
    return claims.read(folder, profile=profile)


def of_claims(records: list[dict[str, Any]]) -> str:
    rows = [row for row in claims.table_rows(records) if row["model"]]
    head = ["claim", "model", "effect [95 % interval]", "verdict"]
    lines = [
        [f"{row['claim']}. {row['name']}", row["model"], row["effect"], row["verdict"]]
        for row in rows
    ]
    return aligned(head, lines)


def aligned(head: list[str], rows: list[list[str]]) -> str:
    """Columns as wide as their widest cell, at most WIDTH."""
    cells = [[textwrap.wrap(cell, WIDTH) or [""] for cell in row] for row in [head, *rows]]
    widths = [max(len(line) for row in cells for line in row[k]) for k in range(len(head))]
    return "\n".join(line for row in cells for line in _lines(row, widths))


def _lines(row: list[list[str]], widths: list[int]) -> list[str]:
    height = max(map(len, row))
    padded = [[*cell, *[""] * (height - len(cell))] for cell in row]
    return [
        "  ".join(cell[k].ljust(width) for cell, width in zip(padded, widths, strict=True)).rstrip()
        for k in range(height)
    ]
