"""Let the model write: batches with left padding and a KV cache, greedy or seeded sampling."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from synergycore.errors import SynergyError
from synergycore.progress import bar
from synergycore.recording.checks import (
    check_context,
    check_decoding,
    check_prompts,
    check_tokens,
    check_told_apart,
)

if TYPE_CHECKING:
    from torch import Tensor
    from transformers import GenerationConfig

    from synergycore.models import LoadedModel


def generate(
    loaded: LoadedModel,
    prompts: Sequence,
    *,
    new_tokens: int,
    stop_at_eos: bool = False,
    temperature: float = 0.0,
    seed: int = 0,
    batch_size: int = 12,
    progress: bool = True,
) -> tuple[list[list[int]], list[list[int]]]:
    """Token ids of every prompt and of what the model wrote after it.

    Without `stop_at_eos` the end-of-sequence token is suppressed and every series has `new_tokens`
    tokens.  A temperature above 0 samples: each prompt draws from a stream of its own, made from
    `seed` and the prompt's id, so that neither batches nor the choice of prompts change it.
    Raises SynergyError for prompts and options that cannot be, and when a prompt and its
    continuation do not fit into the context.
    """
    check_prompts(prompts)
    check_decoding(
        new_tokens=new_tokens,
        stop_at_eos=stop_at_eos,
        temperature=temperature,
        seed=seed,
        batch_size=batch_size,
    )
    names = [prompt.id for prompt in prompts]
    ids = [encode(loaded, prompt.text) for prompt in prompts]
    check_tokens(loaded, names, ids)
    check_told_apart(prompts, ids)
    check_context(loaded, names, [len(row) for row in ids], new_tokens)
    config = _generation_config(loaded, new_tokens, stop_at_eos)
    written: list[list[int]] = []
    with bar(len(ids), "generate", unit="prompts", shown=progress) as advance:
        for start in range(0, len(ids), batch_size):
            batch = slice(start, start + batch_size)
            streams = [_stream(seed, prompt.id) for prompt in prompts[batch]]
            written += _batch(loaded, ids[batch], config, temperature, streams)
            advance(len(ids[batch]))
    return ids, written


def encode(loaded: LoadedModel, text: str) -> list[int]:
    """Token ids of a prompt: as a user's turn for chat models, as plain text for base models.

    Raises SynergyError for a chat template that does not work.
    """
    if not loaded.chat:
        return loaded.tokenizer(text)["input_ids"]
    turn = [{"role": "user", "content": text}]
    options = {"add_generation_prompt": True, "return_dict": True}
    try:
        return loaded.tokenizer.apply_chat_template(turn, **options)["input_ids"]
    except Exception as error:  # of jinja, which runs what the template says
        raise SynergyError(
            f"the chat template of model {loaded.name!r} does not work ({error}); "
            "correct chat_template.jinja or tokenizer_config.json in its folder."
        ) from error


def _generation_config(loaded: LoadedModel, new_tokens: int, stop_at_eos: bool) -> GenerationConfig:
    """Nothing from the model's own defaults (penalties, top-k) but its end-of-sequence tokens."""
    from transformers import GenerationConfig

    eos = loaded.model.generation_config.eos_token_id
    return GenerationConfig(
        max_new_tokens=new_tokens,
        min_new_tokens=None if stop_at_eos else new_tokens,
        do_sample=False,
        eos_token_id=loaded.tokenizer.eos_token_id if eos is None else eos,
        pad_token_id=_pad_id(loaded),
        use_cache=True,
    )


def _pad_id(loaded: LoadedModel) -> int:
    """Any id will do: padding is masked."""
    found = loaded.tokenizer.pad_token_id
    return 0 if found is None else found


def _batch(
    loaded: LoadedModel,
    ids: list[list[int]],
    config: GenerationConfig,
    temperature: float,
    streams: list[np.random.Generator],
) -> list[list[int]]:
    import torch

    width = max(map(len, ids))
    tokens = [[config.pad_token_id] * (width - len(row)) + row for row in ids]
    mask = [[0] * (width - len(row)) + [1] * len(row) for row in ids]
    model = loaded.model
    with torch.inference_mode(), _own_defaults(model, config):
        out = model.generate(
            input_ids=torch.tensor(tokens, device=model.device),
            attention_mask=torch.tensor(mask, device=model.device),
            generation_config=config,
            logits_processor=[_sampler(temperature, streams)] if temperature else [],
        )
    return [_until_end(row, config.eos_token_id) for row in out[:, width:].tolist()]


@contextmanager
def _own_defaults(model, config: GenerationConfig) -> Iterator[None]:
    """transformers fills unset options from the model's defaults: take those away meanwhile."""
    before, model.generation_config = model.generation_config, config
    try:
        yield
    finally:
        model.generation_config = before


def _until_end(row: list[int], eos: int | list[int] | None) -> list[int]:
    """Up to and with the first end-of-sequence token; what follows is padding."""
    ends = [eos] if isinstance(eos, int) else eos or []
    stop = next((index for index, token in enumerate(row) if token in ends), len(row))
    return row[: stop + 1]


def _stream(seed: int, prompt_id: str) -> np.random.Generator:
    return np.random.default_rng([seed, zlib.crc32(prompt_id.encode())])


def _sampler(temperature: float, streams: list[np.random.Generator]) -> Any:
    """Sampling as an argmax over logits / temperature + Gumbel noise: exact, a stream a prompt."""
    import torch

    def perturb(input_ids: Tensor, scores: Tensor) -> Tensor:
        noise = np.stack([stream.gumbel(size=scores.shape[-1]) for stream in streams])
        return scores.float() / temperature + torch.from_numpy(noise).to(
            scores.device, torch.float32
        )

    return perturb
