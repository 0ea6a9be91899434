"""A new contract and the money it brings, for the book and for its shadow.

Equations: docs/model-basis.md, section "Loans".
"""

from __future__ import annotations

from typing import Any

from agents.compiled import kernel
from agents.enterprise import REAL_ESTATE, diverts, to_fen
from agents.loan import BULLET, INSTALMENT
from simulation.draws import DISBURSEMENT, uniforms
from simulation.ledger import disburse
from simulation.world import TALLY, World

_UNREGISTERED, _DIVERTED = TALLY["unregistered"], TALLY["diverted"]


@kernel
def make_contract(row: int, amount: int, annual_rate: float, score: float, world: World) -> Any:
    """Append a contract to the loan book and return it."""
    w = world.desk[0]
    p = w.p
    e = world.enterprises[row]
    number = w.loan_count
    w.loan_count += 1
    loan = world.loans[number]
    e.loan = number
    loan.enterprise, loan.ordinal, loan.officer = row, e.ordinal, e.officer
    loan.start_month = loan.chain_month = w.month
    loan.kind = BULLET if e.wants_bullet == 1 else INSTALMENT
    tenor = int(p.bullet_tenor) if e.wants_bullet == 1 else int(p.instalment_tenor)
    loan.tenor_months = tenor
    loan.maturity_month = w.month + tenor
    loan.cohort = w.cohort
    loan.annual_rate, loan.score = annual_rate, score
    loan.principal_fen = amount
    loan.instalment_fen = 0 if e.wants_bullet == 1 else -(-amount // tenor)
    loan.security, loan.appraised_fen = e.security, e.appraised_fen
    u = uniforms(w.seed, w.replication, e.entity, e.ordinal, DISBURSEMENT, 0)
    if e.security == REAL_ESTATE and u[0] >= p.registration_share:
        loan.registered = 0
        w.tally[_UNREGISTERED] += 1.0
    return loan


@kernel
def pay_out(row: int, amount: int, annual_rate: float, score: float, world: World) -> None:
    """Pay a new loan out; a part may leave the business if nobody controls the payee."""
    w = world.desk[0]
    p = w.p
    e = world.enterprises[row]
    loan = make_contract(row, amount, annual_rate, score, world)
    disburse(w, loan, amount)
    u = uniforms(w.seed, w.replication, e.entity, e.ordinal, DISBURSEMENT, 0)
    controlled = u[1] < p.disbursement_control
    if diverts(p.diversion_probability, e.willingness, controlled, u[2]):
        loan.diverted_fen = to_fen(p.diversion_share * amount)
        w.tally[_DIVERTED] += 1.0
    e.cash_fen += to_fen(p.proceeds_kept * amount) - loan.diverted_fen
    e.refuses = 0  # a new contract is a new decision
    if e.client_since < 0:
        e.client_since = w.month
    e.last_visit = w.month
    e.alert = 0
