"""What enters an analysis: named arrays with the dimensions that it speaks of, and counts."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from numbers import Integral
from typing import Any

import xarray as xr

from synergycore.errors import SynergyError


def labelled(values: Any, dims: Sequence[Hashable], name: str) -> Any:
    """`values`, a DataArray or Dataset, if it has the dimensions `dims`.

    Raises SynergyError, which calls it `name`, for anything else.
    """
    wanted = _list(dims)
    if not isinstance(values, xr.DataArray | xr.Dataset):
        raise SynergyError(
            f"{name} is a {type(values).__name__}; expected a DataArray with dimensions {wanted}, "
            "so give its axes their names."
        )
    if missing := [str(dim) for dim in dims if dim not in values.dims]:
        raise SynergyError(
            f"{name} has dimensions {_list(values.dims)}; expected {wanted}, so keep or rename "
            f"{', '.join(missing)}."
        )
    return values


def array(values: Any, dims: Sequence[Hashable], name: str) -> xr.DataArray:
    """`values` in the order of `dims`, if it is a DataArray of real numbers with these alone.

    Raises SynergyError as `labelled` does, and for what else it is.
    """
    if isinstance(values, xr.Dataset):
        raise SynergyError(
            f"{name} is a Dataset of {_list(values)}; expected one DataArray, so take one of them."
        )
    labelled(values, dims, name)
    if empty := [str(dim) for dim in dims if not values.sizes[dim]]:
        raise SynergyError(
            f"{name} has no {' and no '.join(empty)}; expected one at least, give it."
        )
    if extra := [str(dim) for dim in values.dims if dim not in dims]:
        raise SynergyError(
            f"{name} has the dimension {', '.join(extra)} too; expected "
            f"{_list(dims)}, so choose from it or average over it."
        )
    if values.dtype.kind not in "buif":
        raise SynergyError(
            f"{name} has dtype {values.dtype}; expected real numbers, convert it first."
        )
    return values.transpose(*dims)


def coordinates(values: xr.DataArray | xr.Dataset, names: Sequence[str], name: str) -> None:
    """Raises SynergyError, which calls `values` `name`, if a coordinate of `names` is missing."""
    if missing := [wanted for wanted in names if wanted not in values.coords]:
        raise SynergyError(
            f"{name} have no coordinate {', '.join(missing)}; expected {', '.join(names)}, as "
            "heads.pairs gives them."
        )


def of_prompts(values: Any, like: xr.DataArray | xr.Dataset, name: str) -> Any:
    """`values` (prompt, ...) with the prompts of `like` in their order, by their names if both
    have them.

    Raises SynergyError, which calls `values` `name`, where the prompts are others.
    """
    labelled(values, ["prompt"], name)
    counts = values.sizes["prompt"], like.sizes["prompt"]
    if counts[0] != counts[1]:
        raise SynergyError(
            f"{name} is of {counts[0]} prompts and the data of {counts[1]}; make both of the same "
            "prompts."
        )
    if "prompt" not in values.coords or "prompt" not in like.coords:
        return values
    if absent := sorted(
        set(map(str, like["prompt"].values)) - set(map(str, values["prompt"].values))
    ):
        raise SynergyError(
            f"{name} knows nothing of prompt {absent[0]!r} ({len(absent)} of {counts[1]}); make "
            "both of the same prompts."
        )
    return values.sel(prompt=like["prompt"])


def same_sizes(dims: Sequence[Hashable], *values: xr.DataArray) -> None:
    """Raises SynergyError where two arrays differ in the length of one of `dims`."""
    for dim in dims:
        lengths = [str(one.sizes[dim]) for one in values]
        if len(set(lengths)) > 1:
            raise SynergyError(
                f"the dimension {dim} has {' and '.join(lengths)} entries; expected one length, so "
                "compare what belongs together."
            )


def at_least(least: int, count: int, what: str) -> int:
    """`count`, if it is a whole number of at least `least`; `what` says of what, in the plural.

    Raises SynergyError otherwise.
    """
    whole = isinstance(count, Integral) and not isinstance(count, bool)
    if not whole or count < least:
        raise SynergyError(
            f"the number of {what} is {count!r}; give a whole number of at least {least}."
        )
    return count


def _list(names: Iterable[Hashable]) -> str:
    return ", ".join(map(str, names)) or "none"
