"""The one way files are written, whole or not at all, and the one way YAML is read."""

from __future__ import annotations

import os
from collections.abc import Hashable
from pathlib import Path
from typing import Any

import yaml

from synergycore.errors import SynergyError


def write_text(path: Path, text: str) -> None:
    """`text` in UTF-8 at `path`, as `write_bytes` does."""
    write_bytes(path, text.encode())


def write_bytes(path: Path, content: bytes) -> None:
    """To a temporary name beside `path`, then renamed; folders are made as needed.

    A reader sees the old file or the new one. OSError (a full disk, say) leaves the old one.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        temporary.write_bytes(content)
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


class _OnceEach(yaml.SafeLoader):
    """YAML's own reader takes the last of two equal keys without a word."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        names = [key.value for key, _ in node.value]
        for place, (key, _) in enumerate(node.value):
            if key.value in names[:place]:
                raise yaml.constructor.ConstructorError(
                    None, None, f"key {key.value!r} occurs twice", key.start_mark
                )
        return super().construct_mapping(node, deep)


def read_yaml(path: Path) -> Any:
    """What a YAML file holds.

    Raises SynergyError if it is missing, is no UTF-8 text or no YAML, or has a key twice.
    """
    if not path.is_file():
        raise SynergyError(f"{path} is missing; put it back or name another one.")
    try:
        return yaml.load(path.read_text("utf-8"), _OnceEach)
    except UnicodeDecodeError as error:
        raise SynergyError(
            f"{path.name} is no text in UTF-8 (byte {error.start}); save it as that."
        ) from None
    except yaml.YAMLError as error:
        mark, problem = getattr(error, "problem_mark", None), getattr(error, "problem", None)
        line = f" in line {mark.line + 1}" if mark else ""
        raise SynergyError(
            f"{path.name} is not readable YAML{line} ({problem or 'characters that are none'}); "
            "correct it."
        ) from None
