"""A server of the classroom and a browser for a file of tests."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from visitors import Server, Visitor

BROWSER = next((b for b in ("chromium", "google-chrome", "chrome") if shutil.which(b)), None)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    served = Server()
    yield served
    said = served.close()
    assert "Traceback" not in said, said


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    if BROWSER is None:
        pytest.skip("no Chromium here to open the classroom with: make browser")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=shutil.which(BROWSER), args=["--no-sandbox"]
        )
        yield opened
        opened.close()


@pytest.fixture
def visit(browser: Any, server: Server) -> Iterator[Callable[..., Visitor]]:
    visitors: list[Visitor] = []

    def enter(query: str = "", **how: bool) -> Visitor:
        visitors.append(Visitor(browser, server, query, **how))
        return visitors[-1]

    yield enter
    for visitor in visitors:
        visitor.leave()
