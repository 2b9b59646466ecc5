"""Tables in the terminal."""

import pytest

from synergycore.cli import tables
from synergycore.errors import SynergyError


def test_columns_are_as_wide_as_their_widest_cell():
    assert tables.aligned(["a", "bb"], [["xxx", "y"], ["", "z"]]) == "a    bb\nxxx  y\n     z"


def test_a_long_cell_goes_on_in_the_next_line():
    words = " ".join(["word"] * 20)
    lines = tables.aligned(["a", "b"], [[words, "end"]]).splitlines()
    assert len(lines) == 4
    assert all(len(line) <= tables.WIDTH + 5 for line in lines)
    assert " ".join(lines[1:]).replace("end", "").split() == words.split()


def test_claims_of_a_profile_that_was_never_built_say_how_to_build_it(tmp_path, monkeypatch):
    monkeypatch.setenv("SYNERGY_BUILD", str(tmp_path))
    with pytest.raises(SynergyError, match=r"no claims in .*synergy book --profile smoke"):
        tables.committed("smoke")
    with pytest.raises(SynergyError, match="unknown profile 'x'"):
        tables.committed("x")
