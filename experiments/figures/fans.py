"""NPL ratio and losses over time: median and band over worlds."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.arms import BASELINE, arm_title
from experiments.figures.style import (
    BLUE,
    INK,
    ORANGE,
    WIDTH,
    band,
    beside,
    finish,
    legend_below,
    new_figure,
    plain,
    tick_years,
)
from experiments.run_tables.losses import MONTHS
from experiments.tables import worlds_text
from simulation.scenario import Scenario

LOOKS = ((BLUE, "-"), (ORANGE, "--"))
"""Colour and line of the first and the second series."""


def draw_npl_fan(months: pd.DataFrame, scenario: Scenario, path: Path | None = None) -> Figure:
    """Reported and true NPL ratio by month, baseline beside all strategies together.

    Median and band over worlds with fixed assumptions. months: as from Study.months.
    path: PNG file to write, if any.
    """
    fixed = months[months["assumptions"] == "fixed"]
    arms = [BASELINE, *beside(list(dict.fromkeys(fixed["strategy"])), scenario)]
    figure = new_figure(WIDTH, 5.2, _npl_finding(fixed, arms[0], scenario))
    panels = figure.subplots(1, len(arms), sharey=True, squeeze=False)[0]
    for axes, arm in zip(panels, arms, strict=True):
        _draw_ratios(axes, fixed[fixed["strategy"] == arm], arm_title(scenario, arm))
    panels[0].set_ylabel(f"NPL ratio, % of the whole book\n{_band_words(fixed)}", fontsize=10)
    panels[0].set_ylim(bottom=0.0)
    legend_below(figure, panels[0], 3)
    return finish(figure, path)


def _band_words(rows: pd.DataFrame) -> str:
    worlds = rows["replication"].nunique()
    told = f"median and {band(worlds)[2]} of {worlds_text(worlds)}" if worlds > 1 else "one world"
    return f"{told},\nassumptions as declared"


def _npl_finding(rows: pd.DataFrame, arm: str, scenario: Scenario) -> str:
    """The title: how far what is reported lies from what is true."""
    own = rows[(rows["strategy"] == arm) & (rows["month"] == rows["month"].max())]
    reported, true = 100.0 * own["npl_ratio"].median(), 100.0 * own["npl_ratio_true"].median()
    return (
        f"{scenario.title}: at the horizon the median baseline reports {reported:.1f} % of its "
        f"book as non-performing; the truth is {true:.1f} %"
    )


def _draw_ratios(axes: Axes, rows: pd.DataFrame, title: str) -> None:
    """Median and band of both NPL ratios of one arm."""
    ends = []
    for name, label, look in zip(
        ("npl_ratio", "npl_ratio_true"), ("reported", "true"), LOOKS, strict=True
    ):
        share = 100.0 * rows.pivot(index="month", columns="replication", values=name)
        at = share.index.to_numpy(dtype=float) + 1.0  # a month's value stands at its end
        ends.append(f"{_draw_band(axes, at, share, label, look):.1f} % {label}")
    plain(axes, f"{title}: at the end {', '.join(ends)}")
    axes.axvline(0.0, color=INK, linewidth=1.2, linestyle=":", label="the fork")
    tick_years(axes)
    axes.set_xlabel("months since the fork, when strategies begin", fontsize=10)


def _draw_band(
    axes: Axes, at: np.ndarray, worlds: pd.DataFrame, label: str, look: tuple[str, str]
) -> float:
    """Median and band of a series; worlds: a column each. Returns: the last median."""
    colour, line = look
    lower, upper, _ = band(worlds.shape[1])
    low, middle, high = np.quantile(worlds, [lower, 0.5, upper], axis=1)
    axes.fill_between(at, low, high, color=colour, alpha=0.18, linewidth=0)
    axes.plot(at, middle, color=colour, linewidth=2.2, linestyle=line, label=label)
    return float(middle[-1])


def loss_paths(losses: pd.DataFrame, arm: str) -> pd.DataFrame:
    """Loss so far of an arm's new lending, % of all its new money; a column for each world.

    losses: as from Study.table("losses"), of one kind of assumptions. Index: months since the
    fork, at a quarter's end.
    """
    own = losses[losses["strategy"] == arm]
    last = int(losses["quarter"].max())
    lost = own.pivot(index="quarter", columns="replication", values="loss_cny")
    lost = lost.reindex(range(last + 1)).fillna(0.0).cumsum()
    lent = own.groupby("replication")["lent_cny"].sum()
    paths = 100.0 * lost.div(lent.where(lent > 0.0), axis=1).dropna(axis=1)
    return paths.set_axis(MONTHS * (paths.index + 1), axis=0)


def draw_loss_fan(losses: pd.DataFrame, scenario: Scenario, path: Path | None = None) -> Figure:
    """Losses of new lending so far, by month of default, baseline and all strategies.

    losses: as from Study.table("losses"). path: PNG file to write, if any.
    """
    fixed = losses[losses["assumptions"] == "fixed"]
    arms = [BASELINE, *beside(list(dict.fromkeys(fixed["strategy"])), scenario)]
    paths = {arm: loss_paths(fixed, arm) for arm in arms}
    figure = new_figure(WIDTH, 5.4, f"{scenario.title}: {_loss_finding(paths[BASELINE], scenario)}")
    axes = figure.subplots()
    for (arm, path_of), look in zip(paths.items(), LOOKS, strict=False):
        at = path_of.index.to_numpy(dtype=float)
        _draw_band(axes, at, path_of, arm_title(scenario, arm), look)
    ends = ", ".join(
        f"{arm_title(scenario, arm)} {of.iloc[-1].median():.2f} %" for arm, of in paths.items()
    )
    plain(axes, f"Median at the end: {ends}", 110)
    axes.axvline(scenario.months, color=INK, linewidth=1.2, linestyle=":",
                 label="end of new lending")  # fmt: skip
    axes.set_ylim(bottom=0.0)
    tick_years(axes)
    axes.set_ylabel(f"loss so far, % of new money lent\n{_band_words(fixed)}", fontsize=10)
    axes.set_xlabel("month of default, since the fork", fontsize=10)
    legend_below(figure, axes, 3)
    return finish(figure, path)


def _loss_finding(paths: pd.DataFrame, scenario: Scenario) -> str:
    """The title: how much of the loss is there when new lending ends."""
    mean = paths.mean(axis=1)
    if not mean.iloc[-1] > 0.0:
        return "new lending of the baseline loses nothing on average"
    share = float(mean[mean.index <= scenario.months].iloc[-1] / mean.iloc[-1])
    return (
        f"{100.0 * share:.0f} % of the baseline's mean loss on new lending has begun when the "
        f"{scenario.months} months of lending end; who judges then sees that much of it"
    )
