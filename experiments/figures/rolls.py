"""The roll-rate matrix: where loans stand a month later."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.arms import BASELINE, arm_title
from experiments.figures.style import INK, WIDTH, beside, called, finish, new_figure, plain
from simulation.rolls import ARREARS_STAGES, STAGES
from simulation.scenario import Scenario

JUDGED = (ARREARS_STAGES[1], ARREARS_STAGES[2])
"""The roll that the title tells: from, to."""


def roll_rates(rolls: pd.DataFrame, arm: str) -> pd.DataFrame:
    """Share of an arm's loans that move from a stage (index) to another (columns) in a month.

    rolls: as from Study.table("rolls"), of one kind of assumptions; all worlds together. NaN
    where no loan stood in a stage.
    """
    own = rolls[rolls["strategy"] == arm]
    counts = own.pivot_table(
        index="stage", columns="next_stage", values="loans", aggfunc="sum", fill_value=0
    ).reindex(index=list(ARREARS_STAGES), columns=list(STAGES), fill_value=0)
    total = counts.sum(axis=1)
    return counts.div(total.where(total > 0), axis=0)


def draw_rolls(rolls: pd.DataFrame, scenario: Scenario, path: Path | None = None) -> Figure:
    """Roll rates of the window, baseline beside all strategies, assumptions as declared.

    rolls: as from Study.table("rolls"). path: PNG file to write, if any.
    """
    fixed = rolls[rolls["assumptions"] == "fixed"]
    arms = [BASELINE, *beside(list(dict.fromkeys(fixed["strategy"])), scenario)]
    rates = {arm: roll_rates(fixed, arm) for arm in arms}
    figure = new_figure(WIDTH, 5.0, f"{scenario.title}: {_finding(rates, scenario)}")
    panels = figure.subplots(1, len(arms), sharey=True, squeeze=False)[0]
    for axes, (arm, table) in zip(panels, rates.items(), strict=True):
        plain(axes, f"{arm_title(scenario, arm)}: % of loans, a month later")
        _draw_matrix(axes, 100.0 * table)
    panels[0].set_yticks(range(len(ARREARS_STAGES)), list(ARREARS_STAGES))
    panels[0].set_ylabel("at a month's end", fontsize=10)
    return finish(figure, path)


def _draw_matrix(axes: Axes, table: pd.DataFrame) -> None:
    """Cells with their numbers; darker is more, in colour and in grey."""
    shades = colormaps["Blues"]
    axes.imshow((table.fillna(0.0) / 100.0) ** 0.5, cmap=shades, vmin=0.0, vmax=1.15,
                aspect="auto")  # fmt: skip
    for row, stage in enumerate(table.index):
        for column, value in enumerate(table.loc[stage]):
            if value > 0.0:
                words = f"{value:.1f}" if value >= 0.05 else "<0.1"
                axes.text(column, row, words, ha="center", va="center", fontsize=10,
                          color="white" if value > 45.0 else INK)  # fmt: skip
    names = [name.replace(" ", "\n") for name in table.columns]
    axes.set_xticks(range(len(table.columns)), names)
    axes.tick_params(labelsize=9, length=0)
    axes.spines[:].set_visible(False)
    axes.grid(visible=False)


def _finding(rates: dict[str, pd.DataFrame], scenario: Scenario) -> str:
    """The title: how many loans that are a little late are later a month on."""
    before, after = JUDGED
    row = ARREARS_STAGES.index(before)
    found = {arm: 100.0 * float(table[after].iloc[row]) for arm, table in rates.items()}
    if any(value != value for value in found.values()):
        return "no loan came into arrears in these worlds"
    told = [f"{value:.0f} % under {called(scenario, arm)}" for arm, value in found.items()]
    return f"of loans {before} past due, {' and '.join(told)} are {after} past due a month later"
