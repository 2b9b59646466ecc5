"""The prose pages: every reference leads somewhere, and every number in them can be had again."""

import re
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
import yaml

from synergycore import phiid
from synergycore.heads import published_smoothing
from synergycore.tasks import CATEGORIES

ROOT = Path(__file__).parents[3]
BOOK = ROOT / "book"
PAGES = sorted(BOOK.glob("*.md"))
CHAPTERS = sorted((ROOT / "notebooks").glob("*.md"))
GENERATED = {"verdicts", "claims_table", "models_table", "profiles_table", "measured"}


def text(name: str) -> str:
    return (BOOK / f"{name}.md").read_text("utf-8")


def citations(path: Path) -> set[str]:
    found = re.findall(r"\{cite(?::\w+)?\}`([^`]+)`", path.read_text("utf-8"))
    return {key.strip() for group in found for key in group.split(",")}


def bibliography() -> list[str]:
    entries = re.findall(r"^@\w+\{([^,]+),", (BOOK / "references.bib").read_text("utf-8"), re.M)
    return [key.strip() for key in entries]


def cases(pattern: str) -> list:
    """(page, match) for every match of `pattern` in the pages of the book."""
    matches = [(page, found) for page in PAGES for found in re.findall(pattern, page.read_text())]
    return [pytest.param(page, found, id=f"{page.stem}-{found}") for page, found in matches]


@pytest.mark.parametrize("path", PAGES + CHAPTERS, ids=lambda path: path.stem)
def test_every_citation_has_an_entry(path):
    assert citations(path) <= set(bibliography())


def test_every_entry_is_cited_once_defined_once():
    keys = bibliography()
    assert len(keys) == len(set(keys))
    assert set(keys) == set().union(*map(citations, PAGES + CHAPTERS))


def test_the_list_of_references_stands_on_one_page():
    assert [p.stem for p in PAGES if "```{bibliography}" in p.read_text()] == ["references"]


@pytest.mark.parametrize(("page", "target"), cases(r"\]\((?!https?:)([^)#]+)"))
def test_every_link_to_a_page_leads_somewhere(page, target):
    assert (page.parent / target).is_file()


@pytest.mark.parametrize(("page", "target"), cases(r"\{doc\}`/([^`]+)`"))
def test_every_link_to_a_document_leads_somewhere(page, target):
    assert (ROOT / f"{target}.md").is_file()


@pytest.mark.parametrize(("page", "target"), cases(r"\{include\} (\S+)"))
def test_only_generated_fragments_are_included(page, target):
    assert target.removeprefix("_generated/").removesuffix(".md") in GENERATED


def test_every_generated_fragment_is_included():
    assert {found.values[1] for found in cases(r"\{include\} _generated/(\w+)\.md")} == GENERATED


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.stem)
def test_mathematics_is_closed_and_labels_are_unique(page):
    lines = page.read_text("utf-8").splitlines()
    assert sum(line.startswith("$$") for line in lines) % 2 == 0
    labels = [line for line in lines if re.fullmatch(r"\$\$ \(\S+\)", line)]
    assert len(labels) == len(set(labels))


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.stem)
def test_one_sentence_per_line(page):
    prose = re.sub(r"```.*?```|\$\$.*?\$\$", "", page.read_text("utf-8"), flags=re.S)
    lines = [line for line in prose.splitlines() if not line.startswith(("|", ">", "#"))]
    assert [line for line in lines if re.search(r"[a-z)]\. [A-Z]", line)] == []


def test_every_page_is_in_the_table_of_contents():
    toc = (ROOT / "_toc.yml").read_text("utf-8")
    assert [p.stem for p in PAGES if f"book/{p.stem}\n" not in toc] == []


def test_the_categories_are_those_of_the_prompts():
    rows = re.findall(r"^\| `([a-z-]+)` \| (?!\d)", text("models_and_data"), re.M)
    assert tuple(rows) == CATEGORIES


def test_no_page_names_a_claim_that_does_not_exist():
    known = {claim["id"] for claim in yaml.safe_load((BOOK / "claims.yml").read_text())["claims"]}
    for page in PAGES:
        numbers = re.findall(r"[Cc]laims? (\d+)(?: (?:and|to) (\d+))?", page.read_text())
        assert {int(n) for pair in numbers for n in pair if n} <= known


def autoregressive(a: float, units: int, steps: int) -> np.ndarray:
    """Independent stationary AR(1) series (unit, step)."""
    rng = np.random.default_rng(0)
    noise = rng.normal(size=(units, steps + 200)) * np.sqrt(1 - a * a)
    x = np.zeros_like(noise)
    for t in range(1, x.shape[1]):
        x[:, t] = a * x[:, t - 1] + noise[:, t]
    return x[:, 200:]


@pytest.mark.parametrize(("steps", "sts", "rtr"), [(100, 0.73, 0.015), (20, 0.22, 0.04)])
def test_notation_short_series_are_biased_as_stated(steps, sts, rtr):
    atoms = phiid.decompose_pairs(autoregressive(0.8, 600, steps))
    assert np.nanmean(atoms["sts"]) == pytest.approx(sts, abs=0.02)
    assert np.nanmean(atoms["rtr"]) == pytest.approx(rtr, abs=0.005)
    assert f"{sts} at $T = {steps}$" in text("notation")
    assert f"{rtr} at $T = {steps}$" in text("notation")


@pytest.mark.parametrize(("a", "q"), [(0.8, 0.0), (0.8, 0.5), (0.5, 0.9)])
def test_notation_atoms_without_interaction(a, q):
    now = np.array([[1, q], [q, 1]])
    atoms = phiid.decompose_correlations(now, now, a * now, atoms=phiid.ATOMS)
    alone, shared = (-0.5 * np.log(1 - value**2) for value in (a, a * q))
    assert atoms["sts"][0, 1] == pytest.approx(2 * alone - shared)
    assert atoms["rtr"][0, 1] == pytest.approx(shared)
    assert sum(atom[0, 1] for atom in atoms.values()) == pytest.approx(2 * alone)


def test_notation_the_example_in_nats():
    assert -np.log(1 - 0.8**2) == pytest.approx(1.02, abs=0.005)
    assert text("notation").count("1.02 nats") == 2


def test_notation_the_inverse_of_the_lattice():
    rows = re.search(r"M = \\begin\{pmatrix\}(.*?)\\end", text("notation"), re.S).group(1)
    m = np.array([[float(x) for x in row.split("&")] for row in rows.split(r"\\")])
    now = np.array([[1, 0.4], [0.4, 1]])
    lagged = np.array([[0.5, 0.3], [-0.2, 0.6]])
    found = phiid.decompose_correlations(now, now, lagged, atoms=phiid.ATOMS)
    atoms = np.array([found[name][0, 1] for name in phiid.ATOMS]).reshape(4, 4)
    down = np.linalg.inv(m)  # node = sum of the atoms at or below it, on either side
    nodes = down @ atoms @ down.T
    joint = np.block([[now, lagged], [lagged.T, now]])
    assert nodes[3, 3] == pytest.approx(
        0.5 * (2 * np.linalg.slogdet(now)[1] - np.linalg.slogdet(joint)[1])
    )
    assert nodes[1, 1] == pytest.approx(-0.5 * np.log(1 - 0.5**2))
    assert nodes[0, 3] == pytest.approx(min(nodes[1, 3], nodes[2, 3]))
    assert nodes[0, 0] == pytest.approx(nodes[1:3, 1:3].min())


def test_departures_ccs_sees_no_synergy_between_independent_series():
    x, y = autoregressive(0.8, 2, 20_000)
    assert phiid.decompose(x, y, redundancy="mmi")["sts"] == pytest.approx(1, abs=0.08)
    assert phiid.decompose(x, y, redundancy="ccs")["sts"] == pytest.approx(0, abs=0.08)


@pytest.mark.parametrize(("layers", "window"), [(18, 4), (30, 6), (36, 7)])
def test_departures_a_flat_profile_is_drawn_bent(layers, window):
    drawn = published_smoothing(xr.DataArray(np.full(layers, 0.5), dims="layer")).values
    first, middle, last = (f"{drawn[place]:.3f}" for place in (0, layers // 2, -1))
    assert f"| {layers} | {window} | {first} | {middle} | {last} |" in text("departures")


def test_departures_random_profiles_pass_the_test_of_thirds():
    def passes(profile):
        early, mid, late = (part.mean() for part in np.array_split(profile, 3))
        return mid > max(early, late)

    random = xr.DataArray(np.random.default_rng(0).normal(size=(4000, 36)), dims=("draw", "layer"))
    scaled = (random - random.min("layer")) / (random.max("layer") - random.min("layer"))
    assert np.mean([passes(one) for one in random.values]) == pytest.approx(1 / 3, abs=0.02)
    drawn = [published_smoothing(one).values for one in scaled]
    assert np.mean([passes(one) for one in drawn]) == pytest.approx(0.5, abs=0.02)


def test_departures_the_middle_has_more_near_neighbours():
    layers = np.arange(36)
    pairs = np.exp(-np.abs(np.subtract.outer(layers, layers)) / 6)
    mean = (pairs.sum(1) - 1) / 35
    assert round(mean[0], 3) == round(mean[-1], 3) == 0.157
    assert round(mean[17], 3) == 0.298
