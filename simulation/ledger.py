"""The accounts: every movement of money is booked here, and each month must balance.

opening + disbursed + capitalised + migrated in - repaid - renewed away - recovered
- written off - migrated out = closing, in fen, for the whole book, each class and each cohort.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agents.compiled import kernel
from agents.loan import ARREARS, CLASSES, COHORTS, CURRENT, DEFAULTED, OBSERVED, STATUSES, discount

KINDS = (
    "disbursed", "capitalised", "migrated_in", "repaid", "renewed_away", "recovered",
    "written_off", "migrated_out", "new_money", "interest", "late_recovery",
)  # fmt: skip
(
    DISBURSED, CAPITALISED, MIGRATED_IN, REPAID_PRINCIPAL, RENEWED_AWAY, RECOVERED,
    WRITTEN_OFF_BALANCE, MIGRATED_OUT, NEW_MONEY, INTEREST, LATE_RECOVERY,
) = range(len(KINDS))  # fmt: skip

_BALANCE_SIGN = np.array([1, 1, 1, -1, -1, -1, -1, -1, 0, 0, 0], dtype=np.int64)
_CASH_SIGN = (-1, 0, 0, 1, 1, 1, 0, 0, 0, 1, 1)
_RESULT_SIGN = (0, 1, 0, 0, 0, 0, -1, 0, 0, 1, 1)


class LedgerError(AssertionError):
    """The books do not balance: names month, identity and gap in fen."""


@kernel
def book(w: Any, loan: Any, kind: int, amount: int) -> None:
    """Enter an amount (fen, never negative) under the loan's cohort and class."""
    w.flows[loan.cohort, loan.loan_class, kind] += amount


@kernel
def set_status(w: Any, loan: Any, status: int) -> None:
    """Move a contract to another status; the model checks that each move was legal."""
    if loan.status != status:
        w.transitions[loan.status, status] += 1
        loan.status = status


@kernel
def disburse(w: Any, loan: Any, new_money: int) -> None:
    """Book a new contract's principal; ``new_money`` of it is paid out."""
    loan.balance_fen = loan.principal_fen
    loan.new_money_fen = new_money
    book(w, loan, DISBURSED, loan.principal_fen)
    book(w, loan, NEW_MONEY, new_money)


@kernel
def draw(w: Any, loan: Any, amount: int) -> None:
    """Book a drawing on the undrawn part of a limit (fen)."""
    loan.undrawn_fen -= amount
    loan.principal_fen += amount
    loan.new_money_fen += amount
    loan.balance_fen += amount
    book(w, loan, DISBURSED, amount)
    book(w, loan, NEW_MONEY, amount)


@kernel
def receive_payment(w: Any, loan: Any, amount: int) -> None:
    """Book a payment: interest in arrears first, then principal in arrears, then the rest."""
    interest = min(amount, loan.interest_arrears_fen)
    principal = min(amount - interest, loan.balance_fen)
    loan.interest_arrears_fen -= interest
    loan.interest_paid_fen += interest
    book(w, loan, INTEREST, interest)
    loan.principal_arrears_fen -= min(principal, loan.principal_arrears_fen)
    loan.balance_fen -= principal
    loan.repaid_fen += principal
    book(w, loan, REPAID_PRINCIPAL, principal)


@kernel
def capitalise_interest(w: Any, loan: Any) -> None:
    """Turn interest in arrears into principal."""
    amount = loan.interest_arrears_fen
    loan.interest_arrears_fen = 0
    loan.balance_fen += amount
    loan.capitalised_fen += amount
    book(w, loan, CAPITALISED, amount)


@kernel
def renew_away(w: Any, loan: Any) -> int:
    """Close a contract because a new one takes its balance over; returns that balance (fen)."""
    amount = loan.balance_fen
    loan.balance_fen = 0
    loan.principal_arrears_fen = 0
    loan.renewed_away_fen += amount
    book(w, loan, RENEWED_AWAY, amount)
    return amount


@kernel
def claim_left(loan: Any) -> int:
    """What is still owed of a defaulted exposure (fen), on the books or written off."""
    return loan.ead_fen - loan.recovered_fen


@kernel
def recover(w: Any, loan: Any, amount: int) -> None:
    """Book a recovery: off the balance while there is one, else as income."""
    on_balance = min(amount, loan.balance_fen)
    loan.balance_fen -= on_balance
    loan.booked_recovery_fen += on_balance
    loan.principal_arrears_fen = min(loan.principal_arrears_fen, loan.balance_fen)
    book(w, loan, RECOVERED, on_balance)
    book(w, loan, LATE_RECOVERY, amount - on_balance)
    loan.recovered_fen += amount
    months = w.month - loan.default_month
    loan.recovered_present += amount * discount(loan.annual_rate, months)


@kernel
def write_off(w: Any, loan: Any) -> None:
    """Take what is left of a balance off the books; the claim lives on."""
    amount = loan.balance_fen
    loan.balance_fen = 0
    loan.principal_arrears_fen = 0
    loan.written_off_fen += amount
    book(w, loan, WRITTEN_OFF_BALANCE, amount)


@kernel
def migrate(w: Any, loan: Any, loan_class: int) -> None:
    """Move a loan's balance to another class."""
    if loan_class != loan.loan_class:
        book(w, loan, MIGRATED_OUT, loan.balance_fen)
        loan.loan_class = loan_class
        book(w, loan, MIGRATED_IN, loan.balance_fen)


@kernel
def is_performing(loan: Any) -> bool:
    """Is the contract alive and not in default?"""
    return loan.status == CURRENT or loan.status == ARREARS or loan.status == OBSERVED


@kernel
def first_gap(opening: Any, flows: Any, closing: Any) -> tuple[int, int, int]:
    """The first balance that the flows do not explain: cohort, class and gap (fen), 0 if none."""
    for cohort in range(closing.shape[0]):
        for loan_class in range(closing.shape[1]):
            gap = opening[cohort, loan_class] - closing[cohort, loan_class]
            for kind in range(flows.shape[2]):
                gap += _BALANCE_SIGN[kind] * flows[cohort, loan_class, kind]
            if gap != 0:
                return cohort, loan_class, gap
    return 0, 0, 0


@kernel
def first_stray(flows: Any) -> tuple[int, int]:
    """The first cohort whose migrations do not cancel, and their sum (fen), 0 if none."""
    for cohort in range(flows.shape[0]):
        moved = 0
        for loan_class in range(flows.shape[1]):
            moved += flows[cohort, loan_class, MIGRATED_IN]
            moved -= flows[cohort, loan_class, MIGRATED_OUT]
        if moved != 0:
            return cohort, moved
    return 0, 0


@kernel
def first_miscount(opening: Any, transitions: Any, made: int, closing: Any) -> tuple[int, int]:
    """The first open status whose moves do not explain its number, and the gap, 0 if none."""
    for status in (CURRENT, ARREARS, OBSERVED, DEFAULTED):
        gap = opening[status] - closing[status]
        if status == CURRENT:
            gap += made
        for other in range(transitions.shape[0]):
            gap += transitions[other, status] - transitions[status, other]
        if gap != 0:
            return status, gap
    return 0, 0


@kernel
def first_illegal(transitions: Any, legal: Any) -> tuple[int, int]:
    """The first move between statuses that the law does not allow (from, to); -1, -1 if none."""
    for before in range(legal.shape[0]):
        for after in range(legal.shape[1]):
            if transitions[before, after] > 0 and not legal[before, after]:
                return before, after
    return -1, -1


@kernel
def month_sums(flows: Any, balances: Any) -> tuple[int, int, int]:
    """Of a month (fen): change of the bank's cash and income less write-offs, both before costs,
    and the whole book at its end.
    """
    cash, result, book = 0, 0, 0
    for cohort in range(flows.shape[0]):
        for loan_class in range(flows.shape[1]):
            book += balances[cohort, loan_class]
            for kind in range(flows.shape[2]):
                amount = flows[cohort, loan_class, kind]
                cash += _CASH_SIGN[kind] * amount
                result += _RESULT_SIGN[kind] * amount
    return cash, result, book


def check_month(
    month: int, opening: NDArray[np.int64], flows: NDArray[np.int64], closing: NDArray[np.int64]
) -> None:
    """Hold the month's books against balances counted afresh.

    opening, closing: balances in fen (cohort, class). flows: (cohort, class, kind) in fen.
    Raises: LedgerError for the first identity with a gap.
    """
    cohort, loan_class, gap = first_gap(opening, flows, closing)
    if gap:
        raise LedgerError(
            f"month {month}: balance of class {CLASSES[loan_class]!r} in {COHORTS[cohort]!r} "
            f"lending is off by {gap} fen"
        )
    cohort, moved = first_stray(flows)
    if moved:
        raise LedgerError(
            f"month {month}: migrations of {COHORTS[cohort]!r} lending sum to {moved} fen, not 0"
        )


def check_statuses(
    month: int,
    opening: NDArray[np.int64],
    transitions: NDArray[np.int64],
    made: int,
    closing: NDArray[np.int64],
) -> None:
    """Hold the number of contracts in each open status against the moves of the month.

    opening, closing: counted contracts by status. transitions: (from, to). made: new contracts.
    Raises: LedgerError for the first status with a gap.
    """
    status, gap = first_miscount(opening, transitions, made, closing)
    if gap:
        raise LedgerError(f"month {month}: {gap} loans too many in {STATUSES[status]!r}")


def check_transitions(month: int, transitions: NDArray[np.int64], legal: NDArray[np.bool_]) -> None:
    """Refuse a month in which a contract moved between statuses as the law does not allow.

    transitions: counts (from, to). Raises: LedgerError naming the first such move.
    """
    before, after = first_illegal(transitions, legal)
    if before >= 0:
        raise LedgerError(
            f"month {month}: {transitions[before, after]} loans went from "
            f"{STATUSES[before]!r} to {STATUSES[after]!r}, which is not a legal move"
        )


def month_result(income: int, balance: int, values: Mapping[str, float]) -> float:
    """The bank's result of a month (fen): income and write-offs less funding and operations.

    income, balance: of ``month_sums`` (fen).
    """
    carrying = balance * (values["funding_rate"] + values["operating_rate"]) / 12.0
    return float(income - carrying)


def check_contracts(loans: Any) -> None:
    """Hold every contract's life against its balance.

    loans: recarray of contracts. Raises: LedgerError naming the first loan with a gap.
    """
    life = (
        loans["principal_fen"] + loans["capitalised_fen"] - loans["repaid_fen"]
        - loans["renewed_away_fen"] - loans["booked_recovery_fen"] - loans["written_off_fen"]
        - loans["balance_fen"]
    )  # fmt: skip
    wrong = np.flatnonzero(life)
    if len(wrong):
        row = int(wrong[0])
        raise LedgerError(f"loan {row}: payments and balance differ by {life[row]} fen")
