"""One world, month by month."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from experiments.arms import arm_title
from experiments.figures.style import (
    BLUE,
    GREY,
    INK,
    WIDTH,
    finish,
    legend_below,
    lines,
    new_figure,
    plain,
    tick_years,
)
from experiments.run_tables.months import MONTHS_BEFORE
from simulation.scenario import Scenario


def draw_world(
    worlds: dict[str, pd.DataFrame], scenario: Scenario, path: Path | None = None
) -> Figure:
    """Book, NPL ratio, defaults and new money of one world, month by month.

    worlds: arm -> its months, money in CNY of the declared bank; the baseline first, and
    perhaps the same world under strategies. path: PNG file to write, if any.
    """
    arms = list(worlds)
    names = " beside the ".join(arm_title(scenario, arm) for arm in reversed(arms))
    figure = new_figure(WIDTH, 7.6, f"{scenario.title}: one world, {names}")
    panels = figure.subplots(2, 2, sharex=True).ravel()
    for arm, months in worlds.items():
        last = arm == arms[-1]
        look: dict[str, Any] = {
            "color": BLUE if last else GREY, "linewidth": 2.0 if last else 1.5,
            "label": lines(arm_title(scenario, arm), 60), "zorder": 3 if last else 2,
        }  # fmt: skip
        months = months[months["month"] >= -MONTHS_BEFORE]
        at = months["month"].to_numpy(dtype=float) + 1.0
        panels[0].plot(at, 1e-6 * _book(months), **look)
        panels[1].plot(at, 100.0 * months["npl_ratio"], **look)
        true = {**look, "linestyle": ":", "label": f"{look['label']}, true"}
        panels[1].plot(at, 100.0 * months["npl_ratio_true"], **true)
        panels[2].plot(at, months["defaults"], **look)
        panels[3].plot(at, 1e-6 * _new_money(months), **look)
    titles = (
        "Book, million CNY", "NPL ratio, % of the book (solid: reported, dotted: true)",
        "Defaults in the month, loans of the simulated sample",
        "New money lent in the month, million CNY",
    )  # fmt: skip
    tick_years(panels[0])
    for axes, title in zip(panels, titles, strict=True):
        plain(axes, title)
        axes.set_ylim(bottom=0.0)
        axes.yaxis.set_major_formatter("{x:,g}")
        axes.axvline(0.0, color=INK, linewidth=1.0, linestyle="--")
        axes.axvline(scenario.months, color=INK, linewidth=1.0, linestyle=":")
    for axes in panels[2:]:
        axes.set_xlabel(
            "months since the fork (dashed) to the end of new lending (dotted)", fontsize=10
        )  # fmt: skip
    if len(arms) > 1:
        legend_below(figure, panels[0], 2)
    return finish(figure, path)


def _book(months: pd.DataFrame) -> pd.Series[float]:
    """Whole book at month end (CNY)."""
    parts = ("legacy", "new_lending", "beyond")
    return months[[f"{part}_balance_cny" for part in parts]].sum(axis=1)


def _new_money(months: pd.DataFrame) -> pd.Series[float]:
    """New money lent in the month (CNY)."""
    parts = ("legacy", "new_lending", "beyond")
    return months[[f"{part}_new_money_cny" for part in parts]].sum(axis=1)
