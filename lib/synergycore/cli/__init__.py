"""The command `synergy`. Commands import what they need when they run: the start stays quick."""

from __future__ import annotations

import sys

from synergycore.book import failures
from synergycore.errors import SynergyError


def main() -> None:
    """Run the command; a SynergyError is a sentence on stderr and exit code 2, not a traceback.

    So is a missing package: the engine installs without those that the command needs; and so are
    a command line that is none, and a file that the system refuses.
    """
    try:
        from synergycore.cli import book, inspect  # they register their commands
        from synergycore.cli.app import run

        raise SystemExit(run())
    except SynergyError as error:
        if report := getattr(error, "report", ""):
            print(report, file=sys.stderr)
        _exit(str(error))
    except ModuleNotFoundError as error:
        if not error.name or error.name.startswith("synergycore"):
            raise
        _exit(
            f"the package {error.name!r} is not installed, which this command needs; run "
            "`make setup` in the book's repository, or pip install 'synergycore[models,book]'."
        )

    except OSError as error:
        if not error.filename:
            raise
        _exit(
            f"{error.filename} could not be used ({error.strerror}); make room or set it right "
            "there, or name another place."
        )


def _exit(sentence: str) -> None:
    print(f"error: {sentence}", file=sys.stderr)
    failures.note(sentence)
    raise SystemExit(2) from None
