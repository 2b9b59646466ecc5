"""A model is what its folder says: every tensor there, none left over, each of finite numbers."""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from itertools import chain
from typing import TYPE_CHECKING, Any

from synergycore.errors import SynergyError

if TYPE_CHECKING:
    from pathlib import Path

    from torch import Tensor, nn

OTHER_PARTS = re.compile(r"(^|\.)(vision|visual|image|audio|multi_modal|mm|mtp)(_|\.|$)")
"""Names of parts beside the text decoder (an image tower and what joins it to the text, heads that
predict further tokens): a text model may leave them in its folder."""


def check_seed(seed: int | None) -> None:
    """Raises SynergyError for a seed of a random twin that torch cannot take."""
    whole = isinstance(seed, int) and not isinstance(seed, bool)
    if seed is not None and not (whole and 0 <= seed < 2**63):
        raise SynergyError(
            f"random_weights_seed is {seed!r}, expected a whole number from 0 to 2**63 - 1; "
            "give one, or None for the model's own weights."
        )


def check_folder(name: str, folder: Path) -> None:
    """What transformers passes over without a word when it loads: an adapter, a damaged file.

    Raises SynergyError for either.
    """
    if (folder / "adapter_config.json").exists():
        raise SynergyError(
            f"{called(name, folder)} has an adapter beside its weights, which would be left out; "
            "merge it into the weights (merge_and_unload in peft) and save the whole."
        )
    path = folder / "generation_config.json"
    try:
        if path.exists() and not isinstance(json.loads(path.read_text("utf-8")), dict):
            raise ValueError("no object")
    except (OSError, ValueError) as error:
        raise SynergyError(
            f"generation_config.json of {called(name, folder)} cannot be read ({error}); "
            "save or fetch the model again."
        ) from error


def check_ends(name: str, folder: Path, model: Any) -> None:
    """Raises SynergyError for end-of-sequence tokens that the model does not have."""
    ends = model.generation_config.eos_token_id
    known = model.get_input_embeddings().num_embeddings
    for end in ends if isinstance(ends, list) else [ends]:
        if end is not None and not (isinstance(end, int) and 0 <= end < known):
            raise SynergyError(
                f"{called(name, folder)} ends its texts with token {end!r}, but knows 0 to "
                f"{known - 1}; correct eos_token_id in generation_config.json or config.json."
            )


def check_whole(name: str, folder: Path, info: dict[str, Any]) -> None:
    """`info` is what transformers says of a load: it draws at random what it does not find.

    Tied weights and buffers that a class does not save are not among what it misses.
    Raises SynergyError that names tensors which are missing, left over or of another shape.
    """
    shapes = [
        f"{key} of {tuple(seen)} where the config asks for {tuple(expected)}"
        for key, seen, expected in info["mismatched_keys"]
    ]
    left = [key for key in info["unexpected_keys"] if not OTHER_PARTS.search(key)]
    found = {
        "lack": info["missing_keys"],
        "have a shape of their own:": shapes,
        "hold what its config has no place for:": left,
    }
    for what, keys in found.items():
        if keys:
            raise SynergyError(
                f"the weights of {called(name, folder)} {what} {_some(keys)}; weights and "
                "config.json are not of one model, or a file is missing: save or fetch it again."
            )


def check_finite(name: str, model: nn.Module) -> None:
    """Raises SynergyError that names tensors with a NaN or an infinite number in them."""
    named = chain(model.named_parameters(), model.named_buffers())
    odd = [key for key, tensor in named if not _finite(tensor)]
    if odd:
        raise SynergyError(
            f"model {name!r} has NaN or infinite numbers in {_some(odd)}, as "
            f"{str(model.dtype).removeprefix('torch.')}; its weights are damaged, or need "
            "another dtype."
        )


def called(name: str, folder: Path) -> str:
    """Name and folder; once where they are the same."""
    return f"model {name!r}" + ("" if name == str(folder) else f" in {folder}")


def first_sentence(said: str) -> str:
    """Of what another library says, in one line, to stand in brackets within a sentence of ours."""
    return re.split(r"\. +(?=[A-Z])", " ".join(said.split()))[0][:160].rstrip(" .")


def _finite(tensor: Tensor) -> bool:
    """A sum is quick and finite nearly always; where it overflows every number is looked at."""
    if not tensor.is_floating_point() or tensor.is_meta or not tensor.numel():
        return True
    return bool(tensor.sum().isfinite()) or bool(tensor.isfinite().all())


def _some(keys: Collection[str]) -> str:
    first = sorted(keys)[:2]
    more = f" and {len(keys) - len(first)} more" if len(keys) > len(first) else ""
    return ", ".join(first) + more
