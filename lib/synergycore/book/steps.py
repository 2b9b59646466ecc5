"""The steps of the graph that prepare chapters and collect what they wrote."""

from __future__ import annotations

from pathlib import Path

from synergycore import claims, settings
from synergycore.book import paths, plan, records
from synergycore.errors import SynergyError

DECODING = (
    "new_tokens", "stop_at_eos", "temperature", "seed", "batch_size", "device", "dtype",
)  # fmt: skip
RECORDED = ("prompts_per_category", "twin_seeds", *DECODING)
"""What of a profile the recordings of a model follow from."""


def fetch(model: str) -> None:
    """Have the model in the cache.

    Raises SynergyError for an unknown name, no network and a wrong hash.
    """
    from synergycore import models

    print(f"model {model}: {models.locate(model)}", flush=True)


def record(profile: str, model: str) -> None:
    """Have the recordings that the chapters of a profile share in the store, for one model.

    The model itself first, then its random twins on its tokens.
    """
    from synergycore import recording, tasks

    chosen = settings.load_profile(profile)
    prompts = tasks.load_prompts(chosen.prompts_per_category)
    decoding = {name: getattr(chosen, name) for name in DECODING}
    print(f"recordings of {model} and {chosen.twin_seeds} random twins", flush=True)
    for seed in (None, *range(chosen.seed, chosen.seed + chosen.twin_seeds)):
        recording.load_or_record(model, prompts, random_weights_seed=seed, **decoding)


def gather(profile: str, chapter: str) -> Path:
    """Join the claims that `chapter` wrote for each model into one list, in profile order.

    Raises SynergyError for a chapter that the contents do not name, for a file that holds no claim
    records, and for those of another run.
    """
    chosen = plan.load(profile)
    if chapter not in chosen.chapters:
        names = ", ".join(chosen.chapters)
        raise SynergyError(f"unknown chapter {chapter!r}; choose one of {names}.")
    runs = [paths.notebook(profile, slug, chapter) for slug in chosen.slugs(chapter)]
    found = [record for notebook in runs for record in records.of_run(notebook)]
    target = paths.gathered(profile, chapter)
    claims.write_records(target, found, chapter=chapter, profile=profile)
    return target
