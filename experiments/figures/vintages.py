"""Vintage curves: what share of loans of one age group has defaulted by age."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.arms import BASELINE, arm_title
from experiments.figures.style import (
    INK,
    WIDTH,
    beside,
    called,
    finish,
    legend_below,
    new_figure,
    plain,
    tick_years,
)
from experiments.run_tables.vintages import MONTHS
from simulation.scenario import Scenario

CURVES = 4
"""Curves of a panel at most: vintages are joined until they are no more."""

JUDGED_AT = 24
"""Months of age at which the title compares."""

SHOWN_TO = 60.0
"""Months of age to which the curves are drawn; hardly a loan defaults later."""

LINES = ("-", "--", "-.", ":")


def default_curves(vintages: pd.DataFrame, arm: str, scenario: Scenario) -> pd.DataFrame:
    """Share of an arm's loans that have defaulted by age, all worlds together.

    vintages: as from Study.table("vintages"), of one kind of assumptions. Returns: index months
    of age, a column for each group of vintages, named by its first and last month since the fork;
    NaN beyond what was seen of a group's youngest loan.
    """
    own = vintages[vintages["strategy"] == arm]
    quarters = math.ceil(scenario.months / MONTHS)
    joined = math.ceil(quarters / CURVES)
    last = math.ceil((scenario.months + scenario.run_off_months) / MONTHS)
    curves = {}
    for first in range(0, quarters, joined):
        rows = own[own["vintage"].between(first, first + joined - 1)]
        failed = rows.groupby("age")["defaulted"].sum().reindex(range(last), fill_value=0)
        share = failed.cumsum() / max(rows["loans"].sum(), 1)
        end = min(first + joined, quarters)
        name = f"months {MONTHS * first + 1}-{min(MONTHS * end, scenario.months)}"
        curves[name] = share[share.index < last - end + 1]
    table = pd.DataFrame(curves)
    return table.set_axis(MONTHS * (table.index + 1), axis=0)


def draw_vintages(vintages: pd.DataFrame, scenario: Scenario, path: Path | None = None) -> Figure:
    """Defaults by age, a curve for each group of vintages, baseline beside all strategies.

    vintages: as from Study.table("vintages"). path: PNG file to write, if any.
    """
    fixed = vintages[vintages["assumptions"] == "fixed"]
    arms = [BASELINE, *beside(list(dict.fromkeys(fixed["strategy"])), scenario)]
    curves = {arm: default_curves(fixed, arm, scenario) for arm in arms}
    figure = new_figure(WIDTH, 5.4, f"{scenario.title}: {_finding(curves, scenario)}")
    panels = figure.subplots(1, len(arms), sharey=True, squeeze=False)[0]
    for axes, (arm, table) in zip(panels, curves.items(), strict=True):
        _draw_curves(axes, table)
        plain(axes, arm_title(scenario, arm))
        axes.set_xlim(0.0, min(SHOWN_TO, float(table.index.max())))
        tick_years(axes)
        axes.set_xlabel("months since the loan's first day", fontsize=10)
    panels[0].set_ylabel("loans that have defaulted, %", fontsize=10)
    panels[0].set_ylim(bottom=0.0)
    legend_below(figure, panels[0], 5)
    return finish(figure, path)


def _draw_curves(axes: Axes, table: pd.DataFrame) -> None:
    """One arm's curves, later vintages darker."""
    shades = colormaps["viridis_r"](np.linspace(0.25, 0.95, max(table.shape[1], 1)))
    for k, (name, shade) in enumerate(zip(table.columns, shades, strict=True)):
        curve = 100.0 * table[name].dropna()
        axes.plot(curve.index, curve, color=shade, linewidth=2.2, linestyle=LINES[k % len(LINES)],
                  label=f"lent in {name}")  # fmt: skip
    axes.axvline(JUDGED_AT, color=INK, linewidth=1.0, linestyle=":",
                 label=f"{JUDGED_AT} months of age")  # fmt: skip


def _finding(curves: dict[str, pd.DataFrame], scenario: Scenario) -> str:
    """The title: the last vintages at two years of age, or at the greatest that was seen."""
    last = {arm: table.iloc[:, -1].dropna() for arm, table in curves.items()}
    if any(curve.empty for curve in last.values()):
        return "the youngest loans were not seen for long enough to be judged"
    age = min(JUDGED_AT, *(int(curve.index.max()) for curve in last.values()))
    at = {arm: 100.0 * float(curve[curve.index <= age].iloc[-1]) for arm, curve in last.items()}
    name = next(iter(curves.values())).columns[-1]
    told = [f"{at[arm]:.1f} % under {called(scenario, arm)}" for arm in at]
    return f"of the loans lent in {name}, {' and '.join(told)} default within {age} months"
