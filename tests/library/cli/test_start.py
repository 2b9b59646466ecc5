"""The command starts quickly: it must not import what only some of its commands need."""

import subprocess
import sys

HEAVY = ("torch", "transformers", "xarray", "papermill", "jupytext", "matplotlib", "scipy", "numba")


def test_help_imports_nothing_heavy():
    code = (
        "import sys\nsys.argv = ['synergy', '--help']\nfrom synergycore.cli import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        f"print('heavy:', [name for name in {HEAVY} if name in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.splitlines()[-1] == "heavy: []"
    assert "chapter" in run.stdout


def test_a_bare_install_is_told_what_to_do():
    """The engine installs without the packages that the command needs."""
    code = (
        "import sys\nsys.modules['typer'] = None\nsys.argv = ['synergy', 'doctor']\n"
        "from synergycore.cli import main\nmain()"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert run.returncode == 2
    assert run.stderr.startswith("error: the package 'typer' is not installed")
    assert "pip install 'synergycore[models,book]'" in run.stderr
    assert run.stderr.count("\n") == 1
