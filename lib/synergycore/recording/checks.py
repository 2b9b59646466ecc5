"""What may be recorded: prompts that are told apart and say something, within their limits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import xarray as xr
from pydantic import ConfigDict, TypeAdapter, ValidationError

from synergycore import settings
from synergycore.errors import SynergyError

if TYPE_CHECKING:
    from synergycore.models import LoadedModel


def check_decoding(**values: Any) -> None:
    """Types and limits are those of the profiles (`settings.Sizes`).

    Raises SynergyError that says which argument is what, and what was expected.
    """
    for name, value in values.items():
        field = settings.Sizes.model_fields[name]
        kind: Any = Annotated[field.annotation, field]
        try:
            TypeAdapter(kind, config=ConfigDict(strict=True, allow_inf_nan=False)).validate_python(
                value
            )
        except ValidationError as error:
            raise SynergyError(
                f"{name} {settings.expected(error)}; give a value within its limits."
            ) from None


def check_prompts(prompts: Sequence) -> None:
    """Raises SynergyError unless each has an id of its own, a category and a text, all in words."""
    if isinstance(prompts, str) or not len(prompts):
        raise SynergyError("there are no prompts to record; give at least one, in a list.")
    for place, prompt in enumerate(prompts):
        for field in ("id", "category", "text"):
            seen = getattr(prompt, field, None)
            if not isinstance(seen, str) or not seen.strip():
                raise SynergyError(
                    f"prompt {getattr(prompt, 'id', place)!r} has {seen!r} as its {field}, "
                    "expected words; give every prompt an id, a category and a text."
                )
    name, often = Counter(prompt.id for prompt in prompts).most_common(1)[0]
    if often > 1:
        raise SynergyError(f"{often} prompts are called {name!r}; give each an id of its own.")


def check_tokens(loaded: LoadedModel, prompts: Sequence[str], ids: Sequence[Sequence[int]]) -> None:
    """`ids` are what the tokenizer made of each prompt, or tokens that another model wrote.

    Raises SynergyError for none, and for such as the model has no embedding for.
    """
    known = loaded.model.get_input_embeddings().num_embeddings
    for prompt, tokens in zip(prompts, ids, strict=True):
        if not len(tokens):
            raise SynergyError(
                f"prompt {prompt!r} has no tokens for model {loaded.name!r}; "
                "write it otherwise, or see that the model's tokenizer files are whole."
            )
        if not 0 <= min(tokens) <= max(tokens) < known:
            raise SynergyError(
                f"prompt {prompt!r} has tokens from {min(tokens)} to {max(tokens)}, but model "
                f"{loaded.name!r} knows 0 to {known - 1}; tokenizer and weights are not of one "
                "model."
            )


def check_told_apart(prompts: Sequence, ids: Sequence[Sequence[int]]) -> None:
    """Raises SynergyError for other texts that came out as the same tokens.

    So they do under a chat template that leaves the text out, or a tokenizer without its words.
    """
    seen: dict[tuple[int, ...], Any] = {}
    for prompt, tokens in zip(prompts, ids, strict=True):
        first = seen.setdefault(tuple(tokens), prompt)
        if first.text != prompt.text:
            raise SynergyError(
                f"prompts {first.id!r} and {prompt.id!r} have other texts and the same tokens; "
                "see that the model's chat template and tokenizer are whole."
            )


def check_recorded(loaded: LoadedModel, given: xr.Dataset) -> None:
    """Whether `given` holds the tokens of a recording that this model can read.

    Raises SynergyError that says what it lacks or how its counts and tokens disagree.
    """
    wanted = ("tokens", "prompt_lengths", "lengths")
    attributes = ("decoding", "tokens_from", "seconds_generate")
    lacking = [name for name in wanted if name not in getattr(given, "variables", ())]
    lacking += [name for name in attributes if name not in getattr(given, "attrs", ())]
    if lacking:
        raise SynergyError(
            f"the tokens to replay come without {', '.join(lacking)}; give a recording."
        )
    if not given.sizes["prompt"]:
        raise SynergyError("the recording to replay has no prompts; give one with some.")
    names = [str(name) for name in given.prompt.values]
    counts = zip(given.prompt_lengths.values, given.lengths.values, strict=True)
    rows = [row[row >= 0] for row in given.tokens.values]
    for name, row, (before, after) in zip(names, rows, counts, strict=True):
        if before < 1 or after < 1 or before + after != len(row):
            raise SynergyError(
                f"prompt {name!r} of the recording to replay has {len(row)} tokens, but says "
                f"{before} of the prompt and {after} new ones; record it again."
            )
    check_tokens(loaded, names, rows)
    check_context(loaded, names, [len(row) for row in rows])


def check_context(
    loaded: LoadedModel, prompts: Sequence[str], lengths: Sequence[int], new_tokens: int = 0
) -> None:
    """Raises SynergyError for a prompt that does not fit, with what is to be written after it."""
    limit = loaded.model.config.get_text_config(decoder=True).max_position_embeddings
    for prompt, length in zip(prompts, lengths, strict=True):
        if length + new_tokens > limit:
            raise SynergyError(
                f"prompt {prompt!r} has {length} tokens, with {new_tokens} new ones more "
                f"than the context of {limit} of model {loaded.name!r}; "
                "shorten the prompt or lower new_tokens."
            )
