"""The Hub, played by a small server of this test: commits, training steps, gates, no network."""

from __future__ import annotations

import hashlib
import json
import logging
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import huggingface_hub.constants
import pytest

from small_disk import little_room
from synergycore import models
from synergycore.errors import SynergyError
from tiny_models import save

PINNED = "f73d7dcc545c8bd326d8559c8ef84ffe92fea6b2"  # pythia-1b in the registry
STEP = "5" * 40


class Hub(BaseHTTPRequestHandler):
    """Answers what `snapshot_download` asks: revision, tree, files."""

    folders: dict[str, Path]
    branches: dict[str, str]
    refusal: tuple[int, str] | None = None
    cut = False

    def do_HEAD(self):
        self.do_GET()

    def do_GET(self):
        parts = self.path.split("?")[0].strip("/").split("/")
        if self.refusal:
            status, code = self.refusal
            self.answer(status, {"error": code}, {"X-Error-Code": code})
        elif "revision" in parts:
            name = parts[-1]
            commit = self.branches.get(name, name)
            if commit in self.folders:
                self.answer(200, {"id": "EleutherAI/pythia-1b", "sha": commit, "siblings": []})
            else:
                self.answer(404, {"error": "revision"}, {"X-Error-Code": "RevisionNotFound"})
        elif "tree" in parts:
            self.answer(200, [self.describe(file) for file in self.files(parts[-1])])
        else:
            commit, name = parts[-2], parts[-1]
            content = (self.folders[commit] / name).read_bytes()
            etag = hashlib.sha256(content).hexdigest()
            self.answer(200, content, {"ETag": f'"{etag}"', "X-Repo-Commit": commit})

    def files(self, commit):
        return sorted(self.folders[commit].iterdir())

    def describe(self, file):
        digest = hashlib.sha256(file.read_bytes()).hexdigest()
        return {"type": "file", "path": file.name, "size": file.stat().st_size, "oid": digest}

    def answer(self, status, body, headers=None):
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command == "GET":
            whole = not (self.cut and isinstance(body, bytes))
            self.wfile.write(content if whole else content[: len(content) // 2])
            self.close_connection = not whole

    def log_message(self, *args):
        pass


@pytest.fixture
def hub(tmp_path, monkeypatch):
    final, step = tmp_path / "final", tmp_path / "step"
    save(final, "gpt_neox")
    save(step, "gpt_neox", initializer_range=0.1)
    (final / "training_args.bin").write_bytes(b"a pickle: never fetched")

    class ThisHub(Hub):
        folders = {PINNED: final, STEP: step}  # noqa: RUF012
        branches = {"main": PINNED, "step512": STEP}  # noqa: RUF012

    server = ThreadingHTTPServer(("127.0.0.1", 0), ThisHub)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}"
    constants = huggingface_hub.constants
    monkeypatch.setattr(constants, "ENDPOINT", address)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setattr(
        constants,
        "HUGGINGFACE_CO_URL_TEMPLATE",
        address + "/{repo_id}/resolve/{revision}/{filename}",
    )
    monkeypatch.setattr(constants, "HF_HUB_DOWNLOAD_TIMEOUT", 1)
    monkeypatch.setattr("time.sleep", lambda seconds: None)  # the client waits between its tries
    monkeypatch.setenv("SYNERGY_CACHE", str(tmp_path / "cache"))
    yield ThisHub
    server.shutdown()
    server.server_close()


def test_pinned_commit(hub):
    assert not models.is_cached("pythia-1b")
    loaded = models.load("pythia-1b", device="cpu")
    assert loaded.origin == f"hub EleutherAI/pythia-1b commit {PINNED}"
    assert loaded.geometry.layers == 3
    assert not loaded.chat
    folder = models.locate("pythia-1b")
    assert folder.name == PINNED
    assert not (folder / "training_args.bin").exists()
    assert models.is_cached("pythia-1b")


@pytest.mark.parametrize("file", ["model.safetensors", "config.json"])
def test_a_file_that_is_not_what_the_hub_sent(hub, file):
    path = models.fetch("pythia-1b") / file
    content = bytearray(path.read_bytes())
    content[-3] ^= 1
    path.write_bytes(content)
    with pytest.raises(SynergyError, match=rf"{file} in the Hub's cache .*; delete .* load again"):
        models.load("pythia-1b")
    path.resolve().unlink()
    assert models.load("pythia-1b").geometry.heads == 4


def test_small_files_are_called_as_git_calls_them(tmp_path):
    """`printf hello | git hash-object --stdin` says this."""
    blob = tmp_path / "blobs" / "b6fc4c620b67d95f953a5c1c1230aaab5db5a1b0"
    blob.parent.mkdir()
    blob.write_text("hello")
    assert models.hub._is_called(blob, "0" * 64)
    blob.write_text("hullo")
    assert not models.hub._is_called(blob, "0" * 64)


def test_training_step_as_revision(hub):
    final, step = models.load("pythia-1b"), models.load("pythia-1b@step512")
    assert step.origin.endswith(STEP)
    assert step.weights_hash != final.weights_hash


def test_unpinned_commit_is_logged(hub, caplog):
    source = models.entry("pythia-1b").source.model_copy(update={"revision": None})
    with caplog.at_level(logging.WARNING):
        folder = models.hub.snapshot("pythia-1b", source)
    assert folder.name == PINNED
    assert f"not pinned; the Hub's main is at {PINNED}" in caplog.text


def test_unknown_revision(hub):
    with pytest.raises(SynergyError, match="has no revision 'step5'"):
        models.load("pythia-1b@step5")


@pytest.mark.parametrize(
    ("status", "code", "said"),
    [
        (403, "GatedRepo", "'pythia-1b' .* is gated; accept its terms"),
        (404, "RepoNotFound", "no model EleutherAI/pythia-1b: it does not exist, or is private"),
        (401, "", "the Hub answered 401 .*; log in again"),
        (403, "", "the Hub answered 403 .*; log in again"),
        (503, "", "the Hub answered 503 instead of sending .*; try again later"),
    ],
)
def test_refusals_are_told_apart(hub, status, code, said):
    hub.refusal = (status, code)
    with pytest.raises(SynergyError, match=said):
        models.load("pythia-1b")


def test_a_refusal_does_not_matter_once_the_model_is_here(hub):
    models.fetch("pythia-1b")
    hub.refusal = (403, "GatedRepo")
    assert models.load("pythia-1b").geometry.heads == 4


def test_no_safetensors(hub):
    (hub.folders[PINNED] / "model.safetensors").rename(hub.folders[PINNED] / "pytorch_model.bin")
    with pytest.raises(SynergyError, match="holds no safetensors weights"):
        models.load("pythia-1b")


NOT_REACHED = r"not whole in the cache and the Hub could not be reached for EleutherAI/pythia-1b"


def test_no_network_on_first_fetch(hub, monkeypatch):
    monkeypatch.setattr(huggingface_hub.constants, "ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(SynergyError, match=rf"{NOT_REACHED} \(.*refused\); connect"):
        models.load("pythia-1b")


def test_offline_by_choice(hub, monkeypatch):
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(SynergyError, match=rf"{NOT_REACHED} \(.*HF_HUB_OFFLINE"):
        models.load("pythia-1b")


def test_a_download_that_breaks_off(hub):
    hub.cut = True
    with pytest.raises(SynergyError, match=NOT_REACHED):
        models.load("pythia-1b")
    hub.cut = False
    assert models.load("pythia-1b").geometry.heads == 4


def test_no_room(hub, tmp_path):
    with (
        little_room(10_000),
        pytest.raises(SynergyError, match=r"no room .*HF_HUB_CACHE") as raised,
    ):
        models.load("pythia-1b")
    assert str(tmp_path / "hub") in str(raised.value)


def test_a_cache_that_cannot_be_written(hub, tmp_path):
    (tmp_path / "hub").write_text("a file where the folder should be")
    with pytest.raises(SynergyError, match=r"cannot be written to .*set HF_HUB_CACHE"):
        models.load("pythia-1b")


def test_no_network_later(hub, monkeypatch):
    models.fetch("pythia-1b")
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    assert models.load("pythia-1b").geometry.heads == 4
