"""Load a model with its own weights, or its random twin: same geometry, freshly initialised."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from synergycore import settings
from synergycore.errors import SynergyError
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
    a damaged folder, an unknown device or dtype.
    """
    chosen = settings.choose_device(device)
    number = settings.choose_dtype(dtype, chosen)
    folder = locate(name)
    identity = loaded_hash(folder, random_weights_seed)
    from safetensors import SafetensorError

    try:
        with without_bars():
            model = _weights(folder, chosen, number, random_weights_seed, spread=device == "auto")
            tokenizer = _tokenizer(folder)
    except (SafetensorError, OSError, ValueError, KeyError, RuntimeError) as error:
        raise SynergyError(
            f"model {name!r} could not be loaded from {folder} ({type(error).__name__}: {error}); "
            "if its files are damaged, delete that folder and load again."
        ) from error
    geometry = Geometry.from_config(model.config)
    chat = bool(tokenizer.chat_template) and _tuned_for_chat(name)
    return LoadedModel(
        name=name,
        model=model,
        tokenizer=tokenizer,
        geometry=geometry,
        device=chosen,
        dtype=number,
        weights_hash=identity,
        random_weights_seed=random_weights_seed,
        chat=chat,
        origin=origin(name, folder),
    )


def _tuned_for_chat(name: str) -> bool:
    """The tokenizers of some base models carry a chat template; the registry knows better."""
    return local_folder(name) is not None or entry(name).chat


def loaded_hash(folder: Path, random_weights_seed: int | None) -> str:
    """What `LoadedModel.weights_hash` will be, without loading."""
    twin = "" if random_weights_seed is None else f"-random-{random_weights_seed}"
    return weights_hash(folder) + twin


def _weights(folder: Path, device: str, dtype: torch.dtype, seed: int | None, *, spread: bool):
    if seed is None:
        model = _pretrained(folder, device, dtype, spread=spread)
    else:
        model = _random(folder, dtype, seed).to(device)
    return model.eval().requires_grad_(False)


def _pretrained(folder: Path, device: str, dtype: torch.dtype, *, spread: bool):
    import torch
    from transformers import AutoModelForCausalLM

    options: dict[str, Any] = {
        "dtype": dtype,
        "local_files_only": True,
        "trust_remote_code": False,
        "use_safetensors": True,
    }
    if spread and device == "cuda" and torch.cuda.device_count() > 1:
        return AutoModelForCausalLM.from_pretrained(folder, device_map="auto", **options)
    model: Any = AutoModelForCausalLM.from_pretrained(folder, **options)
    return model.to(device)


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
