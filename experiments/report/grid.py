"""A table of a page: headings and cells as text."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import pandas as pd

from experiments.tables import CELLS, signed


class Grid(NamedTuple):
    """A table. caption: what stands in it, with units. words: number of columns, from the left,
    that are text; the others are numbers.
    """

    caption: str
    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    words: int = 1


def level(value: float, digits: int = 1, scale: float = 100.0) -> str:
    """A value; "-" where there is none. scale: 100 turns a share into per cent."""
    return "-" if math.isnan(value) else f"{scale * value + 0.0:,.{digits}f}"


def change(ends: Iterable[float], digits: int = 1, scale: float = 100.0) -> str:
    """A change with its interval; "-" where there is none. ends: middle, low, high."""
    told = [signed(scale * value, digits) for value in ends]
    return told[0] if "-" in told[1:] else f"{told[0]} [{told[1]}, {told[2]}]"


def by_arm(table: pd.DataFrame) -> pd.DataFrame:
    """Rows with those of an arm together, arms and kinds of worlds in the order they came."""
    return table.sort_values(
        "strategy", kind="stable", key=lambda names: names.map(list(dict.fromkeys(names)).index)
    )


def cells(own: Any, names: Iterable[str]) -> list[str]:
    """Changes as the printed table tells them. own: rows of a comparison by measure."""
    return [CELLS[name](own.loc[name]) for name in names]
