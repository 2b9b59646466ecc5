"""Sixty prompts of our own in the six categories of arXiv 2601.06851."""

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


@dataclass(frozen=True)
class Prompt:
    """One text given to a model; `id` is its category and place, such as `grammar-01`."""

    id: str
    category: str
    text: str


def load_prompts(per_category: int = PER_CATEGORY) -> list[Prompt]:
    """The first `per_category` prompts of each category, category by category.

    Raises SynergyError unless 1 <= per_category <= 10.
    """
    whole = isinstance(per_category, int) and not isinstance(per_category, bool)
    if not whole or not 1 <= per_category <= PER_CATEGORY:
        raise SynergyError(
            f"per_category={per_category!r} prompts were asked for, but each category holds "
            f"{PER_CATEGORY}; choose a whole number from 1 to {PER_CATEGORY}."
        )
    texts = yaml.safe_load(files(__package__).joinpath("prompts.yml").read_text("utf-8"))
    return [
        Prompt(f"{category}-{place:02d}", category, text)
        for category in CATEGORIES
        for place, text in enumerate(texts[category][:per_category], start=1)
    ]
