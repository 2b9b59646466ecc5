"""Replay: one teacher-forced pass over the tokens with recorders on; record: generate, then replay.

Equal to recording while generating to float accuracy (a test holds it to 1e-4), at a tenth of the
cost, and the same tokens serve random twins and interventions.
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr

from synergycore.progress import bar
from synergycore.recording.checks import check_decoding, check_recorded
from synergycore.recording.contributions import observed_contributions
from synergycore.recording.generate import generate
from synergycore.recording.heads import observed_heads
from synergycore.recording.layout import assemble, empty_signals, provenance, tokens_dataset
from synergycore.recording.signals import Batch, record_contributions, record_heads, recorded_chunks

if TYPE_CHECKING:
    from synergycore.models import LoadedModel


def record(
    loaded: LoadedModel,
    prompts: Sequence,
    *,
    new_tokens: int,
    stop_at_eos: bool = False,
    temperature: float = 0.0,
    seed: int = 0,
    batch_size: int = 12,
    progress: bool = True,
) -> xr.Dataset:
    """Generate `new_tokens` tokens per prompt and record every head and layer while they appear.

    Prompts have `.id`, `.category` and `.text`.  Returns a dataset with

    - z_norm, write_norm, chunk_norm: float32 (prompt, layer, head, step), activation units; step t
      is the pass that produced generated token t; NaN beyond the end of a series,
    - residual_gram: float64 (prompt, layer, position, product), residual_error (layer),
    - tokens (prompt, position), prompt_lengths, lengths; the attributes say what made it.

    Raises SynergyError for prompts and options that cannot be, for a prompt longer than the
    context and for an unsupported architecture.
    """
    decoding: dict[str, Any] = {
        "new_tokens": new_tokens,
        "stop_at_eos": stop_at_eos,
        "temperature": temperature,
        "seed": seed,
    }
    start = time.perf_counter()
    ids, written = generate(loaded, prompts, **decoding, batch_size=batch_size, progress=progress)
    tokens = tokens_dataset(prompts, ids, written).assign_attrs(
        decoding=json.dumps({**decoding, "chat_template": loaded.chat}),
        tokens_from=loaded.weights_hash,
        seconds_generate=time.perf_counter() - start,
    )
    return replay(loaded, tokens, batch_size=batch_size, progress=progress)


def replay(
    loaded: LoadedModel,
    tokens_from: xr.Dataset,
    *,
    batch_size: int = 12,
    progress: bool = True,
) -> xr.Dataset:
    """Record a model on tokens that are given: those of `tokens_from`, whichever model wrote them.

    This is how a random twin is recorded: the same tokens through other weights.  Same layout as
    `record`.  Raises SynergyError for an unsupported architecture, one in which h + a + m is not
    the next residual stream included, and for tokens that are no recording's or not this model's.
    """
    check_decoding(batch_size=batch_size)
    check_recorded(loaded, tokens_from)
    start = time.perf_counter()
    arrays = empty_signals(loaded, tokens_from)
    count = tokens_from.sizes["prompt"]
    with bar(count, "replay", unit="prompts", shown=progress) as advance:
        for first in range(0, count, batch_size):
            rows = slice(first, min(first + batch_size, count))
            _forward(loaded, Batch.from_recording(tokens_from, rows, loaded), arrays)
            advance(rows.stop - rows.start)
    attrs = {
        name: tokens_from.attrs[name] for name in ("decoding", "tokens_from", "seconds_generate")
    }
    attrs |= provenance(loaded) | {"seconds_replay": time.perf_counter() - start}
    return assemble(tokens_from, arrays, attrs)


def _forward(loaded: LoadedModel, batch: Batch, arrays: dict[str, np.ndarray]) -> None:
    """The decoder alone: the projection to the vocabulary is not needed and costs most."""
    import torch

    model = loaded.model
    with (
        torch.inference_mode(),
        observed_heads(model, record_heads(model, batch, arrays)),
        recorded_chunks(model, batch, arrays),
        observed_contributions(model, record_contributions(model, batch, arrays)),
    ):
        model.get_decoder()(
            input_ids=batch.tokens, attention_mask=batch.mask.long(), use_cache=False
        )
