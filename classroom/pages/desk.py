"""The loan desk: the lesson, the budget of management, the strategies, the luck."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from nicegui import ui

from agents.parameters import STAGES
from classroom.pages.fields import Slider, let_go, number_field, quality_slider, typed_number
from classroom.pages.visit import RefusedError, Visit
from classroom.presets import PRESETS
from classroom.settings import FEWEST, MOST_ENTERPRISES, MOST_LUCK, Settings, Start
from classroom.sheets import strategy_title
from classroom.world import BUDGET_POINTS, points, running_cny, scenario_of, yearly_cny
from simulation.scenario import Scenario, Strategy

_MILLION = 1e6
_LAST_PLACE_SECONDS = 0.3
_REST_SECONDS = 0.15


class Desk:
    """The rail at the left. Its controls change the lesson; they show it too."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        say = visit.say
        ui.label(say("desk")).classes("title").props('role="heading" aria-level="2"')
        presets = {name: say(f"preset.{name}") for name in PRESETS}
        self._preset = ui.select(presets, label=say("preset"), on_change=self._choose)
        let_go(self._preset).props('dense outlined options-dense data-do="preset"')
        self._lesson = ui.label().classes("quiet small")
        ui.separator()
        Budget(visit)
        ui.separator()
        Strategies(visit)
        ui.separator()
        self._luck()
        visit.changed.subscribe(self.refresh)
        self.refresh()

    def _luck(self) -> None:
        """Seed and size."""
        with ui.element("div").classes("strip"):
            self._seed = self._field("luck", "seed", 0, MOST_LUCK)
            self._size = self._field("enterprises", "enterprises", FEWEST, MOST_ENTERPRISES)

    def _field(self, label: str, name: str, least: int, most: int) -> ui.input:
        """A field for a whole number of the lesson."""
        field = number_field(self._visit.say(label), name)
        field.on("change", lambda: self._number(field, name, least, most))
        return field

    async def _number(self, field: ui.input, name: str, least: int, most: int) -> None:
        """A number that was typed: taken where it is allowed."""
        visit, value = self._visit, typed_number(field)
        if value is not None and least <= value <= most:
            await visit.change(lambda now: now.but(**{name: value}))
        else:
            visit.refuse("whole_number", name=field.props["label"], least=least, most=f"{most:,}")
            self.refresh()

    async def _choose(self) -> None:
        if self._preset.value != self._visit.settings.preset:
            await self._visit.begin(str(self._preset.value))

    def refresh(self) -> None:
        """The lesson, as it is now."""
        settings = self._visit.settings
        self._preset.value = settings.preset
        self._lesson.text = self._visit.say(f"lesson.{settings.preset}")
        self._seed.value, self._size.value = str(settings.seed), str(settings.enterprises)


class Budget:
    """Three sliders under one budget. What is beyond the budget is refused."""

    def __init__(self, visit: Visit) -> None:
        self._visit, self._moves = visit, 0
        self._moved: dict[str, float] = {}
        ui.label(visit.say("qualities")).classes("title").props('role="heading" aria-level="3"')
        self._told = ui.label().classes("small").props('role="status"')
        self._bar = ui.linear_progress(show_value=False, size="8px").props('aria-hidden="true"')
        self._sliders = {stage: self._slider(stage) for stage in STAGES}
        visit.changed.subscribe(self.refresh)
        self.refresh()

    def _slider(self, stage: str) -> Slider:
        slider = quality_slider(self._visit.say(stage), stage, value=50)
        slider.on("change", lambda e: self._move(stage, e.args))
        return slider

    async def _move(self, stage: str, place: object) -> None:
        """A slider was let go at a place, or moved by a key: many moves at once are one."""
        visit = self._visit
        if not isinstance(place, int) or not 0 <= place <= 100:
            return
        self._moves += 1
        moves = self._moves
        self._moved[stage] = place / 100
        await asyncio.sleep(_REST_SECONDS)
        if moves != self._moves:
            return
        quality = dict(self._moved)
        if not await visit.change(lambda now: _affordable(now, quality)):
            # The slider sends its last place once more, a moment after it was let go.
            await asyncio.sleep(_LAST_PLACE_SECONDS)
        if moves == self._moves:  # else they stand where they have been moved to since
            self._moved.clear()
            self.refresh()

    def refresh(self) -> None:
        """Qualities and what they cost."""
        settings, say = self._visit.settings, self._visit.say
        cost = yearly_cny(settings, scenario_of(settings)) / _MILLION
        spent = points(settings)
        self._told.text = say("budget", spent=spent, points=BUDGET_POINTS, cost=f"{cost:,.1f}")
        self._bar.value = spent / BUDGET_POINTS
        if not self._moved:
            for stage, slider in self._sliders.items():
                slider.value = round(100 * settings.qualities[stage])


def _affordable(now: Settings, quality: Mapping[str, float]) -> Settings:
    """The lesson under other management.

    Raises: RefusedError beyond the budget. A code may hold more: it can then be made less.
    """
    other = now.but(**quality)
    spent = points(other)
    if spent > max(BUDGET_POINTS, points(now)):
        raise RefusedError("over_budget", spent=spent, over=spent - BUDGET_POINTS)
    return other


class Strategies:
    """The four strategies: what each costs, how fast it comes, when it starts."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        ui.label(visit.say("strategies")).classes("title").props('role="heading" aria-level="3"')
        scenario = scenario_of(visit.settings)
        own = {name: one for name, one in scenario.strategies.items() if one.kind == "strategy"}
        self._told = {name: _costs(visit, one, scenario) for name, one in own.items()}
        self._boxes = {name: self._box(one) for name, one in own.items()}
        ui.label(visit.say("applies")).classes("quiet small")
        visit.changed.subscribe(self.refresh)
        self.refresh()

    def _box(self, strategy: Strategy) -> tuple[ui.checkbox, ui.label]:
        visit = self._visit
        box = ui.checkbox(
            strategy_title(visit.language, strategy),
            on_change=lambda e: self._turn(strategy.name, bool(e.value)),
        )
        box.props(f'dense data-do="{strategy.name}"')
        return box, ui.label().classes("quiet small indent")

    async def _turn(self, name: str, chosen: bool) -> None:
        """Start a strategy in the present month, or take it back."""
        visit = self._visit
        if chosen == any(one.strategy == name for one in visit.settings.strategies):
            return
        month = min(visit.month, visit.settings.months - 1)
        added = [Start(strategy=name, month=month)] if chosen else []
        await visit.change(lambda now: now.but(
            strategies=[*(one for one in now.strategies if one.strategy != name), *added]
        ))  # fmt: skip

    def refresh(self) -> None:
        """What is in force, and since when."""
        starts: Mapping[str, int] = {s.strategy: s.month for s in self._visit.settings.strategies}
        say = self._visit.say
        for name, (box, label) in self._boxes.items():
            box.value = name in starts
            start = [say("strategy_start", month=starts[name])] if name in starts else []
            label.text = say("and").join([*start, self._told[name]])


def _costs(visit: Visit, strategy: Strategy, scenario: Scenario) -> str:
    """Cost and ramp of a strategy in words."""
    parts = {
        "cost_set_up": strategy.set_up_cny / _MILLION,
        "cost_running": running_cny(strategy, scenario) / _MILLION,
        "cost_file": strategy.per_application_cny,
        "cost_hours": strategy.adds.get("file_hours", 0.0),
    }
    told = [visit.say(key, cost=f"{cost:,.4g}") for key, cost in parts.items() if cost]
    half = visit.say("half_after", half=f"{strategy.half_month:.0f}")
    return visit.say("comma").join([*told, half])
