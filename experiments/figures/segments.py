"""Who gets less credit: approvals, prices and refused good borrowers by group."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.arms import arm_title
from experiments.figures.style import (
    BLUE,
    GREY,
    INK,
    WIDTH,
    beside,
    finish,
    legend_below,
    new_figure,
    plain,
)
from experiments.segments import MEASURES, group_title
from experiments.tables import signed
from simulation.scenario import Scenario


def draw_segments(
    segments: pd.DataFrame, scenario: Scenario, arm: str | None = None, path: Path | None = None
) -> Figure:
    """Approval, price and refused good borrowers of each group, baseline and one arm.

    segments: as from experiments.segments.compared. arm: left out, all strategies together.
    path: PNG file to write, if any.
    """
    fixed = segments[segments["interval"] == "luck"]
    shown = arm or beside(list(dict.fromkeys(fixed["strategy"])), scenario)[0]
    rows = fixed[fixed["strategy"] == shown]
    groups = list(dict.fromkeys(zip(rows["dimension"], rows["group"], strict=True)))
    finding = hardest_hit(rows, arm_title(scenario, shown))
    figure = new_figure(WIDTH, 2.4 + 0.34 * len(groups), f"{scenario.title}: {finding}")
    panels = figure.subplots(1, len(MEASURES), sharey=True)
    at = _places(groups)
    for axes, (name, measure) in zip(panels, MEASURES.items(), strict=True):
        plain(axes, measure.title, 34)
        axes.set_xlabel(measure.unit, fontsize=10)
        part = rows[rows["measure"] == name].set_index(["dimension", "group"])
        _draw_pairs(axes, part, at, arm_title(scenario, shown))
    panels[0].set_yticks(list(at.values()), [group_title(*group) for group in at])
    panels[0].set_ylim(max(at.values()) + 0.7, -0.7)
    legend_below(figure, panels[0], 3)
    return finish(figure, path)


def _places(groups: list[tuple[str, str]]) -> dict[tuple[str, str], float]:
    """Where each group stands, with room between dimensions."""
    dimensions = list(dict.fromkeys(dimension for dimension, _ in groups))
    return {group: k + 0.7 * dimensions.index(group[0]) for k, group in enumerate(groups)}


def _draw_pairs(
    axes: Axes, rows: pd.DataFrame, at: dict[tuple[str, str], float], name: str
) -> None:
    """From the baseline (hollow) to the arm (filled); the line under it is the interval."""
    for group, place in at.items():
        row: Any = rows.loc[group]
        base, own = 100.0 * row["baseline_mean"], 100.0 * row["strategy_mean"]
        low, high = base + 100.0 * row["ci_low"], base + 100.0 * row["ci_high"]
        axes.hlines(place, base, own, color=GREY, linewidth=1.2)
        axes.hlines(place, low, high, color=BLUE, linewidth=3.5, alpha=0.4,
                    label="95 % interval of the change")  # fmt: skip
        axes.plot([base], [place], "o", color="white", markersize=7, markeredgecolor=INK,
                  markeredgewidth=1.5, label="Baseline")  # fmt: skip
        axes.plot([own], [place], "D", color=BLUE, markersize=6, markeredgecolor="white",
                  label=name)  # fmt: skip


def hardest_hit(rows: pd.DataFrame, name: str) -> str:
    """One arm's change of approvals in words: the group that loses most, and least.

    rows: of one arm and one kind of worlds, as from experiments.segments.compared.
    """
    approved = rows[rows["measure"] == "approved"].dropna(subset=["difference"])
    if approved.empty:
        return "nobody applied"
    ordered = approved.sort_values("difference", kind="stable").to_dict("records")
    worst, best = ordered[0], ordered[-1]
    told = [
        f"{group_title(row['dimension'], row['group'])} "
        f"({signed(100.0 * row['difference'])} points)"
        for row in (worst, best)
    ]
    fall = int((approved["ci_high"] < 0.0).sum())
    return (
        f"{name}: approvals change most in the group {told[0]}, least in {told[1]}; a fall is "
        f"resolved in {fall} of {len(approved)} groups"
    )
