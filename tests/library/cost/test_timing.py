"""Timing on a toy clock and a toy GPU."""

import numpy as np
import pytest
import torch
import xarray as xr

import tiny_models
from synergycore import cost, models
from synergycore.cost import timing


def tabled(values):
    return xr.DataArray(values, dims=("round", "layer"))


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
    found = machine.joules(tabled(np.tile([0.01, 0.02, 0.03], (7, 1))))
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
        machine.joules(tabled(np.full((5, 2), 0.01)))
    with pytest.raises(cost.NoJoules, match="did not move"):
        machine.joules(tabled(np.full((5, 2), 0.01)), counter=lambda: 7.0)


def test_joules_take_the_place_of_seconds_where_they_are_had():
    seconds, joules = tabled(np.ones((5, 2))), tabled(np.ones((3, 2)))
    assert cost.Costs(seconds).joules_or_seconds is seconds
    assert cost.Costs(seconds, joules).joules_or_seconds is joules


@pytest.fixture
def gpu(monkeypatch):
    """`measure_layers` on three layers of a toy GPU; the fixture is the machine."""
    machine = Machine([0.01, 0.02, 0.03])
    machine.least, machine.asked = [], []

    def measure_seconds(calls, *, rounds, rng, least):
        machine.least.append(least)
        return tabled(np.tile([0.01, 0.02, 0.03], (rounds, 1)))

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
    assert found.joules_or_seconds is found.seconds


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


def test_measured_layers_have_one_value_a_round_with_its_unit(tmp_path):
    tiny = models.load(tiny_models.save(tmp_path), device="cpu")
    found = cost.measure_layers(tiny, np.arange(10)[None], rounds=3)
    assert dict(found.seconds.sizes) == {"round": 3, "layer": tiny.geometry.layers}
    assert found.seconds.attrs == {"units": "s"}
    assert (found.seconds > 0).all()
    assert found.joules is None
    assert found.no_joules == "the model ran on cpu and not on an NVIDIA GPU"
