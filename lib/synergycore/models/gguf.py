"""From quantised GGUF to float32 safetensors, once: loading then takes seconds, not a minute."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr
from io import StringIO
from logging import LogRecord, getLogger
from pathlib import Path
from typing import Any

from synergycore.models.checks import check_whole


def convert(gguf: Path, folder: Path) -> None:
    """Dequantise a GGUF file and save weights, config and tokenizer into `folder`.

    Values are those of the quantised file, exact in float32.  Raises SynergyError when it does not
    hold all weights of its architecture, or others.
    """
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer, GgufConfig

    # The file is named relative to a local folder: an absolute name would be looked up on the Hub.
    where, name = str(gguf.parent), gguf.name
    with without_bars():
        loaded: Any = AutoModelForCausalLM.from_pretrained(
            where,
            gguf_file=name,
            dtype=torch.float32,
            quantization_config=GgufConfig(dequantize=True),
            local_files_only=True,
            output_loading_info=True,
        )
        model, info = loaded
        check_whole(name, gguf.parent, info)
        _forget_quantisation(model)
        model.save_pretrained(folder)
        tokenizer = AutoTokenizer.from_pretrained(where, gguf_file=name, local_files_only=True)
        tokenizer.save_pretrained(folder)


@contextmanager
def without_bars() -> Iterator[None]:
    """transformers draws a bar for every step of a load, and a table of tensors that do not fit.

    Both are clutter in a notebook; `checks` says in a sentence what does not fit.
    """
    from transformers.utils import logging

    shown = logging.is_progress_bar_enabled()
    reports = getLogger("transformers.modeling_utils")
    logging.disable_progress_bar()
    reports.addFilter(_is_no_report)
    try:
        # The bar of the dequantisation knows no switch; it writes to whatever stderr is now.
        with redirect_stderr(sys.stderr if sys.stderr.isatty() else StringIO()):
            yield
    finally:
        reports.removeFilter(_is_no_report)
        if shown:
            logging.enable_progress_bar()


def _is_no_report(entry: LogRecord) -> bool:
    return "LOAD REPORT" not in entry.getMessage()


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
