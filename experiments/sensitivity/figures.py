"""Pictures of a sensitivity study. Drawn without pyplot, as in experiments.figures."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.figures import BLUE, GREY, INK, RED, finish, lines, new_figure, plain
from experiments.sensitivity.factors import Array

MOST = 12
"""Factors in a picture, the first of the ranking."""

CURVES = 6
SLICES = 8
FEWEST = 4
"""Points in a slice below which no mean is drawn."""


class Picture(NamedTuple):
    """What pictures are drawn from.

    title: the question. main: index that ranks. unit: of y. indices, grown: as in analysis.Finding.
    values: of the factors, a row a point; without columns where factors are grouped. y: the
    answer at each of these points.
    """

    title: str
    main: str
    unit: str
    indices: pd.DataFrame
    grown: pd.DataFrame
    values: pd.DataFrame
    y: Array

    @property
    def leading(self) -> list[str]:
        """The first factors of the ranking."""
        own = self.indices[self.indices["index"] == self.main]
        return own.sort_values("value", ascending=False)["factor"].head(MOST).tolist()

    def rows(self, index: str) -> pd.DataFrame:
        """Value, low and high of an index for the leading factors."""
        own = self.indices[self.indices["index"] == index].set_index("factor")
        return own.reindex(self.leading)


def draw_all(picture: Picture, folder: Path) -> list[str]:
    """Every picture that the indices allow; returns the names of the files."""
    held = set(picture.indices["index"])
    drawn = [draw_indices, draw_convergence]
    if {"mu*", "sigma"} <= held:
        drawn.append(draw_morris)
    if "S2" in held:
        drawn.append(draw_pairs)
    if len(picture.values.columns):
        drawn += [draw_tornado, draw_dependence]
    names = []
    for draw in drawn:
        name = f"{draw.__name__.removeprefix('draw_')}.png"
        draw(picture, folder / name)
        names.append(name)
    return names


def draw_indices(
    picture: Picture, path: Path | None = None, *, floor: float | None = None
) -> Figure:
    """Bars of the main index, and of first order beside it, with 95 % intervals. floor: what
    chance makes of an idle factor, where that is known.
    """
    shown = [picture.main] if picture.main != "ST" else ["S1", "ST"]
    figure = new_figure(9, 1.6 + 0.42 * len(picture.leading), picture.title)
    axes = figure.subplots()
    places = np.arange(len(picture.leading))[::-1]
    height = 0.8 / len(shown)
    for number, index in enumerate(shown):
        rows = picture.rows(index)
        errors = np.abs(rows[["low", "high"]].to_numpy().T - rows["value"].to_numpy())
        axes.barh(
            places + height * (len(shown) / 2 - 0.5 - number), rows["value"], 0.9 * height,
            xerr=np.nan_to_num(errors), color=(GREY, BLUE)[number + 2 - len(shown)],
            error_kw={"ecolor": INK, "elinewidth": 1.2, "capsize": 2}, label=index,
        )  # fmt: skip
    axes.set_yticks(places, picture.leading)
    axes.axvline(0.0, color=INK, linewidth=0.8)
    if floor is not None and np.isfinite(floor):
        axes.axvline(floor, color=RED, linewidth=2.0, linestyle=":")
    plain(axes, f"{' and '.join(shown)}, with 95 % intervals")
    if len(shown) > 1:
        axes.legend(frameon=False, loc="lower right")
    return finish(figure, path)


def draw_convergence(picture: Picture, path: Path | None = None) -> Figure:
    """The main index on growing sub-samples."""
    figure = new_figure(9, 5, picture.title)
    axes = figure.subplots()
    wide = picture.grown.pivot(index="samples", columns="factor", values="value")
    for number, name in enumerate(n for n in picture.leading if n in wide):
        first = number < CURVES
        axes.plot(wide.index, wide[name], "o-", color=f"C{number}" if first else GREY,
                  linewidth=1.6 if first else 0.8, markersize=4,
                  label=name if first else None)  # fmt: skip
    axes.set_xscale("log", base=2)
    axes.set_xticks(wide.index, [f"{n:g}" for n in wide.index])
    axes.set_xlabel("samples")
    figure.legend(loc="outside right upper", frameon=False, fontsize=9)
    plain(axes, f"{picture.main} on growing sub-samples")
    return finish(figure, path)


def draw_morris(picture: Picture, path: Path | None = None) -> Figure:
    """Size against spread of elementary effects."""
    figure = new_figure(9, 6, picture.title)
    axes = figure.subplots()
    wide = picture.indices.pivot(index="factor", columns="index", values="value")
    axes.plot(wide["mu*"], wide["sigma"], "o", color=GREY, markersize=5)
    for name in picture.leading:
        row = wide.loc[name]
        axes.plot(row["mu*"], row["sigma"], "o", color=BLUE, markersize=6)
        axes.annotate(name, (row["mu*"], row["sigma"]), xytext=(6, 3),
                      textcoords="offset points", fontsize=9)  # fmt: skip
    end = float(wide["mu*"].max())
    axes.plot([0.0, end], [0.0, end], "--", color=RED, linewidth=1.0)
    axes.set_xlim(left=0.0, right=1.25 * end)
    axes.set_ylim(bottom=0.0)
    axes.set_xlabel("mu*: mean size of the effect over the whole range")
    axes.set_ylabel("sigma: its spread")
    plain(axes, "Above the dashed line (sigma = mu*) effects bend or hang together")
    return finish(figure, path)


def draw_pairs(picture: Picture, path: Path | None = None) -> Figure:
    """Second-order indices of pairs as a heat map; pairs whose interval holds 0 are pale."""
    own = picture.indices[picture.indices["index"] == "S2"]
    names = picture.leading
    grid = np.full((len(names), len(names)), np.nan)
    sure = np.zeros_like(grid, dtype=bool)
    for pair, value, low in zip(own["factor"], own["value"], own["low"], strict=True):
        first, second = pair.split(" × ")
        if first in names and second in names:
            i, j = sorted((names.index(first), names.index(second)), reverse=True)
            grid[i, j], sure[i, j] = value, low > 0.0
    figure = new_figure(2.5 + 0.75 * len(names), 2.0 + 0.6 * len(names), picture.title)
    axes = figure.subplots()
    top = max(0.01, float(np.nanmax(grid, initial=0.0)))
    image = axes.imshow(grid, cmap="Blues", vmin=0.0, vmax=top)
    figure.colorbar(image, ax=axes, shrink=0.7)
    for i, j in zip(*np.nonzero(~np.isnan(grid)), strict=True):
        dark = grid[i, j] > 0.6 * top
        axes.text(j, i, f"{grid[i, j]:.2f}", ha="center", va="center", fontsize=8,
                  color="white" if dark else INK if sure[i, j] else GREY)  # fmt: skip
    axes.set_xticks(range(len(names)), names, rotation=45, ha="right")
    axes.set_yticks(range(len(names)), names)
    axes.set_title("Share of variance of pairs (S2); grey: its interval holds 0", loc="left",
                   fontsize=11, color=INK)  # fmt: skip
    axes.spines[:].set_visible(False)
    return finish(figure, path)


def draw_tornado(picture: Picture, path: Path | None = None) -> Figure:
    """Mean answer in the lowest and in the highest quarter of each leading factor."""
    names = picture.leading
    figure = new_figure(9, 1.6 + 0.36 * len(names), picture.title)
    axes = figure.subplots()
    middle = float(picture.y.mean())
    for place, name in zip(range(len(names))[::-1], names, strict=True):
        column = picture.values[name].to_numpy()
        low, high = np.quantile(column, [0.25, 0.75])
        for part, colour, words, beside in (
            (column <= low, GREY, "lowest quarter", 0.18),
            (column >= high, BLUE, "highest quarter", -0.18),
        ):
            shift = float(picture.y[part].mean()) - middle
            axes.barh(place + beside, shift, 0.34, left=middle, color=colour,
                      label=words if place == 0 else None)  # fmt: skip
    axes.axvline(middle, color=INK, linewidth=1.0)
    axes.set_yticks(range(len(names))[::-1], names)
    axes.set_xlabel(picture.unit)
    figure.legend(loc="outside lower left", ncols=2, frameon=False, fontsize=9)
    plain(axes, "Mean answer where the factor lies in its lowest or highest quarter")
    return finish(figure, path)


def draw_dependence(picture: Picture, path: Path | None = None) -> Figure:
    """Mean answer along each of the first factors, with the 95 % interval of the mean."""
    names = picture.leading[:CURVES]
    figure = new_figure(12, 7, picture.title)
    panels = np.atleast_1d(figure.subplots(2, 3)).ravel()
    for axes in panels[len(names) :]:
        axes.set_visible(False)
    low, high = np.quantile(picture.y, [0.02, 0.98])
    for axes, name in zip(panels, names, strict=False):
        _dependence(axes, picture.values[name].to_numpy(), picture.y)
        if high > low:
            axes.set_ylim(low, high)
        plain(axes, name)
    figure.supxlabel(
        lines("value of the factor; line: mean answer in slices of equally many points, with "
                f"its 95 % interval ({picture.unit})", 110), fontsize=10,
    )  # fmt: skip
    return finish(figure, path)


def _dependence(axes: Axes, column: Array, y: Array) -> None:
    axes.plot(column, y, ".", color=GREY, markersize=2, alpha=0.35, zorder=1)
    distinct, places = np.unique(column, return_inverse=True)
    if len(distinct) > SLICES:
        edges = np.quantile(column, np.linspace(0.0, 1.0, SLICES + 1)[1:-1])
        places = np.searchsorted(edges, column)
    means = []
    for place in np.unique(places):
        inside = places == place
        if inside.sum() >= FEWEST:
            spread = 1.96 * y[inside].std(ddof=1) / np.sqrt(inside.sum())
            means.append((column[inside].mean(), y[inside].mean(), spread))
    if means:
        at, mean, half = np.array(means).T
        axes.errorbar(at, mean, half, fmt="o-", color=BLUE, markersize=4, capsize=2, zorder=2)
