"""Counts by hand and against torch's counter; timing on a toy clock and a toy GPU."""

import sys
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest
import tiny_models
import torch
from accelerate import cpu_offload
from torch.utils.flop_counter import FlopCounterMode
from transformers import AutoConfig

from synergycore import cost, models
from synergycore.cost import counting, experts, layers, timing
from synergycore.errors import SynergyError
from synergycore.recording.contributions import first
from synergycore.recording.parts import attention_modules, decoder_layers

BY_HAND = {
    "hidden_size": 8, "num_attention_heads": 2, "num_key_value_heads": 1, "intermediate_size": 16,
    "num_hidden_layers": 3,
}  # fmt: skip
WEIGHTS = (8 * 8 + 8 * 4 + 8 * 4 + 8 * 8) + 3 * 8 * 16  # q, k, v, o; gate, up, down
DENSE = [*tiny_models.ARCHITECTURES, "phi", "starcoder2", "cohere", "minicpm3"]
"""Phi and StarCoder2 have no gate, Cohere runs side by side, MiniCPM3 has latent attention."""


def dense(architecture):
    more = {} if architecture in tiny_models.ARCHITECTURES else {"num_key_value_heads": 4}
    return tiny_models.build(architecture, **more)


def test_operations_and_bytes_of_a_tiny_model_by_hand():
    model = tiny_models.build("llama", **BY_HAND)
    found = cost.count(model, 4)
    pairs = 1 + 2 + 3 + 4
    attention = 2 * pairs * (2 * 4 + 2 * 4)  # two heads: a score and a weighted value of width 4
    np.testing.assert_array_equal(found.operations, [2 * 4 * WEIGHTS + attention] * 3)
    moved = WEIGHTS + 4 * 8 + 4 * 8 + 4 * 4 + 4 * 4  # stream in and out, keys, values
    np.testing.assert_array_equal(found.bytes, [4 * moved] * 3)
    halved = cost.count(model.to(torch.bfloat16), 4)
    np.testing.assert_array_equal(halved.bytes, [2 * moved] * 3)
    np.testing.assert_array_equal(halved.operations, found.operations)


def test_a_step_of_generation_by_hand():
    found = cost.count(tiny_models.build("llama", **BY_HAND), 1, past=6)
    np.testing.assert_array_equal(found.operations, [2 * WEIGHTS + 2 * 7 * (2 * 4 + 2 * 4)] * 3)
    np.testing.assert_array_equal(found.bytes, [4 * (WEIGHTS + 8 + 8 + 7 * 4 + 7 * 4)] * 3)


def counted_by_torch(model, tokens):
    """Operations by module and by aten operation."""
    with torch.inference_mode(), FlopCounterMode(display=False) as counter:
        model.get_decoder()(torch.arange(tokens)[None], use_cache=False)
    return {
        name: {str(operation): number for operation, number in found.items()}
        for name, found in counter.get_flop_counts().items()
    }


@pytest.mark.parametrize("architecture", DENSE)
def test_products_with_weights_are_those_that_torch_counts(architecture):
    model = dense(architecture)
    found = counted_by_torch(model, 13)["Global"]
    weighted = found.get("aten.mm", 0) + found.get("aten.addmm", 0)
    ours = [2 * 13 * counting.matrix_entries(layer) for layer in decoder_layers(model)]
    assert sum(ours) == weighted
    assert len(set(ours)) == 1
    width = counting.key_and_value_width(model.config)
    heads = model.config.num_attention_heads
    np.testing.assert_array_equal(
        cost.count(model, 1).operations - 2 * np.array(ours) / 26, 2 * heads * width
    )


@pytest.mark.parametrize("architecture", ["llama", "qwen3", "gemma3_text", "gpt2", "minicpm3"])
def test_products_in_attention_are_those_that_torch_counts_for_each_pair(architecture):
    model = dense(architecture)
    model.set_attn_implementation("eager")  # which computes the upper triangle too
    found = counted_by_torch(model, 13)
    name = next(name for name in attention_modules(model))
    seen = next(values for key, values in found.items() if key.endswith(name))
    pairs = sum(seen.get(f"aten.{kind}", 0) for kind in ("bmm", "baddbmm"))
    heads, width = model.config.num_attention_heads, counting.key_and_value_width(model.config)
    assert pairs == 2 * heads * width * 13 * 13


def test_layers_with_a_window_cost_less_once_the_text_is_longer():
    model = tiny_models.build("gemma3_text")
    assert cost.attention_windows(model.config) == [8, 8, None]
    short, long, step = cost.count(model, 8), cost.count(model, 20), cost.count(model, 1, past=19)
    assert np.ptp(short.operations) == np.ptp(short.bytes) == np.ptp(long.bytes) == 0
    per_pair = 4 * 4 * 16  # heads × head_dim
    missing = sum(t - 8 for t in range(9, 21))
    assert long.operations[2] - long.operations[0] == per_pair * missing
    assert step.operations[2] - step.operations[0] == per_pair * 12
    assert step.bytes[2] - step.bytes[0] == 4 * 2 * 2 * 16 * 12  # keys, values; kv heads × head_dim
    assert step.operations[0] == step.operations[1] < step.operations[2]


def test_a_window_of_the_whole_model_and_one_that_is_switched_off():
    assert cost.attention_windows(tiny_models.build("mistral").config) == [8, 8, 8]
    assert cost.attention_windows(tiny_models.build("llama").config) == [None] * 3
    qwen = AutoConfig.for_model("qwen2", num_hidden_layers=2, sliding_window=4)
    assert cost.attention_windows(qwen) == [None, None]


@pytest.mark.parametrize(("used", "expected"), [(True, [4, 4]), (False, [None, None])])
def test_a_window_counts_only_where_the_config_uses_it(used, expected):
    text = SimpleNamespace(sliding_window=4, use_sliding_window=used, num_hidden_layers=2)
    config = SimpleNamespace(get_text_config=lambda decoder: text)
    assert cost.attention_windows(config) == expected


CASES = [(6, None, 0), (6, 3, 0), (3, 6, 0), (1, 1, 0), (1, 3, 9), (4, 3, 5), (2, None, 5)]


@pytest.mark.parametrize(("tokens", "window", "past"), CASES)
def test_attended_pairs_and_reached_positions_are_those_of_the_mask(tokens, window, past):
    key = np.arange(past + tokens)
    query = key[past:, None]
    mask = (query >= key) & (query - key < (window or len(key)))
    assert counting.attended(tokens, window, past) == mask.sum()
    assert counting.reached(tokens, window, past) == mask.any(axis=0).sum() or past == 0
    if past == 0:
        assert counting.reached(tokens, window, past) == tokens


def test_a_mixture_of_experts_is_refused_by_its_config():
    model = tiny_models.build("qwen3_moe", num_experts=4, moe_intermediate_size=8)
    with pytest.raises(SynergyError, match=r"experts=4, a mixture of experts.*choose a dense"):
        cost.count(model, 10)


@pytest.mark.parametrize("field", experts.FIELDS)
def test_every_name_for_the_number_of_experts_is_known_also_in_a_nested_config(field):
    assert list(experts._in_config({"ffn": {"deep": {field: 8}}})) == [f"{field}=8"]
    assert list(experts._in_config({field: 1, "num_layers": 8, "other": None})) == []


def test_a_mixture_of_experts_is_refused_by_its_modules_too():
    stacked, listed = (tiny_models.build("llama") for _ in range(2))
    layer = decoder_layers(stacked)[1]
    layer.mlp.gates = torch.nn.Parameter(torch.zeros(4, 2, 2))
    with pytest.raises(SynergyError, match=r"mlp.gates of 3 dimensions in layer 1"):
        cost.count(stacked, 10)
    decoder_layers(listed)[2].mlp.experts = torch.nn.ModuleList(torch.nn.Linear(2, 2) for _ in "ab")
    with pytest.raises(SynergyError, match=r"mlp.experts in layer 2"):
        cost.count(listed, 10)


class Machine:
    """A clock and an energy counter that only the calls move."""

    def __init__(self, seconds, watts=2.0, waiting=0.0, device="cuda:0"):
        self.now, self.used, self.order = 0.0, 0.0, []
        self.watts, self.waiting = watts, waiting
        self.calls = [Work(self, i, s, torch.device(device)) for i, s in enumerate(seconds)]

    def seconds(self, **options):
        rng = np.random.default_rng(0)
        return cost.measure_seconds(self.calls, rng=rng, clock=lambda: self.now, **options)

    def joules(self, seconds, counter=None):
        rng = np.random.default_rng(0)
        return cost.measure_joules(self.calls, counter or (lambda: self.used), seconds, rng=rng)


class Work:
    def __init__(self, machine, index, seconds, device):
        self.machine, self.index, self.seconds, self.device = machine, index, seconds, device

    def __call__(self):
        cold = 5.0 if len(self.machine.order) < 3 else 0.0
        self.machine.order.append(self.index)
        self.machine.now += self.seconds + cold
        self.machine.used += self.machine.watts * self.seconds

    def wait(self):
        self.machine.now += self.machine.waiting


def test_every_layer_is_timed_in_every_round_and_cold_rounds_are_thrown_away():
    machine = Machine([1.0, 2.0, 3.0])
    found = machine.seconds(rounds=6)
    np.testing.assert_allclose(found, np.tile([1.0, 2.0, 3.0], (6, 1)))
    rounds = np.array(machine.order).reshape(-1, 3)
    assert (np.sort(rounds, axis=1) == [0, 1, 2]).all()
    assert len(np.unique(rounds, axis=0)) > 1


def test_short_calls_are_repeated_and_timed_per_call():
    machine = Machine([0.01, 0.02, 0.03])
    found = machine.seconds(rounds=3, least=0.19)
    np.testing.assert_allclose(found, np.tile([0.01, 0.02, 0.03], (3, 1)))
    assert len(machine.order) == 2 * 3 + 3 * 3 * 10  # 0.19 s at a median of 0.02 s


def test_slow_layers_are_timed_in_fewer_rounds_and_never_in_under_five():
    assert Machine([1.0, 2.0, 3.0]).seconds(rounds=25).shape == (10, 3)  # a minute
    assert Machine([10.0, 20.0, 30.0]).seconds(rounds=25).shape == (5, 3)
    assert Machine([10.0, 20.0, 30.0]).seconds(rounds=4).shape == (4, 3)
    repeated = Machine([0.01, 0.02, 0.03]).seconds(rounds=90, least=0.49)
    assert len(repeated) == pytest.approx(40, abs=1)  # 25 repeats of 0.06 s a round


def test_a_reading_waits_for_the_device_before_it_looks_at_the_clock():
    np.testing.assert_allclose(Machine([1.0, 1.0], waiting=0.5).seconds(rounds=2), 1.5)


def test_joules_are_read_long_enough_and_counted_per_call():
    machine = Machine([0.01, 0.02, 0.03])
    found = machine.joules(np.tile([0.01, 0.02, 0.03], (7, 1)))
    np.testing.assert_allclose(found, np.tile([0.02, 0.04, 0.06], (7, 1)))
    assert len(machine.order) == 7 * 3 * 25  # half a second at a median of 0.02 s


@pytest.mark.parametrize(
    ("layers", "wanted", "rounds", "reading"),
    [(3, 7, 7, 0.5), (18, 25, 10, 0.5), (36, 40, 5, 0.5), (80, 40, 5, 0.225), (80, 2, 2, 0.5)],
)
def test_reading_the_counter_keeps_to_its_budget(layers, wanted, rounds, reading):
    assert timing.joule_plan(layers, wanted) == (rounds, pytest.approx(reading))
    assert layers * rounds * reading <= 90


def test_a_counter_that_stands_still_for_one_layer_gives_no_joules():
    machine = Machine([0.01, 0.02])
    machine.calls[1].seconds = 0.0
    with pytest.raises(cost.NoJoules, match="did not move"):
        machine.joules(np.full((5, 2), 0.01))
    with pytest.raises(cost.NoJoules, match="did not move"):
        machine.joules(np.full((5, 2), 0.01), counter=lambda: 7.0)


def test_joules_take_the_place_of_seconds_where_they_are_had():
    seconds, joules = np.ones((5, 2)), np.ones((3, 2))
    assert cost.Costs(seconds).values is seconds
    assert cost.Costs(seconds, joules).values is joules


@pytest.fixture
def gpu(monkeypatch):
    """`measure_layers` on three layers of a toy GPU; the fixture is the machine."""
    machine = Machine([0.01, 0.02, 0.03])
    machine.least, machine.asked = [], []

    def measure_seconds(calls, *, rounds, rng, least):
        machine.least.append(least)
        return np.tile([0.01, 0.02, 0.03], (rounds, 1))

    def energy_counter(device):
        machine.asked.append(device)
        return lambda: machine.used

    monkeypatch.setattr(timing, "layer_calls", lambda loaded, tokens: machine.calls)
    monkeypatch.setattr(timing, "measure_seconds", measure_seconds)
    monkeypatch.setattr(timing, "energy_counter", energy_counter)
    return machine


def test_on_a_gpu_seconds_and_joules_are_both_measured(gpu):
    found = cost.measure_layers(None, None, rounds=6)
    assert (gpu.least, gpu.asked) == ([timing.SECONDS_PER_READING], ["cuda:0"])
    assert found.seconds.shape == (6, 3)
    np.testing.assert_allclose(found.joules, np.tile([0.02, 0.04, 0.06], (6, 1)))
    assert found.no_joules == ""


def test_a_counter_that_fails_in_the_middle_leaves_the_seconds(gpu, monkeypatch):
    readings = []

    def failing():
        readings.append(1)
        if len(readings) > 4:
            raise cost.NoJoules("the counter went away")
        return float(len(readings))

    monkeypatch.setattr(timing, "energy_counter", lambda device: failing)
    found = cost.measure_layers(None, None, rounds=6)
    assert found.joules is None
    assert found.no_joules == "the counter went away"
    assert found.values is found.seconds


def test_no_joules_for_a_model_on_several_gpus(gpu):
    gpu.calls[2].device = torch.device("cuda:1")
    found = cost.measure_layers(None, None, rounds=6)
    assert (found.joules, gpu.asked) == (None, [])
    assert "spread over cuda:0, cuda:1" in found.no_joules


def test_on_a_cpu_one_call_is_a_reading(gpu):
    for call in gpu.calls:
        call.device = torch.device("cpu")
    cost.measure_layers(None, None, rounds=6)
    assert gpu.least == [0.0]


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


def test_measured_layers_have_one_value_a_round(tiny):
    found = cost.measure_layers(tiny, np.arange(10)[None], rounds=3)
    assert found.seconds.shape == (3, tiny.geometry.layers)
    assert (found.seconds > 0).all()
    assert found.joules is None
    assert found.no_joules == "the model ran on cpu and not on an NVIDIA GPU"


class NVMLError(Exception):
    pass


@pytest.fixture
def nvml(monkeypatch):
    """A stand-in for the package nvidia-ml-py and a GPU with a counter, in millijoules."""
    fake = ModuleType("pynvml")
    fake.NVMLError, fake.millijoules, fake.asked = NVMLError, 2500, []
    fake.nvmlInit = lambda: None
    fake.nvmlDeviceGetHandleByUUID = lambda name: fake.asked.append(name) or "handle"
    fake.nvmlDeviceGetTotalEnergyConsumption = lambda handle: {"handle": fake.millijoules}[handle]
    monkeypatch.setitem(sys.modules, "pynvml", fake)
    fake.properties = SimpleNamespace(uuid="12-34")
    monkeypatch.setattr(torch.cuda, "get_device_properties", lambda device: fake.properties)
    return fake


@pytest.mark.parametrize("uuid", ["12-34", "GPU-12-34"])
def test_the_counter_is_that_of_the_gpu_with_torchs_identifier_in_joules(nvml, uuid):
    nvml.properties.uuid = uuid
    joules = cost.energy_counter("cuda:1")
    assert (joules(), nvml.asked) == (2.5, ["GPU-12-34"])
    nvml.millijoules = 4000
    assert joules() == 4.0


def refuse(*_):
    raise NVMLError("not supported")


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        ("nvmlInit", "NVML does not know cuda.*not supported"),
        ("nvmlDeviceGetHandleByUUID", "NVML does not know cuda.*not supported"),
        ("nvmlDeviceGetTotalEnergyConsumption", "counter of cuda did not answer.*not supported"),
    ],
)
def test_a_gpu_that_does_not_answer_has_no_joules(nvml, broken, reason):
    setattr(nvml, broken, refuse)
    with pytest.raises(cost.NoJoules, match=reason):
        cost.energy_counter("cuda")


def test_a_counter_may_stop_answering_later(nvml):
    joules = cost.energy_counter("cuda")
    nvml.nvmlDeviceGetTotalEnergyConsumption = refuse
    with pytest.raises(cost.NoJoules, match="did not answer"):
        joules()


def test_there_is_no_counter_without_an_identifier_or_without_the_function(nvml):
    del nvml.properties.uuid
    with pytest.raises(cost.NoJoules, match="uuid"):
        cost.energy_counter("cuda")
    nvml.properties.uuid = "12-34"
    del nvml.nvmlDeviceGetTotalEnergyConsumption
    with pytest.raises(cost.NoJoules, match="TotalEnergy"):
        cost.energy_counter("cuda")


def test_there_is_no_energy_counter_without_a_gpu_or_its_library(monkeypatch):
    for device in ("cpu", "mps"):
        with pytest.raises(cost.NoJoules, match=f"ran on {device} and not on an NVIDIA GPU"):
            cost.energy_counter(device)
    monkeypatch.setitem(sys.modules, "pynvml", None)
    with pytest.raises(cost.NoJoules, match="nvidia-ml-py could not be imported"):
        cost.energy_counter("cuda")


def test_nvidias_package_is_installed_and_has_what_is_called():
    import pynvml

    assert issubclass(pynvml.NVMLError, Exception)
    for name in ("Init", "DeviceGetHandleByUUID", "DeviceGetTotalEnergyConsumption"):
        assert callable(getattr(pynvml, f"nvml{name}"))
