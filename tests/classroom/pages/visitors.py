"""A server of the classroom, and a visitor with a browser."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import psutil

ROOT = Path(__file__).resolve().parents[3]


class Server:
    """A classroom in a process of its own."""

    def __init__(self, *more: str) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.address = f"http://127.0.0.1:{port}"
        line = [sys.executable, "-m", "experiments", "classroom", "--port", str(port),
                "--no-browser", *more]  # fmt: skip
        # NiceGUI serves otherwise where it sees a test around it.
        env = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST")}
        # Not a pipe: one that nobody reads would stop it.
        self._said = tempfile.TemporaryFile("w+")  # noqa: SIM115
        self.process = subprocess.Popen(
            line, cwd=ROOT, env=env, stdout=self._said, stderr=subprocess.STDOUT
        )
        end = time.monotonic() + 120.0
        while True:
            try:
                urlopen(self.address, timeout=1.0).close()
                break
            except OSError:
                assert self.process.poll() is None, self.said()
                assert time.monotonic() < end
                time.sleep(0.1)

    def seconds(self) -> float:
        """CPU time of the server and of the processes in which it lives other worlds."""
        own = psutil.Process(self.process.pid)
        return sum(sum(p.cpu_times()[:2]) for p in [own, *own.children(recursive=True)])

    def megabytes(self) -> float:
        """Memory of the server itself."""
        return float(psutil.Process(self.process.pid).memory_info().rss) / 2**20

    def close(self) -> str:
        """End it. Returns: what it has said."""
        self.process.terminate()
        self.process.wait(timeout=30)
        return self.said()

    def said(self) -> str:
        """What it has written so far."""
        self._said.seek(0)
        return self._said.read()


class Visitor:
    """A page, and all that it should not have done."""

    def __init__(
        self, browser: Any, server: Server, query: str = "", *, strict: bool = True
    ) -> None:
        self.context = browser.new_context(viewport={"width": 1280, "height": 720})
        self.page = self.context.new_page()
        self.wrongs: list[str] = []
        self.strict = strict
        page, home = self.page, server.address
        page.on("console", lambda m: self._note(m.type == "error", m.text))
        page.on("crash", lambda: self._note(True, "the page crashed"))
        page.on("pageerror", lambda e: self._note(True, e.stack or str(e)))
        page.on("response", lambda r: self._note(r.status >= 400, f"{r.status} {r.url}"))
        page.on(
            "request",
            lambda r: self._note(
                not r.url.startswith((home, home.replace("http", "ws"), "data:", "blob:")), r.url
            ),
        )
        start = time.monotonic()
        page.goto(f"{home}/{query}")
        page.wait_for_selector("canvas")
        self.first_picture = time.monotonic() - start

    def _note(self, wrong: bool, what: str) -> None:
        if wrong:
            self.wrongs.append(what)

    def do(self, name: str) -> None:
        """Click what has this name."""
        self.page.click(f"[data-do={name}]")

    def until(self, true: Callable[[], bool], seconds: float = 15.0) -> float:
        """Wait for something. Returns: seconds."""
        start = time.monotonic()
        while not true():
            assert time.monotonic() - start < seconds, self.page.inner_text("body")[:2000]
            self.page.wait_for_timeout(20)
        return time.monotonic() - start

    @property
    def month(self) -> int:
        """The month that is shown."""
        found = re.search(r"\d+", self.page.inner_text(".where"))
        assert found is not None
        return int(found.group())

    def rest(self) -> None:
        """Wait until nothing plays, and the month that is shown stands in the address."""
        self.page.wait_for_selector("[data-do=play]:has-text('play_arrow')")
        self.until(lambda: f"month={self.month}&" in self.page.url)
        self.page.wait_for_timeout(1_000)
        self.until(lambda: f"month={self.month}&" in self.page.url)

    def step(self, months: int = 1) -> float:
        """Some months, one by one. Returns: seconds for one."""
        start = time.monotonic()
        for _ in range(months):
            now = self.month
            self.do("step")
            self.until(lambda now=now: self.month == now + 1)  # type: ignore[misc]
        return (time.monotonic() - start) / months

    def tab(self, name: str) -> None:
        """Another panel."""
        self.do(f"tab-{name}")
        self.page.wait_for_timeout(300)

    def choose(self, name: str, option: str) -> None:
        """An option, by its text, in the list of this name."""
        self.page.click(f".q-field:has([data-do={name}])")
        self.page.click(f".q-menu .q-item:has-text('{option}')")

    def bands(self) -> list[list[str]]:
        """Ends of the bands in the flow that is drawn."""
        return [link["band"] for link in self.page.evaluate(_DRAWN_LINKS)]

    def click_band(self, source: str, target: str) -> None:
        """Click in the middle of a band of the flow, in the chart itself."""
        x, y = self.page.evaluate(_MIDDLE_OF_BAND, [source, target])
        self.page.mouse.click(x, y)

    def click_node(self, node: str) -> None:
        """Click on the name of a node, right of it: the band into it may be thin as a hair."""
        x, y = self.page.evaluate(_NAME_OF_NODE, node)
        self.page.mouse.click(x, y)

    def own_line(self) -> list[list[float]]:
        """Points of the thick line in the first chart of ratios."""
        points: list[list[float]] = self.page.evaluate(_OWN_LINE)
        return points

    def fits(self) -> bool:
        """Is the page no wider than the window?"""
        return bool(self.page.evaluate("document.documentElement.scrollWidth <= innerWidth"))

    def leave(self) -> None:
        """Close the page; complain of what it did wrong."""
        self.context.close()
        assert not self.strict or self.wrongs == [], self.wrongs


_FLOW = """const dom = document.querySelector('.picture .chart');
const chart = getElement(parseInt(dom.id.slice(1))).chart;
const links = chart.getOption().series[0]?.links ?? [];
"""
_OWN_LINE = """() => {
  const dom = document.querySelector('.thirds .picture .chart');
  const series = getElement(parseInt(dom.id.slice(1))).chart.getOption().series;
  return series.find(line => line.lineStyle.width === 3).data;
}"""
_DRAWN_LINKS = f"() => {{ {_FLOW} return links; }}"
# ECharts keeps the shape that it has drawn: a curve with the same bend at both ends.
_MIDDLE_OF_BAND = f"""ends => {{ {_FLOW}
  const at = links.findIndex(link => link.band.join() === ends.join());
  const drawn = chart.getModel().getSeriesByIndex(0).getData('edge').getItemGraphicEl(at);
  const {{x1, y1, x2, y2, extent}} = drawn.shape;
  const [dx, dy] = drawn.transformCoordToGlobal((x1 + x2) / 2, (y1 + y2) / 2 + extent / 2);
  const box = dom.getBoundingClientRect();
  return [box.x + dx, box.y + dy];
}}"""
_NAME_OF_NODE = f"""node => {{ {_FLOW}
  const series = chart.getModel().getSeriesByIndex(0), nodes = series.getData();
  const at = series.option.data.findIndex(one => one.node === node);
  const drawn = nodes.getItemGraphicEl(at), {{x, y, width, height}} = drawn.shape;
  const [dx, dy] = drawn.transformCoordToGlobal(x + width + 20, y + height / 2);
  const box = dom.getBoundingClientRect();
  return [box.x + dx, box.y + dy];
}}"""
