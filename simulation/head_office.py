"""What the head office does once a month: targets, posts, and its answer to the NPL ratio."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

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
    bank.cutoff_shift = tightened(
        bank.npl_ratio, p.npl_tolerance, bank.capital_ratio, p.capital_ratio, p.tightening
    )
    bank.quarter_fen += w.flows[:, :, NEW_MONEY].sum()


def carry_result(bank: Any, values: Mapping[str, float], result: float, book: float,
                 provision: float, opened: bool) -> float:  # fmt: skip
    """Provide for losses and carry the month's result to capital.

    bank: its record. result: before provisions, book and provision: at month end (fen).
    opened: after the fork; until then capital follows the book.
    Returns: the result after provisions (fen).
    """
    after = result - (provision - float(bank["allowance_fen"]))
    bank["allowance_fen"] = provision
    weighted = values["risk_weight"] * book
    if opened and bank["equity_fen"]:
        bank["equity_fen"] += after
    else:
        bank["equity_fen"] = values["opening_capital"] * weighted
    bank["capital_ratio"] = float(bank["equity_fen"]) / weighted if weighted else math.inf
    return after


@kernel
def staffed(world: World) -> int:
    """Number of posts that are staffed."""
    officers, count = world.officers, 0
    for post in range(len(officers)):
        count += officers[post].active
    return count


def open_posts(world: World, posts: int, home: NDArray[np.int64], month: int) -> None:
    """Open or close posts; their share of the firms moves with them.

    posts: of the first day. home: post of each enterprise then. month: world month.
    """
    officers, desk = world.officers, world.sheet
    added = min(round(posts * float(desk["p"]["extra_officers"])), len(officers) - posts)
    if posts + added == staffed(world):
        return
    active = officers["active"]
    if added < 0:
        close_posts(world, max(posts + added, 1), home)
        return
    active[:posts] = 1
    new = slice(posts, posts + added)
    newly = active[new] == 0
    officers["skill"][new][newly] = desk["p"]["newcomer_skill"]
    officers["since_month"][new][newly] = month
    officers["collection_effort"][new][newly] = 1.0  # nothing is late on an empty desk
    active[posts:] = 0
    active[new] = 1
    entities = world.enterprises["entity"]
    u = draw_columns(int(desk["seed"]), int(desk["replication"]), entities, OFFICER, 1)[:, 0]
    share = added / (posts + added)
    place = posts + np.floor(u / max(share, 1e-12) * added).astype(np.int64)
    world.enterprises["officer"] = np.where(u < share, place, home)


def close_posts(world: World, left: int, home: NDArray[np.int64]) -> None:
    """Close posts until ``left`` remain; the firms of a closed post go to another one."""
    world.officers["active"] = np.arange(len(world.officers)) < left
    world.enterprises["officer"] = np.where(home < left, home, home % left)
