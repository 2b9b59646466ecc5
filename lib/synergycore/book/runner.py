"""Execute one chapter, strictly: checked parameters, a fixed kernel, no silent failure."""

from __future__ import annotations

import datetime
import logging
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from synergycore import settings
from synergycore.book.text import Chapter
from synergycore.book.watch import Cost, watch
from synergycore.errors import SynergyError

if TYPE_CHECKING:
    from nbformat import NotebookNode
    from papermill.exceptions import PapermillExecutionError

WIDGET = "application/vnd.jupyter.widget-view+json"


class ChapterFailed(SynergyError):
    """A cell of the chapter raised; `report` shows the cell and its error."""

    def __init__(self, sentence: str, report: str):
        super().__init__(sentence)
        self.report = report


def run(chapter: Chapter, values: dict[str, Any], output: Path) -> Cost:
    """Execute `chapter` with `values` (already checked) into `output`, an .ipynb path.

    The chapter writes its own files (`claims.json`) into the folder of the same name without the
    ending. While it runs, and after a failure, the notebook stands at `<name>.partial.ipynb`.
    Raises ChapterFailed when a cell raises or the kernel dies.
    """
    partial = output.with_suffix(".partial.ipynb")
    folder = output.with_suffix("")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "claims.json").unlink(missing_ok=True)
    with _environment(folder), watch() as cost:
        notebook = _execute(chapter, values, partial)
    _write(_finished(notebook, chapter, values, cost), partial)
    if not (folder / "claims.json").exists():
        (folder / "claims.json").write_text("[]\n")  # a chapter without claims of its own
    os.replace(partial, output)
    return cost


def _execute(chapter: Chapter, values: dict[str, Any], partial: Path) -> NotebookNode:
    from nbclient.exceptions import DeadKernelError
    from papermill import execute_notebook
    from papermill.exceptions import PapermillExecutionError

    logging.getLogger("papermill").setLevel(logging.ERROR)  # names are checked already, by us
    try:
        return execute_notebook(
            chapter.notebook,
            str(partial),
            parameters=values,
            kernel_name="python3",
            cwd=str(settings.root()),
            progress_bar=sys.stderr.isatty(),
            extra_arguments=["--IPKernelApp.log_level=CRITICAL"],
        )
    except PapermillExecutionError as error:
        raise _failure(chapter, error, partial) from None
    except DeadKernelError:
        raise SynergyError(
            f"chapter {chapter.name}: its process was ended from outside, most often for want of "
            f"memory; what it had done is in {partial}: give it a smaller batch_size or fewer "
            "prompts and run it again."
        ) from None


def _failure(chapter: Chapter, error: PapermillExecutionError, partial: Path) -> ChapterFailed:
    report = "\n".join(
        [
            f"--- chapter {chapter.name}, cell {error.cell_index} ---",
            error.source.rstrip(),
            "--- raised ---",
            re.sub(r"\x1b\[[0-9;]*m", "", "\n".join(error.traceback or [])).rstrip()
            or f"{error.ename}: {error.evalue}",
        ]
    )
    sentence = (
        f"chapter {chapter.name} stopped in cell {error.cell_index} with {error.ename}: "
        f"{error.evalue.rstrip('.')}; the notebook up to there is {partial}."
    )
    return ChapterFailed(sentence, report)


@contextmanager
def _environment(folder: Path) -> Iterator[None]:
    """What the kernel inherits: where the book is, and nothing of the user's own Jupyter set-up."""
    ours = {
        "SYNERGY_ROOT": str(settings.root()),
        "SYNERGY_CHAPTER_OUT": str(folder.resolve()),
        "JUPYTER_PREFER_ENV_PATH": "1",  # this environment's python3 kernel, not the user's
        "IPYTHONDIR": str(settings.build_dir() / "ipython"),  # no start-up files of the user's
        "TQDM_DISABLE": "1",  # a page is no place for progress bars
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
    }
    before = {name: os.environ.get(name) for name in ours}
    os.environ.update(ours)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _finished(
    notebook: NotebookNode, chapter: Chapter, values: dict[str, Any], cost: Cost
) -> NotebookNode:
    """The executed notebook without times, paths and widgets, and with a record of its run."""
    for cell in notebook.cells:
        _clean(cell)
    _show_values_used(notebook)
    notebook.metadata.pop("papermill", None)
    notebook.metadata.pop("widgets", None)
    notebook.metadata.setdefault("language_info", {"name": "python"})
    notebook.metadata["synergy"] = {
        "chapter": chapter.name,
        "parameters": values,
        "seconds": round(cost.seconds, 2),
        "peak_memory_bytes": cost.peak_memory_bytes,
        "finished": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
    }
    return notebook


def _clean(cell: NotebookNode) -> None:
    for key in ("papermill", "execution"):
        cell.metadata.pop(key, None)
    for output in cell.get("outputs", []):
        output.get("data", {}).pop(WIDGET, None)


def _show_values_used(notebook: NotebookNode) -> None:
    """Of the two parameter cells, the page shows the one with the values of this run."""
    cells = {tag: cell for cell in notebook.cells for tag in cell.metadata.get("tags", [])}
    if "injected-parameters" in cells:
        injected, defaults = cells["injected-parameters"], cells["parameters"]
        injected.source = injected.source.removeprefix("# Parameters\n").rstrip()
        defaults.metadata["tags"] = [*defaults.metadata["tags"], "remove-cell"]


def _write(notebook: NotebookNode, path: Path) -> None:
    import nbformat

    nbformat.write(notebook, path)
