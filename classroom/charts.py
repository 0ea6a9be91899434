"""ECharts options of the classroom's pictures: plain dicts, with labels in the language asked for.

Colours are those of the printed figures. What is told apart by colour is also told apart by a
line, a mark or a word.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from typing import Any

import pandas as pd

from classroom.flow import NODES, Band
from classroom.ratios import SERIES
from classroom.words import said

INK, BLUE, ORANGE, RED, GREY, GREEN = (
    "#222222", "#0b4f8a", "#e08e0b", "#c0392b", "#8a8a8a", "#3b7d4f",
)  # fmt: skip

NODE_COLOURS = {
    "refused": GREY, "not_decided": GREY, "went_elsewhere": GREY, "granted": BLUE,
    "performing": BLUE, "watched": ORANGE, "repaid": GREEN, "recovered": GREEN,
    "defaulted": RED, "in_recovery": ORANGE, "written_off": RED,
}  # fmt: skip
"""Others are ink."""

OWN = 5
"""Depth of a world's own lines, before those of others."""

ICONS = {"solid": "path://M0 0H24V3H0z", "dashed": "path://M0 0H6V3H0zM9 0H15V3H9zM18 0H24V3H18z"}
"""Of a line in a legend, by its kind."""

FLOOR = "floor"
"""Name of the series on which a band stands; it is seen nowhere."""

Option = dict[str, Any]


def sankey(bands: Sequence[Band], language: str, *, by_amount: bool = False) -> Option:
    """The flow of loans. by_amount: width by money; bands without money are then left out."""
    sized = [
        (band, band.amount / 1e6 if by_amount else band.number)
        for band in bands
        if not (by_amount and math.isnan(band.amount))
    ]
    used = {node for band, _ in sized for node in (band.source, band.target)}
    return {
        "animation": False,
        "aria": {"enabled": True, "label": {"description": said(language, "flow")}},
        "tooltip": {"trigger": "item"},
        "series": [{
            "type": "sankey", "left": 8, "right": 170, "top": 12, "bottom": 12,
            "nodeGap": 14, "nodeAlign": "left", "draggable": False,
            "emphasis": {"focus": "adjacency"},
            "label": {"fontSize": 14, "formatter": "{b} {c}", "color": INK,
                      "textBorderColor": "#ffffff", "textBorderWidth": 3},
            "lineStyle": {"color": "target", "opacity": 0.45},
            "data": [
                {"name": said(language, f"node.{node}"), "node": node,
                 "itemStyle": {"color": NODE_COLOURS.get(node, INK)}}
                for node in NODES if node in used
            ],
            "links": [
                {"source": said(language, f"node.{band.source}"),
                 "target": said(language, f"node.{band.target}"),
                 "value": round(size, 1), "band": [band.source, band.target]}
                for band, size in sized
            ],
        }],
    }  # fmt: skip


def lines(
    own: pd.DataFrame, names: Sequence[str], language: str, months: int,
    band: pd.DataFrame | None = None, worlds: int = 0,
) -> Option:  # fmt: skip
    """Lines over time of one world, with a band of others behind the first of them.

    own: as from classroom.ratios. names: of its columns, at most two, in one unit. months: of the
    lesson, the end of the axis. band: as from classroom.band, of so many worlds.
    """
    scale = 100.0 if SERIES[names[0]] == "share" else 1.0
    series: list[Option] = []
    if band is not None and len(band):
        series += _band(pd.DataFrame(band[names[0]]) * scale, language, worlds)
    for name, colour, style in zip(names, (BLUE, ORANGE), ("solid", "dashed"), strict=False):
        series.append(_line(own[name] * scale, said(language, f"series.{name}"), colour, style))
    unit = "" if scale == 1.0 else " %"
    told = " · ".join(one["name"] for one in series if one["name"] != FLOOR)
    return {
        "animation": False, "aria": {"enabled": True, "label": {"description": told}},
        "grid": {"left": 56, "right": 16, "top": 32, "bottom": 36},
        # Whose the band and the dotted line are is said below the picture.
        "legend": {"top": 0, "itemGap": 8, "itemWidth": 24, "itemHeight": 8,
                   "textStyle": {"fontSize": 12},
                   "data": [{"name": one["name"], "icon": ICONS[one["lineStyle"]["type"]]}
                            for one in series if one["z"] == OWN]},
        "tooltip": {"trigger": "axis", "appendTo": "body", ":position": _ABOVE,
                    ":formatter": _tooltip(language, unit)},
        "xAxis": {"type": "value", "min": int(own.index.min()), "max": months,
                  "name": said(language, "month"), "nameLocation": "middle", "nameGap": 22,
                  "minInterval": 12, "splitLine": {"show": False}},
        "yAxis": {"type": "value", "axisLabel": {"formatter": "{value}" + unit}, "scale": False},
        "series": series,
    }  # fmt: skip


_ABOVE = """([x, y], points, box, rect, {contentSize: [width, height], viewSize: [room]}) =>
  [Math.min(Math.max(x - width / 2, 0), room - width), y - height - 14]"""
"""JavaScript that puts a tooltip above the pointer: below it the window may end."""


def _tooltip(language: str, unit: str) -> str:
    """JavaScript that tells a month's values: of a band its ends, which its data have behind.

    A series may have no value where the chart was drawn anew under the pointer.
    """
    month, floor, ending = (json.dumps(x) for x in (said(language, "month"), FLOOR, unit))
    return f"""points => points.filter(p => p.value && p.seriesName !== {floor}).map(
      (p, place) => {{
        const values = p.value.slice(p.value.length > 2 ? 2 : 1);
        const told = values.map(v => v?.toFixed(1) ?? "–").join(" – ");
        const head = place ? "" : `${{{month}}} ${{p.value[0]}}<br>`;
        return `${{head}}${{p.marker}}${{p.seriesName}} <b>${{told}}${{{ending}}}</b>`;
      }}).join("<br>")"""


def _line(values: pd.Series, name: str, colour: str, style: str) -> Option:
    """A world's own line."""
    return {
        "type": "line", "name": name, "symbol": "none", "data": _points(values),
        "lineStyle": {"color": colour, "width": 3, "type": style},
        "itemStyle": {"color": colour}, "z": OWN,
    }  # fmt: skip


def _band(values: pd.DataFrame, language: str, worlds: int) -> list[Option]:
    """A band as two stacked areas, the lower one without colour, and its median."""
    name = said(language, "band", worlds=worlds)
    floor: Option = {"type": "line", "stack": "band", "symbol": "none", "silent": True,
                     "lineStyle": {"opacity": 0.0}, "z": 1}  # fmt: skip
    low, high = values["low"], values["high"]
    return [
        {**floor, "name": FLOOR, "data": _points(low)},
        {**floor, "name": name, "itemStyle": {"color": "#b9c9d8"},
         "data": [[*width, *ends[1:], top[1]] for width, ends, top in
                  zip(_points(high - low), _points(low), _points(high), strict=True)],
         "areaStyle": {"color": "#b9c9d8", "opacity": 0.6}},
        {"type": "line", "name": said(language, "median"), "symbol": "none", "silent": True, "z": 2,
         "data": _points(values["middle"]), "itemStyle": {"color": GREY},
         "lineStyle": {"color": GREY, "width": 1.5, "type": "dotted"}},
    ]  # fmt: skip


def _points(values: pd.Series) -> list[list[Any]]:
    """Points of a line; a month without a value is a gap."""
    return [
        [month, None if math.isnan(value) else round(float(value), 3)]
        for month, value in zip(values.index.tolist(), values.tolist(), strict=True)
    ]
