"""What a chapter says of its own making: every choice listed, nothing read as HTML."""

from __future__ import annotations

import json
import time

import numpy as np
import pytest
import xarray as xr

from synergycore import provenance

USED = {"model": "models/<mine>", "tau": 2, "score": "rank_difference"}


@pytest.fixture
def recording():
    return xr.Dataset(
        attrs={
            "model": "models/<mine>",
            "weights_hash": "0123456789abcdef",
            "device": "cpu",
            "dtype": "float32",
            "versions": json.dumps({"torch": "2.13.0", "numpy": "2.4.0"}),
            "seconds_generate": "81.4",
            "seconds_replay": 7.2,
        }
    )


def test_every_choice_and_version_is_listed(recording):
    rows = provenance.rows(recording, USED, time.time() - 90)
    assert rows["parameters"] == "model models/<mine>, tau 2, score rank_difference"
    assert rows["versions"] == "torch 2.13.0, numpy 2.4.0"
    assert rows["generating, replaying"] == "81 s, 7 s when recorded"
    assert rows["this chapter"] == "1.5 min"


def test_the_table_holds_these_rows_and_escapes_them(recording):
    table = provenance.table(recording, USED, time.time())
    assert list(table.frame.index) == list(provenance.rows(recording, USED, time.time()))
    assert "models/&lt;mine&gt;" in table._repr_html_()
    assert "<mine>" not in table._repr_html_()


def test_peak_memory_is_that_of_this_process():
    ballast = np.ones(2**27 // 8)  # 128 MiB, touched
    assert ballast.nbytes / 2**30 < provenance.peak_memory() < 64


def test_peak_memory_in_the_unit_of_each_system(monkeypatch):
    class Usage:
        ru_maxrss = 3 * 2**30

    monkeypatch.setattr("resource.getrusage", lambda who: Usage)
    assert provenance.peak_memory("darwin") == 3  # bytes
    Usage.ru_maxrss = 3 * 2**20
    assert provenance.peak_memory("linux") == 3  # KiB
