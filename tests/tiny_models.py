"""Tiny random models of ten architectures, and a tokenizer of bytes: enough to test every path."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch
from tokenizers import Tokenizer, decoders, pre_tokenizers
from tokenizers.models import BPE
from transformers import (
    AutoConfig,
    AutoModelForCausalLM,
    PreTrainedTokenizerFast,
)

CHAT_TEMPLATE = (
    "{% for m in messages %}<{{ m['role'] }}>{{ m['content'] }}{% endfor %}"
    "{% if add_generation_prompt %}<assistant>{% endif %}"
)

SHARED = {
    "vocab_size": 260,
    "hidden_size": 32,
    "intermediate_size": 48,
    "num_hidden_layers": 3,
    "num_attention_heads": 4,
    "max_position_embeddings": 96,
    "initializer_range": 0.2,
    "bos_token_id": 256,
    "eos_token_id": 257,
    "pad_token_id": 258,
}
GROUPED = {"num_key_value_heads": 2}
ARCHITECTURES: dict[str, dict] = {
    "llama": GROUPED,
    "qwen2": GROUPED,
    # head_dim that is not hidden // heads, as in the real models
    "qwen3": GROUPED | {"head_dim": 16},
    # a window shorter than the prompts, and one layer that sees everything
    "gemma3_text": GROUPED
    | {
        "head_dim": 16,
        "sliding_window": 8,
        "layer_types": ["sliding_attention", "sliding_attention", "full_attention"],
    },
    "mistral": GROUPED | {"sliding_window": 8},
    "olmo2": GROUPED,
    "phi3": GROUPED,
    "gpt_neox": {},
    "gpt2": {"n_inner": 48},
    "opt": {"ffn_dim": 48, "word_embed_proj_dim": 32},
}


@dataclass(frozen=True)
class TinyPrompt:
    id: str
    category: str
    text: str


PROMPTS = [
    TinyPrompt("short", "letters", "abc"),
    TinyPrompt("long", "words", "the quick brown fox"),
    TinyPrompt("middle", "words", "lazy dogs."),
]


def build(architecture: str, **changes) -> torch.nn.Module:
    """The model alone, in memory, the same at every call."""
    options = SHARED | ARCHITECTURES.get(architecture, {}) | changes
    config = AutoConfig.for_model(architecture, **options)
    torch.manual_seed(0)
    return AutoModelForCausalLM.from_config(config, dtype=torch.float32).eval()


def tokenizer(*, chat: bool = False) -> PreTrainedTokenizerFast:
    """One token per byte."""
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    letters = {letter: index for index, letter in enumerate(alphabet)}
    backend = Tokenizer(BPE(vocab=letters, merges=[]))
    backend.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    backend.decoder = decoders.ByteLevel()
    backend.add_special_tokens(["<bos>", "<eos>", "<pad>"])
    made = PreTrainedTokenizerFast(
        tokenizer_object=backend, bos_token="<bos>", eos_token="<eos>", pad_token="<pad>"
    )
    made.chat_template = CHAT_TEMPLATE if chat else None
    return made


def save(folder: Path, architecture: str = "llama", *, chat: bool = False, **changes) -> str:
    """A folder that `models.load` takes as a name."""
    build(architecture, **changes).save_pretrained(folder)
    tokenizer(chat=chat).save_pretrained(folder)
    return str(folder)
