"""A book of one page, in a folder of its own: what the real one does, in seconds."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
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
    for name in ("Snakefile", "_config.yml", "constraints.txt"):
        shutil.copy(REPOSITORY / name, folder)
    (folder / "_toc.yml").write_text(
        "format: jb-book\nroot: book/index\nchapters: [{file: notebooks/tiny}]\n"
    )
    for name in ("book/_static", "notebooks"):
        (folder / name).mkdir(parents=True)
    for name in ("claims.yml", "references.bib", "_static/favicon.svg"):
        shutil.copy(REPOSITORY / "book" / name, folder / "book" / name)
    (folder / "book" / "index.md").write_text(index)
    (folder / "notebooks" / "tiny.md").write_text(chapter)
    return folder


def environment(root: Path, **more: str) -> dict[str, str]:
    ours = {"SYNERGY_ROOT": str(root), "SYNERGY_BUILD": str(root / "build")}
    return {**os.environ, **ours, **more}


def synergy(root: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run the command on a repository; output and error as text."""
    return subprocess.run(
        [sys.executable, "-m", "synergycore.cli", *arguments],
        cwd=root,
        env=environment(root, **more),
        capture_output=True,
        text=True,
        check=False,
    )
