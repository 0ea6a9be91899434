"""Process lamps: how the work of the bank is going, in a word and a colour."""

from __future__ import annotations

from nicegui import ui

from classroom.lamps import LIMITS, Lamp, lamps
from classroom.pages.visit import Visit

LOOKS = {
    "good": ("good", "check_circle"), "strained": ("warn", "error"), "failing": ("bad", "cancel"),
    "idle": ("quiet", "remove_circle_outline"),
}  # fmt: skip
"""State -> class of the colour, icon of another shape."""


class Lamps:
    """A card for each lamp."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        with ui.element("section").classes("quarters").props(f'aria-label="{visit.say("lamps")}"'):
            self._cards = {name: _Card(visit, name) for name in LIMITS}

    def refresh(self) -> None:
        """The lamps, as they are now."""
        for lamp in lamps(self._visit.timeline.model):
            self._cards[lamp.name].show(lamp)


class _Card:
    """One lamp."""

    def __init__(self, visit: Visit, name: str) -> None:
        self._visit = visit
        with ui.element("div").classes("card lamp") as self._card:
            ui.label(visit.say(f"lamp.{name}")).classes("quiet small")
            with ui.element("div").classes("strip"):
                self._value = ui.label().classes("value")
                self._icon = ui.icon("circle", size="18px").props('aria-hidden="true"')
                self._state = ui.label().classes("state")
            self._counts = ui.label().classes("quiet small")

    def show(self, lamp: Lamp) -> None:
        """A lamp."""
        say = self._visit.say
        looks, icon = LOOKS[lamp.state]
        idle = lamp.state == "idle"
        self._card.classes(replace=f"card lamp {looks}")
        self._icon.props(f"name={icon}").classes(replace=looks)
        self._value.text = "–" if idle else f"{lamp.value:.0%}"
        self._state.text = say(f"state.{lamp.state}")
        counts = say("lamp_counts", part=f"{lamp.part:,.0f}", whole=f"{lamp.whole:,.0f}")
        self._counts.text = "" if idle else counts
