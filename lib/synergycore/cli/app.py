"""The one application that commands register with."""

import typer

app = typer.Typer(
    help="Build the book, run one chapter, look at its claims, models and machine.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
