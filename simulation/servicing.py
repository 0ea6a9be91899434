"""Debt service: what falls due, who helps, what is paid, how arrears age.

Equations: docs/model-basis.md, section "Loans".
"""

from __future__ import annotations

from typing import Any

from agents.compiled import kernel
from agents.enterprise import (
    NO_FILE,
    REAL_ESTATE,
    RENEWAL_FILE,
    next_line,
    owner_injects,
    payment,
    refinances_elsewhere,
    refuses_to_pay,
    spoken_to,
    to_fen,
)  # fmt: skip
from agents.loan import (
    BULLET,
    REPAID,
    days_past_due,
    monthly_interest,
    performing_status,
    principal_due,
)  # fmt: skip
from agents.officer import contact
from simulation.draws import LIFE, normal, uniforms
from simulation.ledger import receive_payment, set_status
from simulation.nature import (
    draw_limit,
    free_security,
    is_distressed,
    liquid,
    market_value,
    move_elsewhere,
    service_of,
    true_capacity,
)  # fmt: skip


@kernel
def fall_due(loan: Any, w: Any) -> int:
    """Enter this month's interest and principal as due; returns the item (fen)."""
    last = w.month >= loan.maturity_month
    interest = monthly_interest(loan.balance_fen, loan.annual_rate)
    principal = principal_due(
        loan.kind, loan.balance_fen, loan.principal_arrears_fen, loan.instalment_fen, last
    )
    for k in range(4, 0, -1):
        loan.due_fen[k] = loan.due_fen[k - 1]
    loan.due_fen[0] = interest + principal
    loan.interest_arrears_fen += interest
    loan.principal_arrears_fen += principal
    return interest + principal


@kernel
def age_arrears(loan: Any) -> None:
    """Days past due: payments settle the oldest item first, so the youngest remain unpaid."""
    arrears = loan.interest_arrears_fen + loan.principal_arrears_fen
    if arrears <= 0:
        loan.dpd = 0.0
        return
    k, covered = 0, loan.due_fen[0]
    while covered < arrears and k < 4:
        k += 1
        covered += loan.due_fen[k]
    loan.dpd = days_past_due(k)


@kernel
def how_asked(post: Any, w: Any) -> float:
    """How well owners in arrears are spoken to by the officer of a post, 0-1."""
    p = w.p
    since = w.month - post.since_month
    return contact(post.collection_effort, since, int(p.handover_months), p.handover_skill)


@kernel
def seek_help(e: Any, loan: Any, asked: float, needed: int, w: Any) -> None:
    """A firm that is short asks its owner, and at a failed maturity another lender.

    asked: how well the owner is spoken to, 0-1. needed: fen.
    """
    p = w.p
    u = uniforms(w.seed, w.replication, e.entity, w.month, LIFE, 0)
    chance = spoken_to(p.injection_probability, p.contact_share, asked)
    if owner_injects(chance, e.willingness, u[0]):
        amount = min(needed - liquid(e, w, asked), e.wealth_fen)
        e.wealth_fen -= amount
        e.cash_fen += amount
    if w.month < loan.maturity_month or liquid(e, w, asked) >= needed:
        return
    ease = normal(u[1])
    index = true_capacity(e, w, service_of(loan.balance_fen, loan.annual_rate))
    late = w.month > loan.maturity_month
    if refinances_elsewhere(index, p.refinancing_ease, ease) and (
        not late or u[2] < p.late_refinancing
    ):
        move_elsewhere(e, loan)
        e.cash_fen += max(needed - liquid(e, w, asked), loan.balance_fen)


@kernel
def lose_substance(e: Any, w: Any) -> None:
    """In distress owner and other lenders take cash first; stock and buildings lose value."""
    p = w.p
    e.cash_fen -= to_fen(p.drain_rate * max(e.cash_fen, 0))
    if e.hidden_service_fen > 0:
        e.cash_fen -= to_fen(p.creditor_run * max(e.cash_fen, 0))
    e.assets_fen -= to_fen(p.asset_wear * e.assets_fen)
    e.collateral_log -= p.collateral_wear


@kernel
def repay(e: Any, loan: Any, w: Any) -> None:
    """Nothing is owed any more: the contract ends and security given later is freed."""
    free_security(e, loan)
    set_status(w, loan, REPAID)
    loan.closed_month = w.month
    loan.undrawn_fen = 0
    e.loan, e.alert = -1, 0


@kernel
def serve_loan(e: Any, loan: Any, post: Any, u: float, w: Any) -> None:
    """Pay what is due, as far as money and will reach.

    post: the officer's, who asks for money. u: decides on strategic default.
    """
    p = w.p
    distressed = is_distressed(e, loan, w)
    usual = to_fen(p.line_months * e.revenue_fen)
    e.line_fen = next_line(e.line_fen, usual, distressed, p.supplier_cut, p.supplier_return)
    if distressed:
        lose_substance(e, w)
        if loan.undrawn_fen > 0:
            draw_limit(e, loan, w, loan.undrawn_fen)  # while it can still be had
    fall_due(loan, w)
    needed = loan.interest_arrears_fen + loan.principal_arrears_fen
    seizable = 0.0
    if e.security == REAL_ESTATE:
        seizable = p.auction_value * market_value(e, w)
    if refuses_to_pay(p.strategic_hazard, e.willingness, seizable, loan.balance_fen, u):
        e.refuses = 1
    if e.refuses == 0:
        asked = how_asked(post, w)
        if liquid(e, w, asked) < needed:
            draw_limit(e, loan, w, needed - liquid(e, w, asked))
        if liquid(e, w, asked) < needed:
            seek_help(e, loan, asked, needed, w)
        paid = payment(needed, liquid(e, w, asked), p.part_payment)
        e.cash_fen -= paid
        receive_payment(w, loan, paid)
    age_arrears(loan)
    if loan.balance_fen == 0 and loan.interest_arrears_fen == 0:
        repay(e, loan, w)
        if e.file == RENEWAL_FILE:
            e.file = NO_FILE
    else:
        set_status(w, loan, performing_status(loan.dpd > 0.0, w.month < loan.observed_until))


@kernel
def leaves_bank(e: Any, loan: Any, w: Any) -> bool:
    """A few borrowers move to another bank, if one takes them: bullets before their maturity,
    instalment loans in any month.
    """
    p = w.p
    u = uniforms(w.seed, w.replication, e.entity, w.month, LIFE, 0)
    wish = p.churn * (p.bullet_tenor if loan.kind == BULLET else 1.0) / 12.0
    if loan.dpd > 0.0 or u[3] >= wish:
        return False
    index = true_capacity(e, w, service_of(loan.balance_fen, loan.annual_rate))
    if not refinances_elsewhere(index, p.refinancing_ease, normal(u[1])):
        return False
    move_elsewhere(e, loan)
    receive_payment(w, loan, loan.balance_fen + loan.interest_arrears_fen)
    repay(e, loan, w)
    return True
