"""What a mixture of experts looks like: layers whose cost depends on the text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from synergycore.errors import SynergyError
from synergycore.recording.parts import decoder_layers

if TYPE_CHECKING:
    from transformers import PreTrainedModel

FIELDS = ("num_experts", "num_local_experts", "n_routed_experts", "moe_num_experts")


def refuse_experts(model: PreTrainedModel) -> None:
    """Raises SynergyError for a mixture of experts, by its config or by its modules."""
    config = model.config.get_text_config(decoder=True).to_dict()
    if seen := [*_in_config(config), *_in_modules(model)]:
        raise SynergyError(
            f"{type(model).__name__} has {seen[0]}, a mixture of experts, whose operations depend "
            "on the text; choose a dense model."
        )


def _in_config(fields: Mapping[str, Any]) -> Iterator[str]:
    """`name=number` of every field, also of nested configs, that counts more than one expert."""
    for name, value in fields.items():
        if isinstance(value, Mapping):
            yield from _in_config(value)
        elif name in FIELDS and isinstance(value, int) and value > 1:
            yield f"{name}={value}"


def _in_modules(model: PreTrainedModel) -> Iterator[str]:
    """Stacked expert matrices, which have three dimensions, and lists of experts."""
    for index, layer in enumerate(decoder_layers(model)):
        for name, parameter in layer.named_parameters():
            if parameter.dim() > 2:
                yield f"{name} of {parameter.dim()} dimensions in layer {index}"
        for name, module in layer.named_modules():
            if name.endswith("experts") and len(list(module.children())) > 1:
                yield f"{name} in layer {index}"
