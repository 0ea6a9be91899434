"""A trainee's orders: each acts on one firm, through the ledger, and on nobody else's luck."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from agents.enterprise import ALIVE, IN_WORKOUT, REAL_ESTATE
from agents.loan import DEFAULTED, OBSERVED
from agents.records import packed_bytes
from scenarios import load_scenario
from simulation import LoanPortfolio, orders
from simulation.approval import Terms
from simulation.orders import ORDERS, OrderError
from simulation.world import VISITS

MONTHS = 10


@pytest.fixture(scope="module")
def world() -> LoanPortfolio:
    sizes = {"enterprises": 400, "months": 24, "burn_in_months": 30}
    model = LoanPortfolio(load_scenario("l_bank", **sizes), seed=4)
    for _ in range(MONTHS):
        model.step()
    return model


def rows_where(world: LoanPortfolio, order: str) -> list[int]:
    """Enterprises for which an order is possible next month, found in one fork."""
    twin = world.fork()
    rows = range(len(twin.enterprises.records))
    for row in rows:
        twin._orders.ask(row)
    twin.step()
    return [row for row in rows if order in twin._orders.found(row)]


def ordered(world: LoanPortfolio, row: int, order: str, steps: int = 1) -> LoanPortfolio:
    model = world.fork()
    model.order(row, order)
    for _ in range(steps):
        model.step()
    return model


def usual(world: LoanPortfolio, steps: int = 1) -> LoanPortfolio:
    model = world.fork()
    for _ in range(steps):
        model.step()
    return model


def firm(model: LoanPortfolio, row: int) -> Any:
    return model._world.enterprises[row]


def contract(model: LoanPortfolio, row: int) -> Any:
    return model.loans[firm(model, row).loan]


@pytest.fixture(scope="module")
def possible(world: LoanPortfolio) -> dict[str, list[int]]:
    return {order: rows_where(world, order) for order in ORDERS}


def test_every_order_is_possible_for_somebody(possible: dict[str, list[int]]) -> None:
    assert all(possible.values()), {name: len(rows) for name, rows in possible.items()}


def new_files(world: LoanPortfolio, possible: dict[str, list[int]]) -> tuple[int, int]:
    """A firm without a loan that the bank refuses next month, and one to which it lends."""
    after = usual(world)
    rows = [r for r in possible["approve"] if firm(world, r).loan < 0]
    refused = next(r for r in rows if firm(after, r).loan < 0 and firm(after, r).file == 0)
    granted = next(r for r in rows if firm(after, r).loan >= 0)
    return refused, granted


def test_a_refused_file_is_approved_and_marked_as_an_override(
    world: LoanPortfolio, possible: dict[str, list[int]]
) -> None:
    row, _ = new_files(world, possible)
    model = ordered(world, row, "approve")
    assert contract(model, row).overridden == 1
    assert contract(model, row).principal_fen > 0
    assert model.loan_count == usual(world).loan_count + 1


def test_a_granted_file_is_refused_or_cut(
    world: LoanPortfolio, possible: dict[str, list[int]]
) -> None:
    _, row = new_files(world, possible)
    assert firm(ordered(world, row, "refuse"), row).loan < 0
    whole, half = contract(usual(world), row), contract(ordered(world, row, "cut"), row)
    limits = [c.principal_fen + c.undrawn_fen for c in (whole, half)]
    assert limits[1] == pytest.approx(limits[0] / 2, abs=2)


def test_what_the_bank_refuses_cannot_be_cut(
    world: LoanPortfolio, possible: dict[str, list[int]]
) -> None:
    row, _ = new_files(world, possible)
    assert row in possible["cut"]
    assert firm(ordered(world, row, "cut"), row).loan < 0


def test_only_new_files_are_cut(world: LoanPortfolio, possible: dict[str, list[int]]) -> None:
    """A renewal goes over its whole balance: half of it would be an order without effect."""
    undrawn = {row for row in possible["cut"] if firm(world, row).loan >= 0}
    assert undrawn and all(contract(world, row).undrawn_fen > 0 for row in undrawn)


def test_what_the_bank_overrides_itself_stays_an_override() -> None:
    terms = Terms(True, True, False, True, False, 0.0, -0.1, 0.0, 0.05, 1001, 0, 12)
    assert orders._granted(terms, None) == terms
    assert orders._half(terms, None) == terms._replace(amount=500)


def test_what_is_possible_does_not_tell_what_the_bank_will_decide(
    world: LoanPortfolio, possible: dict[str, list[int]]
) -> None:
    """A firm that gets a loan in the month has the orders of one that does not."""
    refused, granted = (set(world.possible_orders(row)) for row in new_files(world, possible))
    assert refused - {"collateral"} == granted - {"collateral"} == {"approve", "cut", "refuse"}
    for order in ("restructure", "visit"):
        assert all(firm(world, row).loan >= 0 for row in possible[order])


def test_a_suit_does_not_tell_of_a_default_before_it(
    world: LoanPortfolio,
) -> None:
    before, failed = world, []
    while not failed:
        before, after = usual(before), usual(before, 2)
        new = after.loans["default_month"] == after._sheet["month"]
        failed = after.loans["enterprise"][new].tolist()
    assert not set(failed) & set(rows_where(before, "sue"))


def test_an_undrawn_limit_is_frozen(world: LoanPortfolio, possible: dict[str, list[int]]) -> None:
    row = next(r for r in possible["cut"] if firm(world, r).loan >= 0 and firm(world, r).file == 0)
    assert contract(usual(world), row).undrawn_fen > 0
    assert contract(ordered(world, row, "cut"), row).undrawn_fen == 0


def test_security_is_given_out_of_private_wealth(
    world: LoanPortfolio, possible: dict[str, list[int]]
) -> None:
    row = next(
        r for r in possible["collateral"]
        if firm(world, r).loan >= 0 and firm(world, r).file == 0
        and contract(usual(world), r).extra_security_fen == 0
    )  # fmt: skip
    model, twin = ordered(world, row, "collateral"), usual(world)
    given = contract(model, row).extra_security_fen
    assert given > 0
    assert firm(twin, row).wealth_fen - firm(model, row).wealth_fen == given


def test_no_money_before_the_registration_number(
    world: LoanPortfolio, possible: dict[str, list[int]]
) -> None:
    after = usual(world)
    rows = [
        r for r in possible["collateral"]
        if firm(world, r).loan < 0 and firm(after, r).loan >= 0
    ]  # fmt: skip
    for row in rows:
        model = ordered(world, row, "collateral")
        if firm(model, row).security == REAL_ESTATE:
            assert contract(model, row).registered == 1
        else:
            assert contract(model, row).extra_security_fen > 0
    assert rows


def test_a_visit_is_made_and_logged(world: LoanPortfolio, possible: dict[str, list[int]]) -> None:
    row = possible["visit"][0]
    model = ordered(world, row, "visit")
    assert contract(model, row).visits_logged > contract(world, row).visits_logged
    assert firm(model, row).last_visit == model._sheet["month"]


@pytest.mark.parametrize("due", [True, False])
def test_a_visit_takes_hours_that_files_would_have_had(world: LoanPortfolio, due: bool) -> None:
    """All of them where no visit is due; else what the watch's own hours leave to be done."""
    model = usual(world)
    inside, w = model._world, model._world.desk[0]
    listed = set(inside.lists[VISITS, : w.listed[VISITS]].tolist())
    (visit,) = ORDERS["visit"]
    rows = [r for r in range(len(inside.enterprises)) if (r in listed) is due
            and visit.possible(firm(model, r), inside.loans[max(firm(model, r).loan, 0)], w)
            and inside.officers[firm(model, r).officer].watch_effort > 0.0]  # fmt: skip
    row = rows[0]
    post = inside.officers[firm(model, row).officer]
    post.file_hours_left = 50.0
    share = 1.0 - post.watch_effort if due else 1.0
    visit.act(row, inside)
    assert 50.0 - post.file_hours_left == pytest.approx(share * w.p.visit_hours)
    assert row not in inside.lists[VISITS, : w.listed[VISITS]].tolist()


def test_terms_are_eased(world: LoanPortfolio, possible: dict[str, list[int]]) -> None:
    row = next(r for r in possible["restructure"] if contract(world, r).dpd <= 0)
    before, after = contract(world, row), contract(ordered(world, row, "restructure"), row)
    assert after.restructured == before.restructured + 1
    assert after.status == OBSERVED and after.observed_until > 0


def test_what_is_wholly_due_cannot_be_eased(
    world: LoanPortfolio, possible: dict[str, list[int]]
) -> None:
    """There would be nothing to spread: the new maturity would be the next month."""
    (eased,) = (way for way in ORDERS["restructure"])
    twin = world.fork()
    row = possible["restructure"][0]
    e, loan, desk = firm(twin, row), contract(twin, row), twin._world.desk[0]
    assert eased.possible(e, loan, desk)
    loan.principal_arrears_fen = loan.balance_fen
    assert not eased.possible(e, loan, desk)


def test_a_suit_counts_from_the_month_of_the_order(
    world: LoanPortfolio, possible: dict[str, list[int]]
) -> None:
    row = possible["sue"][0]
    assert contract(world, row).status == DEFAULTED
    model = ordered(world, row, "sue")
    month = model._sheet["month"]
    assert firm(model, row).status == IN_WORKOUT
    assert abs(contract(model, row).suit_month - month) <= 1
    assert contract(model, row).hidden_until <= month


@pytest.mark.parametrize("order", list(ORDERS))
def test_an_order_keeps_the_books_and_other_firms_luck(
    world: LoanPortfolio, possible: dict[str, list[int]], order: str
) -> None:
    """The ledger checks itself each month; a firm elsewhere meets the same demand as before."""
    row = possible[order][0]
    model, twin = ordered(world, row, order, 6), usual(world, 6)
    firms, same = model._world.enterprises, twin._world.enterprises
    both = (firms["status"] == ALIVE) & (same["status"] == ALIVE)
    both &= np.arange(len(firms)) != row
    assert both.mean() > 0.5
    for field in ("demand", "level", "setback", "quality", "collateral_log"):
        assert (firms[field] == same[field])[both].all(), field


def test_without_an_order_a_fork_is_the_same_to_the_last_bit(world: LoanPortfolio) -> None:
    twin = world.fork()
    twin.possible_orders(3)
    twin.step()
    assert packed_bytes(twin.loans) == packed_bytes(usual(world).loans)


def test_possible_orders_are_those_that_are_carried_out(
    world: LoanPortfolio, possible: dict[str, list[int]]
) -> None:
    row = possible["sue"][0]
    found = world.possible_orders(row)
    assert "sue" in found and "approve" not in found
    for order in set(ORDERS) - set(found):
        with pytest.raises(OrderError, match=f"not possible in month {MONTHS}: {order}"):
            ordered(world, row, order)


@pytest.mark.parametrize(
    ("row", "name", "words"),
    [(0, "bribe", "unknown; orders are: approve"), (-1, "visit", "allowed: 0 to"),
     (10**6, "visit", "allowed: 0 to")],
)  # fmt: skip
def test_a_wrong_order_is_told(world: LoanPortfolio, row: int, name: str, words: str) -> None:
    with pytest.raises(OrderError, match=words):
        world.fork().order(row, name)


def test_a_firm_that_there_is_not_can_be_asked_for_in_vain(world: LoanPortfolio) -> None:
    for row in (-1, len(world.enterprises.records)):
        with pytest.raises(OrderError, match="allowed: 0 to"):
            world.possible_orders(row)
