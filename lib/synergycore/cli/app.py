"""The one application that commands register with."""

import typer

from synergycore.errors import SynergyError

app = typer.Typer(
    help="Build the book, run one chapter, look at its claims, models and machine.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def run() -> int | None:
    """The command of this process; returns its exit code.

    Raises SynergyError for a command line that is none.
    """
    try:
        return app(standalone_mode=False)
    except typer.TyperException as error:
        said = error.format_message()
    if "\n" in said.strip():  # the help, where nothing was asked for
        print(said)
        return 2
    meant = said.rstrip(".").replace(". Did you mean", ", did you mean").rstrip("?")
    raise SynergyError(f"{meant}; see synergy --help.")
