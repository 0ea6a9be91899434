"""What one visitor sees: a lesson, its world in a month, a language. Nothing of it is shared."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Mapping
from typing import ParamSpec, TypeVar, cast
from urllib.parse import urlencode

from nicegui import Event, app, run, ui

from classroom.case_file import Case, Document, case_of, pending_of
from classroom.codes import code_of
from classroom.flow import Listed, loans_of_firm
from classroom.roles import ROLES
from classroom.settings import MOST_DECISIONS, Decision, Settings, SettingsError
from classroom.timeline import Timeline, journal_of
from classroom.twin import is_twin
from classroom.words import said
from simulation.orders import OrderError

P = ParamSpec("P")
T = TypeVar("T")


class Visit:
    """A visitor's lesson.

    firm, since: the case on the desk: row of the enterprise, month of the loan's first contract.
    role, revealed: how it is looked at. twin: the same lesson under other management, if wanted.
    moved: the world is in another month, or another world. changed: the lesson is another one.
    looked: another tab, seat or case is looked at.
    """

    def __init__(self, timeline: Timeline, language: str) -> None:
        self.settings = timeline.settings
        self.language = language
        self.timeline = timeline
        self.moved: Event[[]] = Event()
        self.changed: Event[[]] = Event()
        self.looked: Event[[]] = Event()
        self.tab = "overview"
        self.firm: int | None = None
        self.since: int | None = None
        self.role = "trainer"
        self.revealed = False
        self.twin: Timeline | None = None
        self.open = True
        self._one_at_a_time = asyncio.Lock()
        self._client = ui.context.client

    @property
    def month(self) -> int:
        """Months since the fork."""
        return self.timeline.month

    def say(self, key: str, /, **facts: object) -> str:
        """A text in the visitor's language."""
        return said(self.language, key, **facts)

    @property
    def address(self) -> str:
        """The lesson's address on this server."""
        return f"/?run={code_of(self.settings)}&month={self.month}&lang={self.language}"

    @property
    def place(self) -> str:
        """The same with what is looked at, so that another page can go on here; sealed."""
        more: dict[str, object] = {"tab": self.tab, "seat": self.role}
        if self.firm is not None:
            more["firm"] = self.firm
        if self.since is not None:
            more["since"] = self.since
        return f"{self.address}&{urlencode(more)}"

    def take_place(self, asked: Mapping[str, str]) -> None:
        """Look at what an address says, from anybody; what there is not is passed over."""
        if asked.get("seat") in ROLES:
            self.role = asked["seat"]
        firm, since = (_whole(asked.get(name, "")) for name in ("firm", "since"))
        if firm is not None and self.open_firm(firm):
            self.since = since if since is not None else self.since

    async def aside(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Work aside from the page. What waits for it ends here where the visitor has left."""
        done = await run.io_bound(work, *args, **kwargs)
        self._go_on()
        return cast("T", done)  # None for no reason only where the server ends

    def _go_on(self) -> None:
        """End what has waited here where the visitor has left, or the server ends."""
        if not self.open or app.is_stopping:
            raise asyncio.CancelledError

    async def step(self) -> None:
        """One month."""
        await self._do(lambda timeline: timeline.step())

    async def play(self) -> None:
        """One month of the lesson that is there now; none where another begins in the meantime."""
        preset = self.settings.preset
        await self._do(lambda now: now.step() if now.settings.preset == preset else None)

    async def back(self) -> None:
        """One month back."""
        await self._do(lambda timeline: timeline.go_to(timeline.month - 1))

    async def go_to(self, month: int) -> None:
        """Another month."""
        await self._do(lambda timeline: timeline.go_to(month))

    async def change(self, **changes: object) -> bool:
        """The lesson with some fields changed, in the same month. False, and a word about it,
        where it cannot be. Decisions were for single firms: they go where the firms are others.
        """

        def changed(now: Settings) -> Settings:
            other = now.but(**changes)
            return other if is_twin(now, other) else other.but(decisions=())

        return await self._another(changed)

    async def begin(self, preset: str) -> None:
        """Another lesson from its first month, under the same management."""
        await self._do(lambda now: Timeline(now.settings.but(preset=preset, decisions=())))
        self.changed.emit()

    async def take(self, settings: Settings) -> bool:
        """Take up another lesson. False, and a word about it, where it cannot be lived."""
        return await self._another(lambda _: settings)

    async def _another(self, lesson: Callable[[Settings], Settings]) -> bool:
        """Another lesson. lesson: makes it of the one that is there when its turn has come."""
        try:
            done = await self._do(lambda now: now.with_settings(lesson(now.settings)))
        except SettingsError:
            self.refuse("no_lesson")
            return False
        self.changed.emit()
        return done

    @property
    def firms(self) -> int:
        """Firms there are, new ones included."""
        return len(self.timeline.model.enterprises.records)

    def open_firm(self, firm: int) -> bool:
        """Put the case of a firm's latest loan on the desk, of all its files where it has had none;
        False where there is no such firm.
        """
        if not 0 <= firm < self.firms:
            return False
        loans = loans_of_firm(self.timeline.model, firm)
        self.look_at(firm, loans[-1].month if loans else None)
        return True

    def open_case(self, loan: Listed) -> None:
        """Put the case of a loan on the desk, sealed: its firm, and since when. Nothing happens
        where the loan was listed in a larger world than the one that is there now.
        """
        if loan.enterprise < self.firms:
            self.look_at(loan.enterprise, loan.month)

    def look_at(self, firm: int, since: int | None) -> None:
        """Put a firm's case on the desk, sealed. since: month of the first contract, None: all."""
        self.firm, self.since, self.revealed = firm, since, False
        self.looked.emit()

    def sit(self, role: str) -> None:
        """Take another seat; the truth stays revealed only where that seat may see it."""
        self.role = role
        self.revealed = self.revealed and ROLES[role].everything
        self.looked.emit()

    @property
    def on_desk(self) -> tuple[int | None, Settings, int]:
        """Which case lies on the desk: firm, lesson and month."""
        return self.firm, self.settings, self.month

    async def case(self) -> Case | None:
        """The case on the desk as the seat sees it; None without one, and where another has been
        laid there in the meantime.
        """
        if self.firm is None:
            return None
        asked = self.on_desk
        journal = await self.aside(journal_of, self.settings, self.firm, self.month)
        if asked != self.on_desk:
            return None
        return case_of(
            journal, self.language, role=self.role, reveal=self.revealed, first=self.since
        )

    async def pending(self) -> tuple[Document, ...]:
        """The file of the firm on the desk that is decided in the coming month, as the seat has
        it before the decision; nothing where another case has been laid there in the meantime.
        """
        if self.firm is None:
            return ()
        asked, month = self.on_desk, self.month
        before = [d for d in self.settings.decisions if d.month < month]
        settings = self.settings.but(decisions=before)
        journal = await self.aside(journal_of, settings, self.firm, month + 1)
        if asked != self.on_desk:
            return ()
        return pending_of(journal, self.language, month, self.role)

    async def possible_orders(self) -> tuple[str, ...]:
        """What can be ordered in the coming month for the firm whose case is on the desk."""
        async with self._one_at_a_time:  # the firm and the world that are there at its turn
            self._go_on()
            if self.firm is None:
                return ()
            return await self.aside(self.timeline.possible_orders, self.firm)

    async def decide(self, enterprise: int, order: str) -> None:
        """Take a decision again, and live the month."""

        def decided(timeline: Timeline) -> Timeline:
            other = timeline.decide(enterprise, order)
            other.step()
            return other

        try:
            await self._do(decided)
        except SettingsError:
            self.refuse("most_decisions", most=MOST_DECISIONS)
            return
        self.changed.emit()

    async def take_back(self, decision: Decision) -> None:
        """The lesson without a decision."""
        await self._another(
            lambda now: now.but(decisions=[d for d in now.decisions if d != decision])
        )

    async def live_twin(self, settings: Settings) -> None:
        """Live the twin to the present month."""
        month = self.month

        def lived() -> Timeline:
            twin = Timeline(settings)
            twin.go_to(month)
            return twin

        twin = await self.aside(lived)
        if is_twin(self.settings, settings):  # it is another lesson's where that has changed
            self.twin = twin

    @property
    def same_month_twin(self) -> Timeline | None:
        """The twin, where it stands in the present month."""
        twin = self.twin
        return twin if twin is not None and twin.month == self.month else None

    def refuse(self, key: str, /, **facts: object) -> None:
        """Say that something cannot be done, and why: on the page, for the button that asked may
        have been laid anew.
        """
        reason = self.say(key, **facts)
        with self._client:
            ui.notify(self.say("error", reason=reason), type="negative", position="bottom")

    async def _do(self, work: Callable[[Timeline], Timeline | None]) -> bool:
        """Work on a copy of the world aside, one piece after another; then show it to those who
        look on, who meanwhile saw the old one whole.

        work: changes the copy, or returns another timeline.
        """

        def lived(old: Timeline) -> tuple[Timeline, bool]:
            copy = old.branch()
            try:
                return work(copy) or copy, True
            except OrderError:  # an old decision that another management made impossible
                return copy, False

        async with self._one_at_a_time:
            self._go_on()
            self.timeline, possible = await self.aside(lived, self.timeline)
            if not is_twin(self.settings, self.timeline.settings):  # the firms are others
                self.firm, self.since, self.revealed, self.twin = None, None, False, None
            self.settings = self.timeline.settings
        if not possible:
            self.refuse("old_order")
        self.moved.emit()
        return possible

    def close(self) -> None:
        """The visitor has left: let go of the world."""
        self.open = False
        self.moved.callbacks.clear()
        self.changed.callbacks.clear()
        self.looked.callbacks.clear()
        self.twin = None
        del self.timeline


def _whole(text: str) -> int | None:
    """A whole number of few digits; None where there is none."""
    return int(text) if re.fullmatch(r"-?[0-9]{1,6}", text) else None
