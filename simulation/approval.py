"""The decision on a file: proposal, independent review, cut-off, override, limit, tenor, price.

Reads the file and the bank's rules. The reviewer's own look enters as an observation of his
own. Equations: docs/model-basis.md, section "Origination".
"""

from __future__ import annotations

from typing import Any, NamedTuple

from agents.bank import affordable, approves, limit, overrides, price, reviewed
from agents.compiled import kernel
from agents.enterprise import REAL_ESTATE, RENEWAL_FILE, to_fen
from agents.loan import BULLET, INSTALMENT
from agents.officer import CIRCLE_MAP, follows_formula, resists, shading
from agents.records import FEN_PER_CNY
from simulation.draws import REVIEW, normal, uniforms
from simulation.investigation import File
from simulation.nature import service_of

_NO_LIMIT = 9.0e18
_RELATION_MONTHS = 12


class Terms(NamedTuple):
    """A decision: what is granted, on what terms, and how it came about. amount: fen.

    score: on which it was decided, proposed: by the officer (sd). kind, tenor: of the loan
    (months). shaded: the proposal was lifted by a relation or under volume pressure.
    """

    granted: bool
    overridden: bool
    reviewed: bool
    by_formula: bool
    shaded: bool
    proposed: float
    score: float
    cutoff: float
    annual_rate: float
    amount: int
    kind: int
    tenor: int


@kernel
def cutoff_for(e: Any, w: Any) -> float:
    """The cut-off in force for the open file (sd)."""
    cutoff = w.p.cutoff + w.bank.cutoff_shift
    return cutoff - w.p.renewal_concession if e.file == RENEWAL_FILE else cutoff


@kernel
def in_branch(asked: int, w: Any) -> bool:
    """May the branch head decide alone? His authority is cut while the bank tightens."""
    authority = w.p.branch_authority_cny * FEN_PER_CNY
    if w.bank.cutoff_shift > 0.0:
        authority *= w.p.frozen_authority
    return asked <= authority


@kernel
def is_reviewed(asked: int, u: float, w: Any) -> bool:
    """Does the second pair of eyes really look? A committee always does."""
    really = w.p.rubber_stamp == 0.0 or u < w.p.review_share
    return really or not in_branch(asked, w)


@kernel
def relation_with(e: Any, o: Any, w: Any) -> float:
    """Pull of an old relation on the officer's proposal (sd), 0 where there is none."""
    together = w.month - max(e.client_since, o.since_month)
    if w.p.collusion == 0.0 or e.client_since < 0 or together < _RELATION_MONTHS:
        return 0.0
    return resists(w.p.relation_shading, o.integrity)


@kernel
def proposal(e: Any, o: Any, score: float, cutoff: float, w: Any) -> tuple[float, bool]:
    """The score that the officer puts forward, and whether it was lifted."""
    p = w.p
    if p.collusion == 0.0:
        return score, False
    relation = relation_with(e, o, w)
    push = 0.8 * w.pressure * p.volume_weight
    restraint = 0.2 * (1.0 - p.volume_weight) + 1.5 * p.audit
    added = shading(cutoff - score, p.shading_width, push, relation, restraint)
    return score + added, added > 0.0


@kernel
def second_look(score: float, seen: float, noise: float, w: Any) -> float:
    """The reviewer's own score: noisy, and sharing a part of the file's error.

    noise: standard normal.
    """
    return seen + w.p.file_error_share * (score - seen) + w.p.review_error_sd * noise


@kernel
def reviewers_luck(e: Any, w: Any) -> tuple[float, float]:
    """Luck of the review of the open file: does it take place (uniform), its noise (normal)."""
    u = uniforms(w.seed, w.replication, e.entity, e.ordinal, REVIEW, 0)
    return u[0], normal(u[1])


@kernel
def formula_limit(e: Any, file: File, annual_rate: float, kind: int, w: Any) -> int:
    """The most (fen) that need, cash flow and pledge carry, as the file has them."""
    p = w.p
    need = float(file.need)
    if file.sheets & CIRCLE_MAP:
        need *= p.mapped_circle_limit
    pledge = p.ltv_cap * file.appraised if e.security == REAL_ESTATE else _NO_LIMIT
    raw = file.score * p.score_scale + p.score_location
    cash_flow = raw * 0.04 * file.sales + service_of(file.need, p.base_rate)
    served = affordable(cash_flow, p.coverage_ratio, annual_rate / 12.0, kind)
    return to_fen(limit(float(file.asked), need, served, pledge))


@kernel
def matched_kind(e: Any, by_formula: bool, w: Any) -> tuple[int, int]:
    """Kind and tenor (months): as asked, or by the formula so that it fits what it pays for."""
    if e.file == RENEWAL_FILE:
        return BULLET, int(w.p.bullet_tenor)
    if by_formula and e.long_use == 1:
        return INSTALMENT, int(w.p.long_tenor)
    if e.wants_bullet == 1:
        return BULLET, int(w.p.bullet_tenor)
    return INSTALMENT, int(w.p.instalment_tenor)


@kernel
def terms_for(
    e: Any, file: File, proposed: float, score: float, shaded: bool, by_formula: bool, w: Any
) -> Terms:
    """Amount, kind, tenor and price for a score; granted if the score reaches the cut-off.

    Without the formula the loan is what was asked, at the same price for all.
    """
    p = w.p
    cutoff = cutoff_for(e, w)
    annual_rate = price(p.base_rate, p.score_premium if by_formula else 0.0, score)
    kind, tenor = matched_kind(e, by_formula, w)
    amount = formula_limit(e, file, annual_rate, kind, w) if by_formula else file.asked
    amount = min(amount, to_fen(p.largest_loan_cny * FEN_PER_CNY))
    granted = approves(score, cutoff)
    return Terms(
        granted, False, False, by_formula, shaded, proposed, score, cutoff, annual_rate, amount,
        kind, tenor,
    )  # fmt: skip


@kernel
def is_possible(e: Any, file: File, amount: int, balance: int, w: Any) -> bool:
    """Is the offer worth taking, and is the firm not excluded? balance: to be renewed (fen)."""
    wanted = balance if e.file == RENEWAL_FILE else file.need
    return amount >= w.p.least_limit * wanted and w.month >= e.pulled_until


@kernel
def is_lifted(e: Any, score: float, cutoff: float, w: Any) -> bool:
    """Does the branch head overturn the refusal of the open file?"""
    v = uniforms(w.seed, w.replication, e.entity, e.ordinal, REVIEW, 2)
    depth = w.p.override_depth * w.pressure
    return overrides(score, cutoff, depth, w.p.override_probability, v[0])


@kernel
def decide(
    e: Any, o: Any, file: File, seen: float, luck: tuple[float, float], balance: int, w: Any
) -> Terms:
    """The decision as this bank takes it. luck: the reviewer's."""
    p = w.p
    cutoff = cutoff_for(e, w)
    proposed, shaded = proposal(e, o, file.score, cutoff, w)
    looked = is_reviewed(file.asked, luck[0], w)
    score = proposed
    if looked:
        score = reviewed(proposed, second_look(file.score, seen, luck[1], w), p.review_weight)
    u = uniforms(w.seed, w.replication, e.entity, e.ordinal, REVIEW, 1)
    worked_out = follows_formula(p.formula_share, p.volume_weight, p.care_slope, u[0])
    by_formula = p.mismatched_limit == 0.0 or worked_out
    terms = terms_for(e, file, proposed, score, shaded, by_formula, w)
    may_override = p.pressed_override != 0.0 and in_branch(file.asked, w)
    lifted = may_override and not terms.granted and is_lifted(e, score, cutoff, w)
    granted = (terms.granted or lifted) and is_possible(e, file, terms.amount, balance, w)
    return Terms(
        granted, lifted, looked, by_formula, shaded, proposed, score, cutoff,
        terms.annual_rate, terms.amount, terms.kind, terms.tenor,
    )  # fmt: skip


@kernel
def decide_in_full(e: Any, file: File, seen: float, noise: float, balance: int, w: Any) -> int:
    """What a full check would have lent (fen): reviewed, unshaded, by the formula; 0 if refused.

    file: of a full check. noise: the reviewer's.
    """
    score = reviewed(file.score, second_look(file.score, seen, noise, w), w.p.review_weight)
    terms = terms_for(e, file, file.score, score, False, True, w)
    good = terms.granted and is_possible(e, file, terms.amount, balance, w)
    return terms.amount if good else 0
