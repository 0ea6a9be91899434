"""Strategies against the baseline."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.arms import arm_title, leaders, rivals
from experiments.figures.style import (
    BLUE,
    INK,
    WIDTH,
    called,
    finish,
    legend_below,
    lines,
    new_figure,
    plain,
)
from experiments.tables import signed, worlds_text
from simulation.scenario import Scenario

LOSS = ("loss_rate", "relative_change", "relative_low", "relative_high")
PROFIT = ("risk_adjusted_profit", "difference", "ci_low", "ci_high")


def draw_comparison(
    comparison: pd.DataFrame, scenario: Scenario, path: Path | None = None
) -> Figure:
    """Paired changes of loss rate and profit, one row a strategy, with both intervals.

    comparison: as from experiments.comparison.comparison. path: PNG file to write, if any.
    """
    arms = list(dict.fromkeys(comparison["strategy"]))
    worlds = int(comparison["replications"].max())
    many = f"the same {worlds_text(worlds)} for all"
    figure = new_figure(
        WIDTH, 2.6 + 0.5 * len(arms), f"{scenario.title}, {many}: {_finding(comparison, scenario)}"
    )
    left, right = figure.subplots(1, 2, sharey=True)
    plain(left, _verdict(comparison, LOSS, "Loss rate"))
    plain(right, _verdict(comparison, PROFIT, "Profit"))
    left.set_xlabel("change of the loss rate of new lending, % of the baseline's", fontsize=10)
    right.set_xlabel("change of risk-adjusted profit of new lending, million CNY", fontsize=10)
    _draw_changes(left, comparison, arms, LOSS, 100.0)
    _draw_changes(right, comparison, arms, PROFIT, 1e-6)
    left.set_yticks(range(len(arms)), [lines(arm_title(scenario, arm), 28) for arm in arms])
    left.set_ylim(len(arms) - 0.4, -0.6)
    legend_below(figure, left, 2)
    return finish(figure, path)


def _draw_changes(
    axes: Axes, comparison: pd.DataFrame, arms: list[str], columns: tuple[str, ...], scale: float
) -> None:
    """Intervals of one measure: luck thick, luck and assumptions thin below it."""
    measure, middle, low, high = columns
    styles = {
        "luck": (-0.12, 5.0, BLUE, "assumptions as declared: mean and its 95 % interval (luck)"),
        "assumptions": (
            0.16,
            1.6,
            INK,
            "assumptions drawn in each world: mean and its 95 % interval (luck and assumptions)",
        ),
    }
    axes.axvline(0.0, color=INK, linewidth=1.0)
    for interval, (shift, width, colour, label) in styles.items():
        rows = comparison[
            (comparison["measure"] == measure) & (comparison["interval"] == interval)
        ].set_index("strategy")
        if rows.empty:
            continue
        rows = scale * rows.reindex(arms)[[middle, low, high]]
        at = np.arange(len(arms)) + shift
        axes.hlines(at, rows[low], rows[high], color=colour, linewidth=width, label=label)
        axes.plot(rows[middle], at, "o", color=colour, markersize=width + 3.5,
                  markeredgecolor="white", markeredgewidth=1.0)  # fmt: skip


def _verdict(comparison: pd.DataFrame, columns: tuple[str, ...], what: str) -> str:
    """What a panel shows: how many arms are lower or higher by all their intervals."""
    measure, _, low, high = columns
    rows = comparison[comparison["measure"] == measure]
    widest = rows.groupby("strategy").agg({low: "min", high: "max"})
    if widest.isna().any(axis=None):
        return f"{what}: too few worlds to tell a change from luck"
    lower, higher = int((widest[high] < 0).sum()), int((widest[low] > 0).sum())
    counts = {"lower": lower, "higher": higher, "unclear": len(widest) - lower - higher}
    told = ", ".join(f"{count} {word}" for word, count in counts.items() if count)
    return f"{what}, {len(widest)} alternatives: {told}"


def _finding(comparison: pd.DataFrame, scenario: Scenario) -> str:
    """The title: which single arm lowers the loss rate most, as declared and drawn."""
    measure, middle, *_ = LOSS
    rows = comparison[comparison["measure"] == measure]
    luck = rows[rows["interval"] == "luck"].set_index("strategy")[middle]
    single = luck[leaders(scenario, luck.index)]
    if single.isna().all():
        return "no loss to compare"
    own = rows[rows["strategy"] == single.idxmin()].set_index("interval")
    told = [
        f"{_change(own.loc[interval])} {words}"
        for interval, words in (("luck", "as declared"), ("assumptions", "assumptions drawn"))
        if interval in own.index
    ]
    among = "of the strategies " if rivals(scenario, luck.index) else ""
    best = called(scenario, str(single.idxmin()))
    return f"{among}{best} {_verb(own.loc['luck'])}: {', '.join(told)}"


def _change(row: Any) -> str:
    """A relative change with its interval, in per cent."""
    middle, *ends = (signed(100.0 * float(row[name])) for name in LOSS[1:])
    return f"{middle} %" if "-" in ends else f"{middle} % [{ends[0]}, {ends[1]}]"


def _verb(row: Any) -> str:
    """What the arm with the lowest loss rate does, as far as it is told from luck."""
    _, middle, _, high = LOSS
    if row[middle] >= 0.0:
        return "raises the loss rate least"
    if row[high] < 0.0:
        return "lowers the loss rate most on average"
    return "has the lowest loss rate, by no more than luck could make"
