"""A server of its own for each file of tests, a browser, and pages that are watched."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

BROWSER = next((b for b in ("chromium", "google-chrome", "chrome") if shutil.which(b)), None)
SIZE = {"width": 1280, "height": 720}


class Server:
    """A running ``loanlab classroom``."""

    def __init__(self, *options: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "experiments", "classroom", "--port", "0", "--no-browser",
             *options],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8",
        )  # fmt: skip
        self.said: list[str] = []
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said.append(line.rstrip())
            if line.startswith("Classroom: "):
                self.url = line.split()[1]
                return
        raise AssertionError(f"the classroom did not open: {self.said}")

    def close(self) -> list[str]:
        """End it. Returns: what it said after its address."""
        self.process.terminate()
        said, _ = self.process.communicate(timeout=30)
        return said.splitlines()


class Watch:
    """What a page asked for and complained of that it should not."""

    def __init__(self, page: Page, home: str) -> None:
        self.found: list[str] = []
        page.on("request", lambda r: self._asked(r.url, home))
        page.on("response", lambda r: self._answered(r.status, r.url))
        page.on("console", lambda m: self._said(m.type, m.text))
        page.on("pageerror", lambda e: self.found.append(f"error: {e}"))

    def _asked(self, url: str, home: str) -> None:
        if not url.startswith((home, home.replace("http", "ws", 1), "data:", "blob:")):
            self.found.append(f"foreign request: {url}")

    def _answered(self, status: int, url: str) -> None:
        if status >= 400:
            self.found.append(f"status {status}: {url}")

    def _said(self, kind: str, text: str) -> None:
        if kind == "error":
            self.found.append(f"console: {text}")


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A server for the tests of a file; what it complains of fails the last of them."""
    if BROWSER is None:
        pytest.skip("no Chromium here to open the classroom with; make browser installs it")
    running = Server()
    yield running
    complaints = running.close()
    assert not any("Traceback" in line or "ERROR" in line for line in complaints), complaints


@pytest.fixture(scope="module")
def browser(server: Server) -> Iterator[Browser]:
    """A browser for the tests of a file."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=shutil.which(str(BROWSER)), args=["--no-sandbox"]
        )
        yield opened
        opened.close()


@pytest.fixture
def visit(server: Server, browser: Browser) -> Iterator[Callable[..., Page]]:
    """Opens pages, each a visitor of its own, and lets none of them misbehave."""
    watches: list[Watch] = []
    contexts = []

    def opened(query: str = "", size: dict[str, int] = SIZE) -> Page:
        contexts.append(browser.new_context(viewport=size, accept_downloads=True))
        page = contexts[-1].new_page()
        watches.append(Watch(page, server.url))
        page.goto(server.url + query)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert [found for watch in watches for found in watch.found] == []


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder for screenshots."""
    return tmp_path_factory.mktemp("pictures")
