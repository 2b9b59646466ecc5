"""Chapters that end early, write without end, leave something running, or are run twice at once."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import nbformat
import psutil

import tiny_book
from faults.harness import Case, Outcome, of_command, of_sentence

CELL = "print(Path.cwd() =="


def chapter(cell: str) -> str:
    """The tiny chapter with `cell` in the place of its last line of code."""
    lines = [cell if line.startswith(CELL) else line for line in tiny_book.ONCE.splitlines()]
    return "\n".join(lines) + "\n```{code-cell} ipython3\nprint('the end')\n```\n"


def notebook(root: Path) -> Path:
    return root / "build" / "chapters" / "smoke" / "tiny.ipynb"


def refused(cell: str, *names: str) -> Callable[[Path], Outcome]:
    """The chapter is refused by name and no notebook of it is left to be taken for a whole one."""

    def run(folder: Path) -> Outcome:
        root = tiny_book.copy_root(folder / "book", chapter(cell))
        run = tiny_book.synergy(root, "chapter", "tiny", "--profile", "smoke")
        if run.returncode == 0 or notebook(root).exists():
            print("it was published all the same")
            return Outcome.SILENT
        # above it stands the cell with its own traceback, on purpose
        last = run.stderr.strip().splitlines()[-1].removeprefix("error: ")
        return of_sentence(last, ("chapter tiny", *names))

    return run


def whole(cell: str) -> Callable[[Path], Outcome]:
    """What ends nothing in a notebook leaves the chapter whole, its last cell included."""

    def run(folder: Path) -> Outcome:
        root = tiny_book.copy_root(folder / "book", chapter(cell))

        def right() -> bool:
            last = nbformat.read(notebook(root), 4).cells[-1]
            return last.outputs[0].text == "the end\n"

        return of_command(["chapter", "tiny", "--profile", "smoke"], root=root, right=right)

    return run


def small(cell: str) -> Callable[[Path], Outcome]:
    """The chapter is whole, its notebook small, and what is missing is said."""

    def run(folder: Path) -> Outcome:
        root = tiny_book.copy_root(folder / "book", chapter(cell))

        def right() -> bool:
            size = notebook(root).stat().st_size
            print(f"{size:,} bytes")
            return size < 3_000_000 and "cut:" in notebook(root).read_text("utf-8")

        return of_command(["chapter", "tiny", "--profile", "smoke"], root=root, right=right)

    return run


def leaves_nothing(folder: Path) -> Outcome:
    """A process that a cell started is ended with its chapter."""
    note = folder / "pid"
    cell = (
        "import subprocess, sys\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'],"
        " start_new_session=True)\n"
        f"Path({str(note)!r}).write_text(str(child.pid))"
    )
    root = tiny_book.copy_root(folder / "book", chapter(cell))

    def right() -> bool:
        return not _runs(int(note.read_text()))

    return of_command(["chapter", "tiny", "--profile", "smoke"], root=root, right=right)


def _runs(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def at_once(folder: Path) -> Outcome:
    """A second run into the same folder is refused while the first one goes on to its end."""
    gate = folder / "gate"
    wait = f"import time\nwhile not Path({str(gate)!r}).exists(): time.sleep(0.1)"
    root = tiny_book.copy_root(folder / "book", chapter(wait))
    command = [sys.executable, "-m", "synergycore.cli", "chapter", "tiny", "--profile", "smoke"]
    first = subprocess.Popen(
        command, cwd=root, env=tiny_book.environment(root), stdout=subprocess.DEVNULL
    )
    lock = notebook(root).with_suffix("") / ".lock"
    for _ in range(300):
        if lock.exists():
            break
        time.sleep(0.1)
    found = of_command(["chapter", "tiny", "--profile", "smoke"], ("tiny", "already"), root=root)
    gate.touch()
    return found if first.wait(120) == 0 and notebook(root).exists() else Outcome.LOST


def other_values_other_files(folder: Path) -> Outcome:
    """Runs with other values leave the files of the first alone."""
    root = tiny_book.copy_root(folder / "book", tiny_book.ONCE)
    for pairs in ([], ["-p", "tau=2"], ["-p", "tau=3"]):
        run = tiny_book.synergy(root, "chapter", "tiny", "--profile", "smoke", *pairs)
        if run.returncode:
            return Outcome.UNCLEAR
    made = sorted(notebook(root).parent.glob("*.ipynb"))
    seen = [nbformat.read(one, 4).metadata["synergy"]["parameters"]["tau"] for one in made]
    return Outcome.SURVIVED if sorted(seen) == [1, 2, 3] else Outcome.LOST


ENDS = {
    "sys.exit(0)": "import sys; sys.exit(0)",
    "sys.exit()": "import sys; sys.exit()",
    "SystemExit": "raise SystemExit(0)",
    "sys.exit(3)": "import sys; sys.exit(3)",
    "os._exit(0)": "os._exit(0)",
    "a kill of its own process": "import signal; os.kill(os.getpid(), signal.SIGKILL)",
    "an exception": "raise ValueError('no')",
    "an assertion": "assert False",
    "an interrupt of its own": "raise KeyboardInterrupt",
    "bad syntax": "this is no Python",
    "an unknown name": "unheard_of",
    "recursion without end": "f = lambda: f()\nf()",
}
MUCH = {
    "ten million characters in one line": "print('x' * 10_000_000)",
    "a million lines": "for k in range(1_000_000): print(k)",
    "a page of ten megabytes": "from IPython.display import HTML, display\n"
    "display(HTML('<b>' + 'x' * 10_000_000 + '</b>'))",
}
CASES = [
    *(Case(f"a cell with {name}", refused(cell)) for name, cell in ENDS.items()),
    *(
        Case(f"a cell with {cell}, which a notebook goes past", whole(cell))
        for cell in ("exit()", "quit()")
    ),
    *(Case(f"a cell that writes {name}", small(cell)) for name, cell in MUCH.items()),
    Case("a child that a cell leaves behind", leaves_nothing),
    Case("the same chapter twice at once", at_once),
    Case("other values, other files", other_values_other_files),
]
