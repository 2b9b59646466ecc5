"""The energy counter of a toy GPU, and of none."""

import sys
from types import ModuleType, SimpleNamespace

import pytest
import torch

from synergycore import cost


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
