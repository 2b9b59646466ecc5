"""What is counted for a text, a long one and its last token."""

import numpy as np
import pytest

import tiny_models
from synergycore import cost


@pytest.mark.parametrize(("longest", "expected"), [(50, 50), (8192, 96)])
def test_the_long_text_is_at_most_the_whole_context(longest, expected):
    found = cost.readings(tiny_models.build("gemma3_text"), 20, longest=longest)
    assert found.long == expected
    says = ["20 tokens", f"{expected} tokens", f"1 token after {expected - 1}"]
    assert list(found.says.values) == says


def test_each_reading_is_counted_by_itself():
    model = tiny_models.build("gemma3_text")
    found = cost.readings(model, 20, longest=50)
    assert dict(found.sizes) == {"reading": 3, "layer": 3}
    for name, (tokens, past) in {"text": (20, 0), "long": (50, 0), "step": (1, 49)}.items():
        alone, here = cost.count(model, tokens, past=past), found.sel(reading=name)
        np.testing.assert_array_equal(here.operations, alone.operations)
        np.testing.assert_array_equal(here.bytes, alone.bytes)
    assert found.bytes.attrs["units"] == "bytes"
    assert found.attrs["uncounted"] == ""


def test_windows_are_known_and_spare_what_lies_beyond_them():
    found = cost.readings(tiny_models.build("gemma3_text"), 20, longest=50)
    np.testing.assert_array_equal(found.window, [8, 8, np.inf])
    per_pair = 4 * 4 * 16  # heads × head_dim
    spared = found.operations.isel(layer=2) - found.operations.isel(layer=0)
    assert spared.sel(reading="text") == per_pair * sum(t - 8 for t in range(9, 21))
    assert spared.sel(reading="step") == per_pair * 42


def test_a_mixture_of_experts_is_not_counted_and_says_why():
    model = tiny_models.build("qwen3_moe", num_experts=4, moe_intermediate_size=8)
    found = cost.readings(model, 10)
    assert dict(found.sizes) == {"reading": 3, "layer": 3}
    assert np.isnan(found.operations).all()
    assert np.isnan(found.bytes).all()
    assert "experts=4, a mixture of experts" in found.uncounted
