"""All numbers of the reference implementation (phyid), mean and local, every option."""

import json
from pathlib import Path

import numpy as np
import pytest

from synergycore import phiid

GOLDEN = json.loads((Path(__file__).parent / "data" / "phiid_golden.json").read_text())
NATS = {"gaussian": 1.0, "discrete": np.log(2)}  # phyid reports discrete values in bits
ESTIMATORS = ("gaussian", "discrete")
CASES = [
    pytest.param(case, result, id=f"{case['system']}-{result['tau']}-{result['redundancy']}")
    for case in GOLDEN["cases"]
    for result in case["results"]
    if result["kind"] in ESTIMATORS
]


def decompose(case, result, **options):
    return phiid.decompose(
        case["x"],
        case["y"],
        tau=result["tau"],
        estimator=result["kind"],
        redundancy=result["redundancy"].lower(),
        **options,
    )


def test_atoms_are_named_in_the_reference_order():
    assert tuple(GOLDEN["atoms"]) == phiid.ATOMS


@pytest.mark.parametrize(("case", "result"), CASES)
def test_mean_atoms(case, result):
    found = decompose(case, result)
    expected = np.array(result["mean"]) * NATS[result["kind"]]
    np.testing.assert_allclose([found[a] for a in GOLDEN["atoms"]], expected, rtol=0, atol=1e-9)


@pytest.mark.parametrize(("case", "result"), CASES)
def test_local_atoms(case, result):
    found = decompose(case, result, pointwise=True)
    expected = np.array(result["local_first5"]) * NATS[result["kind"]]
    first = [found[a][:5] for a in GOLDEN["atoms"]]
    np.testing.assert_allclose(first, expected, rtol=0, atol=1e-9)


@pytest.mark.parametrize(("case", "result"), CASES)
def test_their_sum_is_the_total_of_all_pairs(case, result):
    found = phiid.decompose_pairs(
        np.array([case["x"], case["y"]]),
        tau=result["tau"],
        estimator=result["kind"],
        redundancy=result["redundancy"].lower(),
        atoms=("sts", "rtr", "tdmi"),
    )
    expected = sum(result["mean"]) * NATS[result["kind"]]
    assert found["tdmi"][0, 1] == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize(("case", "result"), CASES)
def test_all_pairs_give_the_reference_values_too(case, result):
    found = phiid.decompose_pairs(
        np.array([case["x"], case["y"]]),
        tau=result["tau"],
        estimator=result["kind"],
        redundancy=result["redundancy"].lower(),
        atoms=phiid.ATOMS,
    )
    expected = np.array(result["mean"]) * NATS[result["kind"]]
    upper = [found[a][0, 1] for a in GOLDEN["atoms"]]
    np.testing.assert_allclose(upper, expected, rtol=0, atol=1e-9)
