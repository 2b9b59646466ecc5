"""A model is what its folder says: tensors missing, left over, of another shape or not finite."""

from __future__ import annotations

import json

import pytest
import torch
from safetensors.torch import load_file, save_file

from synergycore import models
from synergycore.errors import SynergyError
from tiny_models import ARCHITECTURES, save

EMBEDDING = "model.embed_tokens.weight"
UP = "model.layers.1.mlp.up_proj.weight"


@pytest.fixture
def model(tmp_path, monkeypatch):
    """A folder, and what changes its weights."""
    monkeypatch.setenv("SYNERGY_CACHE", str(tmp_path / "cache"))
    name = save(tmp_path / "model")

    def change(function):
        path = tmp_path / "model" / "model.safetensors"
        weights = load_file(path)
        function(weights)
        save_file(weights, path, metadata={"format": "pt"})

    return name, change


def without(key):
    return lambda weights: weights.pop(key)


def put(key, tensor):
    return lambda weights: weights.update({key: tensor})


def number(value):
    def change(weights):
        weights[UP][3, 4] = value

    return change


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (without(UP), rf"lack {UP}; weights and config.json are not of one model"),
        (without("lm_head.weight"), r"lack lm_head.weight; weights"),
        (lambda weights: weights.clear(), r"lack lm_head.weight, .* and \d+ more; weights"),
        (put("extra.weight", torch.ones(2)), r"no place for: extra.weight; weights"),
        (put("model.layers.3.mlp.up_proj.weight", torch.ones(48, 32)), r"no place for: model.lay"),
        (put(UP, torch.ones(47, 32)), rf"own: {UP} of \(47, 32\) where .* for \(48, 32\); weights"),
        (number(float("nan")), rf"NaN or infinite numbers in {UP}, as float32; its weights"),
        (number(float("-inf")), rf"NaN or infinite numbers in {UP}, as float32; its weights"),
    ],
)
def test_weights_that_are_not_the_configs(model, change, said):
    name, changed = model
    changed(change)
    with pytest.raises(SynergyError, match=said):
        models.load(name, device="cpu")


@pytest.mark.parametrize(
    "key",
    [
        "model.vision_tower.encoder.layers.0.weight",
        "multi_modal_projector.mm_input_projection_weight",
        "visual.blocks.0.attn.qkv.weight",
        "model.layers.0.self_attn.rotary_emb.inv_freq",
    ],
)
def test_parts_beside_the_text_decoder_may_stay_in_the_folder(model, key):
    name, changed = model
    changed(put(key, torch.ones(2)))
    assert models.load(name, device="cpu").geometry.layers == 3


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_tied_weights_are_not_missed(architecture, tmp_path, monkeypatch):
    monkeypatch.setenv("SYNERGY_CACHE", str(tmp_path / "cache"))
    name = save(tmp_path / "model", architecture, tie_word_embeddings=True)
    models.load(name, device="cpu")


def test_numbers_too_large_for_the_dtype(model):
    name, changed = model
    changed(number(1e6))
    assert models.load(name, device="cpu").dtype == torch.float32
    with pytest.raises(SynergyError, match=rf"infinite numbers in {UP}, as float16; .* dtype"):
        models.load(name, device="cpu", dtype="float16")


def test_a_sum_that_overflows_is_not_taken_for_damage(model):
    name, changed = model
    changed(put(UP, torch.full((48, 32), 60000.0)))
    models.load(name, device="cpu", dtype="float16")


def test_a_twin_drawn_from_a_config_without_numbers(model, tmp_path):
    name, _ = model
    config = tmp_path / "model" / "config.json"
    turning = {"rope_parameters": {"rope_type": "default", "rope_theta": 0.0}}
    config.write_text(json.dumps(json.loads(config.read_text()) | turning))
    with pytest.raises(SynergyError, match=r"infinite numbers in model.rotary_emb.inv_freq"):
        models.load(name, device="cpu", random_weights_seed=0)


@pytest.mark.parametrize(
    ("file", "content", "said"),
    [
        ("generation_config.json", '{"eos_token_id": [3, 260]}', "with token 260, but knows 0 to"),
        ("generation_config.json", '{"eos_token_id": "</s>"}', "with token '</s>', but knows"),
        ("generation_config.json", '{"eos_token_id":', r"generation_config.json of .* cannot be"),
        ("adapter_config.json", "{}", "has an adapter beside its weights"),
    ],
)
def test_what_transformers_passes_over(model, tmp_path, file, content, said):
    (tmp_path / "model" / file).write_text(content)
    with pytest.raises(SynergyError, match=said):
        models.load(model[0], device="cpu")


def test_no_table_of_tensors_beside_the_sentence(model, caplog, capfd):
    name, changed = model
    changed(without(UP))
    with pytest.raises(SynergyError, match="lack"):
        models.load(name, device="cpu")
    assert "REPORT" not in caplog.text + "".join(capfd.readouterr())


@pytest.mark.parametrize("seed", [-1, 1.0, True, "1", 2**63, float("nan")])
def test_seeds_that_are_none(model, seed):
    with pytest.raises(SynergyError, match=r"random_weights_seed is .*, expected a whole number"):
        models.load(model[0], device="cpu", random_weights_seed=seed)


def test_a_folder_is_not_taken_for_a_model_of_the_registry(model, tmp_path, monkeypatch):
    (tmp_path / "model").rename(tmp_path / "pythia-1b")
    monkeypatch.chdir(tmp_path)
    assert models.sources.local_folder("pythia-1b") is None
    assert models.sources.local_folder("./pythia-1b") == tmp_path / "pythia-1b"


@pytest.mark.parametrize("name", ["", "x" * 5000, "~nobody/model", "a\0b", None, 3])
def test_what_is_no_name(name):
    with pytest.raises(SynergyError, match="unknown model "):
        models.load(name)
