"""The files that each step of a build follows from: no more, so that no edit re-runs too much."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from synergycore import claims, settings
from synergycore.book import parameters, paths, steps
from synergycore.book.plan import Plan
from synergycore.errors import SynergyError
from synergycore.files import write_text

LIBRARY = Path(__file__).resolve().parents[1]
RECORDINGS = "recordings"
RECORDING = ("errors.py", "settings.py", "files.py", "progress.py", "models", "tasks", "recording")
EXECUTION = ("book/kernel.py", "book/parameters.py", "book/runner.py")
PAGES = ("book", "claims", "models")


def recording(plan: Plan) -> list[Path]:
    """What the recordings of one model follow from."""
    return [paths.code(plan.profile, RECORDINGS), *model()]


def model() -> list[Path]:
    """What a model in the cache follows from, and every recording too."""
    return listed(LIBRARY, RECORDING)


def chapter(plan: Plan, name: str, slug: str) -> list[Path]:
    """What a chapter's numbers for one model follow from.

    Its prose and captions are not among it, nor how pages are laid out, nor the claims modules of
    other chapters.
    """
    needs = plan.chapters[name].needs
    return [
        *(path for need in needs for path in _needed(plan, name, slug, need)),
        paths.code(plan.profile, name),
        *_library(set(plan.chapters) - {name}),
        *listed(settings.root(), ("constraints.txt",)),
    ]


def chapters(plan: Plan) -> dict[tuple[str, str], list[Path]]:
    """Inputs of every run. All at once: Snakemake takes an input that cannot be told for none.

    Raises SynergyError for a file that is neither there nor made by another step.
    """
    runs = [(name, slug) for name in plan.chapters for slug in plan.slugs(name)]
    return {(name, slug): chapter(plan, name, slug) for name, slug in runs}


def pages(plan: Plan) -> list[Path]:
    """What the site follows from, beside the executed chapters and their claims."""
    texts = [f"notebooks/{name}.md" for name in plan.chapters]
    sizes = [f"profiles/{name}.yml" for name in settings.profile_names()]
    prose = ("_config.yml", "_toc.yml", "book", "results/measured")
    return [*listed(LIBRARY, PAGES), *listed(settings.root(), (*prose, *sizes, *texts))]


def write_code(plan: Plan) -> None:
    """Write what each step is told, where it changed: Snakemake compares times and contents.

    Of a chapter its code cells, its parameters and its claims; of a recording what decides it.
    """
    profile = settings.load_profile(plan.profile)
    told = {RECORDINGS: _comments({name: getattr(profile, name) for name in steps.RECORDED})}
    for name, each in plan.chapters.items():
        values = {**parameters.of_book(each, profile), "model": None}
        told[name] = f"{each.code}\n{_comments(values)}{_comments(_claims_of(name))}"
    for name, text in told.items():
        path = paths.code(plan.profile, name)
        if not path.is_file() or path.read_text("utf-8") != text:
            write_text(path, text)


def listed(folder: Path, names: tuple[str, ...]) -> list[Path]:
    """The files named, and those in the folders named. Raises SynergyError for a missing one."""
    return sorted(path for name in names for path in _files(folder / name))


def _needed(plan: Plan, name: str, slug: str, need: str) -> list[Path]:
    if need == "recordings":
        slugs = list(plan.models) if slug == paths.ONCE else [slug]
        return [paths.build(plan.profile) / each / "recorded" for each in slugs]
    if need == "benchmarks":
        return listed(settings.root(), ("results/benchmarks",))
    measured = [other for other, each in plan.chapters.items() if "claims" not in each.needs]
    return [paths.gathered(plan.profile, other) for other in measured if other != name]


def _library(others: set[str]) -> list[Path]:
    """The library without command line, pages and the claims modules of other chapters."""
    left_out = {LIBRARY / "claims" / f"{name}.py" for name in others}
    below = [p for p in _inside(LIBRARY) if p.relative_to(LIBRARY).parts[0] not in ("book", "cli")]
    return [path for path in (*below, *listed(LIBRARY, EXECUTION)) if path not in left_out]


def _claims_of(name: str) -> list[dict[str, Any]]:
    """What the registry asks of a chapter."""
    aside = {"others_found", "afterwards"}
    asked = [claim for claim in claims.registry().values() if claim.chapter == name]
    return [claim.model_dump(mode="json", exclude=aside) for claim in asked]


def _comments(content: object) -> str:
    lines = yaml.safe_dump(content, allow_unicode=True, sort_keys=False).splitlines()
    return "".join(f"# {line}\n" for line in lines)


def _files(path: Path) -> list[Path]:
    found = [path] if path.is_file() else _inside(path)
    if not found:
        raise SynergyError(f"{path} is a part of the book and is not there; restore it.")
    return found


def _inside(folder: Path) -> list[Path]:
    return [p for p in folder.rglob("*") if p.is_file() and "__pycache__" not in p.parts]
