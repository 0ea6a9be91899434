"""The books: every month balances, in every cut, and a broken booking is caught and named."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from agents.loan import (
    CLASSES,
    COHORTS,
    CURRENT,
    DEFAULTED,
    LEGACY,
    NEW_LENDING,
    REPAID,
    SETTLED,
    STATUSES,
    WRITTEN_OFF,
    legal_transitions,
)
from simulation import LoanPortfolio, Strategy, ledger
from simulation.ledger import KINDS, LedgerError, check_contracts, check_month, check_transitions
from simulation.world import FILES

# Hard times, so that every kind of booking occurs.
HARD = {
    "enterprises": 300, "months": 24, "burn_in_months": 36, "run_off_months": 24,
    "fixed_cost": 0.25, "evergreening": 0.5, "cure_agreement": 1.0, "standstill_months": 2,
    "write_off_months": 14, "survivor_quality": 0.0, "refinancing_ease": -1.0, "bullet_share": 0.9,
}  # fmt: skip


@pytest.fixture(scope="module")
def lived(tiny: Any) -> tuple[LoanPortfolio, list[dict[str, Any]]]:
    """A hard world at its end, with the books of every month."""
    model = LoanPortfolio(tiny(**HARD), ["pre_loan_process", "risk_warning"])
    months: list[dict[str, Any]] = []
    while not model.finished:
        opening = model._world.desk[0].balances.copy()
        before = model.loans.copy()
        model.step()
        w = model._world.desk[0]
        months.append(
            {
                "opening": opening,
                "flows": w.flows.copy(),
                "closing": w.balances.copy(),
                "loans": model.loans.copy(),
                "before": before,
            }
        )
    return model, months


def flow(month: dict[str, Any], kind: str) -> np.ndarray:
    """A month's flow of a kind: fen (cohort, class)."""
    return np.asarray(month["flows"][:, :, KINDS.index(kind)])


def test_every_kind_of_booking_occurred(lived: Any) -> None:
    """Otherwise the identities below would prove little."""
    _, months = lived
    for kind in KINDS:
        assert sum(flow(month, kind).sum() for month in months) > 0, kind
    moved = sum(month["flows"] for month in months)
    assert (moved[:, :, KINDS.index("migrated_in")].sum(axis=0) > 0).all()  # each class
    assert (moved.sum(axis=(1, 2)) > 0).all()  # each cohort


def test_opening_and_flows_make_closing(lived: Any) -> None:
    """The identity in words, spelled out anew for book, class and cohort."""
    _, months = lived
    plus, minus = ("disbursed", "capitalised", "migrated_in"), (
        "repaid", "renewed_away", "recovered", "written_off", "migrated_out")  # fmt: skip
    for month in months:
        change = sum(flow(month, k) for k in plus) - sum(flow(month, k) for k in minus)
        assert np.array_equal(month["opening"] + change, month["closing"])
        whole = sum(flow(month, k).sum() for k in ("disbursed", "capitalised")) - sum(
            flow(month, k).sum() for k in ("repaid", "renewed_away", "recovered", "written_off")
        )
        assert month["opening"].sum() + whole == month["closing"].sum()
        assert np.array_equal(
            flow(month, "migrated_in").sum(axis=1), flow(month, "migrated_out").sum(axis=1)
        )


def test_the_contracts_make_the_balances(lived: Any) -> None:
    """All contracts ever made, counted afresh, also those that no enterprise points to."""
    _, months = lived
    for month in months:
        loans = month["loans"]
        counted = np.zeros((len(COHORTS), len(CLASSES)), dtype=np.int64)
        np.add.at(counted, (loans["cohort"], loans["loan_class"]), loans["balance_fen"])
        assert np.array_equal(counted, month["closing"])
        assert (loans["balance_fen"] >= 0).all()


def test_the_table_of_months_shows_the_books(lived: Any) -> None:
    model, months = lived
    rows = model._table.rows[-len(months) :]
    for row, month in zip(rows, months, strict=True):
        for place, name in enumerate(COHORTS):
            assert row[f"{name}_balance_fen"] == month["closing"][place].sum()
            for kind in KINDS:
                assert row[f"{name}_{kind}_fen"] == flow(month, kind)[place].sum()
        for place, name in enumerate(CLASSES):
            assert row[f"{name}_balance_fen"] == month["closing"][:, place].sum()
        bad = month["closing"][:, 2:].sum()
        assert row["npl_ratio"] == pytest.approx(bad / max(month["closing"].sum(), 1), rel=1e-12)


def test_a_contracts_life_makes_its_balance(lived: Any) -> None:
    model, months = lived
    for month in months:
        check_contracts(month["loans"])
    loans = model.loans
    ended = np.isin(loans["status"], (REPAID, WRITTEN_OFF, SETTLED))
    assert ended.sum() > 100
    assert (loans["balance_fen"][ended] == 0).all()
    assert (loans["principal_arrears_fen"] <= loans["balance_fen"]).all()
    assert (loans["recovered_fen"] <= np.maximum(loans["ead_fen"], 0)).all()
    closed = loans["closed_month"] >= 0
    assert not np.isin(loans["status"][closed], (CURRENT, DEFAULTED)).any()


def late_recoveries(loans: Any) -> int:
    """Fen recovered after write-off, from the contracts: recovered less what fell off the books."""
    failed = loans["default_month"] >= 0
    on_books = loans["ead_fen"] - loans["written_off_fen"] - loans["balance_fen"]
    return int((loans["recovered_fen"] - on_books)[failed].sum())


def test_the_banks_cash_follows_from_the_contracts(lived: Any) -> None:
    """Cash since the first day: what was paid out and what came back, less the strategies."""
    model, months = lived
    costs = 0
    by_month = model._table.rows["strategy_cost_fen"][-len(months) :]
    for month, cost in zip(months, by_month, strict=True):
        costs += int(cost)
        loans = month["loans"]
        cash = -int(loans["new_money_fen"].sum())
        for name in ("repaid_fen", "interest_paid_fen", "booked_recovery_fen"):
            cash += int(loans[name].sum())
        month["cash"] = cash + late_recoveries(loans) - costs
    assert costs > 0 and late_recoveries(model.loans) > 0
    shown = model._table.rows["bank_cash_fen"][-len(months) :]
    assert [int(c) for c in shown] == [m["cash"] for m in months]
    assert model.bank.cash_fen == months[-1]["cash"]


def test_money_paid_out_is_new_money_only(lived: Any) -> None:
    model, _ = lived
    loans = model.loans
    renewed = loans["previous"] >= 0
    assert renewed.sum() > 20
    assert (loans["new_money_fen"][~renewed] == loans["principal_fen"][~renewed]).all()
    # A renewal takes over exactly what the contract before gave away; the rest was drawn later.
    before = loans["previous"][renewed]
    taken_over = loans["principal_fen"][renewed] - loans["new_money_fen"][renewed]
    assert np.array_equal(taken_over, loans["renewed_away_fen"][before])
    drawn = loans["new_money_fen"][renewed] > 0
    assert drawn.any() and not drawn.all()


def test_cohorts_follow_the_calendar(lived: Any) -> None:
    model, _ = lived
    loans, fork = model.loans, HARD["burn_in_months"]
    first = loans["previous"] < 0
    window = (loans["start_month"] >= fork) & (loans["start_month"] < fork + HARD["months"])
    assert (loans["cohort"][first & (loans["start_month"] < fork)] == LEGACY).all()
    assert (loans["cohort"][first & window] == NEW_LENDING).all()
    old = ~first & window
    assert np.array_equal(loans["cohort"][old], loans["cohort"][loans["previous"][old]])
    assert (loans["cohort"][loans["start_month"] >= fork + HARD["months"]] == 2).all()
    assert not (window & (loans["cohort"] == 2)).any()


# --- broken on purpose ----------------------------------------------------------------------------


def broken_stage(model: LoanPortfolio, name: str, mischief: Callable[[Any], None]) -> None:
    """Let a stage be followed by something that is not booked."""
    honest = model._stages[name]

    def stage(world: Any, *rest: Any) -> None:
        honest(world, *rest)
        mischief(world)

    model._stages = {**model._stages, name: stage}


def live_loan(world: Any, place: int = 0) -> int:
    """Row of a performing contract."""
    loans = world.loans[: int(world.desk[0].loan_count)]
    rows = np.flatnonzero((loans["status"] == CURRENT) & (loans["balance_fen"] > 1_000))
    return int(rows[place])


@pytest.mark.parametrize("stage", ["live_months", "work_outs", "decide_files", "visits"])
@pytest.mark.parametrize("gap", [1, -777])
def test_a_balance_changed_without_a_booking_is_caught(tiny: Any, stage: str, gap: int) -> None:
    model = LoanPortfolio(tiny())
    model.step()

    def mischief(world: Any) -> None:
        world.loans["balance_fen"][live_loan(world)] += gap

    broken_stage(model, stage, mischief)
    with pytest.raises(LedgerError) as caught:
        model.step()
    text = str(caught.value)
    assert text.startswith("month 1: balance of class 'normal' in ")
    assert "'legacy'" in text or "'new_lending'" in text
    assert text.endswith(f"is off by {-gap} fen")


def test_a_balance_edited_between_two_months_is_caught(tiny: Any) -> None:
    model = LoanPortfolio(tiny())
    model.step()
    model._world.loans["balance_fen"][live_loan(model._world)] += 100
    with pytest.raises(LedgerError, match=r"month 1: balance of class .* is off by -\d+ fen"):
        model.step()


def test_a_booking_without_a_movement_is_caught(tiny: Any) -> None:
    model = LoanPortfolio(tiny())

    def mischief(world: Any) -> None:
        world.desk[0].flows[LEGACY, 0, KINDS.index("repaid")] += 5

    broken_stage(model, "visits", mischief)
    with pytest.raises(LedgerError, match=r"month 0: .*'legacy' lending is off by -5 fen"):
        model.step()


def test_a_loan_that_nobody_holds_any_more_is_caught(tiny: Any) -> None:
    """Balances are counted over borrowers: a contract that is lost leaves a gap."""
    model = LoanPortfolio(tiny())

    def mischief(world: Any) -> None:
        row = live_loan(world)
        world.enterprises["loan"][world.loans["enterprise"][row]] = -1

    broken_stage(model, "run_posts", mischief)
    with pytest.raises(LedgerError, match="month 0: balance of class 'normal'"):
        model.step()


def test_a_stage_that_forgets_to_book_is_caught(tiny: Any) -> None:
    """A kernel of one's own that pays a loan down by hand."""
    model = LoanPortfolio(tiny())

    def forgiving(world: Any) -> None:
        loan = world.loans[live_loan(world)]
        loan.repaid_fen += 10  # the contract's own books agree
        loan.balance_fen -= 10

    broken_stage(model, "answer_alerts", forgiving)
    with pytest.raises(LedgerError, match="is off by 10 fen"):
        model.step()


def test_migrations_that_do_not_cancel_are_caught(tiny: Any) -> None:
    model = LoanPortfolio(tiny())
    model.step()
    w = model._world.desk[0]
    flows, closing = w.flows.copy(), w.balances.copy()
    flows[NEW_LENDING, 0, KINDS.index("migrated_in")] += 9
    closing[NEW_LENDING, 0] += 9  # such that the class balances
    with pytest.raises(LedgerError, match=r"month 3: migrations of 'new_lending' .* 9 fen, not 0"):
        check_month(3, model._opening, flows, closing)


@pytest.mark.parametrize(
    ("before", "after"),
    [(CURRENT, WRITTEN_OFF), (DEFAULTED, CURRENT), (REPAID, CURRENT), (SETTLED, DEFAULTED)],
)
def test_an_illegal_move_is_caught(tiny: Any, before: int, after: int) -> None:
    model = LoanPortfolio(tiny())

    def mischief(world: Any) -> None:
        world.desk[0].transitions[before, after] += 1

    broken_stage(model, "work_outs", mischief)
    with pytest.raises(LedgerError) as caught:
        model.step()
    for part in ("month 0", repr(STATUSES[before]), repr(STATUSES[after]), "not a legal move"):
        assert part in str(caught.value)


def test_an_illegal_move_by_the_ledgers_own_setter_is_caught(tiny: Any) -> None:
    model = LoanPortfolio(tiny())

    def mischief(world: Any) -> None:
        ledger.set_status(world.desk[0], world.loans[live_loan(world)], WRITTEN_OFF)

    broken_stage(model, "run_posts", mischief)
    with pytest.raises(LedgerError, match="'current' to 'written_off'"):
        model.step()


def test_every_move_of_the_hard_world_was_legal_and_every_legal_kind_of_end_occurred(
    tiny: Any,
) -> None:
    model = LoanPortfolio(tiny(**HARD))
    moves = np.zeros((len(STATUSES), len(STATUSES)), dtype=np.int64)
    while not model.finished:
        model.step()
        moves += model._world.desk[0].transitions
    assert not moves[~legal_transitions()].any()
    assert (moves.sum(axis=0)[1:] > 0).all()  # each status was entered


def test_check_contracts_names_the_loan_and_the_gap(tiny: Any) -> None:
    loans = LoanPortfolio(tiny()).loans.copy()
    check_contracts(loans)
    loans["interest_paid_fen"][1] += 5  # no part of a balance
    check_contracts(loans)
    loans["repaid_fen"][3] += 5
    loans["repaid_fen"][7] += 5
    with pytest.raises(LedgerError, match="loan 3: payments and balance differ by -5 fen"):
        check_contracts(loans)


def test_check_month_is_exact_beyond_floats() -> None:
    """Whole fen: one fen is seen beside 46 quadrillion CNY."""
    shape = (len(COHORTS), len(CLASSES))
    opening = np.full(shape, 2**62, dtype=np.int64)
    flows = np.zeros((*shape, len(KINDS)), dtype=np.int64)
    check_month(0, opening, flows, opening.copy())
    off = opening.copy()
    off[2, 4] += 1
    with pytest.raises(LedgerError, match="class 'loss' in 'beyond' lending is off by -1 fen"):
        check_month(0, opening, flows, off)


def test_a_month_without_moves_is_legal() -> None:
    check_transitions(0, np.zeros((8, 8), dtype=np.int64), legal_transitions())


def test_the_lists_hold_each_row_once(tiny: Any) -> None:
    """What a stage leaves for the next: nobody is decided upon twice in a month."""
    model = LoanPortfolio(tiny(**HARD))
    for _ in range(12):
        model.step()
        for which, count in enumerate(model._world.desk[0].listed):
            rows = model._world.lists[which, :count]
            assert len(set(rows.tolist())) == count, which
            assert which != FILES or count > 0


def test_strategy_cost_leaves_the_cash(tiny: Any) -> None:
    """Two arms that differ by a cost alone: cash differs by exactly that cost."""
    idle = Strategy("idle", "Idle", "空", running_cny_per_year=1_200_000.0, set_up_cny=50_000.0)
    parent = LoanPortfolio(tiny())
    free, paying = parent.fork(), parent.fork([idle])
    for _ in range(3):
        free.step()
        paying.step()
    spent = int(paying._table.rows["strategy_cost_fen"].sum())
    assert spent > 0
    assert free.bank.cash_fen - paying.bank.cash_fen == spent
    assert np.array_equal(free.loans["balance_fen"], paying.loans["balance_fen"])
