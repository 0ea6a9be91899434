"""What the head office does once a month: targets, posts, and its answer to the NPL ratio."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agents.bank import tightened, volume_pressure
from simulation.draws import OFFICER, draw_columns
from simulation.world import World

_NEWEST = 0.25  # weight of the last quarter in what is usual


def turn_quarter(bank: Any, month: int, values: Mapping[str, float], stress: float) -> float:
    """Volume pressure of a world month; a new target at each quarter's start.

    bank: its record (np.void). stress: added to the pressure.
    """
    growth = values["target_growth"]
    if month % 3 == 0 and month > 0:
        usual = bank["target_fen"] / max(growth, 1e-9)
        bank["target_fen"] = growth * ((1.0 - _NEWEST) * usual + _NEWEST * bank["quarter_fen"])
        bank["quarter_fen"] = 0
    done = bank["quarter_fen"] / bank["target_fen"] if bank["target_fen"] > 0 else 1.0
    shortfall = min(1.0, max(0.0, 1.2 - done))
    return float(volume_pressure(month % 12, shortfall, values["pressure"], float(stress)))


def take_note(bank: Any, npl_ratio: float, new_money_fen: int) -> None:
    """What the books showed: the NPL ratio as reported, new money towards the target."""
    bank["npl_ratio"] = npl_ratio
    bank["quarter_fen"] += new_money_fen


def cutoff_shift(npl_ratio: float, values: Mapping[str, float]) -> float:
    """Rise of the cut-off (sd) after the month's reported NPL ratio."""
    return float(tightened(npl_ratio, values["npl_tolerance"], values["tightening"]))


def open_posts(world: World, posts: int, home: NDArray[np.int64], month: int) -> None:
    """Open or close the posts that a strategy adds; their share of the firms moves with them.

    posts: of the first day. home: post of each enterprise then. month: world month.
    """
    officers, desk = world.officers, world.sheet
    added = min(round(posts * float(desk["p"]["extra_officers"])), len(officers) - posts)
    active = officers["active"]
    if added == int(active[posts:].sum()):
        return
    new = slice(posts, posts + added)
    newly = active[new] == 0
    officers["skill"][new][newly] = desk["p"]["newcomer_skill"]
    officers["hired_month"][new][newly] = month
    active[posts:] = 0
    active[new] = 1
    entities = world.enterprises["entity"]
    u = draw_columns(int(desk["seed"]), int(desk["replication"]), entities, OFFICER, 1)[:, 0]
    share = added / (posts + added)
    place = posts + np.floor(u / max(share, 1e-12) * added).astype(np.int64)
    world.enterprises["officer"] = np.where(u < share, place, home)
