"""The register of failures: how often each mode occurred, what was lost, and on which loans."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from agents.failures import FAILURES
from experiments.run_tables.new_loans import NewLoans, new_loans
from simulation import LoanPortfolio

ALL = "all"
"""The row of all contracts, with and without failures."""

SHOWN = 3
"""Loans that show a mode best."""


def rows(model: LoanPortfolio) -> pd.DataFrame:
    """Contracts of new lending by failure mode (codes F01 to F16), and ``all`` of them.

    loans, defaulted: number in the simulated sample. lent_cny, ead_cny, loss_cny: new money,
    exposure at default and discounted net loss, CNY of the declared bank. loan_1 to loan_3: rows
    in the loan book of the defaulted loans that show the mode best, -1 where there are fewer;
    shown_1_cny to shown_3_cny: by what they are ordered, the loss shared equally among the modes
    that occurred on the loan, so that one on which little else failed comes before others.
    """
    book = new_loans(model)
    marks = book.record["failures"].astype(np.int64)
    carries = np.array([np.ones(len(marks)), *(marks & mode.bit != 0 for mode in FAILURES)])
    columns: dict[str, Any] = {"mode": [ALL, *(mode.code for mode in FAILURES)]}
    for name, values in (("loans", np.ones(len(marks))), ("defaulted", book.defaulted)):
        columns[name] = (carries * values).sum(axis=1).astype(np.int64)
    for name in ("lent_cny", "ead_cny", "loss_cny"):
        # Not a matrix product: its order of summing may depend on the number of threads.
        columns[name] = (carries * getattr(book, name)).sum(axis=1)
    return pd.DataFrame(columns | _shown(book, carries))


def _shown(book: NewLoans, carries: NDArray[np.float64]) -> dict[str, NDArray[Any]]:
    """The loans to show for each row. carries: 1 where a contract (column) belongs to it."""
    failed = np.flatnonzero(book.defaulted)
    of = carries[:, failed]
    shared = of * (book.loss_cny[failed] / np.maximum(of[1:].sum(axis=0), 1.0))
    shared = np.pad(shared, ((0, 0), (0, SHOWN)))  # a world may have fewer defaults than places
    row = np.pad(book.row[failed], (0, SHOWN), constant_values=-1)
    best = np.argsort(-shared, axis=1, kind="stable")[:, :SHOWN]
    value = np.take_along_axis(shared, best, axis=1)
    columns: dict[str, NDArray[Any]] = {}
    for place in range(SHOWN):
        columns[f"loan_{place + 1}"] = np.where(value[:, place] > 0.0, row[best[:, place]], -1)
        columns[f"shown_{place + 1}_cny"] = value[:, place]
    return columns
