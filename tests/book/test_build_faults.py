"""What goes wrong during a build is said in a sentence, and the next build goes on from there."""

import os
import signal
import subprocess
import sys
import time

import psutil
import pytest

import tiny_book as tiny
from synergycore.book import lock

GATE = """
import time
for _ in range(600):
    if Path("{gate}").exists():
        break
    Path("{gate}.reached").touch()
    time.sleep(0.1)
"""


def with_gate(gate):
    """A chapter that stops in its middle until the file `gate` is there."""
    return tiny.ONCE.replace("print(Path.cwd()", GATE.format(gate=gate) + "print(Path.cwd()")


def start(root):
    """A build in the background, in a process group of its own as a shell would start it."""
    return subprocess.Popen(
        [sys.executable, "-m", "synergycore.cli", "book", "--profile", "smoke"],
        cwd=root,
        env=tiny.environment(root),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        process_group=0,
        preexec_fn=listen_to_ctrl_c,
    )


def listen_to_ctrl_c():
    """A test run that was itself started in the background passes on that Ctrl-C is ignored."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def wait_until(condition, what):
    for _ in range(600):
        if condition():
            return
        time.sleep(0.1)
    raise AssertionError(f"{what} never came")


def build(root):
    return tiny.synergy(root, "book", "--profile", "smoke")


def test_a_build_is_published_and_what_is_published_is_whole(tmp_path):
    root = tiny.copy_root(tmp_path, tiny.ONCE)
    (root / "_build" / "html").mkdir(parents=True)
    (root / "_build" / "html" / "old.html").touch()
    run = build(root)
    assert run.returncode == 0, run.stdout + run.stderr
    index = root / "_build" / "html" / "index.html"
    assert run.stdout.rstrip().endswith(f"open {index}")
    assert index.is_file()
    assert (root / "_build" / "html" / "notebooks" / "tiny.html").is_file()
    assert [path.name for path in (root / "_build").iterdir()] == ["html"]
    assert not (root / "_build" / "html" / "old.html").exists()


def test_a_chapter_that_raises_stops_the_build_and_the_next_build_goes_on(tmp_path):
    broken = tiny.ONCE.replace("import os\n", "import os\nraise OSError('no')\n")
    root = tiny.copy_root(tmp_path, broken)
    run = build(root)
    assert run.returncode == 2
    assert "raise OSError('no')" in run.stderr
    assert "error: chapter tiny stopped in cell" in run.stderr
    assert run.stderr.rstrip().splitlines()[-1].startswith("error: the build stopped")
    assert "Traceback (most recent call last):\n  File" not in run.stderr
    assert not (root / "_build").exists()
    (root / "notebooks" / "tiny.md").write_text(tiny.ONCE)
    assert build(root).returncode == 0


def test_changed_code_is_run_again_and_changed_prose_is_only_rendered(tmp_path):
    root = tiny.copy_root(tmp_path, tiny.ONCE)
    assert build(root).returncode == 0
    assert build(root).stdout.startswith("built in")
    (root / "notebooks" / "tiny.md").write_text(tiny.ONCE + "\nA second thought.\n")
    run = build(root)
    assert run.stdout.startswith("site\nbuilt in")
    assert "A second thought." in (root / "_build/html/notebooks/tiny.html").read_text()
    (root / "notebooks" / "tiny.md").write_text(tiny.ONCE.replace("import os\n", "import os, re\n"))
    assert "chapter tiny" in build(root).stdout


def test_a_warning_of_the_site_is_an_error_and_what_was_published_stays(tmp_path):
    root = tiny.copy_root(tmp_path, tiny.ONCE)
    assert build(root).returncode == 0
    (root / "book" / "index.md").write_text(tiny.INDEX + "\n{ref}`nowhere`\n")
    for _ in range(2):
        run = build(root)
        assert run.returncode == 2
        assert "nowhere" in run.stderr
        assert "error: the site could not be rendered" in run.stderr
    assert [path.name for path in (root / "_build").iterdir()] == ["html"]
    assert "nowhere" not in (root / "_build" / "html" / "index.html").read_text()


@pytest.mark.parametrize(
    ("break_it", "said"),
    [
        (lambda root: (root / "notebooks" / "tiny.md").unlink(), "unknown chapter 'tiny'"),
        (lambda root: (root / "_toc.yml").write_text("x: 1"), "_toc.yml has no `root`"),
        (lambda root: (root / "profiles" / "smoke.yml").write_text("a: 1"), "profile smoke.yml"),
    ],
    ids=["chapter", "contents", "profile"],
)
def test_a_broken_repository_is_told_before_anything_runs(tmp_path, break_it, said):
    root = tiny.copy_root(tmp_path, tiny.ONCE)
    break_it(root)
    run = build(root)
    assert run.returncode == 2
    assert run.stderr.startswith("error: ")
    assert said in run.stderr
    assert run.stderr.count("\n") == 1


def test_an_unknown_profile_is_told(tmp_path):
    root = tiny.copy_root(tmp_path, tiny.ONCE)
    assert "unknown profile 'x'" in tiny.synergy(root, "book", "--profile", "x").stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["ctrl-c", "terminate"])
def test_an_interrupted_build_says_so_and_the_next_build_finishes(tmp_path, number):
    gate = tmp_path / "gate"
    root = tmp_path / "root"
    root.mkdir()
    tiny.copy_root(root, with_gate(gate))
    with start(root) as process:
        wait_until((tmp_path / "gate.reached").exists, "the chapter")
        os.killpg(process.pid, number)  # what a terminal does
        _, stderr = process.communicate(timeout=60)
    assert process.returncode == 2
    assert stderr.rstrip().splitlines()[-1].startswith("error: interrupted; build again")
    assert not (root / "_build").exists()
    gate.touch()
    run = build(root)
    assert run.returncode == 0, run.stderr
    assert "chapter tiny" in run.stdout


def ended(process):
    return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE


def test_a_killed_build_leaves_nothing_running_and_the_next_build_finishes(tmp_path):
    gate = tmp_path / "gate"
    root = tmp_path / "root"
    root.mkdir()
    tiny.copy_root(root, with_gate(gate))
    with start(root) as process:
        wait_until((tmp_path / "gate.reached").exists, "the chapter")
        process.kill()
        left = lock.processes(root / "build" / "smoke")
        process.stdout.close()
        process.stderr.close()
    assert len(left) > 1
    with start(root) as process:
        wait_until(lambda: all(ended(each) for each in left), "the end of the killed build")
        gate.touch()
        stdout, stderr = process.communicate(timeout=120)
    assert process.returncode == 0, stderr
    assert "chapter tiny" in stdout


def test_two_builds_of_a_profile_at_once_are_refused(tmp_path):
    gate = tmp_path / "gate"
    root = tmp_path / "root"
    root.mkdir()
    tiny.copy_root(root, with_gate(gate))
    with start(root) as process:
        wait_until((tmp_path / "gate.reached").exists, "the chapter")
        run = build(root)
        gate.touch()
        process.communicate(timeout=120)
    assert run.returncode == 2
    assert run.stderr.startswith("error: another build is running in")
    assert process.returncode == 0
