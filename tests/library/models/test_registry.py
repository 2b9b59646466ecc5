"""The registry: every entry complete and pinned, unknown names answered with the known ones."""

from __future__ import annotations

import re

import pytest

from synergycore import models
from synergycore.errors import SynergyError


def test_the_books_models_are_known():
    expected = {"smollm2-135m", "gemma-3-270m", "qwen3-8b-base", "llama-3.1-8b", "pythia-1b"}
    expected |= {f"gemma-3-{size}-{kind}" for size in ("1b", "4b", "12b") for kind in ("pt", "it")}
    expected |= {f"qwen3-{size}-base" for size in ("0.6b", "4b", "8b", "14b")}
    assert expected == set(models.names())


@pytest.mark.parametrize("name", models.names())
def test_every_entry_is_pinned(name):
    source = models.entry(name).source
    if source.kind == "hub":
        assert re.fullmatch("[0-9a-f]{40}", source.revision)
    else:
        assert re.fullmatch("[0-9a-f]{64}", source.sha256)


def test_terms_of_repacked_gemma_are_told():
    entry = models.entry("gemma-3-270m")
    assert "Gemma terms of use" in entry.licence
    assert "third party" in entry.note


def test_unknown_model():
    with pytest.raises(SynergyError, match=r"unknown model 'smollm9'; choose one of smollm2-135m"):
        models.load("smollm9")


def test_revision_of_a_model_with_one_version():
    with pytest.raises(SynergyError, match=r"comes from the package index .* drop '@main'"):
        models.load("smollm2-135m@main")


def test_table_has_a_row_per_model(tmp_path, monkeypatch):
    monkeypatch.setenv("SYNERGY_CACHE", str(tmp_path))
    rows = models.table()
    assert [row["name"] for row in rows] == models.names()
    assert rows[0]["layers × heads"] == "30 × 9"
    assert rows[0]["cached"] == "no"
    assert "gated" in rows[models.names().index("llama-3.1-8b")]["licence"]
