"""The file of an applicant: which checks are made, and what is believed after them.

The investigation turns the truth into observations; every decision after it reads only these.
A check that is made and succeeds removes its own error; what is not checked is taken on trust.
Equations: docs/model-basis.md, section "Origination".
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

from agents.compiled import kernel
from agents.enterprise import REAL_ESTATE, reported_sales, to_fen
from agents.failures import F01, F02, F03, F04, F05
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
    observation_sd,
    skill_with,
    trained,
)
from simulation.draws import CHECKS, OBSERVATION, normal, uniforms
from simulation.nature import is_mapped, market_value, service_of, true_capacity
from simulation.world import TALLY

_DUE, _MADE = TALLY["checks_due"], TALLY["checks_made"]
_CHECKED_INFLATION = 0.05  # appraisal error that remains after a check, log


class File(NamedTuple):
    """What the bank knows of an applicant. Amounts in fen.

    sheets, found: bits of the checks made, and of those that found the truth. sales: a month.
    score: in sd of capacity.
    """

    sheets: int
    found: int
    sales: int
    need: int
    asked: int
    appraised: int
    score: float


class Sight(NamedTuple):
    """What every look at a file rests on, a full check's as well: the truth and its luck.

    capacity: true, under the service of the need (sd). worth: of the real estate (fen).
    noise, slip: standard normal, of the belief and of the appraisal.
    """

    capacity: float
    worth: float
    noise: float
    slip: float


@kernel
def sight_of(e: Any, w: Any) -> Sight:
    """The truth of an open file, and the luck of looking at it."""
    u = uniforms(w.seed, w.replication, e.entity, e.ordinal, OBSERVATION, 0)
    capacity = true_capacity(e, w, service_of(e.need_fen, w.p.base_rate))
    return Sight(capacity, market_value(e, w), normal(u[0]), normal(u[1]))


@kernel
def working_skill(e: Any, o: Any, w: Any) -> float:
    """The officer's skill with this client: a successor does not know the predecessor's."""
    p = w.p
    skill = trained(o.skill, p.training)
    if e.client_since < 0 or e.client_since >= o.since_month:
        return skill
    return skill_with(skill, w.month - o.since_month, int(p.handover_months), p.handover_skill)


@kernel
def care_of(o: Any, w: Any) -> float:
    """Effort that reaches a file."""
    return cares(o.file_effort, w.p.volume_weight, w.p.care_slope)


@kernel
def check_due(e: Any, k: int) -> bool:
    """Does check k (0 statements, 1 sources, 2 owner, 3 appraisal) concern the file?"""
    return k != 3 or e.security == REAL_ESTATE


@kernel
def make_checks(e: Any, skill: float, care: float, w: Any) -> tuple[int, int]:
    """Which checks are made, and which of them succeed: bits (agents.officer)."""
    p = w.p
    u = uniforms(w.seed, w.replication, e.entity, e.ordinal, CHECKS, 0)
    v = uniforms(w.seed, w.replication, e.entity, e.ordinal, CHECKS, 1)
    bits = (STATEMENTS, SOURCES, OWNER, APPRAISAL)
    can_fail = (p.unverified_statements, p.single_source, p.unchecked_owner, p.inflated_appraisal)
    made, found = 0, 0
    for k in range(4):
        if not check_due(e, k):
            continue
        w.tally[_DUE] += 1.0
        certain = can_fail[k] == 0.0
        if certain or check_is_made(p.check_compliance, care, u[k]):
            w.tally[_MADE] += 1.0
            made += bits[k]
            if certain or check_succeeds(skill, v[k]):
                found += bits[k]
    if e.circle >= 0 and (p.unmapped_circle == 0.0 or is_mapped(e, w)):
        made += CIRCLE_MAP
        found += CIRCLE_MAP
    return made, found


@kernel
def look(e: Any, sight: Sight, made: int, found: int, care: float, skill: float, w: Any) -> File:
    """The file as the checks leave it. made, found: bits. care, skill: shares."""
    p = w.p
    seen = sight.capacity
    sources = 3 if found & SOURCES else 1
    error = observation_sd(p.source_sd, sources, care, skill) * sight.noise
    verified = (found & STATEMENTS) != 0
    sales = reported_sales(e.revenue_fen, p.sales_inflation, e.polish, verified)
    flattery, unseen_debt = 0.0, 0.0
    if not verified:
        flattery = min(2.0, p.dressing * max(0.0, 0.3 - seen) * e.polish)
    if not found & OWNER:
        unseen_debt = e.hidden_service_fen / e.revenue_fen / 0.04 / p.score_scale
    score = belief(seen, flattery, unseen_debt, error)
    if found & CIRCLE_MAP:
        score -= 0.8 if w.month - e.last_call <= 12 else 0.25
    inflation = _CHECKED_INFLATION if found & APPRAISAL else p.appraisal_inflation
    appraised = to_fen(sight.worth * math.exp(inflation * abs(sight.slip)))
    need = to_fen(e.need_fen * (sales / e.revenue_fen))
    asked = to_fen(e.need_fen * (1.0 + p.asking_excess * e.over_asking))
    return File(made, found, sales, need, asked, appraised, score)


@kernel
def investigate(e: Any, o: Any, sight: Sight, w: Any) -> File:
    """The file as this officer makes it in the hours there are."""
    skill, care = working_skill(e, o, w), care_of(o, w)
    made, found = make_checks(e, skill, care, w)
    return look(e, sight, made, found, care, skill, w)


@kernel
def full_check(e: Any, o: Any, sight: Sight, w: Any) -> File:
    """The same file if every check had been made and had succeeded, with all hours."""
    all_checks = STATEMENTS | SOURCES | OWNER | APPRAISAL
    if e.circle >= 0:
        all_checks |= CIRCLE_MAP
    return look(e, sight, all_checks, all_checks, 1.0, working_skill(e, o, w), w)


@kernel
def failed_checks(e: Any, found: int) -> int:
    """Failure modes of an investigation (bits): checks that were due and found nothing."""
    failures = 0
    if not found & STATEMENTS:
        failures |= F01
    if not found & SOURCES:
        failures |= F02
    if not found & OWNER:
        failures |= F03
    if e.security == REAL_ESTATE and not found & APPRAISAL:
        failures |= F04
    if e.circle >= 0 and not found & CIRCLE_MAP:
        failures |= F05
    return failures
