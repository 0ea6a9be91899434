"""Ratios over time, with the band of other worlds that fills in behind one's own line."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from nicegui import run, ui

from classroom.band import WORLDS, band, lived, others
from classroom.charts import lines
from classroom.pages.fields import let_go, unlabelled
from classroom.pages.picture import Numbers, Picture
from classroom.pages.visit import Visit
from classroom.ratios import SERIES, ratios, value_told
from classroom.settings import Settings

SHOWN: tuple[tuple[str, ...], ...] = (
    ("npl_ratio_true", "npl_ratio"), ("defaults",), ("result_mcny",),
)  # fmt: skip
"""What is shown at first; a pair shares a chart."""
HEIGHT = "196px"
_REDRAWN_EVERY = 4
"""Other worlds between two pictures of a band that fills in."""


class Ratios:
    """Charts of ratios. The band is lived in other processes; it stops when the lesson changes."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._worlds: list[pd.DataFrame] = []
        self._own = pd.DataFrame()
        self._filled: Settings | None = None
        with ui.element("div").classes("card"):
            with ui.element("div").classes("thirds"):
                self._charts = [_Chart(visit, names) for names in SHOWN]
            with ui.element("div").classes("strip between"):
                ui.label(visit.say("one_draw", worlds=WORLDS)).classes("quiet small")
                self._done = ui.label().classes("quiet small").props('role="status"')
        visit.changed.subscribe(self.fill)

    def refresh(self) -> None:
        """The lines, as they are now."""
        self._own = ratios(self._visit.timeline.model)
        self._draw()

    def _draw(self) -> None:
        spread = band(self._worlds)
        for chart in self._charts:
            chart.show(self._own, spread, len(self._worlds))

    async def fill(self) -> None:
        """Live the lesson in other worlds, one by one, as long as it is this lesson; there are
        no decisions on single firms in them.
        """
        visit, settings = self._visit, self._visit.settings.but(decisions=())
        if settings == self._filled:
            return
        self._filled, self._worlds = settings, []
        self._done.text = ""
        self._draw()
        for other in others(settings):
            world = await run.cpu_bound(lived, other)
            if world is None or settings is not self._filled or not visit.open:
                return
            self._worlds.append(world)
            done = len(self._worlds)
            self._done.text = visit.say("filling", done=done, worlds=WORLDS)
            if done % _REDRAWN_EVERY == 0 or done == WORLDS:
                self._draw()


class _Chart:
    """One chart, and the choice of what it shows."""

    def __init__(self, visit: Visit, names: Sequence[str]) -> None:
        self._visit, self._names = visit, list(names)
        self._own, self._band, self._worlds = pd.DataFrame(), pd.DataFrame(), 0
        self._picture = Picture(visit, visit.say(f"series.{names[0]}"), HEIGHT)
        with self._picture.bar:
            choices = {name: visit.say(f"series.{name}") for name in SERIES}
            choice = ui.select(choices, value=names[0], on_change=lambda e: self._choose(e.value))
            unlabelled(let_go(choice), visit.say("choose_series"))
        self._picture.name.set_visibility(False)

    def _choose(self, name: str) -> None:
        self._names = list(next((pair for pair in SHOWN if pair[0] == name), (name,)))
        self._picture.rename(self._visit.say(f"series.{name}"))
        self.show(self._own, self._band, self._worlds)

    def show(self, own: pd.DataFrame, spread: pd.DataFrame, worlds: int) -> None:
        """The lines of the world so far, and the band of so many others."""
        self._own, self._band, self._worlds = own, spread, worlds
        if own.empty:
            return
        visit = self._visit
        option = lines(own, self._names, visit.language, visit.settings.months, spread, worlds)
        self._picture.show(
            option, lambda: numbers_of_lines(visit, self._own, self._names, self._band)
        )


def numbers_of_lines(
    visit: Visit, own: pd.DataFrame, names: Sequence[str], spread: pd.DataFrame | None = None
) -> Numbers:
    """The table behind lines over time: the latest month first, then those to come.

    spread: of other worlds, as from classroom.band, behind the first of the lines.
    """
    say = visit.say
    shown = pd.DataFrame({say(f"series.{name}"): own[name] for name in names})
    if spread is not None and len(spread):
        others = pd.DataFrame(spread[names[0]])
        parts = others.rename(columns=lambda part: say(f"others.{part}"))
        shown = pd.concat([shown, parts[[say(f"others.{p}") for p in ("low", "middle", "high")]]],
                          axis=1)  # fmt: skip
    columns = {"month": say("month")} | {name: name for name in shown.columns}
    order = [*own.index[::-1], *shown.index.difference(own.index)]
    rows = [
        {"month": month}
        | {str(name): value_told(names[0], value) for name, value in values.items()}
        for month, values in shown.loc[order].iterrows()
    ]
    return Numbers(columns, rows)
