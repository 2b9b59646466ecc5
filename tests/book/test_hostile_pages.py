"""What comes from outside is shown on the pages as it is, and nothing of it runs in a browser."""

import pytest

import hostile_book as hostile
from faults import cases_pages, registry
from faults.harness import Outcome

pytestmark = pytest.mark.skipif(hostile.BROWSER is None, reason="Chromium is not installed")


@pytest.mark.parametrize("case", cases_pages.CASES, ids=lambda case: case.name)
def test_it_is_shown_and_does_not_run(case):
    one = registry.seen("pages", case)
    assert one.what == Outcome.SURVIVED, one.words
