"""A new contract and the money it brings, for the book and for its shadow.

Equations: docs/model-basis.md, section "Loans".
"""

from __future__ import annotations

from typing import Any

from agents.compiled import kernel
from agents.enterprise import REAL_ESTATE, diverts, to_fen
from agents.failures import F10, F11
from agents.loan import BULLET, FIELDS
from agents.records import new_records
from simulation.draws import DISBURSEMENT, uniforms
from simulation.ledger import disburse
from simulation.world import TALLY, World

_UNREGISTERED, _DIVERTED = TALLY["unregistered"], TALLY["diverted"]
_BLANK = new_records(FIELDS, 1)  # a contract with nothing entered yet


@kernel
def make_contract(
    row: int, amount: int, annual_rate: float, score: float, kind: int, tenor: int, world: World
) -> Any:
    """Append a contract to the loan book and return it. amount: fen, tenor: months."""
    w = world.desk[0]
    e = world.enterprises[row]
    number = w.loan_count
    w.loan_count += 1
    world.loans[number] = _BLANK[0]
    loan = world.loans[number]
    e.loan = number
    loan.enterprise, loan.ordinal, loan.officer = row, e.ordinal, e.officer
    loan.start_month = loan.chain_month = w.month
    loan.kind, loan.tenor_months = kind, tenor
    loan.maturity_month = w.month + tenor
    loan.cohort = w.cohort
    loan.annual_rate, loan.score = annual_rate, score
    loan.principal_fen = amount
    loan.instalment_fen = 0 if kind == BULLET else -(-amount // tenor)
    loan.security, loan.appraised_fen = e.security, e.appraised_fen
    return loan


@kernel
def register(e: Any, loan: Any, was_registered: bool, w: Any) -> None:
    """Security is registered before the money goes out, unless the condition is waived."""
    u = uniforms(w.seed, w.replication, e.entity, e.ordinal, DISBURSEMENT, 0)
    waived = w.p.waived_conditions != 0.0 and u[0] >= w.p.registration_share
    if e.security == REAL_ESTATE and waived and not was_registered:
        loan.registered = 0
        loan.failures |= F10
        w.tally[_UNREGISTERED] += 1.0


@kernel
def pay_out(
    row: int, amount: int, annual_rate: float, score: float, kind: int, tenor: int, world: World
) -> Any:
    """Pay a new loan out; a part may leave the business if nobody controls the payee.

    Of a bullet loan's limit (fen) a part stays undrawn until money is short. Returns: the loan.
    """
    w = world.desk[0]
    p = w.p
    e = world.enterprises[row]
    drawn = max(1, to_fen(p.drawn_share * amount)) if kind == BULLET else amount
    loan = make_contract(row, drawn, annual_rate, score, kind, tenor, world)
    loan.undrawn_fen = amount - drawn
    register(e, loan, False, w)
    disburse(w, loan, drawn)
    u = uniforms(w.seed, w.replication, e.entity, e.ordinal, DISBURSEMENT, 0)
    if p.uncontrolled_use != 0.0 and u[1] >= p.disbursement_control:
        loan.entrusted = 0
        loan.failures |= F11
    if diverts(p.diversion_probability, e.willingness, loan.entrusted == 1, u[2]):
        loan.diverted_fen = to_fen(p.diversion_share * drawn)
        w.tally[_DIVERTED] += 1.0
    e.cash_fen += to_fen(p.proceeds_kept * drawn) - loan.diverted_fen
    e.refuses = 0  # a new contract is a new decision
    if e.client_since < 0:
        e.client_since = w.month
    e.last_visit = w.month
    e.alert = 0
    return loan
