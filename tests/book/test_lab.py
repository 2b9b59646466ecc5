"""`synergy lab`: a real server, asked what a browser would ask it."""

import asyncio
import json
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest

import tiny_book as tiny

NEEDS = "kernelspec:\n  name: python3\n  display_name: Python 3\nsynergy:\n  needs: [recordings]\n"
CHAPTER = tiny.CHAPTER.replace("kernelspec:\n  name: python3\n  display_name: Python 3\n", NEEDS)
ASKED = """
import os, sys
from synergycore import settings
print([sys.executable, os.environ["SYNERGY_ROOT"], os.environ["MPLBACKEND"],
       str(settings.chapter_output("tiny", "m"))])
"""


class Lab:
    def __init__(self, root, port):
        self.root, self.port = root, port

    def ask(self, path, content=None, method=None):
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/{path}",
            data=None if content is None else json.dumps(content).encode(),
            headers={"Authorization": "token t", "Content-Type": "application/json"},
            method=method,
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def chapter(self):
        return self.ask("api/contents/notebooks/tiny.md?type=notebook&content=1")["content"]

    async def run(self, kernel, code):
        """What `code` prints in a kernel."""
        from jupyter_client.session import Session
        from tornado.httpclient import HTTPRequest
        from tornado.websocket import websocket_connect

        address = f"ws://127.0.0.1:{self.port}/api/kernels/{kernel}/channels?token=t"
        connection = await websocket_connect(HTTPRequest(address))
        message = Session().msg("execute_request", {"code": code, "silent": False})
        message["channel"] = "shell"
        await connection.write_message(json.dumps(message, default=str))
        while True:
            said = json.loads(await connection.read_message())
            if said["msg_type"] in ("stream", "error"):
                return said["content"]


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    root = tiny.copy_root(tmp_path_factory.mktemp("root"), CHAPTER)
    for name in ("jupytext.toml", ".gitignore"):
        shutil.copy(tiny.REPOSITORY / name, root)
    git(root, "init", "-q")
    git(root, "add", "-A")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = ["--no-browser", f"--port={port}", "--IdentityProvider.token=t", "--allow-root"]
    command = [sys.executable, "-m", "synergycore.cli", "lab", "--", *options]
    with subprocess.Popen(
        command, cwd=root, env=tiny.environment(root), stderr=subprocess.DEVNULL
    ) as server:
        yield wait_for(Lab(root, port), server)
        server.terminate()


def wait_for(lab, server):
    for _ in range(300):
        try:
            lab.ask("api/status")
            return lab
        except urllib.error.URLError:
            assert server.poll() is None, "the server ended"
            time.sleep(0.2)
    raise AssertionError("the server never answered")


def git(root, *arguments):
    run = subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True, check=True)
    return run.stdout


def changed(lab):
    return git(lab.root, "diff", "--name-only") + git(
        lab.root, "ls-files", "--others", "--exclude-standard"
    )


def test_a_chapter_opens_as_a_notebook_and_is_saved_only_on_purpose(lab):
    sources = [cell["source"] for cell in lab.chapter()["cells"]]
    assert any(source.startswith('model = "smollm2-135m"') for source in sources)
    settings = lab.ask("lab/api/settings/@jupyterlab/docmanager-extension:plugin")
    chosen = settings["schema"]["properties"]
    assert chosen["defaultViewers"]["default"]["markdown"] == "Jupytext Notebook"
    assert chosen["autosave"]["default"] is False


def test_it_runs_in_the_books_own_kernel(lab):
    session = {"path": "notebooks/tiny.md", "type": "notebook", "name": "tiny"}
    kernel = lab.chapter()["metadata"]["kernelspec"]["name"]
    started = lab.ask("api/sessions", session | {"kernel": {"name": kernel}}, "POST")
    said = asyncio.run(asyncio.wait_for(lab.run(started["kernel"]["id"], ASKED), 60))
    expected = [sys.executable, str(lab.root), "module://matplotlib_inline.backend_inline"]
    assert said["text"] == f"{[*expected, str(lab.root / 'build/lab/m/tiny')]}\n"
    assert changed(lab) == ""


def test_saving_changes_the_text_and_nothing_else(lab):
    content = lab.chapter()
    content["cells"][1]["source"] = content["cells"][1]["source"].replace("tau = 1", "tau = 2")
    content["cells"][2]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "out"}]
    model = {"type": "notebook", "format": "json", "content": content}
    lab.ask("api/contents/notebooks/tiny.md", model, "PUT")
    text = (lab.root / "notebooks" / "tiny.md").read_text()
    assert lines(text) == lines(CHAPTER.replace("tau = 1", "tau = 2"))
    assert changed(lab) == "notebooks/tiny.md\n"


def lines(text):
    """Jupytext has its own mind about empty lines."""
    return [line for line in text.splitlines() if line]
