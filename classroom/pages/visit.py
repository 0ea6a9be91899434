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
from classroom.timeline import DecisionError, Timeline, journal_of
from classroom.twin import is_twin
from classroom.words import said
from simulation.orders import OrderError

P = ParamSpec("P")
T = TypeVar("T")


class RefusedError(Exception):
    """What a visitor wants cannot be. key, facts: of the sentence that says why."""

    def __init__(self, key: str, /, **facts: object) -> None:
        super().__init__(key)
        self.key, self.facts = key, facts


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

    async def play(self) -> bool:
        """One month of the lesson that is there now; none where another begins in the meantime.
        False where the month cannot be lived.
        """
        preset = self.settings.preset
        return await self._do(lambda now: now.step() if now.settings.preset == preset else None)

    async def back(self) -> None:
        """One month back."""
        await self._do(lambda timeline: timeline.go_to(timeline.month - 1))

    async def go_to(self, month: int) -> None:
        """Another month."""
        await self._do(lambda timeline: timeline.go_to(month))

    async def change(self, lesson: Callable[[Settings], Settings]) -> bool:
        """Another lesson in the same month. False, and a word about it, where it cannot be.

        lesson: makes it of the one that is there when its turn has come, or raises RefusedError.
        Decisions were for single firms: they go where the firms are others.
        """

        def changed(now: Timeline) -> Timeline:
            other = lesson(now.settings)
            same_firms = is_twin(now.settings, other)
            return now.with_settings(other if same_firms else other.but(decisions=()))

        return await self._another(changed)

    async def begin(self, preset: str) -> None:
        """Another lesson from its first month, under the same management."""
        await self._another(lambda now: Timeline(now.settings.but(preset=preset, decisions=())))

    async def take(self, settings: Settings) -> bool:
        """Take up another lesson. False, and a word about it, where it cannot be lived."""

        def taken(now: Timeline) -> Timeline:
            try:
                return now.with_settings(settings)
            except DecisionError as error:  # nothing can be taken back: it is no lesson of here
                raise RefusedError("code_order", told=self.ordered(error.decision)) from error

        return await self._another(taken)

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
    def on_desk(self) -> tuple[object, ...]:
        """What a case depends on: firm, since when, seat, lesson and month."""
        return self.firm, self.since, self.role, self.settings, self.month

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

    async def decide(self, month: int, enterprise: int, order: str) -> None:
        """Take a decision of a month again, and live the month; nothing happens where the world
        has gone on in the meantime.
        """

        def decided(now: Timeline) -> Timeline | None:
            if now.month != month:
                return None
            try:
                other = now.decide(enterprise, order)
            except SettingsError as error:
                raise RefusedError("most_decisions", most=MOST_DECISIONS) from error
            other.step()
            return other

        await self._another(decided)

    async def take_back(self, decision: Decision) -> None:
        """The lesson without a decision."""
        await self.change(
            lambda now: now.but(decisions=[d for d in now.decisions if d != decision])
        )

    def ordered(self, decision: Decision) -> str:
        """A decision in words."""
        order = self.say(f"order.{decision.order}")
        return self.say(
            "ordered", month=decision.month, enterprise=decision.enterprise, order=order
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

    async def _another(self, work: Callable[[Timeline], Timeline | None]) -> bool:
        """As ``_do``, for another lesson; where it cannot be, what was moved for it goes back."""
        done = await self._do(work)
        self.changed.emit()
        return done

    async def _do(self, work: Callable[[Timeline], Timeline | None]) -> bool:
        """Work on a copy of the world aside, one piece after another; then show it to those who
        look on, who meanwhile saw the old one whole. False, and a word about it, where it cannot
        be done: the old one stays.

        work: changes the copy, or returns another timeline.
        """

        def lived(old: Timeline) -> Timeline:
            copy = old.branch()
            return work(copy) or copy

        refused = None
        async with self._one_at_a_time:
            self._go_on()
            try:
                timeline = await self.aside(lived, self.timeline)
            except (RefusedError, OrderError, SettingsError) as error:
                refused = self._why(error)
            else:
                self._show(timeline)
        if refused is not None:
            self.refuse(refused.key, **refused.facts)
        self.moved.emit()
        return refused is None

    def _show(self, timeline: Timeline) -> None:
        """Put a world in the place of the one that is shown."""
        if not is_twin(self.settings, timeline.settings):  # the firms are others
            self.firm, self.since, self.revealed, self.twin = None, None, False, None
        self.timeline, self.settings = timeline, timeline.settings

    def _why(self, error: Exception) -> RefusedError:
        """Why something cannot be done, as a sentence of the classroom."""
        if isinstance(error, RefusedError):
            return error
        if isinstance(error, DecisionError):  # other management has made it impossible
            return RefusedError("old_order", told=self.ordered(error.decision))
        return RefusedError("order_impossible" if isinstance(error, OrderError) else "no_lesson")

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
