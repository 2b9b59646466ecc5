"""Load a model with its own weights, or its random twin: same geometry, freshly initialised."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from synergycore import settings
from synergycore.errors import SynergyError
from synergycore.models.checks import (
    called,
    check_ends,
    check_finite,
    check_folder,
    check_seed,
    check_whole,
    first_sentence,
)
from synergycore.models.geometry import Geometry
from synergycore.models.gguf import without_bars
from synergycore.models.hashing import weights_hash
from synergycore.models.registry import entry
from synergycore.models.sources import local_folder, locate, origin

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True)
class LoadedModel:
    """A causal language model ready to be recorded."""

    name: str
    model: Any
    """The transformers CausalLM, in eval mode, its parameters without gradients."""
    tokenizer: Any
    geometry: Geometry
    device: str
    dtype: torch.dtype
    weights_hash: str
    """Of the safetensors files; `-random-<seed>` is appended for a twin."""
    random_weights_seed: int | None
    chat: bool = False
    """Whether prompts go in as a user's turn of the chat template: instruction-tuned models."""
    origin: str = ""
    """Where the weights came from, with the commit or file hash that was really used."""


def load(
    name: str,
    *,
    device: str = "auto",
    dtype: str = "auto",
    random_weights_seed: int | None = None,
) -> LoadedModel:
    """Load a model by registry name, `name@revision` (Hub), or path of a local folder.

    With `random_weights_seed` the weights are drawn anew by the model's own initialisation: the
    control for "learned, not innate".  Raises SynergyError for an unknown name, a failed fetch,
    a damaged folder, weights that are not the config's or not finite, a seed that is no whole
    number >= 0, an unknown device or dtype.
    """
    check_seed(random_weights_seed)
    chosen = settings.choose_device(device)
    number = settings.choose_dtype(dtype, chosen)
    folder = locate(name)
    identity = loaded_hash(folder, random_weights_seed)
    check_folder(name, folder)
    info: dict[str, Any] = {}
    try:
        with without_bars():
            if random_weights_seed is None:
                model, info = _pretrained(folder, chosen, number, spread=device == "auto")
            else:
                model = _random(folder, number, random_weights_seed).to(chosen)
            tokenizer = _tokenizer(folder)
    except Exception as error:  # of transformers, torch, safetensors, tokenizers, or a validator
        raise _explained(error, name, folder, chosen) from error
    if info:
        check_whole(name, folder, info)
    check_finite(name, model)
    check_ends(name, folder, model)
    geometry = Geometry.from_config(model.config)
    chat = bool(tokenizer.chat_template) and tuned_for_chat(name)
    return LoadedModel(
        name=name,
        model=model.eval().requires_grad_(False),
        tokenizer=tokenizer,
        geometry=geometry,
        device=chosen,
        dtype=number,
        weights_hash=identity,
        random_weights_seed=random_weights_seed,
        chat=chat,
        origin=origin(name, folder),
    )


def _explained(error: Exception, name: str, folder: Path, device: str) -> SynergyError:
    import torch

    said = first_sentence(str(error))
    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return SynergyError(
            f"model {name!r} does not fit into the memory of {device} ({said}); "
            "choose another device, a smaller dtype or a smaller model."
        )
    return SynergyError(
        f"{called(name, folder)} could not be loaded "
        f"({type(error).__name__}: {said}); "
        "see that its config, weights and tokenizer are whole and of one model."
    )


def tuned_for_chat(name: str) -> bool:
    """The tokenizers of some base models carry a chat template; the registry knows better."""
    return local_folder(name) is not None or entry(name).chat


def loaded_hash(folder: Path, random_weights_seed: int | None) -> str:
    """What `LoadedModel.weights_hash` will be, without loading."""
    twin = "" if random_weights_seed is None else f"-random-{random_weights_seed}"
    return weights_hash(folder) + twin


def _pretrained(folder: Path, device: str, dtype: torch.dtype, *, spread: bool):
    """The model, and what transformers says of the load; `check_whole` refuses what is not right.

    Tensors of another shape are told by name only when they are let through meanwhile.
    """
    import torch
    from transformers import AutoModelForCausalLM

    options: dict[str, Any] = {
        "dtype": dtype,
        "local_files_only": True,
        "trust_remote_code": False,
        "use_safetensors": True,
        "output_loading_info": True,
        "ignore_mismatched_sizes": True,
    }
    if spread and device == "cuda" and torch.cuda.device_count() > 1:
        return AutoModelForCausalLM.from_pretrained(folder, device_map="auto", **options)
    loaded: Any = AutoModelForCausalLM.from_pretrained(folder, **options)
    model, info = loaded
    return model.to(device), info


def _random(folder: Path, dtype: torch.dtype, seed: int):
    """Drawn on the CPU, so that a seed means the same weights on every device."""
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM

    config = AutoConfig.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return AutoModelForCausalLM.from_config(config, dtype=dtype, trust_remote_code=False)


def _tokenizer(folder: Path):
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
