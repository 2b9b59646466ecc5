"""Execute one chapter, strictly: checked parameters, a fixed kernel, no silent failure."""

from __future__ import annotations

import copy
import datetime
import logging
import os
import re
import resource
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat

from synergycore import claims, files, settings
from synergycore.book import differences, executed, kernel, lock, parameters
from synergycore.book.differences import Differences
from synergycore.book.text import Chapter, parameters_cell
from synergycore.errors import SynergyError

if TYPE_CHECKING:
    from nbformat import NotebookNode
    from papermill.exceptions import PapermillExecutionError


class ChapterFailed(SynergyError):
    """A cell of the chapter raised; `report` shows the cell and its error."""

    def __init__(self, sentence: str, report: str):
        super().__init__(sentence)
        self.report = report


def run(
    chapter: Chapter, values: dict[str, Any], output: Path, differs: Differences | None = None
) -> None:
    """Execute `chapter` with `values` (already checked) into `output`, an .ipynb path.

    The chapter writes its own files (`claims.json`) into the folder of the same name without the
    ending. While it runs, and after a failure, the notebook stands at `<name>.partial.ipynb`.
    What `differs` from the book is said in the title and under it, and told to the kernel.
    Raises ChapterFailed when a cell raises or the kernel dies, SynergyError for a sentence whose
    number is not there and for claims that do not follow from their numbers.
    """
    differs = differs or {}
    folder = output.with_suffix("")
    folder.mkdir(parents=True, exist_ok=True)
    busy = f"chapter {chapter.name} is being run into {folder} already; wait for that to end."
    with lock.held(folder / ".lock", busy):
        _run(chapter, values, output, differs)


def _run(chapter: Chapter, values: dict[str, Any], output: Path, differs: Differences) -> None:
    partial, folder = output.with_suffix(".partial.ipynb"), output.with_suffix("")
    (folder / "claims.json").unlink(missing_ok=True)
    text = _with_values(chapter, values)
    differences.say(text, differs)
    started = time.monotonic()
    with _environment(folder, differences.sentence(differs)):
        try:
            ran = _execute(chapter.name, text, partial)
        finally:  # nothing that a cell started outlives its chapter
            lock.end_processes(folder.resolve(), lock.CHAPTER)
    _refuse_half(chapter.name, ran, partial)
    ran.metadata["synergy"] = _record(chapter.name, values, time.monotonic() - started)
    try:
        finished = executed.finished(text, ran)
    except SynergyError as error:
        raise SynergyError(f"chapter {chapter.name}: {error}") from None
    files.write_text(partial, nbformat.writes(finished) + "\n")
    claims.seal(folder / "claims.json", chapter=chapter.name, parameters=values)
    os.replace(partial, output)


def _refuse_half(name: str, ran: NotebookNode, partial: Path) -> None:
    """A cell may end the chapter in silence, `sys.exit(0)` say: half a chapter is none."""
    code = [(n, c) for n, c in enumerate(ran.cells) if c.cell_type == "code" and c.source.strip()]
    for count, (number, cell) in enumerate(code, start=1):
        ended = [one.ename for one in cell.outputs if one.output_type == "error"]
        if ended or cell.execution_count != count:
            how = f"ended it with {ended[0]}" if ended else "was not run after the ones before it"
            raise SynergyError(
                f"chapter {name} is not whole: cell {number} {how}; take out what ends it there "
                f"and run it again (the notebook up to there is {partial})."
            )


def _with_values(chapter: Chapter, values: dict[str, Any]) -> NotebookNode:
    notebook = copy.deepcopy(chapter.notebook)
    cell = parameters_cell(notebook, chapter.name)
    cell.source = parameters.assigned(cell.source, values)
    return notebook


def _execute(name: str, text: NotebookNode, partial: Path) -> NotebookNode:
    from nbclient.exceptions import DeadKernelError
    from papermill import execute_notebook
    from papermill.exceptions import PapermillExecutionError

    logging.getLogger("papermill").setLevel(logging.ERROR)
    try:
        return execute_notebook(
            copy.deepcopy(text),
            str(partial),
            kernel_name="python3",
            cwd=str(settings.root()),
            progress_bar=False,
            on_cell_start=_say_section,
            # what is written past Python, and our progress, goes to the terminal
            extra_arguments=[
                "--IPKernelApp.log_level=CRITICAL",
                "--IPKernelApp.capture_fd_output=False",
            ],
        )
    except PapermillExecutionError as error:
        raise _failure(name, error, partial) from None
    except DeadKernelError:
        raise SynergyError(
            f"chapter {name}: its process was ended from outside, most often for want of "
            f"memory; what it had done is in {partial}: give it a smaller batch_size or fewer "
            "prompts and run it again."
        ) from None


def _say_section(cell: NotebookNode, cell_index: int) -> None:
    """Name every section of the chapter when it is reached."""
    if cell.cell_type == "markdown":
        for heading in re.findall(r"^## (.+)$", cell.source, re.MULTILINE):
            print(f"  {heading}", flush=True)


def _failure(name: str, error: PapermillExecutionError, partial: Path) -> ChapterFailed:
    report = "\n".join(
        [
            f"--- chapter {name}, cell {error.cell_index} ---",
            error.source.rstrip(),
            "--- raised ---",
            re.sub(r"\x1b\[[0-9;]*m", "", "\n".join(error.traceback or [])).rstrip()
            or f"{error.ename}: {error.evalue}",
        ]
    )
    sentence = (
        f"chapter {name} stopped in cell {error.cell_index} with {error.ename}: "
        f"{error.evalue.rstrip('.')}; the notebook up to there is {partial}."
    )
    return ChapterFailed(sentence, report)


@contextmanager
def _environment(folder: Path, differs: str) -> Iterator[None]:
    """What the kernel inherits while it is started from here."""
    run = {"SYNERGY_CHAPTER_OUT": str(folder.resolve()), "SYNERGY_DIFFERS": differs}
    ours = kernel.environment() | run
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


def _record(name: str, values: dict[str, Any], seconds: float) -> dict[str, Any]:
    """What the pages say of a run; the memory is that of its largest process, the kernel."""
    unit = 1 if sys.platform == "darwin" else 1024
    return {
        "chapter": name,
        "parameters": values,
        "seconds": round(seconds, 2),
        "peak_memory_bytes": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * unit,
        "finished": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
    }
