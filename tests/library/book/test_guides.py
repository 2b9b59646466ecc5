"""What the guides for contributors name is there: paths, commands, functions, dimensions."""

from __future__ import annotations

import importlib
import re
import typing
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from synergycore import claims, graphs, heads, models, phiid, recording, settings, stats, stream
from tiny_models import PROMPTS, save

ROOT = Path(__file__).parents[3]
GUIDES = ("CONTRIBUTING.md", "book/style_guide.md")
EXAMPLES = {"<chapter>": "fig1_synergistic_core"}


def guide(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def named(pattern: str) -> list[str]:
    """Every match of `pattern` in what the guides set as code, once."""
    code = re.findall(r"`([^`\n]+)`", "\n".join(map(guide, GUIDES)))
    return sorted({found for one in code for found in re.findall(pattern, one)})


@pytest.mark.parametrize("path", named(r"^[\w./<>-]+/[\w./<>-]*$|^[\w.-]+\.(?:md|yml|toml|txt)$"))
def test_every_path_is_there(path):
    for placeholder, example in EXAMPLES.items():
        path = path.replace(placeholder, example)
    assert (ROOT / path).exists()


def test_every_command_is_a_target_of_the_makefile():
    targets = re.findall(r"^([a-z]+):.*## ", guide("Makefile"), re.M)
    named = re.findall(r"(?:^|`)make ([a-z]+)", guide("CONTRIBUTING.md"), re.M)
    assert len(named) > 6
    assert set(named) <= set(targets)


@pytest.mark.parametrize("name", named(r"^([a-z]+\.[A-Za-z_]\w*)(?:\(.*\))?$"))
def test_every_function_is_there(name):
    module, _, attribute = name.partition(".")
    if attribute in ("md", "yml", "toml", "txt"):
        return
    assert hasattr(importlib.import_module(f"synergycore.{module}"), attribute)


def test_recipes_are_short():
    recipes = guide("CONTRIBUTING.md").split("\n## Add ")[1:]
    lengths = {one.split("\n")[0]: len(re.findall(r"^\d\. ", one, re.M)) for one in recipes}
    assert set(lengths) == {"a chapter", "a claim", "a model", "a null"}
    assert all(5 <= length <= 8 for length in lengths.values())


def test_the_map_has_ten_lines():
    rows = guide("CONTRIBUTING.md").split("|---|---|\n")[1].split("\n\n")[0].splitlines()
    assert len(rows) == 10


def table(heading: str) -> dict[str, list[str]]:
    """Rows of the style guide's table under `heading`: what its cells set as code."""
    section = guide("book/style_guide.md").split(f"### {heading}\n")[1].split("\n### ")[0]
    rows = re.findall(r"^\| (`.*?) \| (.*) \|$", section, re.M)
    return {first: re.findall(r"`(\w+)`", second) for first, second in rows}


@pytest.mark.parametrize("name", ["signal", "score", "estimator", "redundancy", "preparation"])
def test_the_choices_are_those_that_chapters_accept(name):
    field = settings.Parameters.model_fields[name]
    assert tuple(table("Choices of an analysis")[f"`{name}`"]) == typing.get_args(field.annotation)


def test_signals_scores_and_atoms_are_those_of_the_library():
    choices = table("Choices of an analysis")
    assert tuple(choices["`signal`"]) == recording.SIGNALS
    assert tuple(choices["`score`"]) == tuple(heads.SCORES)
    assert set(table("Atoms")) == {"`sts`", "`rtr`"} <= {f"`{name}`" for name in phiid.ATOMS}


def test_the_verdicts_are_those_of_the_rule():
    section = guide("book/style_guide.md").split("### Verdicts\n")[1]
    assert tuple(re.findall(r"\*\*([a-z ]+)\*\*", section)) == claims.VERDICTS


@pytest.fixture(scope="module")
def recorded(tmp_path_factory):
    folder = tmp_path_factory.mktemp("guides")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SYNERGY_CACHE", str(folder / "cache"))
        loaded = models.load(save(folder / "model"), device="cpu")
    return recording.record(loaded, PROMPTS, new_tokens=12, progress=False)


def test_every_dimension_of_the_analysis_is_registered(recorded):
    norms = recorded.z_norm
    networks = graphs.networks(heads.pairs(norms))
    made: list[xr.Dataset | xr.DataArray] = [recorded, heads.scores(norms), heads.pairs(norms)]
    made += [stream.cosines(recorded), networks]
    made += [stats.bootstrap_weights(norms, 20, np.random.default_rng(0))]
    used = {str(name) for one in made for name in one.dims}
    registered = set(re.findall(r"`(\w+)`", " ".join(table("Dimensions"))))
    assert used <= registered
    library = "".join(path.read_text() for path in (Path(models.__file__).parents[1]).rglob("*.py"))
    assert [name for name in registered - used if f'"{name}"' not in library] == []
    assert table("Dimensions")["`addition`"] == list(stream.ADDITIONS)
