"""`synergy lab`: the chapters in JupyterLab, where a text file opens as a notebook."""

from __future__ import annotations

import json
import os
import sys
from importlib.util import find_spec

from synergycore import settings
from synergycore.book import kernel
from synergycore.errors import SynergyError
from synergycore.files import write_text

SETTINGS = {
    "@jupyterlab/docmanager-extension:plugin": {
        "defaultViewers": {"markdown": "Jupytext Notebook", "myst": "Jupytext Notebook"},
        "autosave": False,  # a chapter's text changes when its reader says so
    },
    "@jupyterlab/apputils-extension:notification": {
        "fetchNews": "false",
        "checkForUpdates": False,
    },
}


def start(arguments: list[str]) -> None:
    """Become JupyterLab, with the repository as its root and `arguments` as its own.

    Its settings and whatever it keeps are under the build folder.
    Raises SynergyError if JupyterLab is not installed.
    """
    if find_spec("jupyterlab") is None:
        raise SynergyError("JupyterLab is not installed; run `make setup`.")
    folder = settings.build_dir() / "jupyter"
    write_text(folder / "labconfig" / "default_setting_overrides.json", json.dumps(SETTINGS))
    os.environ.update(kernel.environment(), JUPYTER_CONFIG_DIR=str(folder))
    options = [
        f"--ServerApp.root_dir={settings.root()}",
        "--LabApp.default_url=/lab/tree/notebooks",
    ]
    os.execv(sys.executable, [sys.executable, "-m", "jupyterlab", *options, *arguments])
