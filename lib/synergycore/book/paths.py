"""Where everything a build makes goes: one place, so that Snakefile, steps and tests agree."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from synergycore import settings

ONCE = "every-model"
"""Stands for the model in the path of a chapter that has no `model` parameter."""
LONGEST = 100
"""Characters that a slug keeps of a folder's name."""
PUBLISHED = "demo"
"""The profile of the published book, whose verdicts and costs README and pages give."""
MEANINGLESS = ("smoke",)
"""Profiles whose claims are no results: they stay in the build folder."""


def slug(model: str) -> str:
    """A model name as one path component; a folder given as a model keeps its last part.

    What this returns stands for itself: its own slug is the same.
    """
    if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", model):
        return model
    digest = hashlib.sha256(model.encode()).hexdigest()[:8]
    plain = re.sub("[^A-Za-z0-9._-]+", "-", Path(model).name).lstrip("-._")[:LONGEST]
    return f"{plain or 'model'}-{digest}"


def is_own_build() -> bool:
    """Whether the build folder is the repository's: only such a build changes anything outside."""
    return settings.build_dir() == settings.root() / "build"


def build(profile: str) -> Path:
    return settings.build_dir() / profile


def code(profile: str, chapter: str) -> Path:
    """What a chapter is told: a file that is written anew only when its content changes."""
    return build(profile) / "code" / f"{chapter}.py"


def notebook(profile: str, model: str, chapter: str) -> Path:
    return build(profile) / slug(model) / f"{chapter}.ipynb"


def claims_of_run(profile: str, model: str, chapter: str) -> Path:
    return notebook(profile, model, chapter).with_suffix("") / "claims.json"


def gathered(profile: str, chapter: str) -> Path:
    """The claims of one chapter, over all models of the profile."""
    return build(profile) / "claims" / f"{chapter}.json"


def claims_folder(profile: str) -> Path:
    """Where claims are read from: the repository, but for profiles whose numbers mean nothing."""
    if profile in MEANINGLESS:
        return build(profile) / "claims"
    return settings.root() / "results" / "claims" / profile


def measured() -> Path:
    """Time and memory of a whole build of the published book, as last measured."""
    return settings.root() / "results" / "measured" / f"{PUBLISHED}.json"
