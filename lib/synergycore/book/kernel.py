"""What every kernel of the book is told, in the run of a chapter and in JupyterLab."""

from __future__ import annotations

from synergycore import settings


def environment() -> dict[str, str]:
    """Where the book is, and nothing of the user's own Jupyter set-up."""
    return {
        "SYNERGY_ROOT": str(settings.root()),
        "SYNERGY_BUILD": str(settings.build_dir()),
        "JUPYTER_PREFER_ENV_PATH": "1",  # this environment's python3 kernel, not the user's
        "IPYTHONDIR": str(settings.build_dir() / "ipython"),  # no start-up files of the user's
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "TQDM_DISABLE": "1",  # a page is no place for the bars of other libraries
        "PYTHONWARNINGS": "ignore:IProgress not found",  # there are no widgets, on purpose
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
    }
