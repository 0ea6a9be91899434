"""Files: the queue on the officer's desk, the decision, and the money paid out.

Equations: docs/model-basis.md, section "Origination".
"""

from __future__ import annotations

from typing import Any

from agents.compiled import kernel
from agents.enterprise import (
    ALIVE,
    NEW_FILE,
    NO_FILE,
    RENEWAL_FILE,
    gives_up,
    refinances_elsewhere,
)
from agents.failures import F06, F07, F08, F09
from agents.loan import BEYOND, BULLET, RENEWED
from agents.officer import days_to_decision
from simulation.approval import Terms, decide, decide_in_full, in_branch, reviewers_luck
from simulation.contracts import make_contract, pay_out, register
from simulation.draws import REVIEW, normal, uniforms
from simulation.investigation import File, failed_checks, full_check, investigate, sight_of
from simulation.ledger import disburse, is_performing, renew_away, set_status
from simulation.world import FILES, REFUSALS, TALLY, World, push

_DECIDED, _APPROVED = TALLY["decided"], TALLY["approved"]
_RENEWED, _REFUSED = TALLY["renewals_granted"], TALLY["refused"]
_OVERRIDDEN, _DROPPED = TALLY["overridden"], TALLY["dropped_out"]
_DAYS, _WAITING = TALLY["decision_days"], TALLY["files_waiting"]
_WRONGLY_GRANTED, _WRONGLY_REFUSED = TALLY["wrongly_granted"], TALLY["wrongly_refused"]


@kernel
def is_stale(e: Any, old: Any) -> bool:
    """Has a file lost its object? old: the contract to be renewed."""
    return e.status != ALIVE or (e.file == RENEWAL_FILE and (e.loan < 0 or not is_performing(old)))


@kernel
def decide_file(row: int, world: World) -> None:
    """Work on one file if there are hours for it; approve, refuse or let it wait."""
    w = world.desk[0]
    e = world.enterprises[row]
    o = world.officers[e.officer]
    old = world.loans[max(e.loan, 0)]
    if is_stale(e, old):
        e.file = NO_FILE
        return
    renewal = e.file == RENEWAL_FILE
    hours = (w.p.renewal_hours if renewal else w.p.file_hours) * o.file_effort
    if o.file_hours_left < hours - 1e-9:
        wait(e, w)
        return
    o.file_hours_left -= hours
    sight, luck = sight_of(e, w), reviewers_luck(e, w)
    seen = sight.capacity
    balance = old.balance_fen if renewal else 0
    file = investigate(e, o, sight, w)
    terms = decide(e, o, file, seen, luck, balance, w)
    best = full_check(e, o, sight, w)
    e.full_check_fen = decide_in_full(e, best, seen, luck[1], balance, w)
    file_away(e, file, terms)
    days = count_days(e, o, hours, renewal, terms, w)
    e.file = NO_FILE
    if renewal:
        decide_renewal(row, file, terms, world)
    elif not terms.granted:
        count_refusal(e, w)
        push(world, REFUSALS, row)
    elif has_gone(e, seen, days, w):
        w.tally[_DROPPED] += 1.0
    else:
        grant(row, file, terms, world)


@kernel
def file_away(e: Any, file: File, terms: Terms) -> None:
    """What the bank remembers of the file."""
    e.cutoff = terms.cutoff
    e.sheets, e.checks = file.sheets, file.found
    e.seen_sales_fen, e.stated_need_fen = file.sales, file.need
    e.asked_fen, e.appraised_fen, e.score = file.asked, file.appraised, file.score


@kernel
def count_refusal(e: Any, w: Any) -> None:
    """Count a refusal, and whether a full check would have lent."""
    w.tally[_REFUSED] += 1.0
    if e.full_check_fen > 0:
        w.tally[_WRONGLY_REFUSED] += 1.0


@kernel
def grant(row: int, file: File, terms: Terms, world: World) -> None:
    """A new loan."""
    w = world.desk[0]
    w.tally[_APPROVED] += 1.0
    if terms.overridden:
        w.tally[_OVERRIDDEN] += 1.0
    loan = pay_out(
        row, terms.amount, terms.annual_rate, terms.score, terms.kind, terms.tenor, world
    )
    keep_papers(world.enterprises[row], loan, file, terms, w)


@kernel
def keep_papers(e: Any, loan: Any, file: File, terms: Terms, w: Any) -> None:
    """What the contract's papers show, and (for nobody in the bank) what failed."""
    loan.sheets, loan.reviewed = file.sheets, int(terms.reviewed)
    loan.overridden = int(terms.overridden)
    loan.stated_need_fen, loan.seen_sales_fen = file.need, file.sales
    loan.proposed, loan.cutoff = terms.proposed, terms.cutoff
    loan.full_check_fen = e.full_check_fen
    failures = failed_checks(e, file.found)
    failures |= F06 if terms.shaded else 0
    failures |= 0 if terms.reviewed else F07
    failures |= F08 if terms.overridden else 0
    failures |= 0 if terms.by_formula else F09
    loan.failures |= failures
    if e.full_check_fen == 0:
        w.tally[_WRONGLY_GRANTED] += 1.0


@kernel
def has_gone(e: Any, seen: float, days: float, w: Any) -> bool:
    """Has an approved applicant found another lender while it waited?"""
    v = uniforms(w.seed, w.replication, e.entity, e.ordinal, REVIEW, 2)
    if not gives_up(w.p.impatience, days, v[1]):
        return False
    return refinances_elsewhere(seen, w.p.refinancing_ease, normal(v[2]))


@kernel
def wait(e: Any, w: Any) -> None:
    """A file without hours waits; an applicant who waits too long goes elsewhere."""
    if e.file == NEW_FILE and w.month - e.file_month >= w.p.patience_months:
        e.file = NO_FILE
        w.tally[_DROPPED] += 1.0
    else:
        w.tally[_WAITING] += 1.0


@kernel
def count_days(e: Any, o: Any, hours: float, renewal: bool, terms: Terms, w: Any) -> float:
    """Days from request to decision of new files: queue, desk, review, committee."""
    p = w.p
    rest = o.hours_used - o.file_hours
    desk = (o.file_hours - o.file_hours_left) / max(p.hours_per_month - rest, 1.0)
    upstairs = p.review_days if terms.reviewed else 0.0
    if not in_branch(e.asked_fen, w):
        upstairs += p.committee_days
    waited = float(w.month - e.file_month)
    days = days_to_decision(waited, desk, hours, p.hours_per_day, upstairs)
    if not renewal:
        w.tally[_DAYS] += days
        w.tally[_DECIDED] += 1.0
    return days


@kernel
def decide_renewal(row: int, file: File, terms: Terms, world: World) -> None:
    """A legitimate renewal is a new contract over the same balance, interest paid."""
    w = world.desk[0]
    e = world.enterprises[row]
    old = world.loans[e.loan]
    if not terms.granted or old.interest_arrears_fen > 0:
        old.refused = 1
        count_refusal(e, w)
        return
    before = e.loan
    cohort, matures = old.cohort, old.maturity_month
    balance = renew_away(w, old)
    set_status(w, old, RENEWED)
    old.closed_month = w.month
    old.dpd = 0.0
    new = make_contract(
        row, balance, terms.annual_rate, terms.score, BULLET, int(w.p.bullet_tenor), world
    )
    take_over(new, old, before, e.alert != 0)
    register(e, new, old.registered == 1, w)
    keep_papers(e, new, file, terms, w)
    new.maturity_month = max(matures, w.month) + new.tenor_months
    new.cohort = BEYOND if w.cohort == BEYOND else cohort
    disburse(w, new, 0)
    w.tally[_RENEWED] += 1.0


@kernel
def take_over(new: Any, old: Any, before: int, open_alert: bool) -> None:
    """What a renewal inherits: security, what is undrawn or has left the business, an alert."""
    new.previous, new.chain_month = before, old.chain_month
    new.alerts = int(open_alert)
    new.undrawn_fen, old.undrawn_fen = old.undrawn_fen, 0
    new.extra_security_fen, new.diverted_fen = old.extra_security_fen, old.diverted_fen
    old.extra_security_fen = 0


@kernel
def decide_files(world: World) -> None:
    """Renewals first, then new files, those that waited longest first."""
    w = world.desk[0]
    files = world.lists[FILES]
    for k in range(w.listed[FILES]):
        if world.enterprises[files[k]].file == RENEWAL_FILE:
            decide_file(files[k], world)
    longest = int(w.p.patience_months)
    for waited in range(longest, -1, -1):
        for k in range(w.listed[FILES]):
            e = world.enterprises[files[k]]
            if e.file == NEW_FILE and min(w.month - e.file_month, longest) == waited:
                decide_file(files[k], world)
