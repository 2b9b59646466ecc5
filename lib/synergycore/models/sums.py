"""The digests of a converted model, beside its files, so that damage is noticed: SHA256SUMS."""

from __future__ import annotations

from pathlib import Path

from synergycore.models.hashing import digests, measured

NAME = "SHA256SUMS"
"""In the format of `sha256sum -c`."""


def write(folder: Path) -> None:
    """Note what has just been made in `folder`."""
    lines = [f"{digest}  {name}\n" for name, digest in measured(folder).items()]
    (folder / NAME).write_text("".join(lines))


def damage(folder: Path) -> str:
    """What is not as it was made: "config.json changed, tokenizer.json gone"; empty if all is."""
    try:
        lines = (folder / NAME).read_text("utf-8").splitlines()
    except (OSError, ValueError):
        return f"{NAME} missing or unreadable"
    noted = {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
    seen = digests(folder)
    changes = {
        "gone": noted.keys() - seen.keys(),
        "added": seen.keys() - noted.keys(),
        "changed": {name for name in noted.keys() & seen.keys() if noted[name] != seen[name]},
    }
    return ", ".join(f"{name} {how}" for how, names in changes.items() for name in sorted(names))
