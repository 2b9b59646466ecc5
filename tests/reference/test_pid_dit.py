"""Agreement with dit, which decomposes what two bits tell of a whole future, and of a whole past.

`data/pid_dit.json` was computed with dit 2.3, in bits, of the distributions d of (x, y, x', y')
that it holds: `dit.pid.PID_MMI(d, [[0], [1]], [2, 3])`, backwards `PID_MMI(d, [[2], [3]], [0, 1])`,
and `dit.multivariate.coinformation(d, [[0, 1], [2, 3]])`.
"""

import json
from pathlib import Path

import numpy as np
import pytest

from synergycore.phiid import aggregates, decompose_probabilities

STORED = json.loads((Path(__file__).parent / "data" / "pid_dit.json").read_text())["tables"]
PARTS = {"redundant": "r", "first": "x", "second": "y", "synergy": "s"}


def atoms_in_bits(name):
    table = np.array(STORED[name]["probabilities"]).reshape(2, 2, 2, 2)
    found = decompose_probabilities(table)
    return {atom: value / np.log(2) for atom, value in found.items()}


@pytest.mark.parametrize("name", STORED)
def test_atoms_summed_over_the_future_are_the_parts_of_the_past(name):
    atoms = atoms_in_bits(name)
    found = {part: sum(atoms[f"{p}t{f}"] for f in "rxys") for part, p in PARTS.items()}
    assert found == pytest.approx(STORED[name]["forward"], abs=1e-9)


@pytest.mark.parametrize("name", STORED)
def test_atoms_summed_over_the_past_are_the_parts_of_the_future(name):
    atoms = atoms_in_bits(name)
    found = {part: sum(atoms[f"{p}t{f}"] for p in "rxys") for part, f in PARTS.items()}
    assert found == pytest.approx(STORED[name]["backward"], abs=1e-9)


@pytest.mark.parametrize("name", STORED)
def test_their_sum_is_the_coinformation_of_past_and_future(name):
    assert aggregates.tdmi(atoms_in_bits(name)) == pytest.approx(STORED[name]["total"], abs=1e-9)


def test_the_tables_tell_the_parts_apart():
    parts = STORED["drawn at random"]["forward"]
    assert len({round(value, 3) for value in parts.values()}) == 4
