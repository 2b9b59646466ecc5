"""Which edit re-runs what: asked of the graph itself, on a book that was built."""

import shutil

import pytest

import tiny_book as tiny
from synergycore.book import build

EVERY_STEP = {"fetched", "recorded", "tiny", "timed", "page"}
TEXT = tiny.needing("recordings", tiny.CHAPTER)
CODE = TEXT.replace("import os\n", "import os, re\n")
CAPTION = "\n:mystnb: {figure: {caption: More.}}\nimport os\n"
PROSE = TEXT.replace("The rate", "The speed").replace("\nimport os\n", CAPTION)


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A book that looks built: two models, a chapter of recordings and one of benchmarks.

    It has a library of its own, so that a test may touch it.
    """
    root = tiny.copy_root(tmp_path_factory.mktemp("built"), TEXT)
    (root / "book" / "claims.md").touch()
    profile = root / "profiles" / "smoke.yml"
    profile.write_text(profile.read_text().replace("135m]", "135m, gemma-3-270m]"))
    tiny.add_chapter(root, "timed", tiny.needing("benchmarks", tiny.ONCE))
    (root / "results" / "benchmarks").mkdir()
    (root / "results" / "benchmarks" / "speed.json").write_text("{}")
    ignore = shutil.ignore_patterns("__pycache__")
    shutil.copytree(tiny.REPOSITORY / "lib", root / "lib", ignore=ignore)
    for name in ("tiny", "timed"):
        (root / "lib" / "synergycore" / "claims" / f"{name}.py").touch()
    return root


@pytest.fixture
def root(built, tmp_path, monkeypatch):
    """A copy of it, for one test."""
    root = tmp_path / "root"
    shutil.copytree(built, root)
    monkeypatch.setenv("SYNERGY_ROOT", str(root))
    monkeypatch.setenv("PYTHONPATH", str(root / "lib"))
    monkeypatch.delenv("SYNERGY_BUILD", raising=False)
    tiny.pretend_built("smoke")
    return root


def rerun(root):
    """Steps that a build would run, by the files they make; both models always together."""
    made = [path.removeprefix(f"{root}/build/smoke/") for path in build.pending("smoke")]
    models = [{path for path in made if path.startswith(model)} for model in ("smol", "gemma")]
    assert len(models[0]) == len(models[1])
    names = {"page" if path == "site/index.html" else path.split("/")[-1] for path in made}
    return {name.removesuffix(".ipynb") for name in names if not name.endswith(".json")}


@pytest.mark.parametrize(
    ("edits", "steps"),
    [
        ({"book/claims.md": "# All claims\n", "lib/synergycore/book/pages.py": None}, {"page"}),
        ({"notebooks/tiny.md": PROSE}, {"page"}),
        ({"notebooks/tiny.md": CODE}, {"tiny", "page"}),
        ({"lib/synergycore/claims/timed.py": "x = 1\n"}, {"timed", "page"}),
        ({"lib/synergycore/phiid/pairs.py": None}, {"tiny", "timed", "page"}),
        ({"lib/synergycore/recording/store.py": None}, EVERY_STEP),
    ],
    ids=["claims-and-layout", "prose-and-caption", "code", "claims-of-one", "phiid", "recording"],
)
def test_an_edit_reruns(root, edits, steps):
    for file, text in edits.items():
        (root / file).write_text(text or (root / file).read_text() + "\n")
    assert rerun(root) == steps


def test_a_missing_path_is_an_error_of_the_graph(root):
    shutil.rmtree(root / "results" / "benchmarks")
    run = tiny.synergy(root, "book", "--profile", "smoke")
    assert run.returncode == 2
    assert "results/benchmarks is a part of the book and is not there" in run.stderr
