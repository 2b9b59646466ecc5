"""One chapter by itself: `synergy chapter NAME -p key=value`."""

from __future__ import annotations

import time
from pathlib import Path

from synergycore import settings
from synergycore.book import differences, parameters, paths, runner, site, staging, text, toc
from synergycore.book.differences import Differences
from synergycore.errors import SynergyError


def run(
    name: str, profile: str, pairs: list[str], output: Path | None = None, *, html: bool = False
) -> Path:
    """Execute a chapter with the profile's values and then those of `pairs` (`name=value`).

    Returns the path of the executed notebook; with `html`, the page is rendered too, among the
    prose of the book, into the folder of the chapter's own files.
    Raises SynergyError for an unknown chapter, profile or parameter and a wrong type, all before
    anything runs; ChapterFailed when a cell raises.
    """
    chapter = text.load(name)
    book = parameters.of_book(chapter, settings.load_profile(profile))
    values = book | parameters.given(chapter, pairs)
    parameters.refuse_unfit(values, name)
    differs = differences.between(values, book)
    target = _target(output or _own_place(profile, name, values.get("model"), differs))
    print(f"chapter {name}" + (f" for {values['model']}" if "model" in values else ""), flush=True)
    started = time.monotonic()
    runner.run(chapter, values, target, differs)
    print(f"executed in {time.monotonic() - started:.0f} s: {target}", flush=True)
    if html:
        print(f"open {render(name, target)}", flush=True)
    return target


def render(name: str, notebook: Path) -> Path:
    """The page of one executed chapter; links to chapters that are not in it lead nowhere."""
    folder = notebook.with_suffix("")
    stage = staging.stage_single(notebook, name, folder / "stage")
    index = site.render(stage, folder / "html", strict=False)
    return index.parent / toc.FOLDER / f"{name}.html"


def _own_place(profile: str, name: str, model: str | None, differs: Differences) -> Path:
    """A file for every profile, model and difference from the book: no run overwrites another."""
    start = f"{name}--{paths.slug(model)}" if model else name
    folder = settings.build_dir() / "chapters" / profile
    return folder / f"{differences.file_name(start, differs)}.ipynb"


def _target(output: Path) -> Path:
    if output.suffix != ".ipynb":
        raise SynergyError(f"--output {output} does not end in .ipynb; give it that ending.")
    output = output.resolve()
    output.parent.mkdir(parents=True, exist_ok=True)
    return output
