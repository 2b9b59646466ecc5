"""A book of one page, in a folder of its own: what the real one does, in seconds."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
HEAD = """---
jupytext:
  text_representation:
    extension: .md
    format_name: myst
kernelspec:
  name: python3
  display_name: Python 3
---
"""
CHAPTER = (
    HEAD
    + """# Tiny

```{code-cell} ipython3
:tags: [parameters]
model = "smollm2-135m"
tau = 1
seed = 0
stop_at_eos = False
```

```{code-cell} ipython3
import os
from pathlib import Path
print(repr((model, tau, seed, stop_at_eos)))
print(Path.cwd() == Path(os.environ["SYNERGY_ROOT"]))
```

The rate is $x^2$.
"""
)


INDEX = """# Index

```{include} _generated/verdicts.md
```

```{include} _generated/measured.md
```
"""
ONCE = CHAPTER.replace('model = "smollm2-135m"\n', "").replace("model, ", "")
"""A chapter without a model: a build of it needs none."""


def copy_root(folder: Path, chapter: str = CHAPTER, index: str = INDEX) -> Path:
    """A repository in `folder` with the one chapter `tiny` and the real set-up around it."""
    shutil.copytree(REPOSITORY / "profiles", folder / "profiles")
    for path in (folder / "profiles").glob("*.yml"):  # other chapters' sections would be refused
        path.write_text(re.sub(r"(?ms)^chapters:.*?(?=^\S|\Z)", "", path.read_text()))
    for name in ("Snakefile", "_config.yml", "constraints.txt"):
        shutil.copy(REPOSITORY / name, folder)
    (folder / "_toc.yml").write_text(
        "format: jb-book\nroot: book/index\nchapters: [{file: notebooks/tiny}]\n"
    )
    for name in ("book/_static", "notebooks", "results/measured"):
        (folder / name).mkdir(parents=True)
    shutil.copy(REPOSITORY / "results" / "measured" / "demo.json", folder / "results" / "measured")
    for name in ("claims.yml", "references.bib", "_static/favicon.svg"):
        shutil.copy(REPOSITORY / "book" / name, folder / "book" / name)
    (folder / "book" / "index.md").write_text(index)
    (folder / "notebooks" / "tiny.md").write_text(chapter)
    return folder


def needing(what: str, chapter: str) -> str:
    """The chapter with that need in its front matter."""
    return chapter.replace("\nkernelspec:", f"\nsynergy: {{needs: [{what}]}}\nkernelspec:")


def add_chapter(root: Path, name: str, chapter: str) -> None:
    """One more chapter, at the end of the contents."""
    (root / "notebooks" / f"{name}.md").write_text(chapter)
    contents = (root / "_toc.yml").read_text()
    (root / "_toc.yml").write_text(contents.replace("]", f", {{file: notebooks/{name}}}]"))


def pretend_built(profile: str, claims: str = "[]") -> None:
    """Make every output of a build of SYNERGY_ROOT, newer than all that it follows from."""
    from synergycore.book import inputs, paths, plan

    chosen = plan.load(profile)
    inputs.write_code(chosen)
    made = paths.build(profile)
    outputs = [
        *chosen.notebooks(),
        *chosen.gathered(),
        *(path for name in chosen.chapters for path in chosen.claims_of_runs(name)),
        *(made / slug / step for slug in chosen.models for step in ("fetched", "recorded")),
        made / "site" / "index.html",
    ]
    now = time.time()
    for path in outputs:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(claims)
        os.utime(path, (now, now))


def environment(root: Path, **more: str) -> dict[str, str]:
    """As a user has it: ipykernel behaves otherwise where it sees pytest."""
    users = {name: value for name, value in os.environ.items() if name != "PYTEST_CURRENT_TEST"}
    return {**users, "SYNERGY_ROOT": str(root), "SYNERGY_BUILD": str(root / "build"), **more}


def synergy(root: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run the command on a repository; output and error as text."""
    return run([sys.executable, "-m", "synergycore.cli", *arguments], root, **more)


def run(command: list[str], root: Path, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=root,
        env=environment(root, **more),
        capture_output=True,
        text=True,
        check=False,
    )
