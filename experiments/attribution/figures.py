"""Pictures of an attribution: bars with intervals, and the map over the cube of qualities."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch, Rectangle

from experiments.attribution.cube import NOT_RESOLVED
from experiments.attribution.split import ALL, Attribution
from experiments.attribution.volume import EQUAL_VOLUME
from experiments.attribution.words import SURVEYED_WEIGHT, title_of
from experiments.figures import BLUE, GREY, INK, RED, finish, legend_below, lines, new_figure, plain
from experiments.tables import worlds_text

STYLES = {"luck": (-0.16, BLUE, "assumptions as declared"),
          "assumptions": (0.16, GREY, "assumptions drawn in each world")}  # fmt: skip
"""Interval -> shift of its bars, colour, words."""


def draw_attribution(found: Attribution, path: Path | None = None) -> Figure:
    """Loss avoided and shares, one row a player, with both intervals. path: PNG file, if any."""
    rows = found.shares[
        (found.shares["basis"] == EQUAL_VOLUME) & (found.shares["measure"] == "loss_rate")
    ]  # fmt: skip
    players = [*found.game.players, ALL]
    worlds = worlds_text(int(rows["replications"].max()))
    figure = new_figure(
        12,
        2.4 + 0.27 * (1 + rows["interval"].nunique()) * len(players),
        f"{found.game.scenario.title}: {_finding(found, rows)}",
    )
    known = rows[rows["player"] != ALL]["share_value"].notna().any()
    left, *rest = figure.subplots(1, 2 if known else 1, sharey=True, squeeze=False)[0]
    plain(left, "Loss rate avoided at equal volume")
    left.set_xlabel(f"% of the baseline's loss rate, mean of {worlds} and 95 % interval")
    _draw_bars(left, rows, players, "relative_")
    for right in rest:
        _draw_shares(right, found, rows, players[:-1])
    left.set_yticks(range(len(players)), [lines(title_of(found, p), 44) for p in players])
    left.set_ylim(len(players) - 0.4, -0.6)
    legend_below(figure, rest[0] if rest else left, 3)
    return finish(figure, path)


def _draw_shares(
    axes: Axes, found: Attribution, rows: pd.DataFrame, players: Sequence[str]
) -> None:
    """The panel of shares; drawn where all together surely avoid something."""
    plain(axes, "Share of what all avoid together")
    axes.set_xlabel("%; left out where all together may avoid nothing")
    _draw_bars(axes, rows, players, "share_")
    if found.game.by == "stage":
        axes.axvline(100.0 * SURVEYED_WEIGHT, color=RED, linewidth=1.6, linestyle="--",
                     label="surveyed weight of the pre-loan stage, 58.237 %")  # fmt: skip


def _finding(found: Attribution, rows: pd.DataFrame) -> str:
    """The title: what all avoid, as declared where that was run, and what is known of the parts."""
    own = rows[rows["interval"] == rows["interval"].iloc[0]].set_index("player")
    whole = own.loc[ALL]
    if not whole["relative_low"] <= whole["relative_high"]:
        return "what is avoided at equal volume cannot be told"
    parts = own.drop(index=ALL)
    resolved = int(((parts["relative_low"] > 0) | (parts["relative_high"] < 0)).sum())
    size = 100.0 * float(whole["relative_value"])
    known = whole["relative_low"] > 0.0 or whole["relative_high"] < 0.0
    return (
        f"at equal volume {title_of(found, ALL).lower()} {'avoid' if size >= 0.0 else 'add'} "
        f"{abs(size):.0f} % of the loss rate{'' if known else ', which is not resolved'}; "
        f"{resolved} of {len(parts)} parts are"
        f"{' resolved' if known else ''}"
    )


def _draw_bars(axes: Axes, rows: pd.DataFrame, players: Sequence[str], prefix: str) -> None:
    """Bars from 0 with their intervals, in %."""
    axes.axvline(0.0, color=INK, linewidth=1.0)
    intervals = [name for name in STYLES if name in set(rows["interval"])]
    for interval in intervals:
        shift, colour, label = STYLES[interval]
        part = rows[rows["interval"] == interval].set_index("player")
        part = 100.0 * part.loc[list(players), [prefix + n for n in ("value", "low", "high")]]
        middle, low, high = part.to_numpy().T
        at = np.arange(len(players)) + (shift if len(intervals) > 1 else 0.0)
        axes.barh(at, middle, height=0.3, color=colour, alpha=0.55, label=label)
        axes.hlines(at, low, high, color=INK, linewidth=1.8)


def draw_map(found: pd.DataFrame, path: Path | None = None) -> Figure:
    """The pre-loan share over the cube, one panel a quality of the post-loan stage.

    found: as from experiments.attribution.cube.mapped. A frame marks where the interval covers
    the surveyed weight. path: PNG file, if any.
    """
    panels_at = sorted(found["post_loan"].unique())
    worlds = worlds_text(int(found["replications"].max()))
    counts = {where: int((found["share_is"] == where).sum()) for where in ("below", "above")}
    figure = new_figure(
        max(12.0, 1.2 + 3.8 * len(panels_at)), 5.6,
        f"Pre-loan share of the loss avoided: below the surveyed weight of 58.237 % at "
        f"{counts['below']} of {len(found)} banks, above it at {counts['above']} ({worlds} each)",
    )  # fmt: skip
    panels = figure.subplots(1, len(panels_at), sharey=True, squeeze=False)[0]
    for axes, level in zip(panels, panels_at, strict=True):
        _draw_panel(axes, found[found["post_loan"] == level])
        axes.set_title(f"post-loan quality {level:g}", loc="left", fontsize=11, color=INK)
        axes.set_xlabel("quality of the pre-loan stage", fontsize=10)
    panels[0].set_ylabel("quality of the approval stage", fontsize=10)
    figure.legend(
        handles=[Patch(fill=False, edgecolor=RED, linewidth=2.5,
                       label="interval covers 58.237 %"),
                 Patch(facecolor="white", edgecolor=GREY, hatch="///",
                       label="all stages together may avoid nothing"),
                 Patch(facecolor=_colour(0.2), label="small share"),
                 Patch(facecolor=_colour(0.8), label="large share")],
        loc="outside lower left", ncols=4, frameon=False, fontsize=10,
    )  # fmt: skip
    return finish(figure, path)


def _colour(share: float) -> tuple[float, float, float, float]:
    """Of a share: lighter is larger, in colour and in grey."""
    found: tuple[float, float, float, float] = colormaps["cividis"](0.25 + 0.75 * share)
    return found


def _draw_panel(axes: Axes, rows: pd.DataFrame) -> None:
    """Cells of one quality of the post-loan stage."""
    across, up = (sorted(rows[name].unique()) for name in ("pre_loan", "approval"))
    for _, row in rows.iterrows():
        x, y = across.index(row["pre_loan"]), up.index(row["approval"])
        unknown = row["share_is"] == NOT_RESOLVED
        covers = row["share_is"] == "not told apart"
        colour = "white" if unknown else _colour(min(max(row["share_value"], 0.0), 1.0))
        axes.add_patch(Rectangle(
            (x - 0.45, y - 0.45), 0.9, 0.9, facecolor=colour, hatch="///" if unknown else None,
            edgecolor=RED if covers else GREY, linewidth=3.0 if covers else 0.5))  # fmt: skip
        if not unknown:
            dark = row["share_value"] < 0.45
            share, low, high = (round(100 * row[f"share_{n}"]) for n in ("value", "low", "high"))
            axes.text(
                x, y, f"{share} %\n[{low}, {high}]", ha="center", va="center", fontsize=9,
                color="white" if dark else INK,
            )  # fmt: skip
    axes.set_xlim(-0.55, len(across) - 0.45)
    axes.set_ylim(-0.55, len(up) - 0.45)
    axes.set_xticks(range(len(across)), [f"{level:g}" for level in across])
    axes.set_yticks(range(len(up)), [f"{level:g}" for level in up])
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0)
