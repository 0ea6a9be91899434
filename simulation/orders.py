"""Orders of a trainee for single firms: decide a file, ask for security, visit, restructure, sue.

An order is carried out by the plain bodies of the stage concerned, with the one rule replaced that
would have decided, before the stage comes to the firm; the stage then finds nothing left to do. It
acts through cash, security, terms, timing and hours, takes no other firm's luck, and obeys the
ledger. Without orders nothing here runs. Source: docs/model-basis.md, section "Orders".
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from agents.compiled import rebuild
from agents.enterprise import IN_WORKOUT, NEW_FILE, REAL_ESTATE, RENEWAL_FILE, to_fen
from agents.loan import DEFAULTED
from simulation import approval
from simulation.ledger import is_performing
from simulation.stages import monitoring, origination, recovery
from simulation.world import TALLY, VISITS, World

DAYS_PER_MONTH = 365.0 / 12.0


class OrderError(ValueError):
    """An order that is unknown, or impossible in the firm's state.

    left: orders of a month that could not be carried out, firm (row) -> name.
    """

    def __init__(self, told: str, left: Mapping[int, str] = MappingProxyType({})) -> None:
        super().__init__(told)
        self.left = left


class Order(NamedTuple):
    """A way to carry an order out.

    stage: of the month, before which it happens. possible: is it, for a firm, its contract (any
    contract where it has none) and the desk? act: does it, for the firm in a row.
    """

    stage: str
    possible: Callable[[Any, Any, Any], bool]
    act: Callable[[int, World], None]


# --- what is possible -----------------------------------------------------------------------


def _has_file(e: Any, _loan: Any, _w: Any) -> bool:
    return bool(e.file in (NEW_FILE, RENEWAL_FILE))


def _has_new_file(e: Any, _loan: Any, _w: Any) -> bool:
    """A renewal's amount is its balance: nothing of it can be cut."""
    return bool(e.file == NEW_FILE)


def _can_pledge_for_file(e: Any, _loan: Any, _w: Any) -> bool:
    """Is there a new file, and real estate to be registered or private wealth to be pledged?"""
    return bool(e.file == NEW_FILE and (e.security == REAL_ESTATE or e.wealth_fen > 0))


def _has_contract(e: Any, loan: Any, w: Any) -> bool:
    """Is there a performing contract that was there, or renews one that was, before the month?

    An order for one of this month would tell beforehand that the bank grants it.
    """
    return bool(e.loan >= 0 and is_performing(loan) and loan.chain_month < w.month)


def _can_pledge(e: Any, loan: Any, w: Any) -> bool:
    """Has a performing contract no further security yet, and the owner private wealth?"""
    free = loan.extra_security_fen == 0 and e.wealth_fen > 0
    return _has_contract(e, loan, w) and bool(free)


def _has_undrawn(e: Any, loan: Any, w: Any) -> bool:
    return _has_contract(e, loan, w) and bool(loan.undrawn_fen > 0)


def _can_be_eased(e: Any, loan: Any, w: Any) -> bool:
    """Is something of a performing contract not due yet? What is due already cannot be eased."""
    return _has_contract(e, loan, w) and bool(loan.balance_fen > loan.principal_arrears_fen)


def _can_be_sued(e: Any, loan: Any, w: Any) -> bool:
    """Is there a default of an earlier month that is not in liquidation yet?"""
    waits = loan.status == DEFAULTED and loan.asset_month < 0
    return bool(e.loan >= 0 and waits and loan.default_month < w.month)


# --- how it is done --------------------------------------------------------------------------


def _decided(
    change: Callable[[approval.Terms, Any], approval.Terms], **replaced: Callable[..., Any]
) -> Callable[[int, World], None]:
    """The file is dealt with first, and the bank's decision changed before it takes effect."""

    @functools.cache
    def body() -> Callable[[int, World], None]:
        usual = rebuild({"decide": approval.decide}, plain=True)["decide"]

        def decide(
            e: Any, o: Any, file: Any, seen: float, luck: Any, balance: int, w: Any
        ) -> approval.Terms:
            return change(usual(e, o, file, seen, luck, balance, w), file)

        rules: Mapping[str, Callable[..., Any]] = {"decide": decide, **replaced}
        bodies = {"decide_file": origination.decide_file}
        return rebuild(bodies, rules, plain=True)["decide_file"]

    def act(row: int, world: World) -> None:
        body()(row, world)

    return act


def _granted(terms: approval.Terms, file: Any) -> approval.Terms:
    """As the bank grants it; where it refuses an override, on the terms that it would have set,
    over what was asked where it sets no amount.
    """
    if terms.granted:
        return terms
    amount = terms.amount if terms.amount > 0 else file.asked
    return terms._replace(granted=True, overridden=True, amount=amount)


def _half(terms: approval.Terms, _file: Any) -> approval.Terms:
    """Half of what the bank grants; where it refuses there is nothing to cut."""
    return terms._replace(amount=max(1, terms.amount // 2)) if terms.granted else terms


def _refused(terms: approval.Terms, _file: Any) -> approval.Terms:
    return terms._replace(granted=False, overridden=False)


def _unchanged(terms: approval.Terms, _file: Any) -> approval.Terms:
    return terms


def _registered(e: Any, loan: Any, was_registered: bool, w: Any) -> None:
    """No money before the registration number: a contract begins as a registered one."""


_decide_registered = _decided(_unchanged, register=_registered)


def _secured(row: int, world: World) -> None:
    """The bank decides as usual, but pays out against security only: a registered mortgage, or
    private wealth of the owner where the firm has no real estate.
    """
    e = world.enterprises[row]
    before = e.loan
    _decide_registered(row, world)
    if e.loan != before and e.security != REAL_ESTATE:
        _pledge(row, world)


def _pledge(row: int, world: World) -> None:
    """Private wealth of the owner is pledged; he can then no longer put it into the firm."""
    e, p = world.enterprises[row], world.desk[0].p
    loan = world.loans[e.loan]
    given = min(to_fen(p.added_security_value * loan.balance_fen), e.wealth_fen)
    e.wealth_fen -= given
    loan.extra_security_fen = given


def _frozen(row: int, world: World) -> None:
    """What is undrawn can no longer be drawn."""
    world.loans[world.enterprises[row].loan].undrawn_fen = 0
    world.desk[0].tally[TALLY["frozen"]] += 1.0


def _visited(row: int, world: World) -> None:
    """Somebody goes, in hours that files would have had; a visit due this month is then made.

    For a visit that is due hours of the watch are there already, as many as its effort gives.
    """
    e, w = world.enterprises[row], world.desk[0]
    loan, o = world.loans[e.loan], world.officers[e.officer]
    due = world.lists[VISITS, : w.listed[VISITS]]
    others = due[due != row].copy()
    there = o.watch_effort if len(others) < len(due) else 0.0
    o.file_hours_left = max(0.0, o.file_hours_left - (1.0 - there) * w.p.visit_hours)
    world.lists[VISITS, : len(others)] = others
    w.listed[VISITS] = len(others)
    w.tally[TALLY["visits_due"]] += 1.0
    w.tally[TALLY["visits_made"]] += 1.0
    loan.visits_due += 1
    loan.visits_logged += 1
    e.last_visit = w.month
    _bodies()["see_firm"](e, o, loan, _bodies()["uniforms_of_visit"](e, w), w)


def _eased(row: int, world: World) -> None:
    """Instalments that the firm can carry, over a longer time, under observation."""
    e, w = world.enterprises[row], world.desk[0]
    _bodies()["ease_terms"](e, world.loans[e.loan], w)
    w.tally[TALLY["actions"]] += 1.0
    world.loans[e.loan].actions += 1


def _sued(row: int, world: World) -> None:
    """Standstill and hiding end; the suit counts from this month."""
    e, w = world.enterprises[row], world.desk[0]
    loan, post = world.loans[e.loan], world.officers[e.officer]
    if loan.hidden_until > w.month:
        loan.hidden_until = w.month
    waited = DAYS_PER_MONTH * (w.month - loan.default_month)

    def suit_delay(days: float, effort: float, u: float) -> float:  # noqa: ARG001
        return waited

    schedule = {"schedule": recovery.schedule_liquidation}
    bodies = rebuild(schedule, {"suit_delay": suit_delay}, plain=True)
    e.status = IN_WORKOUT
    bodies["schedule"](e, loan, post, w)


@functools.cache
def _bodies() -> dict[str, Callable[..., Any]]:
    """Plain bodies of what an order does without a rule replaced."""
    return rebuild(
        {"see_firm": monitoring.see_firm, "ease_terms": monitoring.ease_terms,
         "uniforms_of_visit": monitoring.luck_of_visit},
        plain=True,
    )  # fmt: skip


ORDERS: dict[str, tuple[Order, ...]] = {
    "approve": (Order("decide_files", _has_file, _decided(_granted)),),
    "cut": (
        Order("decide_files", _has_new_file, _decided(_half)),
        Order("answer_alerts", _has_undrawn, _frozen),
    ),
    "refuse": (Order("decide_files", _has_file, _decided(_refused)),),
    "collateral": (
        Order("decide_files", _can_pledge_for_file, _secured),
        Order("answer_alerts", _can_pledge, _pledge),
    ),
    "visit": (Order("decide_files", _has_contract, _visited),),
    "restructure": (Order("answer_alerts", _can_be_eased, _eased),),
    "sue": (Order("work_outs", _can_be_sued, _sued),),
}
"""Ways to carry an order out, by its name: the first that is possible when its stage comes."""


class Orders:
    """Orders for the coming month, and what was found possible where it is only asked."""

    def __init__(self) -> None:
        self._given: dict[int, str] = {}
        self._asked: dict[int, list[str]] = {}

    def __bool__(self) -> bool:
        """Is there anything to do?"""
        return bool(self._given or self._asked)

    def give(self, row: int, name: str) -> None:
        """An order for a firm. Raises: OrderError for an unknown one."""
        if name not in ORDERS:
            raise OrderError(f"order {name!r} is unknown; orders are: {', '.join(ORDERS)}")
        self._given[row] = name

    def ask(self, row: int) -> None:
        """Note what would be possible for a firm."""
        self._asked[row] = []

    def found(self, row: int) -> tuple[str, ...]:
        """What was possible for a firm of which it was asked, in the order of ORDERS."""
        there = set(self._asked.get(row, ()))
        return tuple(name for name in ORDERS if name in there)

    def before(self, stage: str, world: World) -> list[tuple[int, str]]:
        """Carry out what belongs before a stage. Returns: rows and orders that were."""
        done = []
        for row, name in list(self._given.items()):
            for way in ORDERS[name]:
                if way.stage == stage and _is_possible(way, row, world):
                    way.act(row, world)
                    del self._given[row]
                    done.append((row, name))
                    break
        for row, names in self._asked.items():
            names += [
                name for name, ways in ORDERS.items()
                if any(way.stage == stage and _is_possible(way, row, world) for way in ways)
            ]  # fmt: skip
        return done

    def close(self, month: int) -> None:
        """The month is over. Raises: OrderError for orders that could not be carried out."""
        left, self._given = self._given, {}
        if left:
            told = ", ".join(f"{name} for enterprise {row}" for row, name in left.items())
            raise OrderError(f"not possible in month {month}: {told}; see possible_orders", left)


def _is_possible(way: Order, row: int, world: World) -> bool:
    e = world.enterprises[row]
    return bool(way.possible(e, world.loans[max(int(e.loan), 0)], world.desk[0]))
