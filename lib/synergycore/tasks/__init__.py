"""What the models are asked to read and to write."""

from synergycore.tasks.prompts import (
    CATEGORIES,
    PASSAGE_TOKENS,
    SETS,
    Prompt,
    load_passages,
    load_prompts,
)
