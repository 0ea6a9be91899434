"""Pictures of an assessment: the hierarchy with weights and grades; belief beside process."""

from __future__ import annotations

import math
import textwrap
from pathlib import Path
from typing import Any

from matplotlib.axes import Axes

from experiments.assessment.belief import Gap, gaps
from experiments.assessment.evaluation import Evaluation, Graded
from experiments.assessment.hierarchy import (
    GOAL,
    GRADES,
    GROUPS,
    INDICATORS,
    STAGE_OF,
    in_order,
    title,
)
from experiments.assessment.tables import CLOSE
from experiments.assessment.weights import Weighing
from experiments.figures import BLUE, GREY, INK, RED
from experiments.figures.style import finish, new_figure

SHADES = ("#2166ac", "#92c5de", "#dcdcdc", "#f4a582", "#b2182b")
"""Of the five grades, very low to very high risk."""

_ROWS = {item.code: row for row, item in enumerate(INDICATORS)}
_GOAL_AT, _STAGE_AT, _LEAF_AT = 0.1, 0.37, 0.56  # centres of the boxes and left end of the leaves


def _rows_of(group: str) -> float:
    """Height at which a criterion or the whole stands: the middle of its indicators."""
    codes = list(_ROWS) if group == GOAL else GROUPS[group]
    return sum(_ROWS[code] for code in codes) / len(codes)


# --- the hierarchy -------------------------------------------------------------------------


def draw_hierarchy(found: Evaluation, weighing: Weighing, heading: str, path: Path) -> None:
    """Weights of the hierarchy, and beside each indicator how its grades are spread.

    path: PNG file to write.
    """
    figure = new_figure(14, 8, f"Risk of the lending process. {heading}")
    tree, bars = figure.subplots(1, 2, width_ratios=(1.45, 1.0), sharey=True)
    _draw_tree(tree, found, weighing)
    _draw_grades(bars, found)
    tree.set_ylim(len(_ROWS) - 0.4, -0.6)
    figure.legend(
        *bars.get_legend_handles_labels(), loc="outside lower right", ncols=5, frameon=False,
        fontsize=10, title="grade of risk: shares of respondents", title_fontsize=10,
    )  # fmt: skip
    finish(figure, path)


def _draw_tree(axes: Axes, found: Evaluation, weighing: Weighing) -> None:
    """Goal, criteria and indicators, joined by lines as thick as their weight."""
    axes.set_xlim(0.0, 1.0)
    axes.axis("off")
    for criterion in GROUPS[GOAL]:
        _join(axes, (_GOAL_AT, _rows_of(GOAL)), (_STAGE_AT, _rows_of(criterion)),
              weighing.local(GOAL, criterion))  # fmt: skip
        for code in GROUPS[criterion]:
            at = (_LEAF_AT, float(_ROWS[code]))
            _join(axes, (_STAGE_AT, _rows_of(criterion)), at, weighing.overall(code))
            told = f"{code}  {title(code)}  {100 * weighing.overall(code):.1f} %"
            axes.text(*at, f" {told}", va="center", fontsize=10, color=INK)
        _box(axes, _STAGE_AT, criterion, found, weighing)
    _box(axes, _GOAL_AT, GOAL, found, weighing)


def _join(axes: Axes, start: tuple[float, float], end: tuple[float, float], weight: float) -> None:
    """A line of the tree."""
    axes.plot(*zip(start, end, strict=True), color=GREY, linewidth=0.8 + 8.0 * weight, alpha=0.55,
              zorder=1, solid_capstyle="round")  # fmt: skip


def _box(axes: Axes, at: float, code: str, found: Evaluation, weighing: Weighing) -> None:
    """A criterion or the whole, in the colour of its grade."""
    lines = [textwrap.fill(title(code), 17)]
    graded = found.graded.get(code)
    if code != GOAL:
        lines.append(f"weight {100 * weighing.overall(code):.3f} %")
    shade = "white"
    if graded is not None:
        close = " (close)" if graded.lead < CLOSE else ""
        lines += [f"risk {graded.grade}{close}", f"{graded.score:.1f} points"]
        shade = SHADES[GRADES.index(graded.grade)]
    if code in STAGE_OF and STAGE_OF[code] in found.qualities:
        lines.append(f"quality {found.qualities[STAGE_OF[code]].value:.2f}")
    dark = shade in (SHADES[0], SHADES[-1])
    axes.text(at, _rows_of(code), "\n".join(lines), ha="center", va="center", fontsize=10, zorder=2,
              color="white" if dark else INK, linespacing=1.3,
              bbox={"boxstyle": "round,pad=0.5", "facecolor": shade, "edgecolor": INK})  # fmt: skip


def _draw_grades(axes: Axes, found: Evaluation) -> None:
    """Shares of the five grades of each indicator, with its points of risk."""
    for place, (name, shade) in enumerate(zip(GRADES, SHADES, strict=True)):
        rows = [(row, found.graded[code]) for code, row in _ROWS.items() if code in found.graded]
        axes.barh(
            [row for row, _ in rows], [100 * g.membership[place] for _, g in rows],
            left=[100 * sum(g.membership[:place]) for _, g in rows], color=shade, height=0.72,
            edgecolor="white", label=name,
        )  # fmt: skip
    for code, row in _ROWS.items():
        told = _points(found.graded[code]) if code in found.graded else "no figure"
        axes.text(102, row, told, va="center", fontsize=10, color=INK)
    axes.set_xlim(0, 150)
    axes.set_xticks(range(0, 101, 25))
    axes.set_xlabel(
        "share of grades, %, and points of risk with 95 % interval", fontsize=10, loc="left"
    )
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.spines["bottom"].set_bounds(0, 100)
    axes.tick_params(left=False, labelleft=False)


def _points(g: Graded) -> str:
    """Points of risk with their interval, if there is one."""
    interval = "" if math.isnan(g.low) else f" [{g.low:.0f}, {g.high:.0f}]"
    return f"{g.score:.0f}{interval}"


# --- belief beside process -----------------------------------------------------------------


def draw_gaps(belief: Evaluation, process: Evaluation, heading: str, path: Path) -> None:
    """Points of risk that staff believes in and that the process shows, row by row.

    path: PNG file to write.
    """
    figure = new_figure(12, 8.4, f"What staff believes and what the process does. {heading}")
    axes = figure.subplots()
    found = gaps(belief, process)
    told = {gap.code for gap in found}
    at = {code: row for row, code in enumerate(c for c in in_order() if c in told)}
    for gap in found:
        _draw_gap(axes, at[gap.code], gap, belief.graded[gap.code], process.graded[gap.code])
    for evaluation, colour, label, marker in (
        (belief, BLUE, f"staff ({belief.number} respondents)", "o"),
        (process, RED, f"process ({process.number} simulated worlds)", "D"),
    ):  # fmt: skip
        axes.plot([evaluation.graded[code].score for code in at], list(at.values()), marker,
                  color=colour, label=f"{label}, mean and 95 % interval", zorder=3)  # fmt: skip
    names = [f"{code}  {title(code)}" if code != GOAL else title(code) for code in at]
    axes.set_yticks(list(at.values()), names, fontsize=10)
    for name, code in zip(axes.get_yticklabels(), at, strict=True):
        name.set_fontweight("normal" if code.startswith("C") else "bold")
    axes.set_ylim(len(at) - 0.4, -0.6)
    axes.set_xlim(18, 102)
    axes.set_xticks([20, 40, 60, 80, 100], [f"{s}\n{g}" for s, g in zip(
        (20, 40, 60, 80, 100), GRADES, strict=True)])  # fmt: skip
    axes.set_xlabel(
        "points and grade of risk; to the right is worse. Thick grey: the intervals do not overlap",
        fontsize=10,
    )  # fmt: skip
    axes.grid(axis="x", color="#e4e4e4", linewidth=0.8)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.set_axisbelow(True)
    axes.tick_params(left=False)
    handles: Any = axes.get_legend_handles_labels()
    figure.legend(*handles, loc="outside lower left", ncols=2, frameon=False, fontsize=10)
    finish(figure, path)


def _draw_gap(axes: Axes, row: int, gap: Gap, belief: Graded, process: Graded) -> None:
    """The line between both, thick where the intervals do not overlap, and the intervals."""
    axes.hlines(row, gap.believed, gap.done, color=GREY, linewidth=3.0 if gap.clear else 1.0)
    for graded, colour, shift in ((belief, BLUE, -0.14), (process, RED, 0.14)):
        if not math.isnan(graded.low):
            axes.hlines(row + shift, graded.low, graded.high, color=colour, linewidth=1.6)
