"""What one visitor sees: a lesson, its world in a month, a language. Nothing of it is shared."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from nicegui import Event, run, ui

from classroom.codes import code_of
from classroom.settings import Settings, SettingsError
from classroom.timeline import Timeline
from classroom.words import said


class Visit:
    """A visitor's lesson.

    moved: the world is in another month, or another world. changed: the lesson is another one.
    """

    def __init__(self, settings: Settings, language: str, month: int = 0) -> None:
        self.settings = settings
        self.language = language
        self.timeline = Timeline(settings)
        self.timeline.go_to(month)
        self.moved: Event[[]] = Event()
        self.changed: Event[[]] = Event()
        self.tab = "overview"
        self.open = True
        self._one_at_a_time = asyncio.Lock()

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

    async def step(self) -> None:
        """One month."""
        await self._do(self.timeline.step)

    async def go_to(self, month: int) -> None:
        """Another month."""
        await self._do(lambda: self.timeline.go_to(month))

    async def change(self, **changes: object) -> bool:
        """Another lesson in the same month. False, and a word about it, where it cannot be."""
        try:
            settings = self.settings.but(**changes)
        except SettingsError as error:
            self.refuse(str(error))
            return False
        return await self.take(settings)

    async def take(self, settings: Settings) -> bool:
        """Take up another lesson. False, and a word about it, where it cannot be lived."""

        def lived() -> None:
            self.timeline = self.timeline.with_settings(settings)
            self.settings = settings

        done = await self._do(lived)
        self.changed.emit()
        return done

    def refuse(self, reason: str) -> None:
        """Say that something cannot be done."""
        ui.notify(self.say("error", reason=reason), type="negative", position="top")

    async def _do(self, work: Callable[[], None]) -> bool:
        """Work on the world aside, one piece after another, then tell those who look on."""
        async with self._one_at_a_time:
            if not self.open:
                return False
            await run.io_bound(work)
        if self.open:
            self.moved.emit()
        return True

    def close(self) -> None:
        """The visitor has left: let go of the world."""
        self.open = False
        self.moved.callbacks.clear()
        self.changed.callbacks.clear()
        del self.timeline
