"""Default, calls on guarantors, standstill, cure, and what the workout brings.

LGD is nowhere a number: it is what these cash flows leave. Equations: docs/model-basis.md,
section "Recovery".
"""

from __future__ import annotations

import math
from typing import Any

from agents.bank import is_audited, months_of_delay, suit_delay
from agents.compiled import kernel
from agents.enterprise import (
    ALIVE,
    CIRCLE,
    CLOSED,
    COMPANY,
    IN_WORKOUT,
    NO_FILE,
    REAL_ESTATE,
)  # fmt: skip
from agents.failures import F15, F16
from agents.loan import (
    DEFAULTED,
    INSTALMENT,
    OBSERVED,
    SETTLED,
    WRITTEN_OFF,
    creditors_share,
    guarantor_pays,
    honours_call,
    sale_proceeds,
)  # fmt: skip
from simulation.draws import ACTION, DEFAULT, normal, uniforms
from simulation.ledger import claim_left, receive_payment, recover, set_status, write_off
from simulation.nature import free_security, is_mapped, market_value, normal_flow
from simulation.world import DEFAULTS, TALLY, WORKOUTS, World

_DEFAULTS = TALLY["defaults"]
_CURES = TALLY["cures"]
_CALLS = TALLY["calls"]
_PULLED = TALLY["pulled"]
_HIDDEN, _UNCOVERED = TALLY["hidden"], TALLY["uncovered"]
_LATE_SUIT_DAYS = 90.0  # a suit that takes longer counts as late
_SHORTEST_SALE, _LONGEST_SALE = 6.0, 60.0  # months


@kernel
def open_default(row: int, world: World) -> None:
    """A loan defaults: exposure fixed, guarantors called, standstill begins."""
    w = world.desk[0]
    e = world.enterprises[row]
    loan = world.loans[e.loan]
    if loan.status == DEFAULTED:
        return
    p = w.p
    e.defaults += 1
    u = uniforms(w.seed, w.replication, e.entity, e.defaults, DEFAULT, 0)
    set_status(w, loan, DEFAULTED)
    loan.dpd = max(loan.dpd, 91.0)
    loan.default_month = w.month
    if loan.first_default < 0:
        loan.first_default = w.month
    loan.ead_fen, loan.recovered_fen, loan.recovered_present = loan.balance_fen, 0, 0.0
    loan.resolution_month = w.month + int(p.standstill_months)
    if p.hidden_npl != 0.0 and u[0] < p.hiding:
        loan.hidden_until = w.month + int(p.hiding_months)
        loan.failures |= F16
        w.tally[_HIDDEN] += 1.0
    loan.undrawn_fen = 0
    e.file, e.alert = NO_FILE, 0
    e.pulled_until = max(e.pulled_until, w.month + int(p.exclusion_months))
    w.tally[_DEFAULTS] += 1.0
    if e.security == CIRCLE and e.circle >= 0 and p.joint_liability != 0.0:
        call_guarantors(row, world)


@kernel
def call_guarantors(row: int, world: World) -> None:
    """Joint liability for the whole loan, due at once, of every circle that the firm is in."""
    e = world.enterprises[row]
    called = 0
    for place in range(world.circles_start[row], world.circles_start[row + 1]):
        circle = world.circles_of[place]
        for k in range(world.circle_start[circle], world.circle_start[circle + 1]):
            member = world.enterprises[world.circle_members[k]]
            if world.circle_members[k] != row and member.status == ALIVE:
                called += call_guarantor(member, e, world)
    world.loans[e.loan].guarantors = called


@kernel
def call_guarantor(member: Any, debtor: Any, world: World) -> int:
    """Call one guarantor: its own undrawn credit is frozen, its next renewal may be refused.

    Returns: 1 where something can be had of it, else 0.
    """
    w = world.desk[0]
    p = w.p
    u = uniforms(w.seed, w.replication, member.entity, w.month, ACTION, 1)
    member.last_call = w.month
    mapped = p.unmapped_circle == 0.0 or is_mapped(debtor, w)
    if mapped and u[0] < p.pull_probability:
        member.pulled_until = max(member.pulled_until, w.month + 12)
        w.tally[_PULLED] += 1.0
    if member.loan >= 0:
        world.loans[member.loan].undrawn_fen = 0
    if member.called_loan >= 0 or member.client_since < 0:
        return 0
    member.called_loan, member.called_since = debtor.loan, w.month
    member.contests = int(not honours_call(p.guarantor_honours, u[1]))
    w.tally[_CALLS] += 1.0
    return 1 - member.contests


@kernel
def is_pledged(loan: Any) -> bool:
    """Has the bank real estate that it can sell?"""
    return loan.security == REAL_ESTATE and loan.registered == 1


@kernel
def months_to_sale(w: Any, v: tuple[float, float, float, float]) -> int:
    """Whole months from suit to sale: Gamma with shape 4 within bounds. v: draws."""
    mean = w.p.sale_months
    if mean <= 0.0:
        return 0
    gamma = -0.25 * mean * math.log(v[0] * v[1] * v[2] * v[3])
    return int(min(max(gamma, _SHORTEST_SALE), _LONGEST_SALE))


@kernel
def schedule_liquidation(e: Any, loan: Any, post: Any, w: Any) -> None:
    """Fix when collateral is sold, guarantor and other assets are reached, and written off.

    Where collection gets less than its hours, the suit comes later in proportion.
    """
    p = w.p
    u = uniforms(w.seed, w.replication, e.entity, e.defaults, DEFAULT, 1)
    v = uniforms(w.seed, w.replication, e.entity, e.defaults, DEFAULT, 2)
    days = p.prompt_suit_days
    if p.late_collection != 0.0:
        luck = uniforms(w.seed, w.replication, e.entity, e.defaults, DEFAULT, 0)[3]
        days = max(days, suit_delay(p.suit_days, post.collection_effort, luck))
    # A suit would show what is hidden.
    suit = max(loan.default_month + months_of_delay(days, u[0]), loan.hidden_until)
    loan.suit_month = suit
    if days > _LATE_SUIT_DAYS:
        loan.failures |= F15
    loan.asset_month = max(suit + int(p.asset_months), w.month)
    if is_pledged(loan) or loan.extra_security_fen > 0:
        loan.sale_month = max(suit + months_to_sale(w, v), w.month)
    if loan.security == COMPANY:
        loan.guarantee_month = max(suit + int(p.guarantee_months), w.month)
    loan.write_off_month = max(loan.default_month + int(p.write_off_months), w.month)


@kernel
def can_cure(e: Any, loan: Any, w: Any) -> bool:
    """Could the firm serve the loan over two years and pay the interest it owes?"""
    service = loan.balance_fen * (loan.annual_rate / 12.0 + 1.0 / w.p.instalment_tenor)
    able = normal_flow(e, w) >= service
    return e.refuses == 0 and able and e.cash_fen >= loan.interest_arrears_fen


@kernel
def cure(e: Any, loan: Any, w: Any) -> None:
    """Interest is paid, the balance becomes an instalment loan under observation."""
    p = w.p
    tenor = int(p.instalment_tenor)
    paid = loan.interest_arrears_fen
    e.cash_fen -= paid
    receive_payment(w, loan, paid)
    loan.kind = INSTALMENT
    loan.instalment_fen = -(-loan.balance_fen // tenor)
    loan.maturity_month = w.month + tenor
    loan.principal_arrears_fen = 0
    for k in range(5):
        loan.due_fen[k] = 0
    loan.dpd = 0.0
    loan.default_month, loan.ead_fen, loan.hidden_until = -1, 0, -1
    loan.recovered_fen, loan.recovered_present = 0, 0.0
    loan.restructured += 1
    loan.observed_until = w.month + int(p.observation_months)
    set_status(w, loan, OBSERVED)
    w.tally[_CURES] += 1.0


@kernel
def resolve(e: Any, loan: Any, post: Any, w: Any) -> None:
    """End of standstill: cure where the firm can and a settlement is found, else liquidation.

    A default that is hidden is neither sued for nor written off: either would show it.
    """
    if e.status == ALIVE:
        if w.month < loan.resolution_month:
            return
        u = uniforms(w.seed, w.replication, e.entity, e.defaults, DEFAULT, 0)
        if u[1] < w.p.cure_agreement and can_cure(e, loan, w):
            cure(e, loan, w)
            return
    if w.month < loan.hidden_until:
        return
    e.status = IN_WORKOUT
    schedule_liquidation(e, loan, post, w)


@kernel
def sell_collateral(e: Any, loan: Any, w: Any) -> None:
    """Forced sale of what is legally pledged, and of security given later."""
    p = w.p
    u = uniforms(w.seed, w.replication, e.entity, e.defaults, DEFAULT, 0)
    if is_pledged(loan):
        ratio = p.auction_value + p.auction_spread * normal(u[2])
        recover(w, loan, sale_proceeds(market_value(e, w), ratio, p.sale_cost, claim_left(loan)))
    recover(w, loan, min(loan.extra_security_fen, claim_left(loan)))


@kernel
def reach_assets(e: Any, loan: Any, w: Any) -> None:
    """What is left after the suppliers, who come first, is shared with the other creditors."""
    after_suppliers = e.cash_fen + e.receivables_fen - e.payables_fen
    estate = max(after_suppliers, 0) + e.assets_fen
    claim = claim_left(loan)
    recover(w, loan, creditors_share(estate, claim, 12 * e.hidden_service_fen))


@kernel
def audit_hidden(e: Any, loan: Any, w: Any) -> None:
    """An audit finds a default that was not reported."""
    u = uniforms(w.seed, w.replication, e.entity, w.month, ACTION, 3)
    if is_audited(w.p.audit, 1.0, u[0]):
        loan.hidden_until = w.month
        w.tally[_UNCOVERED] += 1.0


@kernel
def pursue(e: Any, loan: Any, post: Any, w: Any) -> None:
    """A defaulted loan's month: standstill, cure, sales, write-off, and the end."""
    if w.month < loan.hidden_until:
        audit_hidden(e, loan, w)
    if claim_left(loan) <= 0 and e.status == ALIVE:
        free_security(e, loan)
        settle(e, loan, w)  # the guarantors have paid all
        return
    if loan.asset_month < 0:  # not in liquidation yet
        resolve(e, loan, post, w)
        if loan.asset_month < 0:
            return
    u = uniforms(w.seed, w.replication, e.entity, e.defaults, DEFAULT, 3)
    if w.month == loan.sale_month:
        sell_collateral(e, loan, w)
    if w.month == loan.guarantee_month:
        share = w.p.sound_guarantor_share
        recover(w, loan, guarantor_pays(claim_left(loan), share, u[0], u[1]))
    if w.month == loan.asset_month:
        reach_assets(e, loan, w)
    if w.month >= loan.write_off_month and loan.status == DEFAULTED and loan.balance_fen > 0:
        write_off(w, loan)
        set_status(w, loan, WRITTEN_OFF)
    last = max(loan.sale_month, loan.asset_month, loan.guarantee_month)
    if claim_left(loan) <= 0 or w.month >= max(last, loan.write_off_month):
        settle(e, loan, w)
        e.status = CLOSED


@kernel
def settle(e: Any, loan: Any, w: Any) -> None:
    """Nothing more to expect from the loan."""
    if loan.status == DEFAULTED:
        set_status(w, loan, SETTLED)
    loan.closed_month = w.month
    e.loan = -1


@kernel
def open_defaults(world: World) -> None:
    """All defaults of the month."""
    for k in range(world.desk[0].listed[DEFAULTS]):
        open_default(world.lists[DEFAULTS, k], world)


@kernel
def work_out(row: int, world: World) -> None:
    """One enterprise's workout."""
    e = world.enterprises[row]
    pursue(e, world.loans[e.loan], world.officers[e.officer], world.desk[0])


@kernel
def work_outs(world: World) -> None:
    """All defaulted loans of the month."""
    enterprises, loans, officers = world.enterprises, world.loans, world.officers
    w, rows = world.desk[0], world.lists[WORKOUTS]
    for k in range(w.listed[WORKOUTS]):
        e = enterprises[rows[k]]
        pursue(e, loans[e.loan], officers[e.officer], w)
