"""One chapter by itself: `synergy chapter NAME -p key=value`."""

from __future__ import annotations

from pathlib import Path

from synergycore import settings
from synergycore.book import parameters, paths, runner, site, staging, text, toc
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
    chosen = settings.load_profile(profile)
    values = parameters.choose(
        chapter.parameters,
        name,
        given=parameters.split_assignments(pairs),
        profile={"model": chosen.models[0], **chosen.model_dump(exclude={"models"})},
    )
    target = _target(name, values.get("model"), output)
    print(f"chapter {name}" + (f" for {values['model']}" if "model" in values else ""), flush=True)
    cost = runner.run(chapter, values, target)
    print(f"executed in {cost.seconds:.0f} s: {target}", flush=True)
    if html:
        print(f"open {render(name, target)}", flush=True)
    return target


def render(name: str, notebook: Path) -> Path:
    """The page of one executed chapter; links to chapters that are not in it lead nowhere."""
    folder = notebook.with_suffix("")
    stage = staging.stage_single(notebook, name, folder / "stage")
    index = site.render(stage, folder / "html", strict=False)
    return index.parent / toc.FOLDER / f"{name}.html"


def _target(name: str, model: str | None, output: Path | None) -> Path:
    if output is None:
        stem = f"{name}--{paths.slug(model)}" if model else name
        output = settings.build_dir() / "chapters" / f"{stem}.ipynb"
    if output.suffix != ".ipynb":
        raise SynergyError(f"--output {output} does not end in .ipynb; give it that ending.")
    output = output.resolve()
    output.parent.mkdir(parents=True, exist_ok=True)
    return output
