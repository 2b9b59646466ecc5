"""Agreement with hoi (an independent implementation on JAX) for every atom but its `u2ts`.

hoi does not remove means when it is told to be Gaussian, so the series here are built to have
windows of mean zero at lag 1. It reports bits. The stored values were computed with JAX set to
double precision; hoi then still returns them in single precision, 3e-8 of a value of 0.5. As it
comes, JAX computes in single precision too, and the installed hoi is held to that.
"""

import json
from pathlib import Path

import numpy as np
import pytest

from synergycore.phiid import ATOMS, decompose_pairs

ROUNDED = 5e-8
"""Nats: half a unit in the last digit of single precision, of the largest value stored."""
SINGLE = 5e-6
"""Bits: fifteen logarithms in single precision, 6e-8 each; 4e-7 was seen."""

STORED = json.loads((Path(__file__).parent / "data" / "phiid_hoi.json").read_text())
UNITS, TIME = 5, 200


def centred_series():
    """Both windows at lag 1 sum to zero: the ends are zero and the middle has mean zero."""
    series = np.random.default_rng(7).normal(size=(UNITS, TIME))
    for t in range(1, TIME):
        series[:, t] += 0.5 * series[:, t - 1] + 0.3 * np.roll(series[:, t - 1], 1)
    series[:, [0, -1]] = 0
    series[:, 1:-1] -= series[:, 1:-1].mean(1, keepdims=True)
    return series


def hoi_name(atom):
    letters = {"r": "r", "x": "u1", "y": "u2", "s": "s"}
    return f"{letters[atom[0]]}t{letters[atom[2]]}"


def upper(matrix):
    return matrix[np.triu_indices(UNITS, 1)]


@pytest.mark.parametrize("atom", [a for a in ATOMS if a != "yts"])
def test_stored_values_of_hoi(atom):
    found = upper(decompose_pairs(centred_series(), atoms=(atom,))[atom])
    np.testing.assert_allclose(
        found, np.array(STORED["bits"][atom]) * np.log(2), rtol=0, atol=ROUNDED
    )


def test_the_stored_u2ts_of_hoi_is_another_atom():
    found = decompose_pairs(centred_series(), atoms=("ytx", "yts"))
    stored = np.array(STORED["bits"]["yts"]) * np.log(2)
    np.testing.assert_allclose(upper(found["ytx"]), stored, rtol=0, atol=ROUNDED)
    assert np.abs(upper(found["yts"]) - stored).max() > 0.01


@pytest.mark.slow
@pytest.mark.parametrize("atom", [a for a in ATOMS if a != "yts"])
def test_installed_hoi_gives_the_stored_values(atom):
    pytest.importorskip("hoi", reason="hoi comes with the benchmark extra")
    from hoi.metrics import AtomsPhiID

    model = AtomsPhiID(centred_series().T, verbose=False)
    found = np.squeeze(model.fit(method="gauss", atoms=[hoi_name(atom)], tau=1))
    np.testing.assert_allclose(found, STORED["bits"][atom], rtol=0, atol=SINGLE)


def test_series_have_windows_of_mean_zero():
    series = centred_series()
    for window in (series[:, :-1], series[:, 1:]):
        np.testing.assert_allclose(window.mean(1), 0, atol=1e-12)
