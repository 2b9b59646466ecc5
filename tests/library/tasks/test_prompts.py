from collections import Counter

import pytest

from synergycore.errors import SynergyError
from synergycore.tasks import CATEGORIES, load_prompts


def test_sixty_prompts_ten_in_each_category():
    prompts = load_prompts()
    assert Counter(p.category for p in prompts) == dict.fromkeys(CATEGORIES, 10)
    assert len(CATEGORIES) == 6


def test_every_prompt_is_a_different_text_without_stray_space():
    texts = [p.text for p in load_prompts()]
    assert len(set(texts)) == 60
    assert all(isinstance(t, str) and t == t.strip() and 20 < len(t) < 200 for t in texts)


def test_ids_name_the_category_and_the_place():
    ids = [p.id for p in load_prompts(2)]
    assert ids[:3] == ["grammar-01", "grammar-02", "part-of-speech-01"]
    assert len(set(ids)) == 12


def test_fewer_per_category_takes_the_first_of_each():
    whole = {p.id: p for p in load_prompts()}
    some = load_prompts(3)
    assert len(some) == 18
    assert all(whole[p.id] == p for p in some)


@pytest.mark.parametrize("number", [0, -1, 11, 2.0, "3", True, None])
def test_a_number_out_of_range_is_refused_with_the_range(number):
    with pytest.raises(SynergyError, match=r"whole number from 1 to 10"):
        load_prompts(number)
