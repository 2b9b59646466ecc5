"""The parameters of a chapter: read from its text, and every value given to them checked.

A parameter that `settings.Parameters` has is checked as it says there, in every chapter; any other
has the type of its default.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BeforeValidator, ConfigDict, Strict, TypeAdapter, ValidationError

from synergycore import models, settings
from synergycore.errors import SynergyError

if TYPE_CHECKING:
    from synergycore.book.text import Chapter

Values = dict[str, Any]


def parse(source: str, chapter: str) -> Values:
    """Name -> default, in order: a parameters cell holds plain assignments and nothing else.

    Raises SynergyError for any other statement and for a default that is not allowed.
    """
    try:
        defaults = {name: _literal(node) for name, node in _assignments(source)}
    except SynergyError as error:
        raise SynergyError(f"chapter {chapter}: {error}") from None
    return _checked(defaults, defaults, chapter)


def of_book(chapter: Chapter, profile: settings.Profile) -> Values:
    """The chapter's values in the book: its own, over them the profile's, its section's over all.

    Raises SynergyError for a section of the profile that does not fit the chapter.
    """
    own = chapter.parameters
    shared = profile.model_dump(exclude={"models", "chapters"}) | {"model": profile.models[0]}
    chosen = {name: value for name, value in shared.items() if name in own}
    chosen |= profile.chapters.get(chapter.name, {})
    return own | _checked(chosen, own, chapter.name)


def given(chapter: Chapter, pairs: list[str]) -> Values:
    """What `["tau=2", "layers=1,2"]` means for a chapter: read as the types say, never guessed.

    Raises SynergyError for what is not of that form, a name that the chapter does not have or that
    stands there twice, and a value that is not allowed.
    """
    texts: dict[str, str] = {}
    for pair in pairs:
        name, equals, text = pair.partition("=")
        if not equals or not name.isidentifier():
            raise SynergyError(f"-p {pair!r} is not of the form name=value; write e.g. -p tau=2.")
        if name in texts:
            raise SynergyError(f"parameter {name!r} is given twice; give it once.")
        if type(chapter.parameters.get(name)) in (int, float) and re.search(r"[_\s]", text):
            raise SynergyError(f"-p {pair!r} is no plain number; write e.g. -p {name}=10.")
        texts[name] = text
    return _checked(texts, chapter.parameters, chapter.name, TypeAdapter.validate_strings)


FEWEST_STEPS = 6
"""That a lag must leave of a series: the decomposition needs four degrees of freedom."""


def refuse_unfit(values: Values, chapter: str) -> None:
    """What single values cannot tell: a lag too long for the series, an unknown model or device.

    Raises SynergyError.
    """
    tau, steps = values.get("tau"), values.get("new_tokens")
    if tau is not None and steps is not None and steps - tau < FEWEST_STEPS:
        raise SynergyError(
            f"chapter {chapter}: tau={tau} leaves {max(steps - tau, 0)} of {steps} steps; it must "
            f"leave {FEWEST_STEPS} at least, so choose a shorter lag or more new_tokens."
        )
    if "model" in values:
        models.refuse_unknown(values["model"])
    if values.get("device", "auto") not in ("auto", "cpu"):
        settings.choose_device(values["device"])


def _checked(
    values: Values,
    own: Values,
    chapter: str,
    validate: Callable[[TypeAdapter, Any], Any] = TypeAdapter.validate_python,
) -> Values:
    """The values as their types have them: an int serves as a float, and no bool as an int."""
    checked = {}
    for name, value in values.items():
        if name not in own:
            known = ", ".join(own) or "none"
            raise SynergyError(
                f"chapter {chapter} has no parameter {name!r}; its parameters are {known}."
            )
        try:
            checked[name] = validate(_type(name, own[name]), value)
        except ValidationError as error:
            raise SynergyError(
                f"chapter {chapter}: parameter {name!r} {settings.expected(error)}."
            ) from None
    return checked


def _type(name: str, default: Any) -> TypeAdapter:
    kind: Any = type(default)
    if field := settings.Parameters.model_fields.get(name):
        kind = Annotated[field.annotation, field]
    elif isinstance(default, list):
        kind = Annotated[list[Annotated[type(default[0]), Strict(False)]], BeforeValidator(_split)]  # type: ignore[misc]
    return TypeAdapter(kind, config=ConfigDict(strict=True, allow_inf_nan=False))


def _split(value: Any) -> Any:
    """`1,2` and `[1, 2]` are lists."""
    if not isinstance(value, str):
        return value
    return [item.strip(" '\"") for item in value.strip(" []").split(",") if item.strip()]


def assigned(source: str, values: Values) -> str:
    """The parameters cell with `values` in the place of its own; whatever else it says stays."""
    lines = source.encode().split(b"\n")  # the parser counts in bytes
    for name, node in reversed(list(_assignments(source))):
        if values[name] != ast.literal_eval(node):
            first, last = node.lineno - 1, (node.end_lineno or node.lineno) - 1
            head, tail = lines[first][: node.col_offset], lines[last][node.end_col_offset :]
            lines[first : last + 1] = [head + repr(values[name]).encode() + tail]
    return b"\n".join(lines).decode()


def _assignments(source: str) -> Iterator[tuple[str, ast.expr]]:
    try:
        statements = ast.parse(source).body
    except SyntaxError as error:
        raise _no_parameter(error.text or source) from None
    for statement in statements:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                yield name, value
            case ast.Expr(value=ast.Constant()):  # text
                pass
            case _:
                raise _no_parameter(ast.unparse(statement))


def _literal(node: ast.expr) -> Any:
    """A scalar, or a list of scalars of one type: an empty list does not say its type."""
    try:
        value = ast.literal_eval(node)
    except ValueError:
        raise _no_parameter(ast.unparse(node)) from None
    types = {type(item) for item in value} if isinstance(value, list) else {type(value)}
    if len(types) != 1 or not types <= {bool, int, float, str}:
        raise _no_parameter(ast.unparse(node))
    return value


def _no_parameter(seen: str) -> SynergyError:
    return SynergyError(
        f"{seen.strip()!r} in the parameters cell is no parameter; write `name = value`, one a "
        "line, with a bool, int, float, str or a list of one of them."
    )
