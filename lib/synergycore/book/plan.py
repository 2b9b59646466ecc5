"""What the Snakefile asks: the runs of a profile, and the files each kind of step depends on."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from synergycore import settings
from synergycore.book import paths, text, toc

LIBRARY = Path(__file__).resolve().parents[1]
RECORDING = ("errors.py", "settings.py", "models", "tasks", "recording")
RUNNING = ("parameters.py", "runner.py", "text.py", "watch.py", "layout.py")


@dataclass(frozen=True)
class Plan:
    """All runs of a profile: every chapter, for every model where it has a `model` parameter."""

    profile: str
    models: dict[str, str]
    """Slug -> model, in profile order."""
    chapters: dict[str, bool]
    """Chapter -> whether it is run for each model, in reading order."""

    def slugs(self, chapter: str) -> list[str]:
        return list(self.models) if self.chapters[chapter] else [paths.ONCE]

    def notebooks(self) -> list[Path]:
        return [
            paths.notebook(self.profile, slug, chapter)
            for chapter in self.chapters
            for slug in self.slugs(chapter)
        ]

    def claims_of_runs(self, chapter: str) -> list[Path]:
        return [paths.claims_of_run(self.profile, slug, chapter) for slug in self.slugs(chapter)]


def load(profile: str) -> Plan:
    """Raises SynergyError for an unknown profile and for a chapter in the contents without text."""
    models = settings.load_profile(profile).models
    chapters = {name: text.load(name).per_model for name in toc.chapters(toc.read())}
    return Plan(profile, {paths.slug(model): model for model in models}, chapters)


def recording_files() -> list[str]:
    """Library files that a recording follows from."""
    return _files(LIBRARY, RECORDING)


def chapter_files() -> list[str]:
    """Library files, pins and claims that a chapter's numbers may follow from.

    The command line and the site's own modules are not among them: changing how pages are laid out
    re-runs no chapter.
    """
    inside = [path.name for path in LIBRARY.iterdir() if path.name not in ("book", "cli")]
    return [
        *_files(LIBRARY, inside),
        *_files(LIBRARY / "book", RUNNING),
        *_files(
            settings.root(),
            ("constraints.txt", "book/claims.yml", "results/benchmarks/graphs.json"),
        ),
    ]


def benchmark_files() -> list[str]:
    """Measurements of the library itself, which chapters without a model read."""
    return _files(settings.root(), ("results/benchmarks",))


def page_files() -> list[str]:
    """What the pages follow from, beside the executed chapters."""
    return [
        *_files(LIBRARY, ("book", "claims", "claims.py", "models")),
        *_files(settings.root(), ("_config.yml", "_toc.yml", "book", "results/measured")),
    ]


def _files(folder: Path, names: list[str] | tuple[str, ...]) -> list[str]:
    paths = [path for name in names for path in _below(folder / name)]
    return sorted(str(path) for path in paths if "__pycache__" not in path.parts)


def _below(path: Path) -> list[Path]:
    return [path] if path.is_file() else [p for p in path.rglob("*") if p.is_file()]
