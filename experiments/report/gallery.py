"""The pictures of a study: each with one sentence that says how to read it, and its numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

import pandas as pd

from experiments import figures
from experiments.figures.waterfall import waterfall_steps
from experiments.report import numbers
from experiments.report.findings import Findings
from experiments.report.grid import Grid
from experiments.report.shown import of_two, two_arms
from experiments.study import Study
from simulation.scenario import Scenario


class Picture(NamedTuple):
    """A picture. name: of its file. heading: what it is about. reading: how to read it, one
    sentence. figure: its title says the finding. grid: the numbers behind it.
    """

    name: str
    heading: str
    reading: str
    figure: figures.Figure
    grid: Grid

    @property
    def finding(self) -> str:
        """Its title on one line."""
        title = self.figure.get_suptitle()
        return " ".join(title.replace(r"\$", "$").split())


def pictures(found: Findings) -> Iterator[Picture]:
    """All pictures that a study can carry, in the order of the report."""
    for make in (_comparison, _waterfall, _cost, _distribution, _npl_fan):
        picture = make(found)
        if picture is not None:
            yield picture
    yield from _of_tables(found.study)
    last = _segments(found)
    if last is not None:
        yield last


Made = Picture | None


def _comparison(found: Findings) -> Made:
    study, changes = found.study, found.comparison
    if changes.empty:
        return None
    return Picture(
        "comparison", "What each way changes",
        "Marks left of the line are less loss, right of it in the second panel more profit; "
        "where a bar crosses the line the change is not resolved.",
        figures.draw_comparison(changes, study.scenario), numbers.changes(study, changes),
    )  # fmt: skip


def _waterfall(found: Findings) -> Made:
    study = found.study
    steps = waterfall_steps(study.runs, study.scenario)
    if steps is None:
        return None
    return Picture(
        "waterfall", "From the baseline to all strategies",
        "Each bar is what a strategy does alone; the hatched one is what is lost or won because "
        "they work on the same loans.",
        figures.draw_waterfall(study.runs, study.scenario), numbers.steps(study, steps),
    )  # fmt: skip


def _cost(found: Findings) -> Made:
    study, money = found.study, found.money
    if "luck" not in set(money["interval"]):
        return None
    return Picture(
        "cost", "Cost against loss avoided",
        "A mark right of the grey bar avoids more loss than the strategy costs, which is not yet a "
        "gain: interest on what is no longer lent is missing here, and in the net present value it "
        "is not. The square shows what is left against a cut-off that lends as much.",
        figures.draw_cost(money, study.scenario), numbers.costs(study, money),
    )  # fmt: skip


def _distribution(found: Findings) -> Made:
    study = found.study
    return Picture(
        "losses", "How far losses differ from world to world",
        "Every small line is a world, the bar holds most of them, the dot is the mean that the "
        "table above compares.",
        figures.draw_loss_distribution(study.runs, study.scenario), numbers.losses(study),
    )  # fmt: skip


def _npl_fan(found: Findings) -> Made:
    study = found.study
    return Picture(
        "npl_fan", "Bad loans over time",
        "The gap between the lines is hidden or papered over; a strategy that hides less shows "
        "more, so a rising reported ratio need not be bad.",
        figures.draw_npl_fan(of_two(study.months, study), study.scenario), numbers.ratios(study),
    )  # fmt: skip


class _OfTable(NamedTuple):
    """A picture of one table of the runs: as Picture, with what draws and what tells it."""

    name: str
    heading: str
    reading: str
    draw: Callable[[pd.DataFrame, Scenario], figures.Figure]
    tell: Callable[[Study, pd.DataFrame], Grid]


_TABLES = {
    "losses": _OfTable(
        "loss_fan", "When the losses come",
        "Losses are dated to the month of default, so what a judge sees early is a part of what "
        "comes.", figures.draw_loss_fan, numbers.paths,
    ),
    "vintages": _OfTable(
        "vintages", "Defaults by age of the loan",
        "Each line follows loans of the same months. Compare a line with the same one in the other "
        "panel: lines of one panel also differ by what their years were like.",
        figures.draw_vintages, numbers.vintages,
    ),
    "rolls": _OfTable(
        "rolls", "How arrears move on",
        "A row says where the loans of a stage stand a month later, in per cent of that row.",
        figures.draw_rolls, numbers.rolls,
    ),
}  # fmt: skip
"""By the table of experiments.run_tables that they show."""


def _of_tables(study: Study) -> Iterator[Picture]:
    """Those whose table has a row."""
    for name, of in _TABLES.items():
        table = of_two(study.table(name), study)
        if len(table):
            drawn = of.draw(table, study.scenario)
            yield Picture(of.name, of.heading, of.reading, drawn, of.tell(study, table))


def _segments(found: Findings) -> Made:
    study, segments = found.study, found.segments
    if "luck" not in set(segments["interval"]):
        return None
    shown = two_arms(study)[-1]
    return Picture(
        "segments", "By size, relation to the bank and sector",
        "From the hollow mark (baseline) to the filled one; a pale bar that does not reach the "
        "hollow mark is a change that luck does not explain.",
        figures.draw_segments(segments, study.scenario, shown),
        numbers.segments(study, segments, shown),
    )  # fmt: skip
