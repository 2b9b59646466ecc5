"""One thread for tiny models: they are slower on many, and much slower on a busy machine."""

from __future__ import annotations

import sys

import pytest


@pytest.fixture(autouse=True, scope="module")
def one_thread():
    torch = sys.modules.get("torch")
    if torch is None:
        yield
        return
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)
