import hashlib
import re
from collections import Counter

import pytest
from transformers import AutoTokenizer

from synergycore import models
from synergycore.errors import SynergyError
from synergycore.tasks import (
    CATEGORIES,
    PASSAGE_TOKENS,
    SETS,
    Prompt,
    load_passages,
    load_prompts,
)

# Of the sixty texts in their order: results in git were made from them.
EXPLORATION = "dafef4a8335b2ab36ef9745062298ca2ca3d2d53075e7ea9e49ea6a9975fa53a"
TOKENIZERS = ["smollm2-135m", "gemma-3-270m"]
KINDS = ["exploration", "confirmation", "passages"]


def load(kind: str, per_category: int = 10) -> list[Prompt]:
    if kind == "passages":
        return load_passages(per_category)
    return load_prompts(per_category, which=kind)


def words(text: str) -> list[str]:
    return re.findall(r"[\w']+", text.lower())


@pytest.mark.parametrize("kind", KINDS)
def test_sixty_texts_ten_in_each_category(kind):
    assert Counter(p.category for p in load(kind)) == dict.fromkeys(CATEGORIES, 10)
    assert len(CATEGORIES) == 6


def test_no_text_and_no_id_is_there_twice():
    every = [p for kind in KINDS for p in load(kind)]
    assert len({p.text for p in every}) == len({p.id for p in every}) == 180


@pytest.mark.parametrize("kind", KINDS)
def test_every_text_is_one_paragraph_of_ascii_without_stray_space(kind):
    texts = [p.text for p in load(kind)]
    assert all(re.fullmatch(r"[!-~]+( [!-~]+)*", text) for text in texts)


@pytest.mark.parametrize("which", SETS)
def test_a_prompt_is_a_sentence_or_two(which):
    assert all(20 < len(p.text) < 200 for p in load_prompts(which=which))


def test_no_two_texts_share_a_run_of_eight_words():
    seen: dict[tuple[str, ...], str] = {}
    for one in (p for kind in KINDS for p in load(kind)):
        said = words(one.text)
        for start in range(len(said) - 7):
            run = tuple(said[start : start + 8])
            assert seen.setdefault(run, one.id) == one.id, " ".join(run)


def test_no_two_passages_open_alike():
    assert len({tuple(words(p.text)[:2]) for p in load_passages()}) == 60


def test_the_prompts_for_exploration_are_those_of_the_results():
    texts = "\n".join(p.text for p in load_prompts())
    assert hashlib.sha256(texts.encode()).hexdigest() == EXPLORATION


@pytest.mark.parametrize("name", TOKENIZERS)
def test_a_passage_has_the_length_that_is_said(name):
    if not models.is_cached(name):
        pytest.skip(f"{name} is not in the cache")
    tokenizer = AutoTokenizer.from_pretrained(models.locate(name), local_files_only=True)
    ids = tokenizer([p.text for p in load_passages()], add_special_tokens=False)["input_ids"]
    shortest, longest = PASSAGE_TOKENS
    assert shortest <= min(map(len, ids)) <= max(map(len, ids)) <= longest


def test_ids_name_the_category_and_the_place():
    ids = [p.id for p in load_prompts(2)]
    assert ids[:3] == ["grammar-01", "grammar-02", "part-of-speech-01"]
    assert len(set(ids)) == 12


def test_the_second_set_counts_on_from_the_first():
    ids = [p.id for p in load_prompts(which="confirmation")]
    assert ids[9:11] == ["grammar-20", "part-of-speech-11"]
    assert load_passages(1)[0].id == "grammar-passage-01"


@pytest.mark.parametrize("kind", KINDS)
def test_fewer_per_category_takes_the_first_of_each(kind):
    whole = {p.id: p for p in load(kind)}
    some = load(kind, 3)
    assert len(some) == 18
    assert all(whole[p.id] == p for p in some)
    assert [p.id[-1] for p in some] == ["1", "2", "3"] * 6


@pytest.mark.parametrize("number", [0, -1, 11, 2.0, "3", True, None])
@pytest.mark.parametrize("kind", KINDS)
def test_a_number_out_of_range_is_refused_with_the_range(kind, number):
    with pytest.raises(SynergyError, match=r"whole number from 1 to 10"):
        load(kind, number)


@pytest.mark.parametrize("which", ["", "confirm", "passages", None, 1])
def test_an_unknown_set_is_refused_with_the_sets(which):
    with pytest.raises(SynergyError, match=r"choose one of: exploration, confirmation\.$"):
        load_prompts(which=which)
