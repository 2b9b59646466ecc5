"""What the architecture implies: operations and bytes of the timed text and of a long one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from synergycore.cost import Counts, attention_windows, count
from synergycore.errors import SynergyError

if TYPE_CHECKING:
    from transformers import PreTrainedModel

LONG = 8192  # tokens, longer than the windows of the models of this book


@dataclass(frozen=True)
class Counted:
    """Counts by what is read, and how far each layer sees."""

    tokens: int
    """Of the text that is timed."""
    long: int
    """Tokens of the long text."""
    windows: list[int | None]
    """(layer,) positions that a token sees; None for all."""
    passes: Mapping[str, Counts]
    """`text`, `long`: each read at once; `step`: the last token of the long one. Or empty."""
    reason: str = ""
    """Why nothing could be counted."""

    @property
    def text(self) -> Counts | None:
        return self.passes.get("text")

    @property
    def labels(self) -> dict[str, str]:
        """What `passes` are, in words."""
        return {
            "text": f"{self.tokens} tokens",
            "long": f"{self.long} tokens",
            "step": f"1 token after {self.long - 1}",
        }


def counted(model: PreTrainedModel, tokens: int) -> Counted:
    """Counts of a text of `tokens` tokens and of one of `LONG`, or of the model's whole context."""
    text = model.config.get_text_config(decoder=True)
    long = min(LONG, getattr(text, "max_position_embeddings", None) or LONG)
    windows = attention_windows(model.config)
    try:
        passes = {
            "text": count(model, tokens),
            "long": count(model, long),
            "step": count(model, 1, past=long - 1),
        }
    except SynergyError as error:
        return Counted(tokens, long, windows, {}, str(error))
    return Counted(tokens, long, windows, passes)
