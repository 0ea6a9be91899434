"""Loans by the quarter of their first day and by their age: what defaults, and what is lost."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from experiments.run_tables.new_loans import NewLoans, new_loans, sums
from simulation import LoanPortfolio

MONTHS = 3
"""Months of a vintage, and of a step of age."""


def rows(model: LoanPortfolio) -> pd.DataFrame:
    """New lending by vintage (quarter of the first day, 0 the first after the fork) and age.

    age: quarters since the first day of the chain of contracts. loans and lent_cny (number in
    the simulated sample; CNY of the declared bank): of the whole vintage, entered once, at age
    0. defaulted: loans whose first default falls into the quarter of age. loss_cny: discounted
    net loss of contracts that stand in default since that quarter. All of them add up over ages,
    vintages and worlds. Quarters without an entry are left out.
    """
    book = new_loans(model)
    standing = book.record["default_month"] >= 0
    shape = (-(-model.scenario.months // MONTHS), model.scenario.months + model.month)
    vintage, first_day = book.chain_month // MONTHS, np.zeros(len(book.row), dtype=np.int64)
    age = (book.record["default_month"] - book.record["chain_month"])[standing] // MONTHS
    columns = {
        "loans": sums(shape, (vintage, first_day), book.first),
        "lent_cny": sums(shape, (vintage, first_day), book.lent_cny),
        "defaulted": sums(shape, *_first_defaults(book)),
        "loss_cny": sums(shape, (vintage[standing], age), book.loss_cny[standing]),
    }
    at = np.nonzero(np.any(list(columns.values()), axis=0))
    table = pd.DataFrame(
        {"vintage": at[0], "age": at[1], **{name: of[at] for name, of in columns.items()}}
    )
    return table.astype({"loans": np.int64, "defaulted": np.int64})


def _first_defaults(
    book: NewLoans,
) -> tuple[tuple[NDArray[np.int64], NDArray[np.int64]], NDArray[np.float64]]:
    """Vintage and age of each chain's first default, and one for each.

    A chain is known by its borrower and its first month, for a firm has one loan at a time.
    """
    failed = book.defaulted
    month, borrower = book.chain_month[failed], book.record["enterprise"][failed].astype(np.int64)
    age = (book.record["first_default"] - book.record["chain_month"])[failed] // MONTHS
    order = np.argsort(age, kind="stable")
    chain = borrower * (1 + month.max(initial=0)) + month
    first = order[np.unique(chain[order], return_index=True)[1]]
    return (month[first] // MONTHS, age[first]), np.ones(len(first))
