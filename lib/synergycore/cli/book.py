"""Commands that run things: chapters, recordings, the whole book and its steps."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from synergycore.cli.app import app

ProfileName = Annotated[str, typer.Option("--profile", "-P", help="smoke, demo or paper.")]


@app.command()
def chapter(
    name: Annotated[str, typer.Argument(help="A chapter: the name of a file in notebooks/.")],
    profile: ProfileName = "demo",
    parameter: Annotated[
        list[str] | None,
        typer.Option(
            "--parameter", "-p", help="name=value; may be repeated.", metavar="NAME=VALUE"
        ),
    ] = None,
    output: Annotated[
        Path | None, typer.Option(help="Where the executed notebook goes (.ipynb).")
    ] = None,
    html: Annotated[bool, typer.Option("--html", help="Render the page as well.")] = False,
) -> None:
    """Execute one chapter: the profile's values, then yours."""
    from synergycore.book import single

    single.run(name, profile, parameter or [], output, html=html)


@app.command()
def lab(
    arguments: Annotated[
        list[str] | None, typer.Argument(help="JupyterLab's own: synergy lab -- --no-browser")
    ] = None,
) -> None:
    """Open the chapters in JupyterLab, with the book's own kernel."""
    from synergycore.book import lab

    lab.start(arguments or [])


@app.command()
def book(profile: ProfileName = "demo") -> None:
    """Make everything that changed and build the site; print the path to open."""
    from synergycore.book import build

    build.book(profile)


@app.command()
def results(profile: ProfileName = "demo") -> None:
    """Copy the claims of a finished build into results/claims/ and README.md, to be committed."""
    from synergycore.book import results

    print(f"written to {results.export(profile)}; see git diff")


@app.command()
def fetch(
    model: Annotated[str, typer.Argument(help="A name that `synergy models` lists.")],
) -> None:
    """Fetch and convert a model, if it is not here yet."""
    from synergycore.book import steps

    steps.fetch(model)


@app.command()
def record(
    model: Annotated[str, typer.Option("--model", "-m", help="Which of the profile's models.")],
    profile: ProfileName = "demo",
) -> None:
    """Make the recordings that the chapters of a profile share, for one model and its twins."""
    from synergycore.book import steps

    steps.record(profile, model)


@app.command(hidden=True)
def gather(
    chapter: str,
    profile: ProfileName = "demo",
) -> None:
    """Put the claims that one chapter wrote for each model into one file."""
    from synergycore.book import steps

    steps.gather(profile, chapter)


@app.command(hidden=True)
def site(profile: ProfileName = "demo") -> None:
    """Lay out the pages, executed chapters among them, and render them; a warning is an error."""
    from synergycore.book import site as rendering

    rendering.build(profile)
