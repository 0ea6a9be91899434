"""After lending: first checks, visits, alerts, what is done about them, and failed maturities.

An action changes cash, security, terms or what can still be drawn; nothing here changes a
probability of default. Equations: docs/model-basis.md, section "Monitoring".
"""

from __future__ import annotations

from typing import Any

from agents.bank import evergreens, is_audited, looks_weak, swept
from agents.compiled import kernel
from agents.enterprise import NO_FILE, refinances_elsewhere, returned, to_fen
from agents.failures import F06, F12, F13, F14
from agents.loan import BULLET, INSTALMENT, OBSERVED
from agents.officer import attention, keeps_quiet, notices_distress, view_error
from simulation.alerts import VISIT_REPORT, raise_alert
from simulation.approval import relation_with
from simulation.draws import ACTION, VISIT, normal, uniforms
from simulation.investigation import working_skill
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
from simulation.servicing import repay
from simulation.world import ALERTS, MATURITIES, TALLY, VISITS, World

_DUE, _MADE = TALLY["visits_due"], TALLY["visits_made"]
_TRUE_ALERTS, _LEAD = TALLY["true_alerts"], TALLY["alert_lead_months"]
_HANDLED, _ACTIONS = TALLY["alerts_handled"], TALLY["actions"]
_SOUND_CUT, _FROZEN = TALLY["sound_firms_cut"], TALLY["frozen"]
_RECALLED, _SUPPRESSED = TALLY["recalled"], TALLY["suppressed"]
_EVERGREENED, _NOT_EXTENDED = TALLY["evergreened"], TALLY["extensions_refused"]


LATE_MONTHS = 2  # an alert that waits so long was answered late
_SOON_MONTHS = 6  # a maturity so near is dealt with before it fails


@kernel
def is_under_watch(e: Any, loan: Any) -> bool:
    """Has the firm a contract that is not in default? loan: its contract, or any if it has none."""
    return e.loan >= 0 and is_performing(loan)


@kernel
def luck_of_visit(e: Any, w: Any) -> tuple[float, float, float, float]:
    """Four uniform numbers: is it made, does it show anything, when is it answered, is it told."""
    return uniforms(w.seed, w.replication, e.entity, w.month, VISIT, 0)


@kernel
def pay_visit(e: Any, loan: Any, o: Any, w: Any) -> None:
    """A visit that is due: made if there are hours and discipline; reveals what it can."""
    if not is_under_watch(e, loan):
        return
    p = w.p
    u = luck_of_visit(e, w)
    w.tally[_DUE] += 1.0
    loan.visits_due += 1
    e.last_visit = w.month  # a visit that is missed is missed: the next one comes in its turn
    if p.missed_visits != 0.0 and u[0] >= p.visit_compliance * o.watch_effort:
        loan.failures |= F12
        loan.visits_logged += int(u[3] < p.desk_visits)  # reported from the desk
        return
    w.tally[_MADE] += 1.0
    loan.visits_logged += 1
    see_firm(e, o, loan, u, w)


@kernel
def see_firm(e: Any, o: Any, loan: Any, u: tuple[float, float, float, float], w: Any) -> None:
    """What a visit shows: money that has left the business, or distress."""
    certain = w.p.missed_visits == 0.0
    if not certain and not notices_distress(working_skill(e, o, w), u[1]):
        return
    first_check = w.month == loan.start_month + 1 and loan.previous < 0
    if first_check and loan.diverted_fen > 0:
        recall(e, loan, w)
    if e.alert != 0 or not is_distressed(e, loan, w):
        return
    if relation_with(e, o, w) > 0.0 and keeps_quiet(w.p.suppressed_reports, o.integrity, u[3]):
        w.tally[_SUPPRESSED] += 1.0
        loan.failures |= F06
        return
    raise_alert(e, loan, VISIT_REPORT, u[2], w)
    w.tally[_TRUE_ALERTS] += 1.0
    w.tally[_LEAD] += min(e.runway, 12.0)


@kernel
def recall(e: Any, loan: Any, w: Any) -> None:
    """The first check finds money gone: a willing owner brings part of it back."""
    amount = returned(loan.diverted_fen, e.willingness)
    loan.diverted_fen -= amount
    e.cash_fen += amount
    w.tally[_RECALLED] += 1.0


@kernel
def follow_up(e: Any, loan: Any, o: Any, w: Any) -> None:
    """Follow up an alert, if there are hours: look at the firm, act if it looks weak."""
    if not is_under_watch(e, loan) or e.alert == 0:
        return
    p = w.p
    u = uniforms(w.seed, w.replication, e.entity, w.month, ACTION, 0)
    e.alert = 0
    loan.longest_wait = max(loan.longest_wait, w.month - e.raised_month)
    taken_up = p.alert_handled * o.watch_effort * attention(o.alerts_due, p.alert_capacity)
    if p.ignored_warnings != 0.0 and u[0] >= taken_up:
        loan.failures |= F13
        return
    w.tally[_HANDLED] += 1.0
    if w.month - e.raised_month >= LATE_MONTHS:
        loan.failures |= F13
    truth = true_capacity(e, w, service_of(loan.balance_fen, loan.annual_rate))
    view = truth + view_error(p.view_sd, working_skill(e, o, w)) * normal(u[1])
    e.last_action = w.month
    if looks_weak(view, p.weak_view):
        act_on(e, loan, view, truth, u, w)


@kernel
def act_on(
    e: Any, loan: Any, view: float, truth: float, u: tuple[float, float, float, float], w: Any
) -> None:
    """Freeze what is undrawn; ease terms where the firm looks viable, else take cover.

    view: what the officer makes of the firm, truth: what other lenders look at (sd).
    """
    w.tally[_ACTIONS] += 1.0
    loan.actions += 1
    if truth > 0.0:
        w.tally[_SOUND_CUT] += 1.0
    if loan.undrawn_fen > 0:
        loan.undrawn_fen = 0
        w.tally[_FROZEN] += 1.0
    soon = loan.maturity_month - w.month <= _SOON_MONTHS
    if view > w.p.hopeless_view and loan.restructured == 0 and (loan.kind != BULLET or soon):
        ease_terms(e, loan, w)
    else:
        take_cover(e, loan, truth, normal(u[2]), u[3], w)


@kernel
def ease_terms(e: Any, loan: Any, w: Any) -> None:
    """A viable firm gets instalments it can carry, over a longer time, under observation.

    A bullet is turned into instalments before it falls due at once.
    """
    p = w.p
    left = loan.balance_fen - loan.principal_arrears_fen
    if loan.kind == BULLET:
        loan.kind = INSTALMENT
        e.file = NO_FILE  # nothing is left to renew
        loan.instalment_fen = max(1, -(-left // int(p.long_tenor)))
    else:
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
        repay(e, loan, w)
        return
    amount = min(swept(liquid(e, w, 1.0), loan.balance_fen, p.sweep_share), whole)
    e.cash_fen -= amount
    receive_payment(w, loan, amount)
    if u < p.added_security_share and loan.extra_security_fen == 0:
        # It comes out of the owner's private money, which can then no longer be injected.
        pledged = min(to_fen(p.added_security_value * loan.balance_fen), e.wealth_fen)
        e.wealth_fen -= pledged
        loan.extra_security_fen = pledged


@kernel
def settle_maturity(e: Any, loan: Any, w: Any) -> None:
    """A maturity that failed: papered over by an extension, or left to run into default.

    Nothing is papered over where an auditor has seen the file in the last term and understood it.
    """
    if not is_under_watch(e, loan):
        return
    p = w.p
    if loan.kind != BULLET or loan.maturity_month != w.month:
        return  # an instalment loan's last rate, or renewed in the meantime
    u = uniforms(w.seed, w.replication, e.entity, w.month, ACTION, 2)
    audited = is_audited(p.audit, p.bullet_tenor, u[1])
    known = audited and notices_distress(p.initial_skill, u[2])
    possible = p.papered_maturity != 0.0 and not known
    if possible and evergreens(p.evergreening, loan.extensions, u[0]):
        extend(loan, w)
    else:
        w.tally[_NOT_EXTENDED] += 1.0


@kernel
def extend(loan: Any, w: Any) -> None:
    """The same contract for another term, interest added to the balance."""
    capitalise_interest(w, loan)
    loan.principal_arrears_fen = 0
    for k in range(5):
        loan.due_fen[k] = 0
    loan.dpd = 0.0
    loan.extensions += 1
    loan.refused = 0
    loan.failures |= F14
    loan.maturity_month = w.month + int(w.p.bullet_tenor)
    w.tally[_EVERGREENED] += 1.0


# A stage takes the arrays out of the world once: at every row it would cost counted references.


@kernel
def visit(row: int, world: World) -> None:
    """One enterprise's visit."""
    e = world.enterprises[row]
    pay_visit(e, world.loans[max(e.loan, 0)], world.officers[e.officer], world.desk[0])


@kernel
def visits(world: World) -> None:
    """All visits due this month."""
    enterprises, loans, officers = world.enterprises, world.loans, world.officers
    w, rows = world.desk[0], world.lists[VISITS]
    for k in range(w.listed[VISITS]):
        e = enterprises[rows[k]]
        pay_visit(e, loans[max(e.loan, 0)], officers[e.officer], w)


@kernel
def answer_alert(row: int, world: World) -> None:
    """One enterprise's alert."""
    e = world.enterprises[row]
    follow_up(e, world.loans[max(e.loan, 0)], world.officers[e.officer], world.desk[0])


@kernel
def answer_alerts(world: World) -> None:
    """All alerts that wait for an answer this month."""
    enterprises, loans, officers = world.enterprises, world.loans, world.officers
    w, rows = world.desk[0], world.lists[ALERTS]
    for k in range(w.listed[ALERTS]):
        e = enterprises[rows[k]]
        follow_up(e, loans[max(e.loan, 0)], officers[e.officer], w)


@kernel
def face_maturity(row: int, world: World) -> None:
    """One enterprise's failed maturity."""
    e = world.enterprises[row]
    settle_maturity(e, world.loans[max(e.loan, 0)], world.desk[0])


@kernel
def face_maturities(world: World) -> None:
    """All maturities that failed this month."""
    enterprises, loans = world.enterprises, world.loans
    w, rows = world.desk[0], world.lists[MATURITIES]
    for k in range(w.listed[MATURITIES]):
        e = enterprises[rows[k]]
        settle_maturity(e, loans[max(e.loan, 0)], w)
