"""The enterprises' month: shocks, trade, calls as guarantor, debt service, signals, requests.

What leaves here for later stages goes on the world's lists. Equations:
docs/model-basis.md, sections "Enterprises" and "Loans".
"""

from __future__ import annotations

import math
from typing import Any

from agents.bank import raises_alert
from agents.compiled import kernel
from agents.enterprise import (
    ALIVE,
    CLOSED,
    IN_WORKOUT,
    NEW_FILE,
    NO_FILE,
    REAL_ESTATE,
    RENEWAL_FILE,
    UNBORN,
    applies,
    is_empty_month,
    lump,
    next_demand,
    next_line,
    next_price,
    next_quality,
    next_setback,
    owner_withdrawal,
    runway_months,
    to_fen,
)  # fmt: skip
from agents.loan import BULLET, DEFAULTED, in_default
from simulation.alerts import EARLY_WARNING, raise_alert
from simulation.draws import LIFE, SHOCK, SIGNAL, normal, uniforms
from simulation.ledger import claim_left, is_performing, recover
from simulation.nature import is_distressed, months_to_trouble, normal_flow
from simulation.servicing import leaves_bank, lose_substance, serve_loan
from simulation.world import (
    ALERTS,
    DEFAULTS,
    FILES,
    LIST_COUNT,
    MATURITIES,
    TALLY,
    VISITS,
    WORKOUTS,
    World,
    push,
)  # fmt: skip

_APPLICATIONS = TALLY["applications"]
_RENEWALS = TALLY["renewals_asked"]
_TRUE_ALERTS = TALLY["true_alerts"]
_LEAD = TALLY["alert_lead_months"]
_CLOSURES = TALLY["closures"]
_CALL_MONTHS = 24  # a call that brings nothing for so long is dropped
_ALERT_PAUSE = 6  # months after an action in which no new alert is raised


@kernel
def suffer_shocks(e: Any, w: Any) -> None:
    """Demand and setbacks of the month, then billing."""
    p = w.p
    u = uniforms(w.seed, w.replication, e.entity, w.month, SHOCK, 0)
    own = 1.0 - p.systematic_share - p.sector_share
    common = (
        math.sqrt(p.systematic_share) * w.systematic
        + math.sqrt(p.sector_share) * w.sectors[e.sector]
    )
    e.demand = next_demand(
        e.demand, p.demand_persistence, p.demand_sd, common,
        math.sqrt(max(own, 0.0)) * normal(u[0]),
    )  # fmt: skip
    e.setback = next_setback(
        e.setback, p.setback_persistence, p.setback_probability, p.setback_depth, u[1]
    )
    e.level = math.exp(e.demand + e.setback)
    e.quality = next_quality(e.quality, p.quality_persistence, p.quality_sd, normal(u[3]))
    e.billed_fen = 0
    if not is_empty_month(e.zero_share, u[2]):
        # Given a month with sales, the rest of the draw is uniform again.
        rest = (u[2] - e.zero_share) / (1.0 - e.zero_share)
        factor = lump(normal(rest), e.lump_sd, e.zero_share) * w.season[e.season_phase]
        e.billed_fen = to_fen(e.revenue_fen * e.level * factor)


@kernel
def trade(e: Any, w: Any) -> None:
    """Invoices become receivables, receivables cash; purchases become payables, then payments."""
    p = w.p
    e.receivables_fen += e.billed_fen
    collected = to_fen(p.collection_rate * e.receivables_fen)
    e.receivables_fen -= collected
    e.payables_fen += to_fen((p.variable_cost - e.quality) * e.billed_fen)
    paid = to_fen(p.settlement_rate * e.payables_fen)
    e.payables_fen -= paid
    fixed = to_fen(p.fixed_cost * e.revenue_fen)
    e.cash_fen += collected - paid - fixed - e.hidden_service_fen


@kernel
def answer_call(e: Any, loan: Any, w: Any) -> None:
    """A called guarantor pays its part of the claim each month until it is met or dropped."""
    claim = claim_left(loan)
    if claim <= 0 or loan.closed_month >= 0 or w.month - e.called_since > _CALL_MONTHS:
        e.called_loan, e.liability_fen = -1, 0
        return
    reserve = to_fen(w.p.guarantor_reserve * e.revenue_fen)
    part = -(-claim // max(loan.guarantors, 1))
    amount = 0 if e.contests == 1 else min(part, max(e.cash_fen - reserve, 0))
    e.cash_fen -= amount
    e.liability_fen = part - amount
    recover(w, loan, amount)


@kernel
def pay_owner(e: Any, w: Any, held_for_loan: float) -> None:
    """The owner takes out cash above the target."""
    target = e.buffer_fen + to_fen(w.p.proceeds_kept * held_for_loan)
    e.cash_fen -= owner_withdrawal(e.cash_fen, target, w.p.owner_draw)


@kernel
def send_signals(e: Any, loan: Any, post: Any, u: tuple[float, float, float, float], w: Any) -> int:
    """Account signals, visits due, alerts due.

    u: draws of the month. Returns: the lists on which the firm is put (bits).
    """
    p = w.p
    if e.alert == 0 and w.month - e.last_action > _ALERT_PAUSE:
        shows = e.runway < p.seen_runway or loan.dpd > 0.0
        if raises_alert(shows, e.runway >= 6.0, p.detection, p.false_alarms, u[0]):
            raise_alert(e, loan, EARLY_WARNING, u[1], w)
            if is_distressed(e, loan, w):
                w.tally[_TRUE_ALERTS] += 1.0
                w.tally[_LEAD] += min(e.runway, 12.0)
    put = 0
    if e.alert != 0 and w.month >= e.alert_month:
        put += 1 << ALERTS
        post.alerts_due += 1
    first_check = w.month == loan.start_month + 1 and loan.previous < 0
    if first_check or w.month - e.last_visit >= p.visit_interval:
        put += 1 << VISITS
        post.visits_due += 1
    return put


@kernel
def request_file(e: Any, kind: int, w: Any) -> None:
    """Open a file at the bank."""
    e.file = kind
    e.file_month = w.month
    e.ordinal += 1
    w.tally[_APPLICATIONS if kind == NEW_FILE else _RENEWALS] += 1.0


@kernel
def live_without_loan(e: Any, w: Any) -> None:
    """Apply, or close down for other reasons."""
    p = w.p
    usual = to_fen(p.line_months * e.revenue_fen)
    e.line_fen = next_line(e.line_fen, usual, e.called_loan >= 0, p.supplier_cut, p.supplier_return)
    e.runway = runway_months(e.cash_fen + e.line_fen, normal_flow(e, w), 0.0)
    u = uniforms(w.seed, w.replication, e.entity, w.month, LIFE, 0)
    wants = w.month >= e.pulled_until and applies(
        p.application_hazard, p.volume_weight, p.canvassing, p.canvassing_lost, u[0]
    )
    if e.file == NO_FILE and wants:
        request_file(e, NEW_FILE, w)
    elif e.called_loan < 0 and u[1] < p.closure_hazard:
        e.status = CLOSED


@kernel
def live_with_loan(
    e: Any, loan: Any, post: Any, u: tuple[float, float, float, float], w: Any
) -> int:
    """Serve the loan; ask for renewal in time; fail, if it comes to that.

    u: draws of the month. Returns: the lists on which the firm is put (bits).
    """
    p = w.p
    if loan.status == DEFAULTED:
        post.collections += 1
        lose_substance(e, w)
        loan.dpd += 365.0 / 12.0
        return 1 << WORKOUTS
    serve_loan(e, loan, post, u[3], w)
    if e.loan < 0:
        return 0
    post.clients += 1
    e.runway = months_to_trouble(e, loan, w)
    put = send_signals(e, loan, post, u, w)
    if loan.dpd > 0.0:
        post.collections += 1
        if in_default(loan.dpd, p.default_dpd):
            put += 1 << DEFAULTS
        elif w.month == loan.maturity_month:
            put += 1 << MATURITIES
    else:
        pay_owner(e, w, loan.balance_fen)
    if loan.kind != BULLET:
        return 0 if leaves_bank(e, loan, w) else put
    if w.month + 1 == loan.maturity_month and e.file == NO_FILE and not leaves_bank(e, loan, w):
        request_file(e, RENEWAL_FILE, w)
    return put


@kernel
def must_close(e: Any, w: Any) -> bool:
    """A firm that stays beyond its suppliers' credit must close."""
    if e.cash_fen >= -e.line_fen:
        e.months_short = 0
        return False
    e.months_short += 1
    return e.months_short >= w.p.months_to_insolvency


@kernel
def open_requests(e: Any, post: Any) -> int:
    """Put an open file on the officer's desk. Returns: lists (bits)."""
    if e.file == NO_FILE:
        return 0
    if e.file == NEW_FILE:
        post.new_files += 1
    else:
        post.renewal_files += 1
    return 1 << FILES


@kernel
def live(e: Any, loan: Any, called: Any, post: Any, w: Any) -> int:
    """One enterprise's month, on its own records.

    e: the enterprise. loan: its contract (any row where it has none). called: the loan it
    guarantees (likewise). post: its officer. w: the desk. Returns: lists (bits).
    """
    if e.status == UNBORN and e.birth_month <= w.month:
        e.status = ALIVE
    if e.status == IN_WORKOUT:
        post.collections += 1
        loan.dpd += 365.0 / 12.0
        return 1 << WORKOUTS
    if e.status != ALIVE:
        return 0
    suffer_shocks(e, w)
    trade(e, w)
    if e.called_loan >= 0:
        answer_call(e, called, w)
    u = uniforms(w.seed, w.replication, e.entity, w.month, SIGNAL, 0)
    if e.security == REAL_ESTATE:
        e.collateral_log = next_price(
            e.collateral_log, w.p.collateral_sd, w.p.collateral_systematic, normal(u[2])
        )
    put = 0
    if e.loan >= 0:
        put = live_with_loan(e, loan, post, u, w)
    else:
        pay_owner(e, w, 0.0)
        live_without_loan(e, w)
    if e.status == ALIVE and must_close(e, w):
        w.tally[_CLOSURES] += 1.0
        e.status = IN_WORKOUT if e.loan >= 0 else CLOSED
        if e.loan >= 0 and is_performing(loan):
            put |= 1 << DEFAULTS
    return put + open_requests(e, post) if e.status == ALIVE else put


@kernel
def leave(world: World, put: int, row: int) -> None:
    """Put a row on the lists (bits) of later stages."""
    for which in range(LIST_COUNT):
        if put & (1 << which):
            push(world, which, row)


@kernel
def live_month(row: int, world: World) -> None:
    """One enterprise's month."""
    live_rows(row, row + 1, world)


@kernel
def live_rows(first: int, end: int, world: World) -> None:
    """The month of the enterprises in rows first to end - 1.

    Arrays are taken out of the world once: at every row it would cost counted references.
    """
    enterprises, loans, officers = world.enterprises, world.loans, world.officers
    w = world.desk[0]
    for row in range(first, end):
        e = enterprises[row]
        loan, called = loans[max(e.loan, 0)], loans[max(e.called_loan, 0)]
        put = live(e, loan, called, officers[e.officer], w)
        if put != 0:
            leave(world, put, row)


@kernel
def live_months(world: World, rows: int) -> None:
    """All enterprises born so far."""
    live_rows(0, rows, world)
