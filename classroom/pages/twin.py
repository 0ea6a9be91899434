"""The twin: the same firms and luck under other management, in panels of equal size."""

from __future__ import annotations

import pandas as pd
from nicegui import ui

from classroom.charts import lines, sankey
from classroom.flow import flow
from classroom.pages.fields import Slider, place_of, quality_slider
from classroom.pages.flow import numbers_of_flow
from classroom.pages.picture import Picture
from classroom.pages.ratios import numbers_of_lines
from classroom.pages.visit import Visit
from classroom.ratios import ratios
from classroom.settings import Settings
from classroom.sheets import management_told
from classroom.timeline import Timeline
from classroom.twin import differences
from classroom.world import BUDGET_POINTS, points

SERIES = ("npl_ratio_true", "npl_ratio")


class Twin:
    """Sliders of the twin's management, and both banks side by side."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        say = visit.say
        with ui.element("div").classes("stack"):
            with ui.element("div").classes("card stack"):
                ui.label(say("twin_note")).classes("quiet small")
                with ui.element("div").classes("thirds"):
                    self._sliders = {
                        stage: self._slider(stage, place)
                        for stage, place in self._start().qualities.items()
                    }
                with ui.element("div").classes("strip wrap"):
                    live = ui.button(say("live_twin"), on_click=self._live)
                    live.props('dense no-caps data-do="live_twin"')
                    self._alone = ui.button(say("without_decisions"), on_click=self._undecided)
                    self._alone.props('dense no-caps outline data-do="without_decisions"')
                    self._spent = ui.label().classes("quiet small")
            self._shown = ui.element("div").classes("stack").props('data-show="twin"')
        self._banks: list[_Bank] = []

    def _slider(self, stage: str, place: float) -> Slider:
        slider = quality_slider(self._visit.say(stage), f"twin-{stage}", round(100 * place))
        slider.on_value_change(self._count)
        return slider

    def _start(self) -> Settings:
        """The twin that is offered: pre-loan strong, where the budget allows it."""
        own = self._visit.settings
        strong = own.but(pre_loan=0.8)
        return strong if points(strong) <= BUDGET_POINTS else own

    def _wanted(self) -> Settings:
        """The twin's lesson: this one under other management, without single decisions."""
        chosen = {stage: place_of(slider) / 100 for stage, slider in self._sliders.items()}
        return self._visit.settings.but(**chosen, decisions=())

    def _count(self) -> bool:
        """Say what the twin's management costs; is it within the budget?"""
        spent = points(self._wanted())
        over = spent - BUDGET_POINTS
        say = self._visit.say
        self._spent.text = (
            say("over_budget", spent=spent, over=over) if over > 0
            else say("points_spent", spent=spent, points=BUDGET_POINTS)
        )  # fmt: skip
        return over <= 0

    async def _live(self) -> None:
        if self._count():
            await self._visit.live_twin(self._wanted())
            await self.refresh()
        else:
            spent = points(self._wanted())
            self._visit.refuse("over_budget", spent=spent, over=spent - BUDGET_POINTS)

    async def _undecided(self) -> None:
        """The twin under this bank's own management: what is left is what the decisions did."""
        for stage, slider in self._sliders.items():
            slider.value = round(100 * self._visit.settings.qualities[stage])
        await self._live()

    async def refresh(self) -> None:
        """Both banks in the same month."""
        visit = self._visit
        self._count()
        self._alone.set_visibility(bool(visit.settings.decisions))
        twin = visit.twin
        if twin is None:
            self._shown.clear()
            self._banks = []
            return
        while twin.month != visit.month:
            other = await visit.aside(_at, twin, visit.month)
            if visit.twin is not twin:
                return  # another one has been lived in the meantime
            twin = visit.twin = other
        self._show(twin)

    def _show(self, twin: Timeline) -> None:
        visit, say = self._visit, self._visit.say
        if not self._banks:
            with self._shown:
                self._told = ui.element("div").classes("card")
                names = [say(key) for key in ("this_bank", "other_bank")]
                with ui.element("div").classes("halves"):
                    self._banks = [_Bank(visit, name) for name in names]
                for bank in self._banks:
                    bank.lay_flow()
        self._told.clear()
        with self._told:
            for one in differences(visit.timeline.model, twin.model):
                ui.label(one.sentence(visit.language))
            ui.label(say("one_world")).classes("quiet small")
        both = (visit.timeline, twin)
        own = [ratios(timeline.model) for timeline in both]
        top = _round_up(max(float(line[list(SERIES)].max().max()) for line in own))
        for bank, timeline, line in zip(self._banks, both, own, strict=True):
            bank.show(timeline, line, top)


class _Bank:
    """One of the two banks: its management, its bad loans, and below both, as wide as the page,
    where its loans went.
    """

    def __init__(self, visit: Visit, name: str) -> None:
        self._visit, self._name = visit, name
        with ui.element("section").classes("card").props(f'aria-label="{name}"'):
            ui.label(name).classes("title")
            self._management = ui.label().classes("quiet small")
            self._lines = Picture(visit, visit.say("ratios"), "190px")

    def lay_flow(self) -> None:
        """Make room for the flow of loans."""
        visit = self._visit
        with ui.element("section").classes("card").props(f'aria-label="{self._name}"'):
            title = visit.say("is", what=self._name, told=visit.say("flow"))
            self._flow = Picture(visit, title, "190px")

    def show(self, timeline: Timeline, own: pd.DataFrame, top: int) -> None:
        """The bank as it is now. own: its lines. top: end of the axis that both banks share."""
        visit = self._visit
        self._management.text = management_told(visit.language, timeline.settings)
        option = lines(own, SERIES, visit.language, timeline.settings.months)
        option["yAxis"]["max"] = top
        self._lines.show(option, lambda: numbers_of_lines(visit, own, SERIES))
        bands = flow(timeline.model)
        self._flow.show(sankey(bands, visit.language), lambda: numbers_of_flow(visit, bands))


def _at(timeline: Timeline, month: int) -> Timeline:
    """A copy in another month. Twins have no decisions that could have become impossible."""
    other = timeline.branch()
    other.go_to(month)
    return other


def _round_up(share: float) -> int:
    """The end of an axis of per cent that two panels share."""
    return 2 * (1 + int(50.0 * share))
