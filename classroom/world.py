"""From a lesson's settings to its world: the scenario, what management costs, the strategies."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import replace

from agents.parameters import all_parameters
from classroom.presets import PRESETS
from classroom.settings import Settings
from scenarios import load_scenario
from simulation import LoanPortfolio, Scenario
from simulation.scenario import Strategy

BUDGET = "management_budget"
"""Name of the strategy that closes nothing and books what management costs."""

BUDGET_POINTS = 180
"""Points of quality that may be bought, of 300 (assumed): no bank can have all three stages."""

YEARS = 5.0
"""Over which the set-up of a strategy is spread where it is told as a cost a year."""


def scenario_of(settings: Settings) -> Scenario:
    """The scenario of a lesson: its preset at its qualities of management.

    A parameter that the preset states moves from there to its strong value as the quality of its
    stage moves from the preset's to 1; below the preset's quality it stays.
    """
    return _scenario(
        settings.preset, settings.enterprises, settings.months, tuple(settings.qualities.items())
    )


@functools.lru_cache(maxsize=64)
def _scenario(
    preset: str, enterprises: int, months: int, qualities: tuple[tuple[str, float], ...]
) -> Scenario:
    """What a scenario depends on: lessons that differ in luck or decisions share it."""
    chosen = PRESETS[preset]
    sizes = {"enterprises": enterprises, "months": months}
    start = load_scenario(chosen.scenario, **sizes).management
    wanted = dict(qualities)
    values = {name: _moved(name, value, start, wanted) for name, value in chosen.values.items()}
    return load_scenario(chosen.scenario, **sizes, management=wanted, **values)


def _moved(
    name: str, value: float, start: Mapping[str, float], wanted: Mapping[str, float]
) -> float:
    """A value that a preset states, at the qualities wanted."""
    parameter = all_parameters()[name]
    if parameter.stage is None or parameter.strong is None:
        return value
    low = start[parameter.stage]
    share = max(0.0, (wanted[parameter.stage] - low) / (1.0 - low))
    return value + share * (parameter.strong - value)


def found(settings: Settings, watch: tuple[int, ...] = ()) -> LoanPortfolio:
    """The world of a lesson at the fork. watch: rows of enterprises of which a journal is kept."""
    scenario = scenario_of(settings)
    return LoanPortfolio(
        scenario, strategies_of(settings, scenario), settings.seed, settings.replication,
        watch=watch,
    )  # fmt: skip


def strategies_of(settings: Settings, scenario: Scenario) -> list[Strategy]:
    """The lesson's strategies at their months, and the price of its management."""
    chosen = [
        replace(scenario.strategies[start.strategy], start_month=start.month)
        for start in settings.strategies
    ]
    return [price_of_management(settings, scenario), *chosen]


def points(settings: Settings) -> int:
    """Points of quality that a lesson spends, of BUDGET_POINTS."""
    return round(100.0 * sum(settings.qualities.values()))


def yearly_cny(settings: Settings, scenario: Scenario) -> float:
    """What the qualities of a lesson cost a year (CNY of the declared bank)."""
    return points(settings) * price_of_point(scenario)


def price_of_point(scenario: Scenario) -> float:
    """CNY a year for one point of quality (of the declared bank; assumed).

    The four strategies close most of the gap between an average and a strong bank in all three
    stages, half of 300 points; a point costs what they cost together over that half. Set-up is
    spread over YEARS, and what is paid for each application is left out.
    """
    own = [one for one in scenario.strategies.values() if one.kind == "strategy"]
    return sum(one.set_up_cny / YEARS + running_cny(one, scenario) for one in own) / 150.0


def running_cny(strategy: Strategy, scenario: Scenario) -> float:
    """What a strategy costs a year once it is there (CNY of the declared bank), without what is
    paid for each application.
    """
    officers = strategy.per_officer_cny_per_year * scenario.bank_officers
    return strategy.running_cny_per_year + officers


def price_of_management(settings: Settings, scenario: Scenario) -> Strategy:
    """A strategy that closes nothing: it books the price of the lesson's qualities."""
    return Strategy(
        BUDGET, "Management", "管理投入", kind="experiment",
        running_cny_per_year=yearly_cny(settings, scenario),
    )  # fmt: skip
