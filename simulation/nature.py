"""What is true of an enterprise: read by nature and by observations, never by a decision."""

from __future__ import annotations

import math
from typing import Any

from agents.compiled import kernel
from agents.enterprise import capacity, expected_flow, runway_months, spoken_to, to_fen
from agents.loan import BULLET, monthly_interest
from simulation.draws import CIRCLES, TRAITS, uniforms
from simulation.ledger import draw


@kernel
def normal_flow(e: Any, w: Any) -> float:
    """Cash (fen) that the firm should earn in a month before the bank's debt."""
    p = w.p
    margin = 1.0 - p.variable_cost + e.quality
    return expected_flow(e.revenue_fen, e.level, margin, p.fixed_cost, e.hidden_service_fen)


@kernel
def true_capacity(e: Any, w: Any, loan_service: float) -> float:
    """Repayment capacity (sd) under a monthly loan service (fen)."""
    p = w.p
    # A call is a debt that everybody can see: it is served like a loan without interest.
    called = service_of(e.liability_fen, 0.0)
    flow = (normal_flow(e, w) - loan_service - called) / e.revenue_fen
    spare = (e.cash_fen + e.line_fen) / max(e.buffer_fen + e.line_fen, 1)
    return capacity(flow, spare, p.score_location, p.score_scale)


@kernel
def service_of(amount: float, annual_rate: float) -> float:
    """Monthly service (fen) by which loans of any kind are compared: interest and a 24th."""
    return amount * (annual_rate / 12.0 + 1.0 / 24.0)


@kernel
def liquid(e: Any, w: Any, asked: float) -> int:
    """Cash and suppliers' credit that can serve the bank (fen). asked: how well, 0-1.

    An owner who is not asked does not put his suppliers off for the bank.
    """
    stretched = spoken_to(w.p.line_usable, w.p.contact_share, asked)
    return e.cash_fen + to_fen(stretched * e.line_fen)


@kernel
def market_value(e: Any, w: Any) -> float:
    """What the real estate would fetch today in a normal sale (fen)."""
    return e.collateral_fen * math.exp(w.collateral_log + e.collateral_log)


@kernel
def is_mapped(e: Any, w: Any) -> bool:
    """Does the bank's map show the firm's guarantee circle? Fixed luck: coverage is nested."""
    u = uniforms(w.seed, w.replication, CIRCLES + e.circle_key, 0, TRAITS, 0)
    return u[0] < w.p.circle_map


@kernel
def is_distressed(e: Any, loan: Any, w: Any) -> bool:
    """True distress: cash for fewer months than the definition says, arrears, or an unmet call.

    A guarantor that is called is sued, its account is frozen, and its suppliers hear of it.
    """
    return e.runway < w.p.distress_runway or loan.dpd > 0.0 or e.called_loan >= 0


@kernel
def months_to_trouble(e: Any, loan: Any, w: Any) -> float:
    """Months until the money is gone: cash used up, or a maturity that lenders would not carry.

    The second holds for a bullet whose borrower has less than even odds of finding a lender.
    """
    due = monthly_interest(loan.balance_fen, loan.annual_rate) + min(
        loan.instalment_fen, loan.balance_fen
    )
    left = float(max(loan.maturity_month - w.month, 0))
    undrawn = loan.undrawn_fen if left > 0.0 else 0
    runway = runway_months(e.cash_fen + e.line_fen + undrawn, normal_flow(e, w), due)
    if loan.extensions > 0:
        left = 0.0  # a maturity has failed already: it lives on this bank's patience
    if loan.kind != BULLET or runway <= left:
        return runway
    index = true_capacity(e, w, service_of(loan.balance_fen, loan.annual_rate))
    return runway if index + w.p.refinancing_ease >= 0.0 else left


@kernel
def draw_limit(e: Any, loan: Any, w: Any, amount: int) -> None:
    """Draw on what is granted and undrawn (fen); nothing from the month of maturity on."""
    if w.month >= loan.maturity_month:
        return
    drawn = min(amount, loan.undrawn_fen)
    draw(w, loan, drawn)
    e.cash_fen += drawn


@kernel
def free_security(e: Any, loan: Any) -> None:
    """Private security goes back to the owner of a loan that is repaid."""
    e.wealth_fen += loan.extra_security_fen
    loan.extra_security_fen = 0


@kernel
def move_elsewhere(e: Any, loan: Any) -> None:
    """Another lender takes the debt over: its interest is a service this bank does not see."""
    service = monthly_interest(loan.balance_fen, loan.annual_rate)
    e.hidden_service_fen = max(e.hidden_service_fen, service)
