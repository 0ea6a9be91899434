"""Play, pause, step, wind back: the bar above the panels, and its keys."""

from __future__ import annotations

from collections.abc import Callable

from nicegui import ui
from nicegui.events import KeyEventArguments

from classroom.pages.fields import Slider, let_go, unlabelled
from classroom.pages.visit import Visit

SPEEDS = (1, 2, 4, 8, 12)
"""Months a second."""
START_SPEED = 2


class Transport:
    """The bar. Its timer ends with the page. on_tab: called with the number of a tab, from 1."""

    def __init__(self, visit: Visit, on_tab: Callable[[int], None]) -> None:
        self._visit, self._on_tab = visit, on_tab
        self._lesson = visit.settings.preset
        self._timer = ui.timer(1.0 / START_SPEED, self._tick, active=False)
        say = visit.say
        with ui.element("div").classes("transport").props('role="toolbar"'):
            self._button("first_page", "restart", self._restart)
            self._button("navigate_before", "back", self._back)
            self._play = self._button("play_arrow", "play", self.turn)
            self._button("navigate_next", "step", self._step)
            self._where = ui.label().classes("number where").props('aria-live="polite"')
            self._slider = Slider(min=0, max=visit.settings.months, step=1)
            self._slider.props(f'aria-label="{say("back_to")}"').classes("grow")
            self._slider.on("change", lambda e: self._wind(e.args))
            speeds = {speed: say("per_second", months=speed) for speed in SPEEDS}
            self._speed = ui.select(speeds, value=START_SPEED, on_change=self._pace)
            unlabelled(let_go(self._speed), say("speed")).props('data-do="speed"')
        # A button that was clicked keeps the focus: the keys go on working there.
        ui.keyboard(on_key=self._key, repeating=False, ignore=["input", "select", "textarea"])
        self.refresh()

    def _button(self, icon: str, key: str, work: object) -> ui.button:
        """A button with a name, for those who see it and those who hear it."""
        label = self._visit.say(key)
        button = ui.button(icon=icon, on_click=work)  # type: ignore[arg-type]
        return button.props(f'dense flat aria-label="{label}" title="{label}" data-do="{key}"')

    def refresh(self) -> None:
        """The month, as it is now. Another lesson waits in its first month."""
        visit = self._visit
        self._where.text = visit.say("month_of", month=visit.month, months=visit.settings.months)
        self._slider.props(f"max={visit.settings.months}")
        self._slider.value = visit.month
        another, self._lesson = self._lesson != visit.settings.preset, visit.settings.preset
        if another or visit.timeline.ended:
            self.pause()

    def turn(self) -> None:
        """Play, or pause."""
        self._timer.active = not self._timer.active and not self._visit.timeline.ended
        key = "pause" if self._timer.active else "play"
        label = self._visit.say(key)
        self._play.props(f"icon={'pause' if self._timer.active else 'play_arrow'}")
        self._play.props(f'aria-label="{label}" title="{label}"')

    def pause(self) -> None:
        """Stop playing."""
        if self._timer.active:
            self.turn()

    async def _tick(self) -> None:
        if not await self._visit.play():
            self.pause()

    async def _step(self) -> None:
        self.pause()
        await self._visit.step()

    async def _back(self) -> None:
        self.pause()
        await self._visit.back()

    async def _restart(self) -> None:
        self.pause()
        await self._visit.go_to(0)

    async def _wind(self, month: object) -> None:
        if isinstance(month, int) and 0 <= month <= self._visit.settings.months:
            self.pause()
            await self._visit.go_to(month)

    def _pace(self) -> None:
        self._timer.interval = 1.0 / int(self._speed.value or START_SPEED)

    async def _key(self, event: KeyEventArguments) -> None:
        """Keys: k, j, l, 0, and the numbers of the tabs."""
        held = event.modifiers
        if not event.action.keydown or held.ctrl or held.meta or held.alt:
            return
        work = {"j": self._back, "l": self._step, "0": self._restart}.get(event.key.name)
        if event.key.name == "k":
            self.turn()
        elif work is not None:
            await work()
        elif event.key.number:
            self._on_tab(event.key.number)
