"""What a build of a profile consists of: chapters, models, and the runs that follow from them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from synergycore import settings
from synergycore.book import paths, text, toc


@dataclass(frozen=True)
class Plan:
    """All runs of a profile: every chapter, for every model where it has a `model` parameter."""

    profile: str
    models: dict[str, str]
    """Model by the path component that stands for it, in profile order."""
    chapters: dict[str, text.Chapter]
    """In reading order."""

    def slugs(self, chapter: str) -> list[str]:
        return list(self.models) if self.chapters[chapter].per_model else [paths.ONCE]

    def notebooks(self) -> list[Path]:
        return [
            paths.notebook(self.profile, slug, chapter)
            for chapter in self.chapters
            for slug in self.slugs(chapter)
        ]

    def claims_of_runs(self, chapter: str) -> list[Path]:
        return [paths.claims_of_run(self.profile, slug, chapter) for slug in self.slugs(chapter)]

    def gathered(self) -> list[Path]:
        return [paths.gathered(self.profile, chapter) for chapter in self.chapters]


def load(profile: str) -> Plan:
    """Raises SynergyError for an unknown profile and for a chapter in the contents without text."""
    models = settings.load_profile(profile).models
    chapters = {name: text.load(name) for name in toc.chapters(toc.read())}
    return Plan(profile, {paths.slug(model): model for model in models}, chapters)
