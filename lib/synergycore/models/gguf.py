"""From quantised GGUF to float32 safetensors, once: loading then takes seconds, not a minute."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr
from io import StringIO
from pathlib import Path


def convert(gguf: Path, folder: Path) -> None:
    """Dequantise a GGUF file and save weights, config and tokenizer into `folder`.

    Values are those of the quantised file, exact in float32.
    """
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer, GgufConfig

    # The file is named relative to a local folder: an absolute name would be looked up on the Hub.
    where, name = str(gguf.parent), gguf.name
    with without_bars():
        model = AutoModelForCausalLM.from_pretrained(
            where,
            gguf_file=name,
            dtype=torch.float32,
            quantization_config=GgufConfig(dequantize=True),
            local_files_only=True,
        )
        _forget_quantisation(model)
        model.save_pretrained(folder)
        tokenizer = AutoTokenizer.from_pretrained(where, gguf_file=name, local_files_only=True)
        tokenizer.save_pretrained(folder)


@contextmanager
def without_bars() -> Iterator[None]:
    """transformers draws a progress bar for every step of a load: clutter in a notebook."""
    from transformers.utils import logging

    shown = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()
    try:
        # The bar of the dequantisation knows no switch; it writes to whatever stderr is now.
        with redirect_stderr(sys.stderr if sys.stderr.isatty() else StringIO()):
            yield
    finally:
        if shown:
            logging.enable_progress_bar()


def _forget_quantisation(model) -> None:
    """A dequantised model still carries the marks that make `save_pretrained` refuse."""
    for holder, mark in [
        (model.config, "quantization_config"),
        (model, "hf_quantizer"),
        (model, "quantization_method"),
    ]:
        if hasattr(holder, mark):
            delattr(holder, mark)
    model.is_quantized = False
