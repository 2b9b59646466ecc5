"""What each step follows from: all of it, and nothing else."""

import shutil

import pytest

import tiny_book as tiny
from synergycore.book import inputs, paths, plan
from synergycore.errors import SynergyError


@pytest.fixture
def root(tmp_path, monkeypatch):
    """A repository with three chapters: `tiny` of recordings, `timed` of benchmarks, `sum`."""
    root = tiny.copy_root(tmp_path, tiny.needing("recordings", tiny.CHAPTER))
    tiny.add_chapter(root, "timed", tiny.needing("benchmarks", tiny.ONCE))
    tiny.add_chapter(root, "sum", tiny.needing("claims", tiny.ONCE))
    (root / "results" / "benchmarks").mkdir()
    (root / "results" / "benchmarks" / "speed.json").write_text("{}")
    monkeypatch.setenv("SYNERGY_ROOT", str(root))
    monkeypatch.delenv("SYNERGY_BUILD", raising=False)
    return root


def of_chapter(name, slug):
    return inputs.chapter(plan.load("smoke"), name, slug)


def below(folder, files):
    return {str(path.relative_to(folder)) for path in files if path.is_relative_to(folder)}


def test_a_chapter_follows_from_what_it_needs_its_code_its_sizes_and_the_pins(root):
    assert below(root, of_chapter("tiny", "smollm2-135m")) == {
        "build/smoke/smollm2-135m/recorded", "build/smoke/code/tiny.py", "constraints.txt",
    }  # fmt: skip
    assert below(root, of_chapter("timed", paths.ONCE)) == {
        "results/benchmarks/speed.json", "build/smoke/code/timed.py", "constraints.txt",
    }  # fmt: skip
    assert below(root, of_chapter("sum", paths.ONCE)) == {
        "build/smoke/claims/tiny.json", "build/smoke/claims/timed.json",
        "build/smoke/code/sum.py", "constraints.txt",
    }  # fmt: skip


def test_a_chapter_follows_from_the_library_below_it(root, monkeypatch):
    library = root / "library"
    for name in (
        "errors.py", "phiid/pairs.py", "claims/records.py", "claims/tiny.py", "claims/timed.py",
        "book/pages.py", "book/kernel.py", "book/runner.py", "book/parameters.py", "cli/book.py",
        "phiid/__pycache__/pairs.pyc", "gone/__pycache__/old.pyc",
    ):  # fmt: skip
        (library / name).parent.mkdir(parents=True, exist_ok=True)
        (library / name).touch()
    monkeypatch.setattr(inputs, "LIBRARY", library)
    shared = {"errors.py", "phiid/pairs.py", "claims/records.py"}
    execution = {"book/kernel.py", "book/runner.py", "book/parameters.py"}
    assert below(library, of_chapter("tiny", "smollm2-135m")) == {
        *shared, *execution, "claims/tiny.py",
    }  # fmt: skip
    assert below(library, of_chapter("sum", paths.ONCE)) == {*shared, *execution}


def test_pages_follow_from_text_and_captions_and_recordings_do_not(root):
    pages = below(root, inputs.pages(plan.load("smoke")))
    assert {
        "notebooks/tiny.md",
        "book/claims.yml",
        "_toc.yml",
        "results/measured/demo.json",
    } < pages
    names = below(inputs.LIBRARY, inputs.recording(plan.load("smoke")))
    assert {"recording/store.py", "models/registry.yml"} < names
    assert not any(name.startswith(("book", "claims", "phiid")) for name in names)


@pytest.mark.parametrize("missing", ["constraints.txt", "results/benchmarks"])
def test_a_listed_path_that_is_not_there_is_named(root, missing):
    path = root / missing
    path.unlink() if path.is_file() else shutil.rmtree(path)
    with pytest.raises(SynergyError, match=f"{missing} is a part of the book and is not there"):
        of_chapter("timed", paths.ONCE)


def written(edit):
    """Whether the code file of chapter `tiny` is written anew after an edit of its text."""
    text = tiny.CHAPTER
    inputs.write_code(plan.load("smoke"))
    path = paths.code("smoke", "tiny")
    before = path.stat().st_mtime_ns
    (plan.settings.root() / "notebooks" / "tiny.md").write_text(edit(text))
    inputs.write_code(plan.load("smoke"))
    return path.stat().st_mtime_ns != before


@pytest.mark.parametrize(
    ("old", "new", "anew"),
    [
        ("The rate is", "The speed is", False),
        (":tags: [parameters]", ":tags: [parameters, hide-input]", False),
        ("import os\n", "import os  # for a path\n", True),
        ("import os\n", "import os\n```\n\nText.\n\n```{code-cell} ipython3\n", True),
        ("tau = 1", "tau = 2", True),
    ],
    ids=["prose", "tags", "code", "cells", "parameters"],
)
def test_the_code_of_a_chapter_is_written_anew_when_it_changes(root, old, new, anew):
    assert old in tiny.CHAPTER
    assert written(lambda text: text.replace(old, new)) is anew


def told():
    """What every chapter and the recordings are told, after the files were written."""
    inputs.write_code(plan.load("smoke"))
    return {path.stem: path.read_text() for path in paths.code("smoke", "x").parent.iterdir()}


def changed(before):
    after = told()
    return {name for name in after if before[name] != after[name]}


def test_a_chapter_follows_from_the_definitions_of_its_own_claims_only(root):
    tiny.add_chapter(root, "fig1_synergistic_core", tiny.ONCE)
    before = told()
    claims = root / "book" / "claims.yml"
    text = claims.read_text()
    assert "threshold" not in text.split("- id: 2\n")[0].split("- id: 1\n")[1]
    claims.write_text(text.replace("- id: 1\n", "- id: 1\n    threshold: 0.5\n"))
    assert changed(before) == {"fig1_synergistic_core"}


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("# A remark.\n", set()),
        ("chapters: {tiny: {tau: 3}}\n", {"tiny"}),
        ("tau: 2\n", {"tiny", "timed", "sum"}),
        ("twin_seeds: 2\n", {"recordings"}),
    ],
    ids=["remark", "one-chapter", "shared", "recordings"],
)
def test_a_step_follows_from_its_own_values_of_the_profile_only(root, line, names):
    before = told()
    profile = root / "profiles" / "smoke.yml"
    name = line.split(":")[0]
    kept = [one for one in profile.read_text().splitlines() if not one.startswith(f"{name}:")]
    profile.write_text("\n".join([*kept, line]))
    assert changed(before) == names
