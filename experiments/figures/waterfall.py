"""From the baseline's loss rate to that of all strategies, step by step."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.arms import BASELINE, all_together, arm_title, the_strategies
from experiments.comparison import comparison
from experiments.figures.style import (
    BLUE,
    GREY,
    INK,
    ORANGE,
    WIDTH,
    finish,
    lines,
    new_figure,
    plain,
)
from experiments.replication import KEYS
from experiments.tables import signed, worlds_text
from simulation.scenario import Scenario


def waterfall_steps(runs: pd.DataFrame, scenario: Scenario) -> pd.DataFrame | None:
    """Steps from the baseline's loss rate to that of all strategies, in points, as declared.

    runs: as from Study.runs. Each strategy's step is what it does alone; ``overlap`` is what all
    together do less the sum of that. Returns: index step, columns change, low, high (95 %
    interval of the mean; NaN for both ends); None where no world has all arms that it takes.
    """
    whole, single = all_together(scenario), list(the_strategies(scenario))
    fixed = runs[runs["assumptions"] == "fixed"]
    if len(single) < 2 or not {BASELINE, whole, *single} <= set(fixed["strategy"]):
        return None
    losses = fixed.pivot(index="replication", columns="strategy", values="loss_rate").dropna()
    if losses.empty:
        return None
    base = losses[BASELINE]
    apart = base + losses[single].sub(base, axis=0).sum(axis=1)
    steps = {arm: _changed(base, losses[arm]) for arm in single}
    steps["overlap"] = _changed(apart, losses[whole])
    none = float("nan")
    rows = {
        "baseline": (base.mean(), none, none), **steps, "all": (losses[whole].mean(), none, none)
    }  # fmt: skip
    return 100.0 * pd.DataFrame.from_dict(rows, "index", columns=["change", "low", "high"])


def _changed(before: pd.Series[float], after: pd.Series[float]) -> tuple[float, float, float]:
    """Mean paired difference with its interval."""
    sides = {BASELINE: before, "after": after}
    runs = pd.concat([
        side.rename("loss_rate").reset_index().assign(strategy=name, assumptions="fixed")
        for name, side in sides.items()
    ])[[*KEYS, "loss_rate"]]  # fmt: skip
    found = comparison(runs)
    low, middle, high = (float(found[name].iloc[0]) for name in ("ci_low", "difference", "ci_high"))
    return middle, low, high


def draw_waterfall(runs: pd.DataFrame, scenario: Scenario, path: Path | None = None) -> Figure:
    """Loss rate from the baseline to all strategies, each strategy's step as it is alone.

    runs: as from Study.runs. path: PNG file to write, if any. Raises: ValueError where an arm is
    missing, see ``waterfall_steps``.
    """
    steps = waterfall_steps(runs, scenario)
    if steps is None:
        raise ValueError("a waterfall takes every strategy alone and all of them together")
    figure = new_figure(WIDTH, 5.2, f"{scenario.title}: {_finding(steps)}")
    axes = figure.subplots()
    worlds = runs.loc[runs["assumptions"] == "fixed", "replication"].nunique()
    plain(
        axes,
        f"Assumptions as declared, mean of {worlds_text(worlds)}; lines: 95 % interval of a step",
        110,
    )
    whole = arm_title(scenario, all_together(scenario))
    names = {"baseline": "Baseline", "overlap": "Overlap", "all": whole}
    _draw_steps(axes, steps)
    axes.set_xticks(
        range(len(steps)),
        [lines(names.get(str(name)) or arm_title(scenario, str(name)), 16) for name in steps.index],
    )
    axes.set_ylabel("loss rate, % of new money lent", fontsize=10)
    axes.set_xlim(-0.6, len(steps) - 0.4)
    return finish(figure, path)


def _draw_steps(axes: Axes, steps: pd.DataFrame) -> None:
    """Bars hanging from where the last one ended."""
    level = 0.0
    for at, (name, row) in enumerate(steps.iterrows()):
        end = name in ("baseline", "all")
        start = 0.0 if end else level
        level = start + row["change"]
        colour = GREY if end else ORANGE if row["change"] > 0.0 else BLUE
        axes.bar(at, row["change"], bottom=start, width=0.62, color=colour,
                 hatch="//" if name == "overlap" else None, edgecolor="white")  # fmt: skip
        if row["low"] == row["low"]:
            axes.vlines(at, start + row["low"], start + row["high"], color=INK, linewidth=1.6)
        words = f"{row['change']:.2f}" if end else signed(row["change"], 2)
        top = max(start, level, start + row["high"] if row["high"] == row["high"] else 0.0)
        axes.annotate(words, (at, top), (0, 4), textcoords="offset points", ha="center",
                      fontsize=10, color=INK)  # fmt: skip
        if at < len(steps) - 1:
            axes.hlines(level, at + 0.31, at + 0.69, color=GREY, linewidth=1.0)
    axes.set_ylim(top=1.12 * axes.get_ylim()[1])


def _finding(steps: pd.DataFrame) -> str:
    """The title: the whole beside the sum of its parts."""
    alone = float(steps["change"].iloc[1:-2].sum())
    together = float(steps["change"].iloc[-1] - steps["change"].iloc[0])
    low, high = (float(steps[name].iloc[-2]) for name in ("low", "high"))
    apart = "" if low > 0.0 or high < 0.0 else " (no resolved difference)"
    return (
        f"all strategies change the loss rate by {signed(together, 2)} points; what each does "
        f"alone adds up to {signed(alone, 2)}{apart}"
    )
