"""The page of one visitor: the desk at the left, the panels beside it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from importlib import resources
from typing import Any, Protocol

from nicegui import Client, run, ui

from classroom.access import Places
from classroom.codes import settings_from
from classroom.flow import Listed
from classroom.pages.case import CaseFile
from classroom.pages.code import Code
from classroom.pages.desk import Desk
from classroom.pages.overview import Overview
from classroom.pages.quiz import Quiz
from classroom.pages.transport import Transport
from classroom.pages.twin import Twin
from classroom.pages.visit import Visit
from classroom.settings import Settings, SettingsError
from classroom.timeline import Timeline
from classroom.words import LANGUAGES
from simulation.orders import OrderError

STYLE = resources.files("classroom.pages").joinpath("page.css").read_text("utf-8")
ACCENT = "#14507a"
"""Of buttons and sliders; dark enough to be read on white, and white on it."""
HTML_LANGUAGE = {"en": "en", "zh": "zh-CN"}
_REST_SECONDS = 0.7
"""After which the month stands in the address: browsers allow so many addresses a second."""
_LONGEST_SECONDS = 1.0
"""After which it stands there although the lesson plays on."""
_CONNECTION_SECONDS = 30.0
"""How long a page that was asked for may take to connect."""
_LEAVING_SECONDS = 4.0
"""How long a page waits for a place; longer than a page that was left keeps its own."""
_LOOK_SECONDS = 0.25


PANELS: dict[str, Callable[..., Any]] = {
    "overview": Overview, "case": CaseFile, "twin": Twin, "quiz": Quiz, "code": Code,
}  # fmt: skip
"""Panels by the key of their name among the words, in the order of the tabs."""


class Panel(Protocol):
    """What stands behind a tab."""

    def refresh(self) -> Awaitable[None] | None:
        """Show the world as it is now."""


async def enter(
    places: Places, asked: Mapping[str, str], on_left: Callable[[], None]
) -> None:  # fmt: skip
    """Build the page once its visitor is there: a bare request lives no world and takes no place.

    asked: the query of the address, from anybody. on_left: called when the visitor has left.
    """
    client = ui.context.client
    ui.add_css(STYLE)
    ui.colors(primary=ACCENT)
    language = asked.get("lang", "en")
    language = language if language in LANGUAGES else "en"
    waiting = ui.label(LANGUAGES[language]["preparing"]).classes("card").props('role="status"')
    try:
        await client.connected(timeout=_CONNECTION_SECONDS)
    except TimeoutError:
        client.delete()
        return
    # A page that a browser fetches ahead may never be looked at: it is deleted, not timed out.
    if not await seated(places, client):
        if not client.is_deleted:
            waiting.text = LANGUAGES[language]["busy"].format(visitors=places.taken)
            waiting.props('role="alert"')
        return
    client.on_delete(lambda: places.leave(client.id))
    opened = await run.io_bound(_lesson, asked)
    if opened is None or client.is_deleted:
        return
    timeline, problem = opened
    visit = Visit(timeline, language)
    visit.take_place(asked)
    visit.tab = asked["tab"] if asked.get("tab") in PANELS else visit.tab
    client.on_delete(visit.close)
    client.on_delete(on_left)
    waiting.delete()
    Page(visit)
    if problem:
        visit.refuse(problem)


async def seated(places: Places, client: Client) -> bool:
    """Take a place. Where all are taken it waits a little: who loads a page anew still has that of
    the page before.
    """
    waited = 0.0
    while not client.is_deleted and waited < _LEAVING_SECONDS:
        if places.take(client.id):
            return True
        await asyncio.sleep(_LOOK_SECONDS)
        waited += _LOOK_SECONDS
    return False


def _lesson(asked: Mapping[str, str]) -> tuple[Timeline, str]:
    """The lesson of an address in its month; the first one, and the key of a word why, where it
    has none.
    """
    month = asked.get("month", "")
    # As many digits as the longest lesson has months.
    at = int(month) if month.isascii() and month.isdigit() and len(month) < 4 else 0
    try:
        timeline = Timeline(settings_from(asked["run"]) if "run" in asked else Settings())
        timeline.go_to(at)
    except SettingsError:
        return Timeline(Settings()), "bad_code"
    except OrderError:
        return Timeline(Settings()), "bad_orders"
    return timeline, ""


class Page:
    """Everything that a visitor sees."""

    def __init__(self, visit: Visit) -> None:
        self._visit, self._moves, self._written = visit, 0, time.monotonic()
        self._shell = ui.element("div").classes("shell")
        self._build()

    def _build(self) -> None:
        visit = self._visit
        ui.run_javascript(f"document.documentElement.lang = '{HTML_LANGUAGE[visit.language]}'")
        with self._shell:
            with ui.element("header").classes("top"):
                self._header()
            with ui.element("nav").classes("desk").props(f'aria-label="{visit.say("desk")}"'):
                Desk(visit)
            with ui.element("main").classes("stage"):
                self._transport = Transport(visit, self._turn_to)
                self._panels()
        visit.moved.subscribe(self._moved)
        visit.changed.subscribe(self._address)
        visit.looked.subscribe(self._address)
        ui.timer(0.01, self._moved, once=True)

    def _header(self) -> None:
        visit = self._visit
        ui.label(visit.say("title")).classes("name").props('role="heading" aria-level="1"')
        ui.label(visit.say("model_note")).classes("small grow")
        with (
            ui.button(icon="keyboard").props(
                f'dense flat color=white aria-label="{visit.say("help")}"'
            ),
            ui.menu(),
            ui.element("div").classes("keys"),
        ):
            ui.label(visit.say("keys"))
        other = ui.button(visit.say("other_language"), on_click=self._turn_language)
        other.props('dense flat no-caps color=white data-do="language"')

    def _panels(self) -> None:
        visit = self._visit
        with ui.tabs().props("dense") as tabs:
            for name in PANELS:
                ui.tab(name, visit.say(name)).props(f'data-do="tab-{name}"')
        self._shown: dict[str, Panel] = {}
        self._tabs = ui.tab_panels(tabs, value=visit.tab, animated=False, keep_alive=True)
        with self._tabs.classes("panels"):
            for name, panel in PANELS.items():
                with ui.tab_panel(name):
                    self._shown[name] = panel(visit, self._open_case) if panel is Overview else (
                        panel(visit))  # fmt: skip
        self._tabs.on_value_change(lambda e: self._turn(e.value))

    async def _turn(self, tab: object) -> None:
        """Another tab: it is shown as the world is now."""
        if tab in self._shown:
            self._visit.tab = str(tab)
            self._visit.looked.emit()
            await self._refresh()

    def _turn_to(self, number: int) -> None:
        """The tab of a number, from 1; nothing where there is none."""
        names = list(PANELS)
        if 1 <= number <= len(names):
            self._tabs.value = names[number - 1]

    def _open_case(self, loan: Listed) -> None:
        """Open the case of a loan."""
        self._visit.open_case(loan)
        self._tabs.value = "case"

    async def _refresh(self) -> None:
        """Show the present panel as the world is now."""
        shown = self._shown[self._visit.tab].refresh()
        if shown is not None:
            await shown

    async def _moved(self) -> None:
        if not self._visit.open:
            return
        self._moves += 1
        moves = self._moves
        self._transport.refresh()
        rest = asyncio.create_task(self._rest(moves))
        await self._refresh()
        await rest

    async def _rest(self, moves: int) -> None:
        """Put the month into the address, once it has stood for a moment, or for long."""
        await asyncio.sleep(_REST_SECONDS)
        late = time.monotonic() - self._written > _LONGEST_SECONDS
        if self._visit.open and (moves == self._moves or late):
            self._address()

    def _address(self) -> None:
        self._written = time.monotonic()
        with self._shell:
            ui.navigate.history.replace(self._visit.place)

    def _turn_language(self) -> None:
        """The same lesson, month, seat and case on a page in the other language."""
        visit = self._visit
        visit.language = next(name for name in LANGUAGES if name != visit.language)
        ui.navigate.to(visit.place)
