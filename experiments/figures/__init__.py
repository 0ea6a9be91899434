"""The pictures: with validation's and attribution's own, the only place that knows matplotlib.

Every ``draw_`` function takes tables and a scenario, writes a PNG where it is given a path, and
returns the figure; ``svg_text`` makes one a part of a page. Titles are computed: they say what
the tables say.
"""

from matplotlib.figure import Figure

from experiments.figures.comparison import draw_comparison
from experiments.figures.cost import draw_cost
from experiments.figures.distribution import draw_loss_distribution
from experiments.figures.fans import draw_loss_fan, draw_npl_fan
from experiments.figures.rolls import draw_rolls
from experiments.figures.segments import draw_segments
from experiments.figures.style import (
    BLUE,
    DPI,
    GREY,
    INK,
    ORANGE,
    RED,
    finish,
    legend_below,
    lines,
    new_figure,
    plain,
    svg_text,
)
from experiments.figures.vintages import draw_vintages
from experiments.figures.waterfall import draw_waterfall
from experiments.figures.world import draw_world

__all__ = [
    "BLUE", "DPI", "GREY", "INK", "ORANGE", "RED", "Figure", "draw_comparison", "draw_cost",
    "draw_loss_distribution", "draw_loss_fan", "draw_npl_fan", "draw_rolls", "draw_segments",
    "draw_vintages", "draw_waterfall", "draw_world", "finish", "legend_below", "lines",
    "new_figure", "plain", "svg_text",
]  # fmt: skip
