"""The engine by itself: the wheel, installed bare into a clean environment."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
SOURCES = ("pyproject.toml", "README.md", "LICENSE", "lib")
NEEDED = {"numpy", "scipy", "numba", "llvmlite", "synergycore"}

pytestmark = [pytest.mark.network, pytest.mark.slow]


def run(*command, cwd=None):
    """The command in an environment in which no path leads to this repository."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    command = list(map(str, command))
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, env=environment)


def wheel(folder):
    """The package as pip builds it, from a copy: a build leaves folders beside its sources."""
    copy = folder / "copy"
    copy.mkdir()
    for name in SOURCES:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(
                source, copy / name, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info")
            )
        else:
            shutil.copy(source, copy / name)
    pip = (sys.executable, "-m", "pip", "wheel", "--quiet")
    built = run(*pip, "--no-deps", "--no-build-isolation", "--wheel-dir", folder, copy)
    assert built.returncode == 0, built.stderr
    (found,) = folder.glob("synergycore-*.whl")
    return found


@pytest.fixture(scope="module")
def bare(tmp_path_factory):
    """Folder with the programs of an environment that holds the wheel and what it depends on."""
    folder = tmp_path_factory.mktemp("bare")
    assert run(sys.executable, "-m", "venv", folder / "venv").returncode == 0
    programs = folder / "venv" / "bin"
    pip = (programs / "python", "-m", "pip", "install", "--quiet")
    installed = run(*pip, "--constraint", ROOT / "constraints.txt", wheel(folder))
    if "(from versions: none)" in installed.stderr:
        pytest.skip("pip reaches no package index, so numpy, scipy and numba cannot be installed")
    assert installed.returncode == 0, installed.stderr
    return programs


def readme_lines():
    """The code block of README's section on the engine."""
    section = (ROOT / "README.md").read_text().split("## The engine by itself\n")[1]
    return re.search(r"```python\n(.*?)```", section.split("\n## ")[0], re.DOTALL)[1]


def test_it_depends_on_numpy_scipy_and_numba_only(bare):
    listed = run(bare / "python", "-m", "pip", "list", "--format=freeze").stdout.split()
    assert {line.split("==")[0] for line in listed} - {"pip", "setuptools"} == NEEDED


def test_the_lines_of_the_readme_run(bare, tmp_path):
    lines = readme_lines()
    assert lines.count("\n") == 4
    done = run(bare / "python", "-W", "error", "-c", lines, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    synergy = [float(number) for number in done.stdout.strip("[]\n").split()]
    assert len(synergy) == 3
    assert all(value > 0 for value in synergy)


def test_the_command_names_the_extras_that_it_needs(bare, tmp_path):
    done = run(bare / "synergy", "models", cwd=tmp_path)
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert line.startswith("error: the package 'typer' is not installed")
    assert "[models,book]" in line
