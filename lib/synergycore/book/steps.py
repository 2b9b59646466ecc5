"""The steps of the graph that prepare chapters and collect what they wrote."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

from synergycore import claims, settings
from synergycore.book import paths, plan


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
    print(f"recordings of {model} and {chosen.twin_seeds} random twins", flush=True)
    for seed in (None, *range(chosen.seed, chosen.seed + chosen.twin_seeds)):
        recording.load_or_record(
            model,
            prompts,
            new_tokens=chosen.new_tokens,
            stop_at_eos=chosen.stop_at_eos,
            temperature=chosen.temperature,
            seed=chosen.seed,
            batch_size=chosen.batch_size,
            device=chosen.device,
            dtype=chosen.dtype,
            random_weights_seed=seed,
        )


def gather(profile: str, chapter: str) -> Path:
    """Join the claims that `chapter` wrote for each model into one list, in profile order.

    Raises SynergyError for a file that holds no claim records.
    """
    runs = plan.load(profile).claims_of_runs(chapter)
    records = [record for path in runs for record in claims.read(path)]
    target = paths.gathered(profile, chapter)
    write_text(target, json.dumps(records, indent=2, ensure_ascii=False) + "\n")
    return target


def export_claims(profile: str) -> None:
    """Bring the gathered claims of a finished build where they are committed from."""
    folder = paths.claims_folder(profile)
    for path in sorted((paths.build(profile) / "claims").glob("*.json")):
        target = folder / path.name
        if target == path or path.read_text().strip() == "[]":
            continue
        if not target.exists() or target.read_text() != path.read_text():
            folder.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)


def write_text(path: Path, text: str) -> None:
    """Whole or not at all: to a temporary name, then renamed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.write_text(text)
    os.replace(temporary, path)
