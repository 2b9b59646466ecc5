"""A full and a closed disk are known by their number, in each way that programs write it."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from synergycore.models import disk

SPELLINGS = ("[Errno {}] some words: '/cache/file'", "Error while serializing: (os error {})")


def said(text: str) -> str:
    return str(disk.fault(text, "pythia-1b", Path("/cache"), "SYNERGY_CACHE"))


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_full(number, spelling):
    found = said(spelling.format(number))
    assert found.startswith("there is no room for model 'pythia-1b' in /cache (")
    assert found.endswith("); make room there or set SYNERGY_CACHE to another folder.")


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("number", [errno.EROFS, errno.EACCES])
def test_closed(number, spelling):
    found = said(spelling.format(number))
    assert found.startswith("model 'pythia-1b' cannot be written to /cache (")
    assert found.endswith("); set SYNERGY_CACHE to a folder that can be written.")


@pytest.mark.parametrize("text", ["[Errno 111] Connection refused", "no number", "28"])
def test_anything_else_is_not_the_disk(text):
    assert said(text) == "None"
