"""Commands that only look: claims, models, the machine."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import Annotated

import typer

from synergycore.cli.app import app
from synergycore.cli.book import ProfileName


class Format(StrEnum):
    table = "table"
    json = "json"


@app.command("claims")
def show_claims(
    profile: ProfileName = "demo",
    form: Annotated[Format, typer.Option("--format", help="A table to read or JSON.")] = (
        Format.table
    ),
) -> None:
    """Print every measured claim with its effect, interval, control and verdict."""
    from synergycore.cli import tables

    records = tables.committed(profile)
    as_json = json.dumps(records, indent=2, ensure_ascii=False)
    typer.echo(as_json if form is Format.json else tables.of_claims(records))


@app.command("models")
def show_models() -> None:
    """List the models that the book knows by name."""
    from synergycore import models
    from synergycore.cli import tables

    rows = models.table()
    typer.echo(tables.aligned(list(rows[0]), [list(row.values()) for row in rows]))


@app.command()
def doctor() -> None:
    """Look over this machine and say in a sentence each what is wrong."""
    from synergycore.cli import health

    findings = health.examine()
    for finding in findings:
        typer.echo(str(finding))
    if not all(finding.good for finding in findings):
        raise typer.Exit(1)
