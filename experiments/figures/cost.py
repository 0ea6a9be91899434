"""What a strategy costs against the loss that it avoids."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.arms import BASELINE, arm_title
from experiments.figures.style import (
    BLUE,
    GREY,
    INK,
    ORANGE,
    WIDTH,
    called,
    finish,
    legend_below,
    lines,
    new_figure,
    plain,
)
from simulation.scenario import Scenario

LOOKS: dict[str, tuple[float, str, str, str]] = {
    BASELINE: (0.14, "o", BLUE, "loss avoided against the baseline"),
    "equal_volume": (-0.14, "s", ORANGE, "the same against a cut-off that lends as much"),
}
"""Reference -> shift, mark, colour, words."""

NAMED = 3
"""So many arms at most are named in the title."""


def draw_cost(money: pd.DataFrame, scenario: Scenario, path: Path | None = None) -> Figure:
    """Cost and loss avoided of each arm, a row an arm, with 95 % intervals, as declared.

    money: as from experiments.money.money. path: PNG file to write, if any.
    """
    rows = money[(money["interval"] == "luck") & money["reference"].isin(list(LOOKS))]
    arms = list(dict.fromkeys(rows["strategy"]))
    figure = new_figure(
        WIDTH, 2.8 + 0.55 * len(arms), f"{scenario.title}: {_finding(rows, scenario)}"
    )
    axes = figure.subplots()
    plain(axes, "Loss avoided, whole book, from the fork to the end of the run-off; bar: cost", 110)
    for at, arm in enumerate(arms):
        _draw_arm(axes, at, rows[rows["strategy"] == arm].set_index("reference"))
    axes.axvline(0.0, color=INK, linewidth=1.0)
    axes.set_yticks(range(len(arms)), [lines(arm_title(scenario, arm), 28) for arm in arms])
    axes.set_ylim(len(arms) - 0.4, -0.6)
    axes.set_xlabel("million CNY of the declared bank, discounted to the fork", fontsize=10)
    legend_below(figure, axes, 3)
    return finish(figure, path)


def _draw_arm(axes: Axes, at: int, rows: Any) -> None:
    """The cost as a bar, the loss avoided as marks with their intervals. rows: by reference."""
    axes.barh(at, 1e-6 * rows.loc[BASELINE, "cost"], height=0.62, color=GREY, alpha=0.45,
              label="cost")  # fmt: skip
    for name, (shift, mark, colour, words) in LOOKS.items():
        if name in rows.index:
            low, middle, high = (
                1e-6 * rows.loc[name, f"loss_avoided{end}"] for end in ("_low", "", "_high")
            )
            axes.hlines(at - shift, low, high, color=colour, linewidth=2.2)
            axes.plot([middle], [at - shift], mark, color=colour, markersize=7.5,
                      markeredgecolor="white", label=words)  # fmt: skip


def _finding(rows: pd.DataFrame, scenario: Scenario) -> str:
    """The title: whose whole interval of the loss avoided lies above the cost."""
    told = []
    for name, words in ((BASELINE, "against the baseline"), ("equal_volume", "at equal volume")):
        own = rows[rows["reference"] == name]
        more = own[own["loss_avoided_low"] > own["cost"].clip(lower=0.0)]["strategy"]
        names = [called(scenario, arm) for arm in more]
        listed = f" ({', '.join(names)})" if 0 < len(names) <= NAMED else ""
        who = f"{len(names)}{listed}" if names else "none"
        if len(own):
            told.append(f"{who} of {len(own)} {words}")
    return f"more loss avoided than cost, by the whole interval: {', '.join(told)}"
