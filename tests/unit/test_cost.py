"""Counted operations by hand and against real modules; timing on a clock that the test moves."""

import sys

import numpy as np
import pytest
import tiny_models
import torch
from transformers import AutoConfig

from synergycore import cost, models
from synergycore.cost import counting
from synergycore.errors import SynergyError
from synergycore.models import Geometry
from synergycore.recording.contributions import first
from synergycore.recording.parts import decoder_layers

BY_HAND = {
    "hidden_size": 8, "num_attention_heads": 2, "num_key_value_heads": 1, "intermediate_size": 16,
    "num_hidden_layers": 3,
}  # fmt: skip


def test_operations_and_bytes_of_a_tiny_config_by_hand():
    config = AutoConfig.for_model("llama", **BY_HAND)
    found = cost.count(config, tokens=4, bytes_per_number=2)
    weights = (8 * 8 + 8 * 4 + 8 * 4 + 8 * 8) + 3 * 8 * 16  # q, k, v, o; gate, up, down
    pairs = 1 + 2 + 3 + 4
    attention = 2 * pairs * (2 * 4 + 2 * 4)  # two heads: a score and a weighted value of width 4
    np.testing.assert_array_equal(found.operations, [2 * 4 * weights + attention] * 3)
    moved = weights + 4 * 8 + 4 * 8 + 4 * 4 + 4 * 4  # stream in and out, keys, values
    np.testing.assert_array_equal(found.bytes, [2 * moved] * 3)


@pytest.mark.parametrize("architecture", tiny_models.ARCHITECTURES)
def test_counted_weights_are_those_of_the_real_modules(architecture):
    model = tiny_models.build(architecture)
    text = model.config.get_text_config(decoder=True)
    counted = counting.attention_weights(Geometry.from_config(model.config))
    counted += counting.mlp_weights(text)
    for layer in decoder_layers(model):
        assert counted == sum(p.numel() for p in layer.parameters() if p.dim() > 1)


def test_the_inner_width_of_gpt2_is_four_times_the_outer_unless_given():
    text = AutoConfig.for_model("gpt2", n_embd=8, n_head=2, n_layer=1)
    assert counting.mlp_weights(text) == 2 * 8 * 32


def test_layers_with_a_window_cost_less_once_the_text_is_longer():
    config = tiny_models.build("gemma3_text").config
    assert cost.attention_windows(config) == [8, 8, None]
    short, long = cost.count(config, 8), cost.count(config, 20)
    assert np.ptp(short.operations) == 0
    per_pair = 4 * 4 * 16  # heads × head_dim
    missing = sum(t - 8 for t in range(9, 21))
    assert long.operations[2] - long.operations[0] == per_pair * missing
    assert np.ptp(long.bytes) == 0


def test_a_window_of_the_whole_model_and_one_that_is_switched_off():
    assert cost.attention_windows(tiny_models.build("mistral").config) == [8, 8, 8]
    assert cost.attention_windows(tiny_models.build("llama").config) == [None] * 3
    qwen = AutoConfig.for_model("qwen2", num_hidden_layers=2, sliding_window=4)
    assert cost.attention_windows(qwen) == [None, None]


@pytest.mark.parametrize(("tokens", "window"), [(6, None), (6, 3), (3, 6), (1, 1)])
def test_attended_pairs_are_those_of_the_mask(tokens, window):
    t = np.arange(tokens)
    mask = (t[:, None] >= t) & (t[:, None] - t < (window or tokens))
    assert counting.attended(tokens, window) == mask.sum()


def test_a_mixture_of_experts_is_refused():
    with pytest.raises(SynergyError, match="experts=8, a mixture of experts"):
        cost.count(AutoConfig.for_model("mixtral"), 10)


class Machine:
    """A clock and an energy counter that only the calls move."""

    def __init__(self, seconds, watts=2.0):
        self.now, self.used, self.order, self.waits = 0.0, 0.0, [], 0
        self.watts = watts
        self.calls = [lambda i=i, s=s: self.work(i, s) for i, s in enumerate(seconds)]

    def work(self, index, seconds):
        cold = 5.0 if len(self.order) < 3 else 0.0
        self.order.append(index)
        self.now += seconds + cold
        self.used += self.watts * seconds

    def measure(self, **options):
        return cost.measure(
            self.calls, rng=np.random.default_rng(0), clock=lambda: self.now, **options
        )


def test_every_layer_is_timed_in_every_round_and_cold_rounds_are_thrown_away():
    machine = Machine([1.0, 2.0, 3.0])
    found = machine.measure(rounds=6)
    np.testing.assert_allclose(found.seconds, np.tile([1.0, 2.0, 3.0], (6, 1)))
    rounds = np.array(machine.order).reshape(-1, 3)
    assert (np.sort(rounds, axis=1) == [0, 1, 2]).all()
    assert len(np.unique(rounds, axis=0)) > 1
    assert found.joules is None
    assert (found.unit, found.values is found.seconds) == ("s", True)


def test_short_calls_are_repeated_and_counted_per_call():
    machine = Machine([0.01, 0.02, 0.03])
    found = machine.measure(rounds=3, least=0.19, counter=lambda: machine.used)
    np.testing.assert_allclose(found.seconds, np.tile([0.01, 0.02, 0.03], (3, 1)))
    np.testing.assert_allclose(found.joules, np.tile([0.02, 0.04, 0.06], (3, 1)))
    assert len(machine.order) == 2 * 3 + 3 * 3 * 10  # 0.19 s at a median of 0.02 s
    assert (found.unit, found.values is found.joules) == ("J", True)


def test_a_reading_waits_for_the_device_before_it_looks_at_the_clock():
    machine = Machine([1.0, 1.0])

    def wait():
        machine.now += 0.5

    np.testing.assert_allclose(machine.measure(rounds=2, wait=wait).seconds, 1.5)


@pytest.fixture(scope="module", params=["llama", "gemma3_text", "gpt_neox"])
def tiny(request, tmp_path_factory):
    folder = tiny_models.save(tmp_path_factory.mktemp(request.param), request.param)
    return models.load(folder, device="cpu")


def test_a_layer_alone_does_what_it_does_in_the_model(tiny):
    tokens = np.arange(24).reshape(2, 12)
    calls = cost.layer_calls(tiny, tokens)
    with torch.inference_mode():
        decoder = tiny.model.get_decoder()
        states = decoder(torch.tensor(tokens), output_hidden_states=True).hidden_states
        for index, call in enumerate(calls[:-1]):
            torch.testing.assert_close(first(call()), states[index + 1])
    assert len(calls) == tiny.geometry.layers
    assert not any(layer._forward_pre_hooks for layer in decoder_layers(tiny.model))


def test_measured_layers_have_one_value_a_round(tiny):
    found = cost.measure_layers(tiny, np.arange(10)[None], rounds=3)
    assert found.seconds.shape == (3, tiny.geometry.layers)
    assert (found.seconds > 0).all()


def test_there_is_no_energy_counter_without_a_gpu_or_its_library(monkeypatch):
    assert cost.energy_counter("cpu") is None
    monkeypatch.setitem(sys.modules, "pynvml", None)
    assert cost.energy_counter("cuda") is None


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
def test_the_energy_counter_of_a_gpu_moves_with_work():
    pytest.importorskip("pynvml")
    joules = cost.energy_counter("cuda")
    if joules is None:
        pytest.skip("this GPU has no energy counter")
    before, start = joules(), torch.cuda.Event(enable_timing=True)
    stop = torch.cuda.Event(enable_timing=True)
    x = torch.randn(4096, 4096, device="cuda")
    start.record()
    for _ in range(2000):
        x @ x
    stop.record()
    torch.cuda.synchronize()
    used, seconds = joules() - before, start.elapsed_time(stop) / 1000
    assert 5 < used / max(seconds, 0.1) < 2000  # watts
