"""The command `synergy`. Commands import what they need when they run: the start stays quick."""

from __future__ import annotations

import sys

from synergycore.errors import SynergyError


def lacking(module: str | None) -> SystemExit:
    """Say which extras a command needs: a bare install is the engine, synergycore.phiid, alone."""
    print(
        f"error: the command synergy needs the package {module}, which is not installed; "
        "in the repository, run make setup or pip install '.[models,book]'.",
        file=sys.stderr,
    )
    return SystemExit(2)


try:
    import typer
except ModuleNotFoundError as error:
    raise lacking(error.name) from None

app = typer.Typer(
    help="Build the book, run one chapter, look at its claims, models and machine.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def main() -> None:
    """Run the command; a SynergyError is a sentence on stderr and exit code 2, not a traceback."""
    try:
        from synergycore.cli import book, inspect  # noqa: F401 (they register their commands)

        app()
    except ModuleNotFoundError as error:
        raise lacking(error.name) from None
    except SynergyError as error:
        if report := getattr(error, "report", ""):
            print(report, file=sys.stderr)
        print(f"error: {error}", file=sys.stderr)
        raise SystemExit(2) from None
