"""On a CUDA device: the same numbers as on the CPU, in float32 and within bfloat16's rounding."""

from __future__ import annotations

import time

import numpy as np
import pytest
import torch

from synergycore import cost, models, recording, tasks

pytestmark = [
    pytest.mark.gpu,
    pytest.mark.network,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device"),
]


@pytest.mark.parametrize(("dtype", "rtol"), [("float32", 1e-3), ("bfloat16", 0.2)])
def test_replay_on_cuda_equals_the_cpu(dtype, rtol):
    name = "smollm2-135m"
    prompts = tasks.load_prompts(1)[:3]
    slow = recording.record(models.load(name, device="cpu"), prompts, new_tokens=8)
    fast = recording.replay(models.load(name, device="cuda", dtype=dtype), slow)
    assert fast.attrs["device"] == "cuda"
    np.testing.assert_allclose(fast.z_norm, slow.z_norm, rtol=rtol, atol=rtol)
    np.testing.assert_allclose(
        fast.residual_gram.sel(product="hh"), slow.residual_gram.sel(product="hh"), rtol=rtol
    )


def test_generation_on_cuda_in_bfloat16():
    loaded = models.load("smollm2-135m")
    assert (loaded.device, loaded.dtype) == ("cuda", torch.bfloat16)
    dataset = recording.record(loaded, tasks.load_prompts(1)[:3], new_tokens=8)
    assert (dataset.lengths == 8).all()
    assert not np.isnan(dataset.write_norm).any()


def test_layers_cost_seconds_and_joules_where_the_gpu_counts_them():
    loaded = models.load("smollm2-135m", device="cuda")
    start = time.perf_counter()
    found = cost.measure_layers(loaded, np.arange(100)[None], rounds=25)
    assert time.perf_counter() - start < 150
    assert found.seconds.shape == (25, loaded.geometry.layers)
    assert 1e-6 < np.median(found.seconds) < 0.1
    if found.joules is None:
        pytest.skip(f"no joules, because {found.no_joules}")
    watts = found.joules.median("round") / found.seconds.median("round")
    assert len(found.joules) >= 5
    assert ((watts > 5) & (watts < 2000)).all()
