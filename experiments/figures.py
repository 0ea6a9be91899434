"""The pictures: the only place that knows matplotlib.

Figures are made without pyplot, so no window system and no global state are involved; files
are written by the Agg renderer.
"""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.ticker import MultipleLocator

from experiments.arms import BASELINE, all_together, arm_title
from experiments.run_tables.months import MONTHS_BEFORE
from simulation.scenario import Scenario

DPI = 150
INK, BLUE, RED, GREY = "#222222", "#1f5fa8", "#c0392b", "#8a8a8a"

LOSS = ("loss_rate", "relative_change", "relative_low", "relative_high")
PROFIT = ("risk_adjusted_profit", "difference", "ci_low", "ci_high")


def _figure(width: float, height: float, title: str) -> Figure:
    """An empty figure (inches) with its title at the left."""
    layout = ConstrainedLayoutEngine(w_pad=0.12, h_pad=0.1)
    figure = Figure(figsize=(width, height), dpi=DPI, layout=layout)
    FigureCanvasAgg(figure)
    figure.suptitle(
        _lines(title, 88), x=0.01, ha="left", fontsize=14, fontweight="bold", color=INK
    )  # fmt: skip
    return figure


def _lines(words: str, width: int) -> str:
    """Text on lines of at most ``width`` letters, with no mathematics in it."""
    return textwrap.fill(words, width, break_on_hyphens=False).replace("$", r"\$")


def _plain(axes: Axes, title: str) -> None:
    """Title at the left, no frame but the axes, a light grid."""
    axes.set_title(_lines(title, 66), loc="left", fontsize=11, color=INK)
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(color="#e4e4e4", linewidth=0.8)
    axes.set_axisbelow(True)
    axes.tick_params(labelsize=10)


def _tick_years(axes: Axes) -> None:
    """Mark whole years on an axis of months, at most about ten of them."""
    low, high = axes.get_xlim()
    axes.xaxis.set_major_locator(MultipleLocator(12 * max(1, round((high - low) / 120))))


def _save(figure: Figure, path: Path) -> None:
    figure.savefig(path, format="png", facecolor="white")


# --- strategies against the baseline -----------------------------------------------------


def draw_comparison(comparison: pd.DataFrame, scenario: Scenario, path: Path) -> None:
    """Paired changes of loss rate and profit, one row a strategy, with both intervals.

    comparison: as from experiments.comparison.comparison. path: PNG file to write.
    """
    arms = list(dict.fromkeys(comparison["strategy"]))
    worlds = int(comparison["replications"].max())
    many = "world" if worlds == 1 else f"{worlds:,} worlds"
    figure = _figure(
        12, 2.6 + 0.5 * len(arms),
        f"{scenario.title}: each strategy against the baseline in the same {many}",
    )  # fmt: skip
    left, right = figure.subplots(1, 2, sharey=True)
    _plain(left, _verdict(comparison, LOSS, "Loss rate"))
    _plain(right, _verdict(comparison, PROFIT, "Profit"))
    left.set_xlabel("change of the loss rate of new lending, % of the baseline's", fontsize=10)
    right.set_xlabel("change of risk-adjusted profit of new lending, million CNY", fontsize=10)
    _draw_changes(left, comparison, arms, LOSS, 100.0)
    _draw_changes(right, comparison, arms, PROFIT, 1e-6)
    left.set_yticks(range(len(arms)), [_lines(arm_title(scenario, arm), 28) for arm in arms])
    left.set_ylim(len(arms) - 0.4, -0.6)
    handles, labels = left.get_legend_handles_labels()
    figure.legend(
        handles, labels, loc="outside lower left", ncols=2, frameon=False, fontsize=10
    )  # fmt: skip
    _save(figure, path)


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
        rows = scale * rows.loc[arms, [middle, low, high]]
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


# --- the NPL ratio over time -------------------------------------------------------------


def draw_npl_fan(months: pd.DataFrame, scenario: Scenario, path: Path) -> None:
    """Reported and true NPL ratio by month, baseline beside all strategies together.

    Median and 10-90 % band over worlds with fixed assumptions. months: as from Study.months.
    path: PNG file to write.
    """
    fixed = months[months["assumptions"] == "fixed"]
    arms = [BASELINE, *_beside(list(dict.fromkeys(fixed["strategy"])), scenario)]
    worlds = fixed["replication"].nunique()
    band = f"median and 10-90 % band of {worlds} worlds" if worlds > 1 else "one world"
    figure = _figure(
        12, 5.2, f"{scenario.title}: reported and true NPL ratio, {band}"
    )  # fmt: skip
    panels = figure.subplots(1, len(arms), sharey=True, squeeze=False)[0]
    for axes, arm in zip(panels, arms, strict=True):
        _draw_fan(axes, fixed[fixed["strategy"] == arm], arm_title(scenario, arm))
    panels[0].set_ylabel("NPL ratio, % of the whole book", fontsize=10)
    panels[0].set_ylim(bottom=0.0)
    handles, labels = panels[0].get_legend_handles_labels()
    figure.legend(
        handles, labels, loc="outside lower left", ncols=3, frameon=False, fontsize=10
    )  # fmt: skip
    _save(figure, path)


def _beside(arms: list[str], scenario: Scenario) -> list[str]:
    """The arm shown beside the baseline: all strategies, else the last one, if any."""
    others = [arm for arm in arms if arm != BASELINE]
    whole = all_together(scenario)
    return [whole] if whole in others else others[-1:]


def _draw_fan(axes: Axes, rows: pd.DataFrame, title: str) -> None:
    """Median and band of both NPL ratios of one arm."""
    ends = {}
    for name, label, colour in (
        ("npl_ratio", "reported", BLUE), ("npl_ratio_true", "true", RED)
    ):  # fmt: skip
        share = 100.0 * rows.pivot(index="month", columns="replication", values=name)
        low, middle, high = np.quantile(share, [0.1, 0.5, 0.9], axis=1)
        at = share.index.to_numpy(dtype=float) + 1.0  # a month's value stands at its end
        axes.fill_between(at, low, high, color=colour, alpha=0.16, linewidth=0)
        axes.plot(at, middle, color=colour, linewidth=2.2, label=label)
        ends[label] = middle[-1]
    last = f"{ends['reported']:.1f} % reported, {ends['true']:.1f} % true"
    _plain(axes, f"{title}: at the end {last}")
    axes.axvline(0.0, color=INK, linewidth=1.2, linestyle="--", label="the fork")
    _tick_years(axes)
    axes.set_xlabel("months since the fork, when strategies begin", fontsize=10)


# --- one world ---------------------------------------------------------------------------


def draw_world(worlds: dict[str, pd.DataFrame], scenario: Scenario, path: Path) -> None:
    """Book, NPL ratio, defaults and new money of one world, month by month.

    worlds: arm -> its months, money in CNY of the declared bank; the baseline first, and
    perhaps the same world under strategies. path: PNG file to write.
    """
    arms = list(worlds)
    names = " beside the ".join(arm_title(scenario, arm) for arm in reversed(arms))
    figure = _figure(12, 7.6, f"{scenario.title}: one world, {names}")
    panels = figure.subplots(2, 2, sharex=True).ravel()
    for arm, months in worlds.items():
        last = arm == arms[-1]
        look: dict[str, Any] = {
            "color": BLUE if last else GREY, "linewidth": 2.0 if last else 1.5,
            "label": _lines(arm_title(scenario, arm), 60), "zorder": 3 if last else 2,
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
    _tick_years(panels[0])
    for axes, title in zip(panels, titles, strict=True):
        _plain(axes, title)
        axes.set_ylim(bottom=0.0)
        axes.yaxis.set_major_formatter("{x:,g}")
        axes.axvline(0.0, color=INK, linewidth=1.0, linestyle="--")
        axes.axvline(scenario.months, color=INK, linewidth=1.0, linestyle=":")
    for axes in panels[2:]:
        axes.set_xlabel(
            "months since the fork (dashed) to the end of new lending (dotted)", fontsize=10
        )  # fmt: skip
    if len(arms) > 1:
        handles, labels = panels[0].get_legend_handles_labels()
        figure.legend(
            handles, labels, loc="outside lower left", ncols=2, frameon=False, fontsize=10
        )  # fmt: skip
    _save(figure, path)


def _book(months: pd.DataFrame) -> pd.Series[float]:
    """Whole book at month end (CNY)."""
    parts = ("legacy", "new_lending", "beyond")
    return months[[f"{part}_balance_cny" for part in parts]].sum(axis=1)


def _new_money(months: pd.DataFrame) -> pd.Series[float]:
    """New money lent in the month (CNY)."""
    parts = ("legacy", "new_lending", "beyond")
    return months[[f"{part}_new_money_cny" for part in parts]].sum(axis=1)
