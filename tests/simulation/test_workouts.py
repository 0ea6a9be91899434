"""What happens to a debt that is not paid as agreed: hidden, sued for, called, moved away."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from agents.enterprise import ALIVE, COMPANY, IN_WORKOUT, REAL_ESTATE, UNSECURED, to_fen
from agents.loan import BULLET, CURRENT, INSTALMENT, WRITTEN_OFF
from simulation import LoanPortfolio
from simulation.nature import is_distressed, liquid, service_of, true_capacity
from simulation.servicing import leaves_bank
from simulation.stages.enterprises import answer_call
from simulation.stages.recovery import schedule_liquidation, work_out


@pytest.fixture(scope="module")
def seasoned(tiny: Any) -> LoanPortfolio:
    """A world at the fork; tests branch from it and leave it alone."""
    return LoanPortfolio(tiny(enterprises=600, burn_in_months=30, months=12), seed=3)


def borrowers(world: Any, **wanted: int) -> list[int]:
    """Rows of firms with a current contract and certain values in its fields."""
    e = world.enterprises
    rows = np.flatnonzero((e["loan"] >= 0) & (e["status"] == ALIVE))
    held = world.loans[e["loan"][rows]]
    fits = held["status"] == CURRENT
    for field, value in wanted.items():
        fits &= held[field] == value
    return [int(row) for row in rows[fits]]


# --- hidden defaults ----------------------------------------------------------------------------


def hopeless(arm: LoanPortfolio, **changes: float) -> tuple[Any, Any, int]:
    """A world in which a firm that can never pay has just defaulted, unsecured."""
    world = arm._world
    for name, value in changes.items():
        world.desk[0].p[name] = value
    row = borrowers(world, security=UNSECURED)[0]
    world.enterprises[row].refuses = 1
    arm.act("open_default", row)
    return world, world.loans[world.enterprises[row].loan], row


def live_through(world: Any, row: int, months: int) -> list[tuple[int, int]]:
    """Month by month, status of the loan and of the firm."""
    seen = []
    for _ in range(months):
        world.desk[0].month += 1
        work_out(row, world)
        loan = world.enterprises[row].loan
        if loan < 0:
            break
        seen.append((int(world.loans[loan].status), int(world.enterprises[row].status)))
    return seen


def test_a_hidden_default_is_neither_sued_for_nor_written_off(seasoned: LoanPortfolio) -> None:
    world, loan, row = hopeless(
        seasoned.fork(), hiding=1.0, hiding_months=40.0, audit=0.0, write_off_months=18.0
    )
    began = int(loan.default_month)
    seen = live_through(world, row, 39)
    assert len(seen) == 39 and {firm for _, firm in seen} == {ALIVE}
    assert (loan.suit_month, loan.written_off_fen) == (-1, 0)
    live_through(world, row, 1)
    assert loan.suit_month == began + 40
    assert loan.status == WRITTEN_OFF and world.enterprises[row].status == IN_WORKOUT


def test_an_audit_brings_it_out_and_the_suit_follows(seasoned: LoanPortfolio) -> None:
    world, loan, row = hopeless(
        seasoned.fork(), hiding=1.0, hiding_months=40.0, audit=12.0, standstill_months=6.0
    )
    live_through(world, row, 1)
    assert loan.hidden_until == loan.default_month + 1
    live_through(world, row, 5)  # the standstill
    assert loan.suit_month > loan.default_month
    assert world.enterprises[row].status == IN_WORKOUT


def test_the_chance_of_an_audit_is_a_year_s(seasoned: LoanPortfolio) -> None:
    """With one audit of two files in a year, about half of the hidden defaults last a year."""
    found = 0
    world = seasoned.fork()._world
    world.desk[0].p.audit, world.desk[0].p.hiding_months = 0.5, 60.0
    rows = borrowers(world)[:200]
    for row in rows:
        loan = world.loans[world.enterprises[row].loan]
        loan.default_month, loan.ead_fen, loan.resolution_month = 0, loan.balance_fen, 10_000
        loan.hidden_until = world.desk[0].month + 60
    end = world.desk[0].month + 12
    for _ in range(12):
        world.desk[0].month += 1
        for row in rows:
            work_out(row, world)
    found = sum(int(world.loans[world.enterprises[row].loan].hidden_until <= end) for row in rows)
    assert 0.28 * len(rows) < found < 0.52 * len(rows)  # 1 - (1 - .5/12)^12 = .40


def test_nobody_waits_for_a_sale_of_nothing(seasoned: LoanPortfolio) -> None:
    world = seasoned.fork()._world
    for security in (UNSECURED, REAL_ESTATE, COMPANY):
        row = borrowers(world, security=security, registered=1)[0]
        e, loan = world.enterprises[row], world.loans[world.enterprises[row].loan]
        loan.default_month = world.desk[0].month
        schedule_liquidation(e, loan, world.officers[e.officer], world.desk[0])
        assert (loan.sale_month >= 0) == (security == REAL_ESTATE)
        assert (loan.guarantee_month >= 0) == (security == COMPANY)
        assert loan.asset_month > loan.suit_month >= loan.default_month


def test_nothing_is_papered_over_where_an_auditor_has_understood(seasoned: LoanPortfolio) -> None:
    """With every file audited, what is extended is what auditors fail to understand."""
    extended = {}
    for audit in (0.0, 1.0):
        arm = seasoned.fork()
        world = arm._world
        w = world.desk[0]
        w.p.evergreening, w.p.audit, w.p.bullet_tenor, w.p.initial_skill = 1.0, audit, 12.0, 0.5
        rows = borrowers(world, kind=BULLET, extensions=0)
        for row in rows:
            world.loans[world.enterprises[row].loan].maturity_month = w.month
            arm.act("face_maturity", row)
        loans = world.loans[world.enterprises["loan"][rows]]
        extended[audit] = int((loans["extensions"] == 1).sum()) / len(rows)
    assert extended[0.0] == 1.0
    assert abs(extended[1.0] - 0.3) < 3.0 * (0.21 / len(rows)) ** 0.5  # 1 - (.5 + .4 x .5)


# --- guarantors ---------------------------------------------------------------------------------


def called(world: Any, contests: int) -> tuple[Any, Any]:
    """A guarantor that is called for another firm's defaulted loan, and that loan."""
    row, debtor = borrowers(world)[:2]
    e, loan = world.enterprises[row], world.loans[world.enterprises[debtor].loan]
    loan.default_month, loan.ead_fen, loan.guarantors = world.desk[0].month, loan.balance_fen, 2
    e.called_loan, e.called_since = world.enterprises[debtor].loan, world.desk[0].month
    reserve = to_fen(world.desk[0].p.guarantor_reserve * e.revenue_fen)
    e.contests, e.cash_fen = contests, reserve + loan.balance_fen // 5
    return e, loan


@pytest.mark.parametrize("contests", [0, 1])
def test_a_call_is_a_debt_that_every_lender_sees(contests: int, seasoned: LoanPortfolio) -> None:
    world = seasoned.fork()._world
    w, (e, loan) = world.desk[0], called(world, contests)
    claim, before = int(loan.ead_fen), int(e.cash_fen)
    answer_call(e, loan, w)
    paid = before - int(e.cash_fen)
    assert (paid > 0) == (contests == 0)
    assert e.liability_fen == -(-claim // 2) - paid
    assert is_distressed(e, world.loans[e.loan], w)
    burdened = true_capacity(e, w, 0.0)
    service = service_of(e.liability_fen, 0.0)
    e.liability_fen = 0
    drop = service / e.revenue_fen / 0.04 / w.p.score_scale
    assert true_capacity(e, w, 0.0) - burdened == pytest.approx(drop)
    assert drop > 0.0


def test_who_is_released_owes_nothing(seasoned: LoanPortfolio) -> None:
    world = seasoned.fork()._world
    e, loan = called(world, 1)
    answer_call(e, loan, world.desk[0])
    loan.closed_month = world.desk[0].month
    answer_call(e, loan, world.desk[0])
    assert (e.called_loan, e.liability_fen) == (-1, 0)


# --- asking, and leaving ------------------------------------------------------------------------


def test_suppliers_are_put_off_only_for_a_bank_that_asks(seasoned: LoanPortfolio) -> None:
    world = seasoned.fork()._world
    w, e = world.desk[0], world.enterprises[0]
    e.cash_fen, e.line_fen = 1_000, 10_000
    w.p.line_usable, w.p.contact_share = 0.7, 0.9
    assert liquid(e, w, 1.0) == 8_000
    assert liquid(e, w, 0.0) == 1_700  # a tenth of 7,000 by themselves
    assert liquid(e, w, 0.5) == 1_000 + 3_850


def test_instalment_borrowers_leave_at_the_yearly_rate_of_bullets(seasoned: LoanPortfolio) -> None:
    """In a month a twelfth of the bullets that leave at a yearly maturity."""
    world = seasoned.fork()._world
    w = world.desk[0]
    w.p.churn, w.p.refinancing_ease, w.p.bullet_tenor = 0.9, 50.0, 12.0
    share = {}
    for kind in (INSTALMENT, BULLET):
        rows, gone = borrowers(world, kind=kind), 0
        for row in rows:
            e = world.enterprises[row]
            gone += int(leaves_bank(e, world.loans[e.loan], w))
        share[kind] = (gone, len(rows))
    (few, instalments), (many, bullets) = share[INSTALMENT], share[BULLET]
    assert abs(many / bullets - 0.9) < 3.0 * (0.09 / bullets) ** 0.5
    assert abs(few / instalments - 0.075) < 3.0 * (0.069 / instalments) ** 0.5
