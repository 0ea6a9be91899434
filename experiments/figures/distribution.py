"""The distribution of losses over worlds, arm by arm."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.arms import BASELINE, arm_title
from experiments.figures.style import (
    BLUE,
    GREY,
    INK,
    WIDTH,
    band,
    finish,
    legend_below,
    lines,
    new_figure,
    plain,
)
from experiments.tables import worlds_text
from simulation.scenario import Scenario

PANELS = {"fixed": "assumptions as declared: only luck differs",
          "drawn": "assumptions drawn in each world: another bank each time"}  # fmt: skip


def draw_loss_distribution(
    runs: pd.DataFrame, scenario: Scenario, path: Path | None = None
) -> Figure:
    """Loss rate of new lending in every world, a row an arm. runs: as from Study.runs.

    path: PNG file to write, if any.
    """
    modes = [mode for mode in PANELS if mode in set(runs["assumptions"])]
    arms = list(dict.fromkeys(runs["strategy"]))
    finding = _finding(runs[runs["assumptions"] == modes[0]])
    figure = new_figure(WIDTH, 2.6 + 0.5 * len(arms), f"{scenario.title}: {finding}")
    panels = figure.subplots(1, len(modes), sharey=True, sharex=True, squeeze=False)[0]
    for axes, mode in zip(panels, modes, strict=True):
        part = runs[runs["assumptions"] == mode]
        worlds = part["replication"].nunique()
        plain(axes, f"{worlds_text(worlds).capitalize()}, {PANELS[mode]}", 50)
        for at, arm in enumerate(arms):
            losses = 100.0 * part.loc[part["strategy"] == arm, "loss_rate"].to_numpy()
            if len(losses):
                _draw_row(axes, at, losses)
        axes.set_xlabel("loss rate of new lending, % of new money", fontsize=10)
    panels[0].set_yticks(range(len(arms)), [lines(arm_title(scenario, arm), 28) for arm in arms])
    panels[0].set_ylim(len(arms) - 0.4, -0.6)
    panels[0].set_xlim(left=0.0)
    legend_below(figure, panels[0], 4)
    return finish(figure, path)


def _draw_row(axes: Axes, at: int, losses: np.ndarray) -> None:
    """Every world as a tick, the band over worlds, median and mean."""
    low, high, words = band(len(losses))
    ends = np.quantile(losses, [low, high])
    axes.plot(losses, np.full(len(losses), at + 0.2), "|", color=GREY, markersize=6, alpha=0.8,
              label="a world")  # fmt: skip
    axes.hlines(at - 0.1, *ends, color=BLUE, linewidth=6.0, alpha=0.45, label=words)
    axes.plot([np.median(losses)], [at - 0.1], "|", color=INK, markersize=13,
              markeredgewidth=2.5, label="median")  # fmt: skip
    axes.plot([losses.mean()], [at - 0.1], "o", color=BLUE, markersize=8, markeredgecolor="white",
              label="mean")  # fmt: skip


def _finding(rows: pd.DataFrame) -> str:
    """The title: is luck larger than what strategies change?"""
    by_arm = rows.groupby("strategy", sort=False)["loss_rate"]
    base = 100.0 * by_arm.get_group(BASELINE).to_numpy()
    low, high, words = band(len(base))
    ends = np.quantile(base, [low, high])
    spread = f"the baseline's loss rate lies between {ends[0]:.2f} and {ends[1]:.2f} % ({words})"
    gaps = (100.0 * by_arm.mean() - base.mean()).drop(BASELINE).abs()
    if gaps.empty:
        return spread
    larger = "more" if ends[1] - ends[0] > gaps.max() else "less"
    return (
        f"luck moves the loss rate {larger} than any alternative: {spread}, the mean moves by "
        f"{gaps.max():.2f} points at most"
    )
