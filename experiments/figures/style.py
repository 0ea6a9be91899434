"""How all pictures look: colours, titles, axes, and how they are saved.

Figures are made without pyplot, so no window system and no global state are involved. Colours
are told apart by the colour-blind and differ in lightness; what is told apart by colour is also
told apart by a line, a mark or a place, so that a print in grey can be read.
"""

from __future__ import annotations

import functools
import io
import re
import textwrap
from pathlib import Path

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import get_font_names
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.text import Text
from matplotlib.ticker import MultipleLocator

from experiments.arms import BASELINE, all_together, arm_title
from experiments.risk import worlds_needed
from simulation.scenario import Scenario

DPI = 150
WIDTH = 12.0
"""Inches of a picture."""

INK, BLUE, ORANGE, RED, GREY = "#222222", "#0b4f8a", "#e08e0b", "#c0392b", "#8a8a8a"
PALE = "#e4e4e4"

CHINESE = ("Noto Sans CJK SC", "Source Han Sans SC", "Microsoft YaHei", "PingFang SC", "SimHei")
"""Fonts with Chinese, the first that is there: those that come with matplotlib have none."""

BANDS = ((0.1, 0.9, "10-90 % band"), (0.25, 0.75, "25-75 % band"))
"""Bands over worlds, the widest first: a band is drawn where the worlds carry its quantiles."""


def new_figure(width: float, height: float, title: str) -> Figure:
    """An empty figure (inches) with its title at the left."""
    layout = ConstrainedLayoutEngine(w_pad=0.12, h_pad=0.1)
    figure = Figure(figsize=(width, height), dpi=DPI, layout=layout)
    FigureCanvasAgg(figure)
    figure.suptitle(
        lines(title, round(88 * width / WIDTH)), x=0.01, ha="left", fontsize=14,
        fontweight="bold", color=INK,
    )  # fmt: skip
    return figure


def lines(words: str, width: int) -> str:
    """Text on lines of at most ``width`` letters, with no mathematics in it."""
    return textwrap.fill(words, width, break_on_hyphens=False).replace("$", r"\$")


def plain(axes: Axes, title: str, width: int = 66) -> None:
    """Title at the left, no frame but the axes, a light grid. width: letters of a title's line."""
    axes.set_title(lines(title, width), loc="left", fontsize=11, color=INK)
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(color=PALE, linewidth=0.8)
    axes.set_axisbelow(True)
    axes.tick_params(labelsize=10)


def tick_years(axes: Axes) -> None:
    """Mark whole years on an axis of months, at most about ten of them."""
    low, high = axes.get_xlim()
    axes.xaxis.set_major_locator(MultipleLocator(12 * max(1, round((high - low) / 120))))


def legend_below(figure: Figure, axes: Axes, columns: int) -> None:
    """What lines and marks mean, under the panels, each once."""
    handles, labels = axes.get_legend_handles_labels()
    known = dict(zip(labels, handles, strict=True))
    figure.legend(
        list(known.values()), list(known), loc="outside lower left", ncols=columns, frameon=False,
        fontsize=10,
    )  # fmt: skip


def band(worlds: int) -> tuple[float, float, str]:
    """Lower and upper quantile of a band over worlds and its words; all of them where few."""
    for low, high, words in BANDS:
        if worlds >= worlds_needed(high):
            return low, high, words
    return 0.0, 1.0, "range"


def beside(arms: list[str], scenario: Scenario) -> list[str]:
    """The arm shown beside the baseline: all strategies, else the last one, if any."""
    others = [arm for arm in arms if arm != BASELINE]
    whole = all_together(scenario)
    return [whole] if whole in others else others[-1:]


def called(scenario: Scenario, arm: str) -> str:
    """An arm's name within a sentence."""
    title = arm_title(scenario, arm)
    return "the baseline" if arm == BASELINE else f"{title[:1].lower()}{title[1:]}"


@functools.cache
def families() -> list[str]:
    """Fonts of all text: matplotlib's own, and one with Chinese where this machine has one."""
    there = set(get_font_names())
    chinese = [name for name in CHINESE if name in there][:1]
    return ["DejaVu Sans", *chinese]


def finish(figure: Figure, path: Path | None) -> Figure:
    """Lay a figure out, save it as PNG if there is a path, and return it.

    The layout is settled here, once: worked out again at every saving it would move a little, and
    a figure saved twice would not give the same bytes.
    """
    for words in figure.findobj(Text):
        words.set_fontfamily(families())
    if figure.get_layout_engine() is not None:
        figure.draw_without_rendering()
        figure.set_layout_engine("none")
    if path is not None:
        figure.savefig(path, format="png", facecolor="white")
    return figure


def svg_text(figure: Figure, name: str) -> str:
    """A figure as an SVG element to stand in a page: the same figure gives the same text.

    name: begins the ids in it, so that several can stand in one page. Letters are drawn as
    outlines, so they need no font.
    """
    nothing = dict.fromkeys(("Creator", "Date", "Format", "Type"))
    with mpl.rc_context({"svg.fonttype": "path", "svg.hashsalt": "loanlab"}):
        written = io.StringIO()
        figure.savefig(written, format="svg", facecolor="white", metadata=nothing)
    text = written.getvalue()
    element = text[text.index("<svg") :]
    return re.sub(r'(\bid="|url\(#|href="#)', rf"\g<1>{name}-", element)
