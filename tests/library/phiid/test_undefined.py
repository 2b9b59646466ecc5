"""One count for many calls instead of a line in the log for each."""

import logging

import numpy as np
import pytest

from synergycore import phiid


def series():
    data = np.random.default_rng(0).normal(size=(4, 30))
    data[2] = 1.0
    return data


def test_many_calls_leave_one_line(caplog):
    with caplog.at_level(logging.WARNING), phiid.one_count() as counts:
        for _ in range(3):
            phiid.unit_means(series())
        phiid.decompose_pairs(series())
        phiid.decompose_pairs(series()[:, :3])
        assert not caplog.records
    assert (counts["series"], counts["short"]) == (5, 1)
    assert (counts["undefined_units"], counts["units"]) == (4 + 4, 20)
    assert (counts["undefined_pairs"], counts["pairs"]) == (4 * 6 + 12, 60)
    (line,) = caplog.messages
    assert line == (
        "in 5 sets of series (1 too short), 8 of 20 units are constant or not finite, and "
        "36 of 60 ordered pairs are undefined (NaN)"
    )


def test_where_all_is_defined_there_is_no_line(caplog):
    with caplog.at_level(logging.WARNING), phiid.one_count() as counts:
        phiid.unit_means(series()[:2])
    assert (counts["units"], counts["pairs"], counts["undefined_pairs"]) == (2, 2, 0)
    assert not caplog.records


def test_a_caller_that_returns_the_number_may_keep_the_line_to_itself(caplog):
    with (
        caplog.at_level(logging.WARNING),
        phiid.one_count() as outer,
        phiid.one_count(said=False) as inner,
    ):
        phiid.unit_means(series())
    assert inner["undefined_units"] == 1
    assert outer["undefined_units"] == 0
    assert not caplog.records


def test_calls_log_again_afterwards_also_after_an_error(caplog):
    with pytest.raises(ZeroDivisionError), phiid.one_count():
        raise ZeroDivisionError
    with caplog.at_level(logging.WARNING):
        phiid.unit_means(series())
    assert len(caplog.messages) == 2
