"""Month end: classes of loan quality, and balances counted afresh for the ledger.

Reads each borrower's contract once. Equations: docs/model-basis.md, section "Bank".
"""

from __future__ import annotations

from typing import Any

from agents.bank import PROVISION_RATES
from agents.compiled import kernel
from agents.enterprise import ALIVE, NEW_FILE
from agents.loan import (
    DEFAULTED,
    NEW_LENDING,
    SPECIAL_MENTION,
    SUBSTANDARD,
    five_class,
    performing_status,
)  # fmt: skip
from simulation.ledger import is_performing, migrate, set_status
from simulation.world import SUM, World

_LIVING, _CLIENTS, _OPEN_FILES = SUM["living"], SUM["clients"], SUM["open_files"]
_CASH_RATIO, _BOOK_AGE, _BOOK = SUM["cash_ratio"], SUM["book_age"], SUM["book"]
_NPL_REPORTED, _NPL_TRUE = SUM["npl_reported"], SUM["npl_true"]
_WATCHED, _PROVISION, _OPEN_NEW = SUM["watched"], SUM["provision"], SUM["open_new"]


@kernel
def classify(loan: Any, w: Any) -> None:
    """Class of the month; decisions after the debt service may have cleared arrears."""
    under_observation = w.month < loan.observed_until
    if is_performing(loan):
        set_status(w, loan, performing_status(loan.dpd > 0.0, under_observation))
    hidden = loan.status == DEFAULTED and w.month < loan.hidden_until
    migrate(w, loan, five_class(loan.dpd, under_observation, hidden))


@kernel
def count_contract(loan: Any, w: Any) -> None:
    """Add a contract to the month's balances and sums."""
    balance = loan.balance_fen
    w.open_loans[loan.status] += 1
    w.balances[loan.cohort, loan.loan_class] += balance
    w.sums[_BOOK] += balance
    w.sums[_PROVISION] += PROVISION_RATES[loan.loan_class] * balance
    if is_performing(loan):
        w.sums[_CLIENTS] += 1.0
        w.sums[_BOOK_AGE] += w.month - loan.start_month
    if loan.cohort == NEW_LENDING:
        failed = loan.default_month >= 0
        w.sums[_OPEN_NEW] += loan.ead_fen - loan.recovered_fen if failed else balance
    if loan.loan_class >= SUBSTANDARD:
        w.sums[_NPL_REPORTED] += balance
    elif loan.loan_class == SPECIAL_MENTION:
        w.sums[_WATCHED] += balance
    if loan.status == DEFAULTED or loan.extensions > 0:
        w.sums[_NPL_TRUE] += balance


@kernel
def close(e: Any, loan: Any, w: Any) -> None:
    """One enterprise's part of the month end. loan: its contract (any row where it has none)."""
    if e.status == ALIVE:
        w.sums[_LIVING] += 1.0
        w.sums[_CASH_RATIO] += e.cash_fen / e.revenue_fen
        if e.file == NEW_FILE:
            w.sums[_OPEN_FILES] += 1.0
    if e.loan >= 0:
        classify(loan, w)
        count_contract(loan, w)


@kernel
def close_rows(first: int, end: int, world: World) -> None:
    """The month end of the enterprises in rows first to end - 1."""
    enterprises, loans, w = world.enterprises, world.loans, world.desk[0]
    for row in range(first, end):
        e = enterprises[row]
        close(e, loans[max(e.loan, 0)], w)


@kernel
def close_row(row: int, world: World) -> None:
    """One enterprise's part of the month end."""
    close_rows(row, row + 1, world)


@kernel
def close_month(world: World, rows: int) -> None:
    """Close the month for all enterprises born so far: fills the desk's balances and sums."""
    close_rows(0, rows, world)
