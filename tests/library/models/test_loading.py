"""Loading from a folder: geometry, twins, hashes, damaged files."""

from __future__ import annotations

import shutil

import pytest
import torch

from synergycore import models
from synergycore.errors import SynergyError
from tiny_models import ARCHITECTURES, build, save


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("SYNERGY_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def test_a_folder_is_a_name(tmp_path):
    name = save(tmp_path / "model", "qwen3", chat=True)
    loaded = models.load(name, device="cpu")
    assert loaded.geometry == models.Geometry(layers=3, heads=4, kv_heads=2, head_dim=16, hidden=32)
    assert (loaded.name, loaded.device, loaded.dtype) == (name, "cpu", torch.float32)
    assert loaded.chat
    assert loaded.random_weights_seed is None
    assert not loaded.model.training
    assert not any(weight.requires_grad for weight in loaded.model.parameters())
    original = build("qwen3").state_dict()
    for key, weight in loaded.model.state_dict().items():
        torch.testing.assert_close(weight, original[key], rtol=0, atol=0)


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_geometry_of_every_architecture(architecture):
    geometry = models.Geometry.from_config(build(architecture).config)
    own_width = {"qwen3": 16, "gemma3_text": 16}
    grouped = "num_key_value_heads" in ARCHITECTURES[architecture]
    assert geometry == models.Geometry(
        layers=3,
        heads=4,
        kv_heads=2 if grouped else 4,
        head_dim=own_width.get(architecture, 8),
        hidden=32,
    )


def test_twins_are_seeded_and_of_the_same_geometry(tmp_path):
    name = save(tmp_path / "model")
    real = models.load(name, device="cpu")
    first, again, other = (
        models.load(name, device="cpu", random_weights_seed=s) for s in (1, 1, 2)
    )
    assert first.geometry == real.geometry
    weights = [m.model.model.layers[0].mlp.up_proj.weight for m in (real, first, again, other)]
    torch.testing.assert_close(weights[1], weights[2], rtol=0, atol=0)
    assert not torch.equal(weights[1], weights[3])
    assert not torch.equal(weights[0], weights[1])
    # the model's own initialisation, not torch's default
    assert float(weights[1].std()) == pytest.approx(0.2, rel=0.1)
    assert first.weights_hash == f"{real.weights_hash}-random-1"


def test_a_twin_leaves_the_global_generator_alone(tmp_path):
    name = save(tmp_path / "model")
    before = torch.random.get_rng_state()
    models.load(name, device="cpu", random_weights_seed=1)
    assert torch.equal(before, torch.random.get_rng_state())


def test_hash_follows_the_weights(tmp_path):
    first = models.weights_hash(save_path(tmp_path / "one"))
    assert first == models.weights_hash(save_path(tmp_path / "same"))
    assert first != models.weights_hash(save_path(tmp_path / "other", initializer_range=0.1))
    build("llama", initializer_range=0.1).save_pretrained(tmp_path / "one")
    assert first != models.weights_hash(tmp_path / "one")


def test_a_cache_that_cannot_be_written_does_not_stop_a_hash(tmp_path, cache):
    folder = save_path(tmp_path / "model")
    first = models.weights_hash(folder)
    shutil.rmtree(cache)
    cache.write_text("a file where the folder should be")
    assert models.weights_hash(folder) == first


def test_a_damaged_note_of_a_hash_is_made_again(tmp_path, cache):
    folder = save_path(tmp_path / "model")
    first = models.weights_hash(folder)
    (note,) = (cache / "hashes").glob("*.json")
    note.write_text('{"stamp": ')
    assert models.weights_hash(folder) == first


def save_path(folder, **changes):
    save(folder, **changes)
    return folder


def test_damaged_weights(tmp_path):
    name = save(tmp_path / "model")
    weights = tmp_path / "model" / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:1000])
    with pytest.raises(SynergyError, match=r"could not be loaded .*; see that its config, weights"):
        models.load(name, device="cpu")


def test_folder_without_safetensors(tmp_path):
    name = save(tmp_path / "model")
    (tmp_path / "model" / "model.safetensors").rename(tmp_path / "model" / "pytorch_model.bin")
    with pytest.raises(SynergyError, match=r"holds no \*\.safetensors file"):
        models.load(name, device="cpu")


def test_unknown_dtype(tmp_path):
    with pytest.raises(SynergyError, match="unknown dtype 'float8'"):
        models.load(save(tmp_path / "model"), dtype="float8")
