"""Pictures of a tape's profile, each the data address of an SVG. Drawn without pyplot."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MultipleLocator, PercentFormatter

from experiments.figures import BLUE, GREY, INK, RED
from experiments.validation.figures import address

WIDTH, HEIGHT = 6.4, 3.4
"""Inches."""
_BARS = 40


def _picture(draw: Callable[[Axes], None], x: str, y: str) -> str:
    """A picture with one pair of axes. x, y: what stands at them."""
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "loanlab"}):
        figure = Figure(figsize=(WIDTH, HEIGHT), layout="constrained")
        FigureCanvasSVG(figure)
        axes = figure.add_subplot()
        axes.spines[["top", "right"]].set_visible(False)
        axes.grid(axis="y", color="#e4e4e4", linewidth=0.8)
        axes.set_axisbelow(True)
        axes.tick_params(labelsize=9, colors=INK)
        axes.set_xlabel(x, fontsize=10, color=INK)
        axes.set_ylabel(y, fontsize=10, color=INK)
        draw(axes)
        return address(figure)


def histogram(values: pd.Series, weight: pd.Series, x: str, log: bool = False) -> str:
    """Weighted distribution of a column; log: bars of equal width on a logarithmic axis."""
    known = values.notna() & ((values > 0) if log else True)
    found, w = values[known].to_numpy(float), weight[known].to_numpy(float)
    low, high = float(found.min()), float(found.max())
    if high <= low:
        low, high = 0.9 * low, 1.1 * high or 1.0
    edges = np.geomspace(low, high, _BARS) if log else np.linspace(low, high, _BARS)
    edges[-1] = np.nextafter(edges[-1], np.inf)

    def draw(axes: Axes) -> None:
        axes.hist(found, bins=edges.tolist(), weights=w / w.sum(), color=BLUE)
        axes.yaxis.set_major_formatter(PercentFormatter(1.0))
        if log:
            axes.set_xscale("log")
            axes.xaxis.set_major_formatter(FuncFormatter(lambda v, _place: f"{v:,.10g}"))

    return _picture(draw, x, "share of loans")


def cohorts(table: pd.DataFrame) -> str:
    """Loans disbursed by year as bars, the share that defaulted as a line."""

    def draw(axes: Axes) -> None:
        axes.yaxis.set_major_formatter(FuncFormatter(lambda v, _place: f"{v:,.10g}"))
        axes.bar(table["year"], table["weight"], color="#c9d7ea", width=0.8)
        axes.xaxis.set_major_locator(MultipleLocator(max(1, len(table) // 12)))
        if table["default_share"].notna().any():
            right = axes.twinx()
            right.plot(table["year"], table["default_share"], "o-", color=RED, markersize=4)
            right.set_ylim(bottom=0.0)
            right.yaxis.set_major_formatter(PercentFormatter(1.0))
            right.set_ylabel("defaulted so far", fontsize=10, color=RED)
            right.tick_params(labelsize=9, colors=RED)
            right.spines["top"].set_visible(False)

    return _picture(draw, "year of disbursement", "loans (weighted)")


def curves(table: pd.DataFrame, column: str, y: str) -> str:
    """A line a year over months on book, the later the darker."""
    years = sorted(table["year"].unique())
    shades = mpl.colormaps["viridis_r"](np.linspace(0.05, 0.95, len(years)))

    def draw(axes: Axes) -> None:
        for year, shade in zip(years, shades, strict=True):
            line = table[table["year"] == year]
            axes.plot(line["month"], line[column], color=shade, linewidth=1.6, label=str(year))
        axes.set_xlim(left=0.0)
        axes.set_ylim(bottom=0.0)
        axes.xaxis.set_major_locator(MultipleLocator(12))
        axes.yaxis.set_major_formatter(PercentFormatter(1.0))
        axes.legend(fontsize=8, frameon=False, ncols=1 + len(years) // 14, loc="center left",
                    bbox_to_anchor=(1.0, 0.5))  # fmt: skip

    return _picture(draw, "months on book", y)


def hazard(table: pd.DataFrame) -> str:
    """Monthly hazard of default by half-year on book, for 10,000 loans."""

    def draw(axes: Axes) -> None:
        ends: Any = [*table["from_month"], table["to_month"].iloc[-1]]
        axes.stairs(1e4 * table["hazard"], ends, fill=True, color="#c9d7ea")
        axes.stairs(1e4 * table["hazard"], ends, color=BLUE, linewidth=1.6)
        axes.axhline(0.0, color=GREY, linewidth=0.8)
        axes.xaxis.set_major_locator(MultipleLocator(12))

    return _picture(draw, "months on book", "defaults a month, of 10,000 loans")
