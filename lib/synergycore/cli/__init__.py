"""The command `synergy`. Commands import what they need when they run: the start stays quick."""

from __future__ import annotations

import sys

import typer

from synergycore.errors import SynergyError

app = typer.Typer(
    help="Build the book, run one chapter, look at its claims, models and machine.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def main() -> None:
    """Run the command; a SynergyError is a sentence on stderr and exit code 2, not a traceback."""
    from synergycore.cli import book, inspect  # noqa: F401 (they register their commands)

    try:
        app()
    except SynergyError as error:
        if report := getattr(error, "report", ""):
            print(report, file=sys.stderr)
        print(f"error: {error}", file=sys.stderr)
        raise SystemExit(2) from None
