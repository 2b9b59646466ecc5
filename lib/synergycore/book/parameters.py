"""The parameters of a chapter: read from its text, and every value given to them checked.

A parameter that `settings.Parameters` has is checked as it says there, in every chapter; any other
has the type of its default.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import ConfigDict, TypeAdapter, ValidationError

from synergycore import settings
from synergycore.errors import SynergyError

if TYPE_CHECKING:
    from synergycore.book.text import Chapter

CONFIG = ConfigDict(strict=True, allow_inf_nan=False)


@dataclass(frozen=True)
class Parameter:
    """One assignment of a chapter's parameters cell: `name = default`."""

    name: str
    default: Any

    def check(self, value: Any) -> Any:
        """`value`, if it is allowed (an int serves as a float). Raises SynergyError otherwise."""
        return self._validated(TypeAdapter(self._type, config=CONFIG).validate_python, value)

    def read(self, text: str) -> Any:
        """The value that `-p name=text` means: read as the type says, never guessed.

        Lists are given as `1,2,3` or `[1, 2, 3]`. Raises SynergyError for what is not allowed.
        """
        if isinstance(self.default, list):
            items = [item.strip(" '\"") for item in text.strip(" []").split(",") if item.strip()]
            read = TypeAdapter(type(self.default[0]), config=CONFIG).validate_strings
            return [self._validated(read, item) for item in items]
        return self._validated(TypeAdapter(self._type, config=CONFIG).validate_strings, text)

    @property
    def _type(self) -> Any:
        if field := settings.Parameters.model_fields.get(self.name):
            return Annotated[field.annotation, field]
        if isinstance(self.default, list):
            return list[type(self.default[0])]  # type: ignore[misc]
        return type(self.default)

    def _validated(self, validate: Callable[[Any], Any], value: Any) -> Any:
        try:
            return validate(value)
        except ValidationError as error:
            said = settings.expected(error)
            raise SynergyError(
                f"parameter {self.name!r} {said}; the chapter's own value is {self.default!r}."
            ) from None


def parse(source: str, chapter: str) -> dict[str, Parameter]:
    """The parameters a cell defines, in order; only plain assignments are allowed in it.

    Raises SynergyError for any other statement and for a default that is not allowed.
    """
    try:
        found = [Parameter(name, _literal(value)) for name, value in _assignments(source)]
        for parameter in found:
            parameter.check(parameter.default)
    except SynergyError as error:
        raise SynergyError(f"chapter {chapter}: {error}") from None
    return {parameter.name: parameter for parameter in found}


def assigned(source: str, values: dict[str, Any]) -> str:
    """The parameters cell with `values` in place of its own; whatever else it says stays."""
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


def of_book(chapter: Chapter, profile: settings.Profile) -> dict[str, Any]:
    """The chapter's values in the book: its own, over them the profile's, its section's over all.

    Raises SynergyError for a section of the profile that does not fit the chapter.
    """
    known, section = chapter.parameters, profile.chapters.get(chapter.name, {})
    _refuse_unknown(chapter, section)
    shared = profile.model_dump(exclude={"models", "chapters"}) | {"model": profile.models[0]}
    chosen = {name: value for name, value in (shared | section).items() if name in known}
    defaults = {name: parameter.default for name, parameter in known.items()}
    return defaults | {name: known[name].check(value) for name, value in chosen.items()}


def given(chapter: Chapter, pairs: list[str]) -> dict[str, Any]:
    """The values that `["tau=2", "model=x"]` mean for a chapter.

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
        texts[name] = text
    _refuse_unknown(chapter, texts)
    return {name: chapter.parameters[name].read(text) for name, text in texts.items()}


def _refuse_unknown(chapter: Chapter, names: Iterable[str]) -> None:
    for name in names:
        if name not in chapter.parameters:
            raise SynergyError(
                f"chapter {chapter.name} has no parameter {name!r}; "
                f"its parameters are {', '.join(chapter.parameters) or 'none'}."
            )
