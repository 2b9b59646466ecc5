"""The same functions on a CUDA tensor: every option against the CPU."""

from itertools import product

import numpy as np
import pytest
import torch

from synergycore.phiid import (
    ATOMS,
    decompose,
    decompose_correlations,
    decompose_covariance,
    decompose_pairs,
    unit_means,
)
from synergycore.phiid.examples import systems

pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device"),
]


@pytest.mark.parametrize(
    ("estimator", "redundancy"), list(product(("gaussian", "copula", "discrete"), ("mmi", "ccs")))
)
def test_cuda_tensors_give_the_values_of_the_cpu(estimator, redundancy):
    series = np.random.default_rng(0).normal(size=(70, 120)).cumsum(1)
    series[3, 5], series[4] = np.nan, 1.0
    how = {"estimator": estimator, "redundancy": redundancy}
    tensor = torch.from_numpy(series).cuda()
    found, expected = (decompose_pairs(s, atoms=ATOMS, **how) for s in (tensor, series))
    means, expected_means = (unit_means(s, atoms=ATOMS, **how) for s in (tensor, series))
    for atom in ATOMS:
        assert found[atom].is_cuda
        np.testing.assert_allclose(found[atom].cpu(), expected[atom], rtol=0, atol=1e-9)
        np.testing.assert_allclose(means[atom].cpu(), expected_means[atom], rtol=0, atol=1e-9)
    one = decompose(tensor[0], tensor[1], **how)
    assert one["sts"] == pytest.approx(expected["sts"][0, 1], abs=1e-9)
    local = decompose(tensor[0], tensor[1], pointwise=True, **how)
    assert local["sts"].is_cuda
    assert float(local["sts"].mean()) == pytest.approx(one["sts"], abs=1e-9)


def test_correlations_on_cuda():
    series = np.random.default_rng(0).normal(size=(9, 120)).cumsum(1)
    corr = torch.from_numpy(np.corrcoef(np.vstack([series[:, :-1], series[:, 1:]]))).cuda()
    found = decompose_correlations(corr[:9, :9], corr[9:, 9:], corr[:9, 9:])
    expected = decompose_pairs(series)
    np.testing.assert_allclose(found["sts"].cpu(), expected["sts"], rtol=0, atol=1e-9)


def test_covariances_on_cuda():
    cov = np.stack([systems.ar_pair(0.8, q).covariance() for q in (0.0, 0.5, 0.9)])
    found, expected = decompose_covariance(torch.from_numpy(cov).cuda()), decompose_covariance(cov)
    for atom in ATOMS:
        assert found[atom].is_cuda
        np.testing.assert_allclose(found[atom].cpu(), expected[atom], rtol=0, atol=1e-9)


def test_segments_of_the_copula_on_cuda():
    series = np.random.default_rng(0).normal(size=(9, 120)).cumsum(1)
    how = {"estimator": "copula", "segments": (50, 70)}
    found = decompose_pairs(torch.from_numpy(series).cuda(), **how)
    expected = decompose_pairs(series, **how)
    np.testing.assert_allclose(found["sts"].cpu(), expected["sts"], rtol=0, atol=1e-9)
