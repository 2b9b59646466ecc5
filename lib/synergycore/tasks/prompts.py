"""Texts of our own in the six categories of arXiv 2601.06851: two sets of prompts, and passages."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files

import yaml

from synergycore.errors import SynergyError

CATEGORIES = (
    "grammar",
    "part-of-speech",
    "numerical",
    "common-sense",
    "creative",
    "emotional",
)
PER_CATEGORY = 10
SETS = ("exploration", "confirmation")
PASSAGE_TOKENS = (130, 220)  # shortest and longest for the tokenizers of the published book


@dataclass(frozen=True)
class Prompt:
    """One text given to a model; `id` is its category and place, such as `grammar-01`."""

    id: str
    category: str
    text: str


def load_prompts(per_category: int = PER_CATEGORY, which: str = "exploration") -> list[Prompt]:
    """The first `per_category` prompts of each category of a set, category by category.

    The two sets count on from each other: exploration has `grammar-01` to `grammar-10`,
    confirmation `grammar-11` to `grammar-20`, so that an id names one text.
    Raises SynergyError unless 1 <= per_category <= 10 and `which` is one of SETS.
    """
    if which not in SETS:
        raise SynergyError(
            f"which={which!r} is not a set of prompts; choose one of: {', '.join(SETS)}."
        )
    return _load(which, per_category, "prompts", "", SETS.index(which) * PER_CATEGORY)


def load_passages(per_category: int = PER_CATEGORY) -> list[Prompt]:
    """The first `per_category` passages of each category, to be read and not answered.

    A passage is one paragraph within PASSAGE_TOKENS, with an id such as `grammar-passage-01`.
    Raises SynergyError unless 1 <= per_category <= 10.
    """
    return _load("passages", per_category, "passages", "passage-", 0)


def _load(file: str, per_category: int, kind: str, prefix: str, before: int) -> list[Prompt]:
    whole = isinstance(per_category, int) and not isinstance(per_category, bool)
    if not whole or not 1 <= per_category <= PER_CATEGORY:
        raise SynergyError(
            f"per_category={per_category!r} {kind} were asked for, but each category holds "
            f"{PER_CATEGORY}; choose a whole number from 1 to {PER_CATEGORY}."
        )
    texts = yaml.safe_load(files(__package__).joinpath(f"{file}.yml").read_text("utf-8"))
    return [
        Prompt(f"{category}-{prefix}{place:02d}", category, text)
        for category in CATEGORIES
        for place, text in enumerate(texts[category][:per_category], start=before + 1)
    ]
