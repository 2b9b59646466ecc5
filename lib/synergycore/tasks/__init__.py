"""What the models are asked to read and to write."""

from synergycore.tasks.prompts import CATEGORIES, Prompt, load_prompts
