"""Single layers do what they do in the model, on the device that computes them."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch
from accelerate import cpu_offload

import tiny_models
from synergycore import cost, models
from synergycore.cost import layers
from synergycore.recording.contributions import first
from synergycore.recording.parts import decoder_layers


@pytest.mark.parametrize(("device", "waited"), [("cuda:1", ["cuda:1"]), ("mps", ["mps"])])
def test_a_layer_waits_for_its_own_device(monkeypatch, device, waited):
    seen = []
    monkeypatch.setattr(torch.cuda, "synchronize", lambda device=None: seen.append(str(device)))
    monkeypatch.setattr(torch.mps, "synchronize", lambda: seen.append("mps"))
    for name in (device, "cpu"):
        cost.LayerCall(torch.nn.Identity(), (), {}, torch.device(name)).wait()
    assert seen == waited


@pytest.fixture(scope="module", params=["llama", "gemma3_text", "gpt_neox"])
def tiny(request, tmp_path_factory):
    folder = tiny_models.save(tmp_path_factory.mktemp(request.param), request.param)
    return models.load(folder, device="cpu")


TOKENS = np.arange(24).reshape(2, 12)


def states_of(model):
    with torch.inference_mode():
        return model.get_decoder()(torch.tensor(TOKENS), output_hidden_states=True).hidden_states


def test_a_layer_alone_does_what_it_does_in_the_model(tiny):
    calls, states = cost.layer_calls(tiny, TOKENS), states_of(tiny.model)
    with torch.inference_mode():
        for index, call in enumerate(calls[:-1]):
            torch.testing.assert_close(first(call()), states[index + 1])
    assert len(calls) == tiny.geometry.layers
    assert not any(layer._forward_pre_hooks for layer in decoder_layers(tiny.model))


def test_inputs_are_moved_once_and_to_the_device_that_computes(tmp_path, monkeypatch):
    loaded = models.load(tiny_models.save(tmp_path), device="cpu")
    states, moved = states_of(loaded.model), []
    for layer in decoder_layers(loaded.model):
        cpu_offload(layer, execution_device=torch.device("cpu"))
        assert next(layer.parameters()).device.type == "meta"

    def send(given, device):
        moved.append(device)
        return given

    monkeypatch.setattr("accelerate.utils.send_to_device", send)
    calls = cost.layer_calls(SimpleNamespace(model=loaded.model), TOKENS)
    with torch.inference_mode():
        torch.testing.assert_close(first(calls[0]()), states[1])
    assert [str(device) for device in moved] == ["cpu"] * 6  # three layers, unnamed and named
    assert layers.computing_device(torch.nn.Linear(2, 2, device="meta")).type == "meta"
