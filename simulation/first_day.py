"""The first day of a world: enterprises and their traits, officers, circles, an empty book."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv, ndtri

from agents import enterprise, loan, officer
from agents.records import FEN_PER_CNY, Records, as_records, new_records
from simulation.draws import BORN_LATER, CIRCLES, OFFICERS, TRAITS, draw_columns
from simulation.scenario import SECTORS, Scenario, Tape
from simulation.world import LIST_COUNT, World, desk_dtype

_HUB_POOL = 0.1  # of a sector's circle firms, the largest
_FROM_TAPE = ("sector", "employees", "is_new", "wants_bullet")
_FIRST_TARGET = 0.09  # a quarter's target on the first day, of all need


def first_desk(values: dict[str, float], seed: int, replication: int) -> Records:
    """The desk on the first day."""
    desk = np.zeros(1, dtype=desk_dtype())
    desk["seed"], desk["replication"] = seed, replication
    for name, value in values.items():
        desk["p"][name] = value
    return as_records(desk)


def birth_months(scenario: Scenario, rate: float, months: int) -> NDArray[np.int64]:
    """World months of all foundations, spread evenly: rate x enterprises a month."""
    total = math.floor(rate * scenario.enterprises * (months - 1))
    if total == 0:
        return np.zeros(0, dtype=np.int64)
    return 1 + (np.arange(total) / (rate * scenario.enterprises)).astype(np.int64)


def first_enterprises(
    scenario: Scenario, values: dict[str, float], months: int, seed: int, replication: int
) -> Records:
    """All enterprises that will ever live, with their traits; the later-born are unborn.

    Returns: recarray, the first ``scenario.enterprises`` rows alive in month 0.
    """
    born_later = birth_months(scenario, values["birth_rate"], months)
    n, later = scenario.enterprises, len(born_later)
    e = new_records(enterprise.FIELDS, n + later)
    e["entity"] = np.concatenate([np.arange(n), BORN_LATER + np.arange(later)])
    e["birth_month"][n:] = born_later
    e["status"][:n] = enterprise.ALIVE
    u = draw_columns(seed, replication, e["entity"], TRAITS, 28).T
    _draw_business(e, scenario, values, u)
    _draw_owner(e, values, u)
    _draw_security(e, values, u)
    _fill_accounts(e, values, u)
    return e


def _log_normal(median: Any, spread: float, u: NDArray[np.float64]) -> NDArray[np.float64]:
    """Log-normal values from uniforms."""
    return np.asarray(median * np.exp(spread * ndtri(u)))


def _fen(amount: Any) -> NDArray[np.int64]:
    """Whole fen from amounts in fen."""
    return np.floor(np.asarray(amount) + 0.5).astype(np.int64)


def _draw_business(
    e: Records, scenario: Scenario, values: dict[str, float], u: NDArray[np.float64]
) -> None:
    """Size, sector, need, margin, billing; from the tape what the scenario's tape has."""
    ratio = _log_normal(values["need_median"], values["need_spread"], u[3])
    if scenario.tape is None:
        revenue = _log_normal(
            values["revenue_median"] * FEN_PER_CNY, values["revenue_spread"], u[2]
        )
        need = ratio * revenue
    else:
        tape = scenario.tape
        cumulated = np.cumsum(tape.weight / tape.weight.sum())[:-1]
        line = np.searchsorted(cumulated, u[23], side="right")
        need = tape.amount_cny[line] * FEN_PER_CNY
        revenue = need / ratio
    shares = np.array([scenario.sectors.get(s, 0.0) for s in SECTORS])
    shares = shares / shares.sum() if shares.sum() > 0 else np.full(len(SECTORS), 0.125)
    e["sector"] = np.searchsorted(np.cumsum(shares)[:-1], u[12], side="right")
    e["is_new"] = u[21] < values["new_share"]
    e["wants_bullet"] = u[20] < values["bullet_share"]
    e["employees"] = np.maximum(1.0, np.round(revenue / (20_000.0 * FEN_PER_CNY)))
    if scenario.tape is not None:
        for name, column in zip(_FROM_TAPE, _of_tape(scenario.tape), strict=True):
            if column is not None:
                e[name] = column[line]
    e["is_new"][scenario.enterprises :] = 1
    e["long_use"] = u[24] < values["long_use_share"]
    e["revenue_fen"], e["need_fen"] = np.maximum(_fen(revenue), 1), np.maximum(_fen(need), 1)
    e["quality"] = values["quality_sd"] * ndtri(u[0])
    e["quality"][: scenario.enterprises] += values["survivor_quality"]
    e["lump_sd"] = _log_normal(values["lump_sd"], values["lump_spread"], u[17])
    zero = _log_normal(values["zero_month_share"], values["zero_month_spread"], u[18])
    e["zero_share"] = np.minimum(zero, 0.6)
    e["season_phase"] = np.minimum((12.0 * u[19]).astype(np.int64), 11)


def _of_tape(tape: Tape) -> tuple[NDArray[Any] | None, ...]:
    """The tape's columns that set the fields _FROM_TAPE; None where it has none."""
    return tape.sector, tape.employees, tape.is_new, tape.revolving


def _draw_owner(e: Records, values: dict[str, float], u: NDArray[np.float64]) -> None:
    """Willingness, private money, hidden debt, ways of reporting and asking."""
    revenue = e["revenue_fen"]
    e["willingness"] = betaincinv(values["willingness_a"], values["willingness_b"], u[5])
    e["polish"], e["over_asking"] = -np.log(u[6]), -np.log(u[7])
    hidden = np.where(u[8] < values["hidden_debt_share"], 2.0 * u[9], 0.0)
    e["hidden_service_fen"] = _fen(values["hidden_debt_service"] * hidden * revenue)
    e["wealth_fen"] = _fen(
        _log_normal(values["wealth_median"], values["wealth_spread"], u[10]) * revenue
    )


def _draw_security(e: Records, values: dict[str, float], u: NDArray[np.float64]) -> None:
    """What an enterprise can pledge."""
    estate, guarantee = values["real_estate_share"], values["guarantee_share"]
    in_circle = u[14] < values["circle_share"]
    e["security"] = np.select(
        [u[13] < estate, u[13] < min(1.0, estate + guarantee)],
        [enterprise.REAL_ESTATE, np.where(in_circle, enterprise.CIRCLE, enterprise.COMPANY)],
        enterprise.UNSECURED,
    )
    ltv = _log_normal(values["true_ltv_median"], values["true_ltv_spread"], u[15])
    pledged = e["security"] == enterprise.REAL_ESTATE
    e["collateral_fen"] = np.where(pledged, _fen(e["need_fen"] / ltv), 0)
    assets = _log_normal(values["asset_median"], values["asset_spread"], u[16])
    e["assets_fen"] = _fen(assets * e["revenue_fen"])


def _fill_accounts(e: Records, values: dict[str, float], u: NDArray[np.float64]) -> None:
    """Cash, receivables and payables as in a normal month; demand in its long-run spread."""
    revenue = e["revenue_fen"]
    buffer = _log_normal(values["buffer_median"], values["buffer_spread"], u[4])
    e["buffer_fen"] = _fen(buffer * revenue)
    e["line_fen"] = _fen(values["line_months"] * revenue)
    start = values["first_cash"] * np.where(e["is_new"] == 1, values["new_buffer"], 1.0)
    e["cash_fen"] = _fen(start * e["buffer_fen"])
    lag_in = (1.0 - values["collection_rate"]) / max(values["collection_rate"], 1e-9)
    lag_out = (1.0 - values["settlement_rate"]) / max(values["settlement_rate"], 1e-9)
    e["receivables_fen"] = _fen(lag_in * revenue)
    e["payables_fen"] = _fen(lag_out * (values["variable_cost"] - e["quality"]) * revenue)
    persistence = values["demand_persistence"]
    if persistence < 1.0:  # a random walk has no long-run spread: it starts at zero
        spread = values["demand_sd"] / math.sqrt(1.0 - persistence * persistence)
        e["demand"] = spread * ndtri(u[1])


def form_circles(e: Records, size: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Group the firms that offer mutual guarantees: same sector, in the order of their rows.

    Sets the fields ``circle`` and ``circle_key`` (the first member's entity). Who finds no
    partner has no security. Returns: start of each circle (circles + 1,), members (rows).
    """
    rows = np.flatnonzero(e["security"] == enterprise.CIRCLE)
    rows = rows[np.argsort(e["sector"][rows], kind="stable")]
    sectors = e["sector"][rows]
    place = (np.arange(len(rows)) - np.searchsorted(sectors, sectors)) // size
    key = sectors.astype(np.int64) * (len(rows) + 1) + place
    _, number, members = np.unique(key, return_inverse=True, return_counts=True)
    alone = members[number] == 1
    e["security"][rows[alone]] = enterprise.UNSECURED
    rows = rows[~alone]
    _, first, number = np.unique(key[~alone], return_index=True, return_inverse=True)
    e["circle"][rows] = number
    e["circle_key"][rows] = e["entity"][rows[first]][number]
    return np.append(first, len(rows)).astype(np.int64), rows.astype(np.int64)


def add_hubs(
    e: Records,
    start: NDArray[np.int64],
    members: NDArray[np.int64],
    values: dict[str, float],
    seed: int,
    replication: int,
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Let a few large firms stand in several circles of their sector.

    Returns: start and members of the circles with their hubs, as in ``form_circles``.
    """
    circles = len(start) - 1
    sector = e["sector"][members[start[:-1]]] if circles else np.zeros(0, dtype=np.int64)
    keys = CIRCLES + e["circle_key"][members[start[:-1]]] if circles else members
    u = draw_columns(seed, replication, keys, TRAITS, 4, occasion=1)
    hub = np.full(circles, -1, dtype=np.int64)
    for kind in np.unique(sector):
        pool = members[e["sector"][members] == kind]
        pool = pool[np.argsort(-e["revenue_fen"][pool], kind="stable")]
        pool = pool[: max(1, math.ceil(_HUB_POOL * len(pool)))]
        wanted = np.flatnonzero((sector == kind) & (u[:, 0] < values["hub_share"]))
        # The square favours the largest: few firms stand in many circles.
        hub[wanted] = pool[(u[wanted, 1] ** 2 * len(pool)).astype(np.int64)]
    hub[(hub >= 0) & (e["circle"][hub] == np.arange(circles))] = -1  # its own circle
    place = start[1:][hub >= 0]
    grown = start + np.concatenate([[0], np.cumsum(hub >= 0)])
    return grown, np.insert(members, place, hub[hub >= 0])


def memberships(
    rows: int, start: NDArray[np.int64], members: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The circles of each firm. Returns: start for each row (rows + 1,), numbers of circles."""
    circle = np.repeat(np.arange(len(start) - 1), np.diff(start))
    order = np.argsort(members, kind="stable")
    counts = np.bincount(members, minlength=rows)
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64), circle[order].astype(np.int64)


def post_count(enterprises: int, values: dict[str, float]) -> int:
    """Officers' posts for a number of firms, at least one."""
    return max(1, round(enterprises / values["enterprises_per_officer"]))


def first_officers(posts: int, reserved: int, values: dict[str, float], seed: int,
                   replication: int) -> Records:  # fmt: skip
    """Posts of the first day, and vacant ones above them for officers hired later."""
    o = new_records(officer.FIELDS, posts + reserved)
    o["active"][:posts] = 1
    o["since_month"] = -999
    rows = OFFICERS + np.arange(len(o), dtype=np.int64)
    u = draw_columns(seed, replication, rows, TRAITS, 2).T
    o["skill"] = np.clip(values["initial_skill"] + 0.15 * ndtri(u[0]), 0.05, 0.95)
    o["integrity"] = u[1] ** (1.0 / values["integrity_shape"])
    return o


def first_loans(capacity: int) -> Records:
    """An empty loan book with room for ``capacity`` contracts."""
    return new_records(loan.FIELDS, capacity)


def found_world(
    scenario: Scenario, values: dict[str, float], months: int, seed: int, replication: int
) -> World:
    """The first day of a world that will last ``months`` months.

    Firms are spread evenly over the officers' posts; as many posts again are kept vacant.
    """
    firms = first_enterprises(scenario, values, months, seed, replication)
    start, members = form_circles(firms, int(values["circle_size"]))
    start, members = add_hubs(firms, start, members, values, seed, replication)
    circles_start, circles_of = memberships(len(firms), start, members)
    posts = post_count(scenario.enterprises, values)
    born_later = firms["birth_month"] > 0
    order = np.arange(len(firms)) - np.where(born_later, scenario.enterprises, 0)
    firms["officer"] = order % posts
    desk = first_desk(values, seed, replication)
    opening_need = float(firms["need_fen"][: scenario.enterprises].sum())
    desk[0].bank.target_fen = _FIRST_TARGET * opening_need
    return World(
        desk=desk,
        enterprises=firms,
        loans=first_loans(max(64, scenario.enterprises)),
        officers=first_officers(posts, posts, values, seed, replication),
        lists=np.zeros((LIST_COUNT, len(firms)), dtype=np.int64),
        circle_start=start,
        circle_members=members,
        circles_start=circles_start,
        circles_of=circles_of,
    )
