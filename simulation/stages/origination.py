"""Files: what is looked at, what is believed, what is decided, and the money paid out.

The investigation turns the truth into observations; every decision after it reads only
these. Equations: docs/model-basis.md, section "Origination".
"""

from __future__ import annotations

import math
from typing import Any

from agents.bank import (
    affordable,
    approves,
    limit,
    overrides,
    price,
    reviewed,
)  # fmt: skip
from agents.compiled import kernel
from agents.enterprise import (
    ALIVE,
    NEW_FILE,
    NO_FILE,
    REAL_ESTATE,
    RENEWAL_FILE,
    reported_sales,
    to_fen,
)  # fmt: skip
from agents.loan import BEYOND, BULLET, INSTALMENT, RENEWED
from agents.officer import (
    APPRAISAL,
    CIRCLE_MAP,
    OWNER,
    SOURCES,
    STATEMENTS,
    belief,
    cares,
    check_is_made,
    check_succeeds,
    days_to_decision,
    observation_sd,
    shading,
    trained,
)  # fmt: skip
from simulation.contracts import make_contract, pay_out
from simulation.draws import (
    CHECKS,
    OBSERVATION,
    REVIEW,
    normal,
    uniforms,
)  # fmt: skip
from simulation.ledger import disburse, is_performing, renew_away, set_status
from simulation.nature import is_mapped, market_value, service_of, true_capacity
from simulation.world import FILES, REFUSALS, TALLY, World, push

_DECIDED, _APPROVED = TALLY["decided"], TALLY["approved"]
_RENEWED, _REFUSED = TALLY["renewals_granted"], TALLY["refused"]
_OVERRIDDEN, _DROPPED = TALLY["overridden"], TALLY["dropped_out"]
_DAYS, _WAITING = TALLY["decision_days"], TALLY["files_waiting"]
_DUE, _MADE = TALLY["checks_due"], TALLY["checks_made"]

_CHECKED_INFLATION = 0.05  # appraisal error that remains after a check, log
_NO_LIMIT = 9.0e18
_RELATION_MONTHS = 12


@kernel
def make_checks(e: Any, skill: float, care: float, w: Any) -> int:
    """Which checks are made and succeed: bits (agents.officer)."""
    p = w.p
    u = uniforms(w.seed, w.replication, e.entity, e.ordinal, CHECKS, 0)
    v = uniforms(w.seed, w.replication, e.entity, e.ordinal, CHECKS, 1)
    found = 0
    bits = (STATEMENTS, SOURCES, OWNER, APPRAISAL)
    for k in range(4):
        if k == 3 and e.security != REAL_ESTATE:
            continue
        w.tally[_DUE] += 1.0
        if check_is_made(p.check_compliance, care, u[k]):
            w.tally[_MADE] += 1.0
            if check_succeeds(skill, v[k]):
                found += bits[k]
    if e.circle >= 0 and is_mapped(e, w):
        found += CIRCLE_MAP
    return found


@kernel
def investigate(e: Any, o: Any, seen: float, w: Any) -> None:
    """Build the file: checks, belief and appraisal; what is not checked is taken on trust."""
    p = w.p
    skill = trained(o.skill, p.training)
    care = cares(o.file_effort, p.volume_weight)
    u = uniforms(w.seed, w.replication, e.entity, e.ordinal, OBSERVATION, 0)
    e.checks = make_checks(e, skill, care, w)
    sources = 3 if e.checks & SOURCES else 1
    error = observation_sd(p.source_sd, sources, care, skill) * normal(u[0])
    flattery, unseen_debt = 0.0, 0.0
    verified = (e.checks & STATEMENTS) != 0
    e.seen_sales_fen = reported_sales(e.revenue_fen, p.sales_inflation, e.polish, verified)
    e.stated_need_fen = to_fen(e.need_fen * (e.seen_sales_fen / e.revenue_fen))
    e.asked_fen = to_fen(e.need_fen * (1.0 + p.asking_excess * e.over_asking))
    if not verified:
        flattery = min(2.0, p.dressing * max(0.0, 0.3 - seen) * e.polish)
    if not e.checks & OWNER:
        unseen_debt = e.hidden_service_fen / e.revenue_fen / 0.04 / p.score_scale
    e.score = belief(seen, flattery, unseen_debt, error)
    if e.checks & CIRCLE_MAP:
        e.score -= 0.8 if w.month - e.last_call <= 12 else 0.25
    inflation = _CHECKED_INFLATION if e.checks & APPRAISAL else p.appraisal_inflation
    e.appraised_fen = to_fen(market_value(e, w) * math.exp(inflation * abs(normal(u[1]))))


@kernel
def is_reviewed(e: Any, w: Any) -> bool:
    """Is the file really looked at by the second pair of eyes?"""
    u = uniforms(w.seed, w.replication, e.entity, e.ordinal, REVIEW, 0)
    return u[0] < w.p.review_share


@kernel
def final_score(e: Any, o: Any, seen: float, cutoff: float, w: Any) -> float:
    """Shade, review: the score on which the file is decided."""
    p = w.p
    u = uniforms(w.seed, w.replication, e.entity, e.ordinal, REVIEW, 0)
    old = e.client_since >= 0 and w.month - max(e.client_since, o.hired_month) >= _RELATION_MONTHS
    relation = p.relation_shading if old else 0.0
    push = 0.8 * w.pressure * p.volume_weight
    restraint = 0.2 * (1.0 - p.volume_weight) + 1.5 * p.audit
    proposed = e.score + shading(cutoff - e.score, p.shading_width, push, relation, restraint)
    if not is_reviewed(e, w):
        return proposed
    inherited = p.file_error_share
    own = p.review_error_sd * normal(u[1]) + 0.3 * max(0.0, -seen) * (1.0 - inherited)
    second_look = seen + inherited * (e.score - seen) + own
    return reviewed(proposed, second_look, p.review_weight)


@kernel
def offer(e: Any, annual_rate: float, w: Any) -> int:
    """Amount (fen) the bank would lend: by the formula, or simply what is asked."""
    p = w.p
    u = uniforms(w.seed, w.replication, e.entity, e.ordinal, REVIEW, 1)
    if u[0] >= p.formula_share:
        return e.asked_fen
    need = float(e.stated_need_fen)
    if e.checks & CIRCLE_MAP:
        need *= p.mapped_circle_limit
    pledge = p.ltv_cap * e.appraised_fen if e.security == REAL_ESTATE else _NO_LIMIT
    raw = e.score * p.score_scale + p.score_location
    cash_flow = raw * 0.04 * e.seen_sales_fen + service_of(e.stated_need_fen, p.base_rate)
    kind = BULLET if e.wants_bullet == 1 else INSTALMENT
    served = affordable(cash_flow, p.coverage_ratio, annual_rate / 12.0, kind)
    return to_fen(limit(float(e.asked_fen), need, served, pledge))


@kernel
def decide_file(row: int, world: World) -> None:
    """Work on one file if there are hours for it; approve, refuse or let it wait."""
    w = world.desk[0]
    e = world.enterprises[row]
    p = w.p
    o = world.officers[e.officer]
    old = world.loans[max(e.loan, 0)]
    renewal = e.file == RENEWAL_FILE
    if e.status != ALIVE or (renewal and (e.loan < 0 or not is_performing(old))):
        e.file = NO_FILE
        return
    hours = (p.renewal_hours if renewal else p.file_hours) * o.file_effort
    if o.file_hours_left < hours - 1e-9:
        wait(e, w)
        return
    o.file_hours_left -= hours
    seen = true_capacity(e, w, service_of(e.need_fen, p.base_rate))
    investigate(e, o, seen, w)
    reviewed_file = is_reviewed(e, w)
    cutoff = p.cutoff + w.bank.cutoff_shift
    if renewal:
        cutoff -= p.renewal_concession
    score = final_score(e, o, seen, cutoff, w)
    annual_rate = price(p.base_rate, p.score_premium, score)
    amount = offer(e, annual_rate, w)
    v = uniforms(w.seed, w.replication, e.entity, e.ordinal, REVIEW, 2)
    granted = approves(score, cutoff)
    depth = p.override_depth * w.pressure
    overridden = not granted and overrides(score, cutoff, depth, p.override_probability, v[0])
    wanted = old.balance_fen if renewal else e.stated_need_fen
    possible = amount >= p.least_limit * wanted and w.month >= e.pulled_until
    granted = (granted or overridden) and possible
    e.file = NO_FILE
    count_decision(e, o, hours, renewal, reviewed_file, w)
    if renewal:
        decide_renewal(row, granted, annual_rate, score, world)
    elif granted:
        w.tally[_APPROVED] += 1.0
        if overridden:
            w.tally[_OVERRIDDEN] += 1.0
        pay_out(row, amount, annual_rate, score, world)
    else:
        w.tally[_REFUSED] += 1.0
        push(world, REFUSALS, row)


@kernel
def wait(e: Any, w: Any) -> None:
    """A file without hours waits; an applicant who waits too long goes elsewhere."""
    if e.file == NEW_FILE and w.month - e.file_month >= w.p.patience_months:
        e.file = NO_FILE
        w.tally[_DROPPED] += 1.0
    else:
        w.tally[_WAITING] += 1.0


@kernel
def count_decision(
    e: Any, o: Any, hours: float, renewal: bool, reviewed_file: bool, w: Any
) -> None:
    """Days from request to decision of new files: queue, desk and review."""
    if renewal:
        return
    p = w.p
    rest = o.hours_used - o.file_hours
    desk = (o.file_hours - o.file_hours_left) / max(p.hours_per_month - rest, 1.0)
    review = p.review_days if reviewed_file else 0.0
    waited = float(w.month - e.file_month)
    w.tally[_DAYS] += days_to_decision(waited, desk, hours, p.hours_per_day, review)
    w.tally[_DECIDED] += 1.0


@kernel
def decide_renewal(row: int, granted: bool, annual_rate: float, score: float, world: World) -> None:
    """A legitimate renewal is a new contract over the same balance, interest paid."""
    w = world.desk[0]
    e = world.enterprises[row]
    old = world.loans[e.loan]
    if not granted or old.interest_arrears_fen > 0:
        old.refused = 1
        w.tally[_REFUSED] += 1.0
        return
    before = e.loan
    chain, cohort, matures = old.chain_month, old.cohort, old.maturity_month
    balance = renew_away(w, old)
    set_status(w, old, RENEWED)
    old.closed_month = w.month
    old.dpd = 0.0
    new = make_contract(row, balance, annual_rate, score, world)
    new.previous, new.chain_month = before, chain
    new.maturity_month = max(matures, w.month) + new.tenor_months
    new.cohort = BEYOND if w.cohort == BEYOND else cohort
    new.extra_security_fen, new.diverted_fen = old.extra_security_fen, old.diverted_fen
    disburse(w, new, 0)
    w.tally[_RENEWED] += 1.0


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
