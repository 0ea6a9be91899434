"""Pictures of the validation: a strip with a value and its interval against the target.

Drawn without pyplot, as in experiments.figures; returned as the text of an SVG.
"""

from __future__ import annotations

import base64
import io
import math

import matplotlib as mpl
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from experiments.figures import BLUE, INK
from experiments.targets import Target
from experiments.validation.estimators import Estimate

GREEN = "#cfe8cf"
WIDTH, HEIGHT = 3.4, 0.52
"""Inches."""


NO_TARGET: Target = (math.nan, math.nan)
"""Of a number that only informs."""


def bounds(found: Estimate, target: Target) -> tuple[float, float]:
    """Ends of the strip's axis: interval and target edges with a margin; 0 where it is an edge."""
    points = [v for v in (*found, *target) if math.isfinite(v)] or [0.0, 1.0]
    low, high = min(points), max(points)
    margin = 0.12 * (high - low) or 0.1 * abs(high) or 1.0
    # An open side of a target needs room to be seen.
    below = 3.0 if math.isinf(target[0]) else 1.0
    above = 3.0 if math.isinf(target[1]) else 1.0
    return low - below * margin, high + above * margin


def strip(found: Estimate, target: Target, scale: float = 1.0) -> str:
    """The strip as a data address for an image. scale: of the numbers on the axis."""
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "loanlab"}):
        figure = Figure(figsize=(WIDTH, HEIGHT))
        FigureCanvasSVG(figure)
        axes = figure.add_axes((0.03, 0.44, 0.94, 0.52))
        low, high = bounds(found, target)
        axes.set_xlim(scale * low, scale * high)
        axes.set_ylim(-1.0, 1.0)
        if target != NO_TARGET:
            axes.axvspan(scale * max(target[0], low), scale * min(target[1], high), color=GREEN)
        for edge in target:
            if math.isfinite(edge):
                axes.axvline(scale * edge, color="#5d995d", linewidth=1.0)
        if math.isfinite(found.low):
            axes.hlines(0.0, scale * found.low, scale * found.high, color=BLUE, linewidth=4.0)
        if math.isfinite(found.value):
            axes.plot([scale * found.value], [0.0], "o", color=BLUE, markersize=6.0,
                      markeredgecolor="white")  # fmt: skip
        axes.spines[["top", "left", "right"]].set_visible(False)
        axes.spines["bottom"].set_color("#999999")
        axes.set_yticks([])
        axes.locator_params(axis="x", nbins=5)
        axes.tick_params(axis="x", labelsize=8, colors=INK, length=2.5, pad=1.5)
        return address(figure)


def address(figure: Figure) -> str:
    """A figure as a data address for an image, the same bytes for the same figure."""
    written = io.BytesIO()
    figure.savefig(written, format="svg", transparent=True, metadata={"Date": None})
    return "data:image/svg+xml;base64," + base64.b64encode(written.getvalue()).decode()
