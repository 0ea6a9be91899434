"""After lending: visits, alerts, what is done about them, and maturities that fail.

An action changes cash, security or terms; nothing here changes a probability of default.
Equations: docs/model-basis.md, section "Monitoring".
"""

from __future__ import annotations

from typing import Any

from agents.bank import evergreens, looks_weak, months_of_delay, swept
from agents.compiled import kernel
from agents.enterprise import NO_FILE, refinances_elsewhere, to_fen
from agents.loan import BULLET, INSTALMENT, OBSERVED, REPAID
from agents.officer import notices_distress, trained
from simulation.draws import ACTION, VISIT, normal, uniforms
from simulation.ledger import (
    capitalise_interest,
    is_performing,
    receive_payment,
    set_status,
)  # fmt: skip
from simulation.nature import (
    is_distressed,
    liquid,
    move_elsewhere,
    service_of,
    true_capacity,
)  # fmt: skip
from simulation.world import ALERTS, MATURITIES, TALLY, VISITS, World

_DUE, _MADE = TALLY["visits_due"], TALLY["visits_made"]
_ALERTS, _TRUE_ALERTS, _LEAD = TALLY["alerts"], TALLY["true_alerts"], TALLY["alert_lead_months"]
_HANDLED, _ACTIONS = TALLY["alerts_handled"], TALLY["actions"]
_EVERGREENED, _NOT_EXTENDED = TALLY["evergreened"], TALLY["extensions_refused"]

_WEAK = -0.5  # view (sd) below which an officer acts
_HOPELESS = -2.0  # view (sd) below which easier terms would not help
_VIEW_SD = 0.6  # error of a view at skill 0.5, sd of capacity


@kernel
def visit(row: int, world: World) -> None:
    """A visit that is due: made if there are hours and discipline; may reveal distress."""
    e = world.enterprises[row]
    if e.loan < 0 or not is_performing(world.loans[e.loan]):
        return
    w = world.desk[0]
    p = w.p
    o = world.officers[e.officer]
    u = uniforms(w.seed, w.replication, e.entity, w.month, VISIT, 0)
    w.tally[_DUE] += 1.0
    e.last_visit = w.month  # a visit that is missed is missed: the next one comes in its turn
    if u[0] >= p.visit_compliance * o.watch_effort:
        return
    w.tally[_MADE] += 1.0
    if e.alert != 0 or not is_distressed(e, world.loans[e.loan], w):
        return
    if notices_distress(trained(o.skill, p.training), u[1]):
        e.alert = 2
        e.alert_month = w.month + months_of_delay(p.action_days, u[2])
        w.tally[_ALERTS] += 1.0
        w.tally[_TRUE_ALERTS] += 1.0
        w.tally[_LEAD] += min(e.runway, 12.0)


@kernel
def answer_alert(row: int, world: World) -> None:
    """Follow up an alert, if there are hours: look at the firm, act if it looks weak."""
    e = world.enterprises[row]
    if e.loan < 0 or not is_performing(world.loans[e.loan]) or e.alert == 0:
        return
    w = world.desk[0]
    p = w.p
    o = world.officers[e.officer]
    u = uniforms(w.seed, w.replication, e.entity, w.month, ACTION, 0)
    e.alert = 0
    if u[0] >= p.alert_handled * o.watch_effort:
        return
    w.tally[_HANDLED] += 1.0
    loan = world.loans[e.loan]
    skill = max(trained(o.skill, p.training), 0.05)
    truth = true_capacity(e, w, service_of(loan.balance_fen, loan.annual_rate))
    view = truth + _VIEW_SD * normal(u[1]) * (0.5 / skill) ** 0.5
    e.last_action = w.month
    if not looks_weak(view, _WEAK):
        return
    w.tally[_ACTIONS] += 1.0
    if loan.kind == INSTALMENT and view > _HOPELESS and loan.restructured == 0:
        ease_terms(loan, w)
    else:
        take_cover(e, loan, truth, normal(u[2]), u[3], w)


@kernel
def ease_terms(loan: Any, w: Any) -> None:
    """A viable firm gets smaller instalments over a longer time, under observation."""
    p = w.p
    left = loan.balance_fen - loan.principal_arrears_fen
    loan.instalment_fen = max(1, to_fen(p.eased_instalment * loan.instalment_fen))
    loan.maturity_month = w.month + max(1, int(-(-left // loan.instalment_fen)))
    loan.restructured += 1
    loan.observed_until = w.month + int(p.observation_months)
    if loan.dpd <= 0.0:
        set_status(w, loan, OBSERVED)


@kernel
def take_cover(e: Any, loan: Any, truth: float, draw: float, u: float, w: Any) -> None:
    """Get out or get covered: another lender, else early collection and more security."""
    p = w.p
    whole = loan.balance_fen + loan.interest_arrears_fen
    if loan.dpd <= 0.0 and refinances_elsewhere(truth, p.refinancing_ease - 1.0, draw):
        move_elsewhere(e, loan)
        receive_payment(w, loan, whole)
        set_status(w, loan, REPAID)
        loan.closed_month = w.month
        e.loan, e.file = -1, NO_FILE
        return
    amount = min(swept(liquid(e, w), loan.balance_fen, p.sweep_share), whole)
    e.cash_fen -= amount
    receive_payment(w, loan, amount)
    if u < p.added_security_share and loan.extra_security_fen == 0:
        # It comes out of the owner's private money, which can then no longer be injected.
        pledged = min(to_fen(p.added_security_value * loan.balance_fen), e.wealth_fen)
        e.wealth_fen -= pledged
        loan.extra_security_fen = pledged


@kernel
def face_maturity(row: int, world: World) -> None:
    """A maturity that failed: papered over by an extension, or left to run into default."""
    e = world.enterprises[row]
    if e.loan < 0 or not is_performing(world.loans[e.loan]):
        return
    w = world.desk[0]
    p = w.p
    loan = world.loans[e.loan]
    if loan.kind != BULLET or loan.maturity_month != w.month:
        return  # an instalment loan's last rate, or renewed in the meantime
    u = uniforms(w.seed, w.replication, e.entity, w.month, ACTION, 2)
    if evergreens(p.evergreening, loan.extensions, u[0]):
        capitalise_interest(w, loan)
        loan.principal_arrears_fen = 0
        for k in range(5):
            loan.due_fen[k] = 0
        loan.dpd = 0.0
        loan.extensions += 1
        loan.refused = 0
        loan.maturity_month = w.month + int(p.bullet_tenor)
        e.file = NO_FILE
        w.tally[_EVERGREENED] += 1.0
    else:
        w.tally[_NOT_EXTENDED] += 1.0


@kernel
def visits(world: World) -> None:
    """All visits due this month."""
    for k in range(world.desk[0].listed[VISITS]):
        visit(world.lists[VISITS, k], world)


@kernel
def answer_alerts(world: World) -> None:
    """All alerts that wait for an answer this month."""
    for k in range(world.desk[0].listed[ALERTS]):
        answer_alert(world.lists[ALERTS, k], world)


@kernel
def face_maturities(world: World) -> None:
    """All maturities that failed this month."""
    for k in range(world.desk[0].listed[MATURITIES]):
        face_maturity(world.lists[MATURITIES, k], world)
