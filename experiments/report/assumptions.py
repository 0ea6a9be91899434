"""What a study assumes: every parameter with its mark, and what the strategies are said to do."""

from __future__ import annotations

from collections import Counter

from agents.parameters import MARKS, SECTIONS, Parameter
from experiments.report.grid import Grid
from scenarios.problems import number_text
from simulation.scenario import Scenario, Strategy

DRAWN = ("R", "A")
"""Marks of the parameters that are drawn from their range of doubt."""


def parameter_grids(scenario: Scenario) -> list[tuple[str, Grid]]:
    """A table for each section of parameters, by its name."""
    headings = ("Parameter", "Meaning", "Value", "Unit", "Range of doubt", "Mark", "Source")
    return [
        (section.replace("_", " ").capitalize(),
         Grid("", headings, [_line(name, p, scenario) for name, p in parameters.items()], 7))
        for section, parameters in sorted(SECTIONS.items())
    ]  # fmt: skip


def _line(name: str, parameter: Parameter, scenario: Scenario) -> list[str]:
    doubt = parameter.doubt
    return [
        name, parameter.meaning, number_text(scenario.parameters[name]), parameter.unit,
        f"{number_text(doubt[0])} to {number_text(doubt[1])}" if doubt else "",
        parameter.mark, parameter.source,
    ]  # fmt: skip


def mark_counts() -> list[tuple[str, str, int]]:
    """Each mark with its meaning and the number of parameters that bear it."""
    marks = Counter[str](p.mark for parameters in SECTIONS.values() for p in parameters.values())
    return [(mark, words, marks[mark]) for mark, words in MARKS.items()]


def strategy_grid(scenario: Scenario, arms: list[str]) -> Grid:
    """What the strategies of a study close, add and cost; all of it is assumed. arms: names."""
    names = list(dict.fromkeys(name for arm in arms for name in arm.split("+")))
    catalogue = scenario.catalogue
    rows = [_strategy_line(catalogue[name]) for name in names if name in catalogue]
    headings = ("Strategy", "Closes, share of the gap to the strong value", "Adds",
                "Half of its effect after", "Cost, CNY")  # fmt: skip
    return Grid("Marked A, assumed, all of them.", headings, rows, 5)


def _strategy_line(strategy: Strategy) -> list[str]:
    costs = {
        "to set up": strategy.set_up_cny, "a year": strategy.running_cny_per_year,
        "an application": strategy.per_application_cny,
        "an officer and year": strategy.per_officer_cny_per_year,
    }  # fmt: skip
    return [
        strategy.title,
        ", ".join(f"{name} {100.0 * share:.0f} %" for name, share in strategy.closes.items()),
        ", ".join(f"{name} {amount:+g}" for name, amount in strategy.adds.items()),
        f"{strategy.half_month:g} months",
        ", ".join(f"{amount:,.0f} {words}" for words, amount in costs.items() if amount) or "0",
    ]
