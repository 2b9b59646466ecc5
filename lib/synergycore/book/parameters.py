"""The parameters of a chapter: read from its text, and every value given to them checked."""

from __future__ import annotations

import ast
import json
import math
import re
from dataclasses import dataclass
from typing import Any

from synergycore.errors import SynergyError

SCALARS: dict[str, type] = {"bool": bool, "int": int, "float": float, "str": str}
ARTICLES = {"bool": "a bool", "int": "an int", "float": "a float", "str": "a str"}


@dataclass(frozen=True)
class Parameter:
    """One assignment of a chapter's parameters cell: `name: kind = default`."""

    name: str
    kind: str
    """bool, int, float or str; of the elements, for a list."""
    default: Any
    is_list: bool = False
    optional: bool = False
    """None is a value too."""

    @property
    def expected(self) -> str:
        what = f"a list of {self.kind}" if self.is_list else ARTICLES[self.kind]
        return f"{what} or none" if self.optional else what


def parse(source: str, chapter: str) -> dict[str, Parameter]:
    """The parameters a cell defines, in order; only literal assignments are allowed in it.

    Raises SynergyError for any other statement and for a type that cannot be told.
    """
    try:
        body = ast.parse(source).body
    except SyntaxError as error:
        raise SynergyError(
            f"chapter {chapter}: the parameters cell does not parse ({error.msg}, line "
            f"{error.lineno}); write one assignment a line."
        ) from None
    found = [_parameter(statement, chapter) for statement in body if not _is_text(statement)]
    return {parameter.name: parameter for parameter in found}


def _is_text(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _parameter(statement: ast.stmt, chapter: str) -> Parameter:
    target, annotation, value = _assignment(statement)
    try:
        assert isinstance(target, ast.Name)
        assert value is not None
        default = ast.literal_eval(value)
        return _typed(target.id, ast.unparse(annotation) if annotation else "", default)
    except (AssertionError, KeyError, ValueError):
        raise SynergyError(
            f"chapter {chapter}: {ast.unparse(statement)!r} in the parameters cell is not a plain "
            "parameter; write `name = value` with a bool, int, float, str or a list of one of "
            "them, and annotate None and empty lists (`name: int | None = None`)."
        ) from None


def _assignment(statement: ast.stmt) -> tuple[ast.expr | None, ast.expr | None, ast.expr | None]:
    if isinstance(statement, ast.AnnAssign):
        return statement.target, statement.annotation, statement.value
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        return statement.targets[0], None, statement.value
    return None, None, None


def _typed(name: str, annotation: str, default: Any) -> Parameter:
    """Type from the annotation where there is one, else from the default. KeyError: neither."""
    optional = annotation.endswith("| None")
    annotation = annotation.removesuffix("| None").strip()
    element = re.fullmatch(r"(?:list|tuple)\[(\w+)(?:, \.\.\.)?\]", annotation)
    is_list = bool(element) or (not annotation and isinstance(default, list | tuple))
    if element:
        kind = element[1]
    elif annotation:
        kind = annotation
    else:
        kind = type(next(iter(default), None) if is_list else default).__name__
    SCALARS[kind]
    parameter = Parameter(name, kind, default, is_list, optional)
    try:
        return Parameter(name, kind, check(parameter, default), is_list, optional)
    except SynergyError as error:
        raise ValueError(str(error)) from None


def check(parameter: Parameter, value: Any) -> Any:
    """`value` if it has the parameter's type (an int serves as a float, a tuple as a list).

    Raises SynergyError naming the parameter, the type expected and the value seen.
    """
    if value is None and parameter.optional:
        return None
    if parameter.is_list:
        if not isinstance(value, list | tuple):
            raise _refusal(parameter, value)
        return [_check_scalar(parameter, item, value) for item in value]
    return _check_scalar(parameter, value, value)


def _check_scalar(parameter: Parameter, item: Any, seen: Any) -> Any:
    if parameter.kind == "float" and type(item) is int:
        return float(item)
    if type(item) is not SCALARS[parameter.kind]:
        raise _refusal(parameter, seen)
    if isinstance(item, float) and not math.isfinite(item):
        raise _refusal(parameter, seen)
    return item


def from_text(parameter: Parameter, text: str) -> Any:
    """The value that `-p name=text` means for this parameter: read as its type, never guessed.

    Lists are given as `1,2,3` or `[1, 2, 3]`. Raises SynergyError as `check` does.
    """
    if parameter.optional and text.lower() == "none":
        return None
    if parameter.is_list:
        items = _split(text)
        return [_scalar_from_text(parameter, item, text) for item in items]
    return _scalar_from_text(parameter, text, text)


def _split(text: str) -> list[str]:
    if text.startswith("["):
        try:
            return [
                item if isinstance(item, str) else json.dumps(item) for item in json.loads(text)
            ]
        except json.JSONDecodeError:
            text = text.strip("[]")
    return [item.strip() for item in text.split(",") if item.strip()]


def _scalar_from_text(parameter: Parameter, text: str, seen: str) -> Any:
    if parameter.kind == "str":
        return text
    if parameter.kind == "bool" and text.lower() in ("true", "false"):
        return text.lower() == "true"
    if parameter.kind == "int" and re.fullmatch(r"[+-]?[0-9]+", text):
        return int(text)
    if parameter.kind == "float" and re.fullmatch(r"[+-]?[0-9.]+(e[+-]?[0-9]+)?", text, re.I):
        try:
            return check(parameter, float(text))
        except ValueError:
            raise _refusal(parameter, seen) from None
    raise _refusal(parameter, seen)


def _refusal(parameter: Parameter, value: Any) -> SynergyError:
    return SynergyError(
        f"parameter {parameter.name!r} expects {parameter.expected}, got {value!r}; "
        f"its default is {parameter.default!r}."
    )


def choose(
    parameters: dict[str, Parameter],
    chapter: str,
    *,
    given: dict[str, str],
    profile: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """All values of one run: the chapter's defaults, then the profile's, then those given as text.

    Raises SynergyError for a given name the chapter does not have and for a wrong type.
    """
    for name in given:
        if name not in parameters:
            raise SynergyError(
                f"chapter {chapter} has no parameter {name!r}; "
                f"its parameters are {', '.join(parameters) or 'none'}."
            )
    values = {name: parameter.default for name, parameter in parameters.items()}
    for name, value in (profile or {}).items():
        if name in parameters:
            values[name] = check(parameters[name], value)
    for name, text in given.items():
        values[name] = from_text(parameters[name], text)
    return values


def split_assignments(pairs: list[str]) -> dict[str, str]:
    """`["tau=2", "model=x"]` -> `{"tau": "2", "model": "x"}`.

    Raises SynergyError for an entry without `=` and for a name given twice.
    """
    given: dict[str, str] = {}
    for pair in pairs:
        name, equals, text = pair.partition("=")
        if not equals or not name.isidentifier():
            raise SynergyError(f"-p {pair!r} is not of the form name=value; write e.g. -p tau=2.")
        if name in given:
            raise SynergyError(f"parameter {name!r} is given twice; give it once.")
        given[name] = text
    return given
