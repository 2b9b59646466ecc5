"""Every built page in headless Chromium, with nothing to reach outside."""

import functools
import http.server
import shutil
import threading
from pathlib import Path

import pytest

from synergycore.book import toc

BROWSER = next(
    (
        path
        for name in ("chromium", "chromium-browser", "google-chrome")
        if (path := shutil.which(name))
    ),
    None,
)
CONTENTS = toc.read()
FILES = [CONTENTS["root"], *toc.files(CONTENTS)]
PAGES = ["index.html", *(f"{file}.html" for file in FILES), "search.html?q=synergy"]
WITH_MATHEMATICS = ("book/notation.html", "notebooks/fig1_synergistic_core.html")

pytestmark = pytest.mark.skipif(BROWSER is None, reason="Chromium is not installed")


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *arguments):
        pass


@pytest.fixture(scope="module")
def served(smoke_book):
    handler = functools.partial(Quiet, directory=smoke_book.site)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright

    arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=BROWSER, args=arguments)
        yield launched
        launched.close()


@pytest.fixture
def opened(browser):
    """A page; what went wrong on it and what it asked for."""
    page = browser.new_page()
    page.wrong, page.asked = [], []
    page.on("pageerror", lambda error: page.wrong.append(str(error)))
    page.on("console", lambda m: page.wrong.append(m.text) if m.type == "error" else None)
    page.on("requestfailed", lambda request: page.wrong.append(request.url))
    page.on("request", lambda request: page.asked.append(request.url))
    yield page
    page.close()


def visit(page, address):
    page.goto(address)
    page.wait_for_load_state("networkidle")


def outside(page, base):
    return [url for url in page.asked if not url.startswith((base, "data:", "blob:"))]


def test_the_list_of_pages_is_complete(smoke_book):
    html = {p.relative_to(smoke_book.site).as_posix() for p in smoke_book.site.rglob("*.html")}
    own = {name for name in html if "_static" not in name} - {"genindex.html", "search.html"}
    assert own == {page for page in PAGES if "?" not in page}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_works_offline_without_an_error(opened, served, name):
    visit(opened, served + name)
    assert opened.wrong == []
    assert outside(opened, served) == []
    images = opened.locator("img")
    assert [i for i in range(images.count()) if not images.nth(i).get_attribute("alt")] == []
    assert opened.locator("mjx-merror").count() == 0


@pytest.mark.parametrize("name", PAGES)
def test_a_page_works_when_opened_as_a_file(opened, smoke_book, name):
    visit(opened, f"file://{smoke_book.site}/{name}")
    assert opened.wrong == []
    assert outside(opened, "file://") == []


@pytest.mark.parametrize("name", WITH_MATHEMATICS)
def test_mathematics_is_rendered(opened, served, name):
    visit(opened, served + name)
    opened.wait_for_selector("mjx-container svg, mjx-container mjx-math")
    sources = opened.locator(".math").count()
    assert sources > 0
    assert opened.locator(".math mjx-container").count() >= sources


def test_search_finds_pages(opened, smoke_book):
    visit(opened, f"file://{smoke_book.site}/search.html?q=synergy")
    opened.wait_for_selector("#search-results li")
    assert opened.locator("#search-results li").count() >= 3


def test_figures_of_the_chapter_are_shown_with_text_for_those_who_cannot_see_them(opened, served):
    visit(opened, served + "notebooks/fig1_synergistic_core.html")
    images = opened.locator("figure img")
    assert images.count() >= 4
    for i in range(images.count()):
        assert len(images.nth(i).get_attribute("alt")) > 30
        assert images.nth(i).evaluate("image => image.naturalWidth") > 300


def test_page_sources_name_no_file_of_another_host(smoke_book):
    for path in smoke_book.site.rglob("*.html"):
        text = path.read_text("utf-8")
        for tag in ('src="http', 'src="//', '<link rel="stylesheet" href="http'):
            assert tag not in text, path
    assert Path(smoke_book.site / "_static").is_dir()
