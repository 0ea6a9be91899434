"""The same lesson in other luck, so that one story is seen as one draw of many."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pandas as pd

from classroom.ratios import SERIES, ratios
from classroom.settings import MOST_LUCK, Settings
from classroom.timeline import live_month
from classroom.world import found

WORLDS = 20
"""Worlds behind one's own line."""

LOW, HIGH = 0.1, 0.9


def others(settings: Settings, worlds: int = WORLDS) -> Iterator[Settings]:
    """The same lesson in other worlds, one by one. Decisions on single firms are left out."""
    for number in range(1, worlds + 1):
        world = (settings.replication + number) % MOST_LUCK
        yield settings.but(replication=world, decisions=())


def lived(settings: Settings) -> pd.DataFrame:
    """The lines of a world from its first month to its last; what a worker process runs."""
    model = found(settings)
    while model.month < settings.months:
        live_month(model, settings)
    return ratios(model)


def band(worlds: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Median and the 10 and 90 % points over worlds, month by month.

    Returns: index months; columns (series, "low" | "middle" | "high"); empty without worlds.
    """
    if not worlds:
        return pd.DataFrame()
    together = pd.concat(worlds).groupby(level=0)[list(SERIES)]
    parts = {"low": LOW, "middle": 0.5, "high": HIGH}
    found_ = {name: together.quantile(at) for name, at in parts.items()}
    return pd.concat(found_, axis=1).swaplevel(axis=1).sort_index(axis=1)
