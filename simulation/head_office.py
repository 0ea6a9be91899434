"""What the head office does once a month: targets, posts, and its answer to the NPL ratio."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from agents.bank import tightened, volume_pressure
from agents.compiled import kernel
from simulation.draws import OFFICER, draw_columns
from simulation.ledger import NEW_MONEY
from simulation.world import SUM, World

_BOOK, _NPL_REPORTED = SUM["book"], SUM["npl_reported"]
_NEWEST = 0.25  # weight of the last quarter in what is usual


@kernel
def turn_quarter(row: int, world: World) -> None:
    """The bank's month begins: a new target at each quarter's start, and the volume pressure.

    row: the bank's (0).
    """
    w = world.desk[row]
    bank, p = w.bank, w.p
    if w.month % 3 == 0 and w.month > 0:
        usual = bank.target_fen / max(p.target_growth, 1e-9)
        bank.target_fen = p.target_growth * ((1.0 - _NEWEST) * usual + _NEWEST * bank.quarter_fen)
        bank.quarter_fen = 0
    done = bank.quarter_fen / bank.target_fen if bank.target_fen > 0.0 else 1.0
    shortfall = min(1.0, max(0.0, 1.2 - done))
    w.pressure = volume_pressure(w.month % 12, shortfall, p.pressure, w.stress)


@kernel
def take_note(row: int, world: World) -> None:
    """The bank's month ends: the NPL ratio as reported, the answer to it, the target's progress.

    row: the bank's (0).
    """
    w = world.desk[row]
    bank, p = w.bank, w.p
    book = w.sums[_BOOK]
    bank.npl_ratio = w.sums[_NPL_REPORTED] / book if book > 0.0 else 0.0
    bank.cutoff_shift = tightened(bank.npl_ratio, p.npl_tolerance, p.tightening)
    bank.quarter_fen += w.flows[:, :, NEW_MONEY].sum()


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
    officers["collection_effort"][new][newly] = 1.0  # nothing is late on an empty desk
    active[posts:] = 0
    active[new] = 1
    entities = world.enterprises["entity"]
    u = draw_columns(int(desk["seed"]), int(desk["replication"]), entities, OFFICER, 1)[:, 0]
    share = added / (posts + added)
    place = posts + np.floor(u / max(share, 1e-12) * added).astype(np.int64)
    world.enterprises["officer"] = np.where(u < share, place, home)
