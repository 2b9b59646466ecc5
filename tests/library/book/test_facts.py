"""Numbers typed in prose: allowed where they are facts of this repository, and checked here."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from synergycore import claims, models, phiid, recording, settings, tasks

ROOT = Path(__file__).parents[3]
DATA = "book/models_and_data.md"


@pytest.fixture(autouse=True)
def _repository(monkeypatch):
    monkeypatch.setenv("SYNERGY_ROOT", str(ROOT))


def page(name: str | Path) -> str:
    return (ROOT / name).read_text("utf-8")


@pytest.mark.parametrize("name", ["README.md", "book/index.md", "book/claims.md"])
def test_there_are_thirty_claims(name):
    assert sorted(claims.registry()) == list(range(1, 31))
    assert "thirty" in page(name).lower()


def test_one_claim_in_forty_is_fewer_than_one_of_thirty():
    assert "one claim in forty" in page("book/claims.md")
    assert pytest.approx(1 / 40) == (1 - 0.95) / 2


@pytest.mark.parametrize("name", ["book/models_and_data.md", "book/departures.md"])
def test_there_are_sixty_prompts_in_six_categories(name):
    prompts = tasks.load_prompts()
    found = [sum(one.category == category for one in prompts) for category in tasks.CATEGORIES]
    assert found == [10] * 6
    assert "sixty prompts" in page(name)
    assert re.search(r"in (each of )?six categories", page(name))


def grammar_ids(texts: list[tasks.Prompt]) -> list[str]:
    return [f"`{one.id}`" for one in texts if one.category == "grammar"]


@pytest.mark.parametrize("which", tasks.SETS)
def test_there_are_two_sets_of_prompts_with_ids_of_their_own(which):
    assert len(tasks.SETS) == 2
    names = grammar_ids(tasks.load_prompts(which=which))
    assert f"- **{which}** ({names[0]} to {names[-1]}, and so on)" in page(DATA)
    assert len(re.findall(r"^- \*\*", page(DATA), re.M)) == 2
    assert "in two sets of sixty, ten in each of six categories" in page(DATA)


def test_the_first_set_is_what_a_chapter_reads():
    assert tasks.load_prompts() == tasks.load_prompts(which="exploration")
    readers = [*(ROOT / "notebooks").glob("*.md"), ROOT / "lib/synergycore/book/steps.py"]
    assert not any(re.search(r"[\"']confirmation[\"']", page(reader)) for reader in readers)
    assert "what the chapters read until the rules are fixed" in page(DATA)


def test_there_are_sixty_passages_of_the_length_that_is_said():
    found = [one.category for one in tasks.load_passages()]
    assert [found.count(category) for category in tasks.CATEGORIES] == [10] * 6
    assert "Sixty passages of running text, again ten in each of six categories" in page(DATA)
    shortest, longest = tasks.PASSAGE_TOKENS
    assert f"at least {shortest} and at most {longest} tokens for both models" in page(DATA)
    rows = re.findall(r"^\| ([a-z, -]+) \| (?!---)", page(DATA).split("| Passages in |")[1], re.M)
    assert tuple(", ".join(rows).split(", ")) == tasks.CATEGORIES


def test_the_book_is_built_with_the_two_models_of_the_package_index():
    of_the_index = [n for n in models.names() if models.entry(n).source.kind == "pypi"]
    assert list(settings.load_profile("demo").models) == of_the_index
    assert len(of_the_index) == 2
    assert "two small ones" in page("book/models_and_data.md")
    assert "Two small models from the package index" in page("book/models_and_data.md")


def test_there_are_three_sizes():
    described = re.findall(r"^`(\w+)` (?:goes|is|takes)", page("book/models_and_data.md"), re.M)
    assert sorted(described) == settings.profile_names()
    assert "three sizes" in page("book/models_and_data.md")


def test_a_recording_keeps_three_norms_and_six_inner_products():
    listed = re.findall(r"^- `(\w+)`, ", page("book/models_and_data.md"), re.M)
    assert tuple(listed) == recording.SIGNALS
    assert "three norms" in page("book/models_and_data.md")
    assert len(recording.PRODUCTS) == 6
    assert "six inner products" in page("book/models_and_data.md")


def test_the_lag_of_the_book_is_one_token():
    assert settings.load_profile("demo").tau == 1
    assert "one token in the book" in page("book/notation.md")


def test_the_table_of_sixteen_atoms_is_that_of_the_library():
    rows = re.findall(r"^\| \*\*[rxys]\*\* \|(.*)\|$", page("book/notation.md"), re.M)
    assert tuple(re.findall(r"`(\w+)`", "".join(rows))) == phiid.ATOMS
    assert len(phiid.ATOMS) == 16


def test_departures_are_fifteen():
    numbers = re.findall(r"^### (\d+)\. ", page("book/departures.md"), re.M)
    assert numbers == [str(number) for number in range(1, 16)]
    assert "in fifteen points" in page("book/departures.md")


@pytest.mark.parametrize("name", ["README.md", "book/index.md"])
def test_the_python_that_is_asked_for(name):
    needed = tomllib.loads(page("pyproject.toml"))["project"]["requires-python"]
    assert f"Python {needed.removeprefix('>=')} or newer" in page(name)


def test_the_version_to_cite_is_that_of_the_package():
    version = tomllib.loads(page("pyproject.toml"))["project"]["version"]
    assert f"\nversion: {version}\n" in page("CITATION.cff")


@pytest.mark.parametrize("path", sorted((ROOT / "book").glob("*.md")), ids=lambda path: path.stem)
def test_no_page_fixes_the_lag(path):
    """The lag is a parameter; a page that says lag 1 is wrong for a run with another tau."""
    assert not re.search(r"\blag(?:ged)?[- ](?:1|one)\b", path.read_text("utf-8"), re.I)
