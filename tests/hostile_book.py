"""A tiny book whose model, parameters, texts and numbers hold what pages could be made to run."""

from __future__ import annotations

import functools
import json
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import pytest

import tiny_book as tiny
from synergycore.book import escape

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "chrome"))), None)
RAN = "window.ran=true"
SCRIPT = f"<script>{RAN}</script>"
SAID = {
    "a script": SCRIPT,
    "an image": f"<img src=x onerror={RAN}>",
    "a drawing": f"<svg onload={RAN}>",
    "a closed attribute": f'"><img src=x onerror={RAN}>',
    "a closed table": f"</td></tr></table>{SCRIPT}",
    "a page within the page": '<iframe srcdoc="<script>parent.ran=true</script>"></iframe>',
    "something to fold": f"<details open ontoggle={RAN}>",
    "a style": "<style>body{display: none}</style>",
    "an HTML link": f'<a href="javascript:{RAN}">x</a>',
    "an HTML comment": "<!-- seen -->",
    "an open HTML comment": "<!-- seen",
    "entities": "&lt;b&gt; &#60;b&#62;",
    "a Markdown link": f"[x](javascript:{RAN})",
    "a Markdown image": f'![x](x" onerror="{RAN})',
    "a link in angles": f"<javascript:{RAN}>",
    "a defined link": f"[x]: javascript:{RAN}",
    "a footnote": "[^1] x",
    "a span with attributes": f'[x]{{onclick="{RAN}"}}',
    "a raw role": f"{{raw}}`{SCRIPT}`",
    "a role": "{doc}`/book/index`",
    "a role of glue": "{glue:text}`said_0`",
    "a directive in backticks": f"```{{raw}} html\n{SCRIPT}\n```",
    "a directive in colons": f":::{{raw}} html\n{SCRIPT}\n:::",
    "an open directive": ":::{note}",
    "a substitution": "{{ 7 * 7 }}",
    "mathematics in dollars": rf"$\href{{javascript:{RAN}}}{{x}}$",
    "mathematics in two dollars": rf"$$\href{{javascript:{RAN}}}{{x}}$$",
    "mathematics in brackets": rf"\(\href{{javascript:{RAN}}}{{x}}\)",
    "an environment": r"\begin{align}x\end{align}",
    "a table": "a | b | c",
    "code": "`` ` `` x `y`",
    "emphasis": "**x** _y_ ~~z~~ ^u^",
    "a heading": "# x",
    "a list": "- x",
    "a numbered list": "1. x",
    "a quotation": "> x",
    "a label": "(x)=",
    "a comment": "% x",
    "a break": "+++",
    "a rule": "***",
    "lines": f"x\n\n{SCRIPT}\n\n# y",
}
MODELS = (f"a`b|c [d](javascript:{RAN}) $e$ {{{{ 7 * 7 }}}}", f"<img src=x onerror={RAN}>")
"""Names of folders; the second has a page of its own, with it in the title."""
UNIT = f"<img src=x onerror={RAN}>"
MACHINE = f"<img src=x onerror={RAN}> | [x](javascript:{RAN})"
WITHIN = "".join(f"A{k} {{glue:text}}`said_{k}` E{k}\n\n" for k in range(len(SAID)))
FIRST = "".join(f"{{glue:text}}`said_{k}` F{k}\n\n" for k in range(len(SAID)))
CAPTION = " ".join(f"C{k} {{glue:text}}`said_{k}` D{k}" for k in range(len(SAID)))
CHAPTER = f"""{tiny.HEAD}# Tiny

```{{code-cell}} ipython3
:tags: [parameters]
model = "none"
said = ["plain"]
```

```{{code-cell}} ipython3
import numpy as np
import pandas as pd
from synergycore import claims, settings, stats
from synergycore.format import glue, table
glue(**{{f"said_{{k}}": one for k, one in enumerate(said)}})
found = claims.judge(27, stats.Sampled(1.0, np.ones(9)), model=model)
claims.write(settings.chapter_output("tiny", model) / "claims.json", [found])
claims.judge(27, stats.Sampled(1.0, np.ones(9)), model=model, unit={UNIT!r})
```

```{{code-cell}} ipython3
table(pd.DataFrame({{"cell": said}}, index=pd.Index(said, name=said[0])))
```

```{{code-cell}} ipython3
table(pd.DataFrame([range(len(said))], columns=said))
```

```{{code-cell}} ipython3
claims.table([found])
```

```{{code-cell}} ipython3
for one in said:
    print(one)
```

```{{code-cell}} ipython3
---
mystnb:
  figure:
    name: tiny-line
    caption: {CAPTION}
  image:
    alt: {CAPTION}
---
import matplotlib.pyplot as plt
plt.figure(figsize=(2, 1))
plt.plot([0, 1])
plt.show()
```

{WITHIN}
{FIRST}
The rate is $x^2$, so that the page has a program for mathematics.
"""
FRAGMENTS = ("verdicts", "claims_table", "models_table", "profiles_table", "measured")
INDEX = "# Index\n\n" + "".join(
    f"```{{include}} _generated/{name}.md\n```\n\n" for name in FRAGMENTS
)


@dataclass(frozen=True)
class Page:
    """What a browser made of a page."""

    title: str
    text: str
    """What is to be read, spaces as one."""
    cells: tuple[str, ...]
    """Of all tables."""
    alternative: str
    """Of all images."""
    ran: bool
    dangerous: int
    """Links and attributes that would run something, and mathematics."""


def shown(text: str) -> str:
    """As it is to be read: in one line, whatever quotation marks a page makes of its own."""
    for made, said in (("“", '"'), ("”", '"'), ("–", "--"), ("\\n", " ")):
        text = text.replace(made, said)
    return " ".join(text.split())


@functools.cache
def pages(folder: Path) -> dict[str, Page]:
    """The pages of the book by what they are, made in `folder`."""
    site = made(folder)
    further = next(path.name for path in (site / "notebooks").glob("tiny--*.html"))
    places = {"main": "notebooks/tiny.html", "further": f"notebooks/{further}"}
    titled = quote(f"Tiny ({folder}/root/models/{MODELS[1]})".translate(escape.LOOKALIKES))
    places |= {"index": "book/index.html", "search": f"search.html?q={titled}"}
    places["single"] = "../single/notebooks/tiny.html"
    return visited({name: f"file://{site}/{place}" for name, place in places.items()})


def made(folder: Path) -> Path:
    """Run the chapter for both models, and make the site; returns its folder."""
    from synergycore import settings
    from synergycore.book import paths, runner, site, staging, steps, text

    root = tiny.copy_root(folder / "root", CHAPTER, INDEX)
    folders = [root / "models" / name for name in MODELS]
    for each in folders:
        each.mkdir(parents=True)
    models = json.dumps([str(each) for each in folders])
    profile = root / "profiles" / "smoke.yml"
    profile.write_text(
        re.sub(r"(?m)^models:.*$", lambda _: f"models: {models}", profile.read_text())
    )
    measured = root / "results" / "measured" / "demo.json"
    measured.write_text(json.dumps(json.loads(measured.read_text()) | {"machine": MACHINE}))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SYNERGY_ROOT", str(root))
        patch.setenv("SYNERGY_BUILD", str(root / "build"))
        chapter, said = text.load("tiny"), list(SAID.values())
        differs = {"said": (said[0], said[12])}
        for model in settings.load_profile("smoke").models:
            target = paths.notebook("smoke", model, "tiny")
            target.parent.mkdir(parents=True)
            runner.run(chapter, {"model": model, "said": said}, target, differs)
        steps.gather("smoke", "tiny")
        # not strict: the claims page links to chapters that are not in this book
        site.render(staging.stage("smoke"), root / "site", strict=False)
        single = staging.stage_single(target, "tiny", root / "stage")
        site.render(single, root / "single", strict=False)
    return root / "site"


def visited(addresses: dict[str, str]) -> dict[str, Page]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        browser = playwright.chromium.launch(executable_path=BROWSER, args=arguments)
        found = {name: _page(browser, address) for name, address in addresses.items()}
        browser.close()
    return found


LOOK = """() => ({
    title: document.title,
    text: document.body.innerText,
    cells: [...document.querySelectorAll("td, th")].map(cell => cell.innerText),
    alternative: [...document.images].map(image => image.alt).join(" "),
    ran: Boolean(window.ran),
    dangerous: document.querySelectorAll("iframe").length +
        [...document.querySelectorAll("mjx-container")].filter(
            each => !each.closest(".math")).length +
        [...document.querySelectorAll("script, style")].filter(
            each => /ran=true|{display: none}/.test(each.textContent)).length +
        [...document.querySelectorAll("*")].filter(each => [...each.attributes].some(
            one => /^on/.test(one.name) && /ran/.test(one.value)
                || /href|src/.test(one.name) && /^\\s*javascript:/i.test(one.value))).length,
})"""


def _page(browser, address: str) -> Page:
    page = browser.new_page()
    page.goto(address)
    page.wait_for_load_state("networkidle")
    page.evaluate("() => window.MathJax && MathJax.startup && MathJax.startup.promise")
    page.wait_for_timeout(500)  # a handler runs after its image has failed
    seen = page.evaluate(LOOK)
    page.close()
    seen["text"], seen["alternative"] = shown(seen["text"]), shown(seen["alternative"])
    return Page(**seen | {"cells": tuple(map(shown, seen["cells"]))})
