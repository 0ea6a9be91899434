"""Who gets credit: applications and what became of them by size, relation and sector."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from experiments.run_tables.new_loans import new_loans, sums
from simulation import LoanPortfolio
from simulation.scenario import SECTORS

SIZES = ((10.0, "under 10 persons"), (20.0, "10-19 persons"), (50.0, "20-49 persons"),
         (np.inf, "50 persons and more"))  # fmt: skip
"""Bands of employees: upper end, name."""

RELATIONS = ("first loan here", "client before")

DIMENSIONS: dict[str, tuple[str, ...]] = {
    "size": tuple(name for _, name in SIZES), "relation": RELATIONS, "sector": SECTORS,
}  # fmt: skip
"""How applicants are divided; each dimension holds all of them."""


def rows(model: LoanPortfolio) -> pd.DataFrame:
    """Applications for new money in the window that were decided, by dimension and group.

    granted, refused: number in the simulated sample (who was granted credit but had gone
    elsewhere is in neither). good_refused: those that would have repaid, as in the measure
    ``good_rejected_share``. lent_cny: new money, CNY of the declared bank. rate_cny: yearly
    interest on it, so that rate_cny over lent_cny is the mean price.
    """
    book, refused = new_loans(model), model.refused
    start, rate = book.record["start_month"], book.record["annual_rate"]
    borrowers = book.record["enterprise"][book.first]
    granted = _groups(model.enterprises.records, borrowers, start[book.first])
    shadows = refused.loans
    refusals = _groups(refused.applicants, np.arange(len(shadows)), shadows["start_month"])
    lent, good = book.lent_cny[book.first], shadows["first_default"] < 0
    columns = {
        "granted": (granted, np.ones(len(lent))), "refused": (refusals, np.ones(len(good))),
        "good_refused": (refusals, good), "lent_cny": (granted, lent),
        "rate_cny": (granted, lent * rate[book.first]),
    }  # fmt: skip
    table = pd.DataFrame({
        "dimension": [name for name, groups in DIMENSIONS.items() for _ in groups],
        "group": [group for groups in DIMENSIONS.values() for group in groups],
        **{name: _by_group(*column) for name, column in columns.items()},
    })  # fmt: skip
    return table.astype(dict.fromkeys(("granted", "refused", "good_refused"), np.int64))


def _by_group(groups: dict[str, NDArray[np.int64]], values: Any) -> NDArray[np.float64]:
    """Sums of the groups of all dimensions, one after the other."""
    return np.concatenate(
        [sums((len(names),), (groups[name],), values) for name, names in DIMENSIONS.items()]
    )


def _groups(firms: Any, rows: NDArray[Any], month: NDArray[Any]) -> dict[str, NDArray[np.int64]]:
    """Group of each application in each dimension. rows: its firm; month: of the loan, true or
    shadow.

    A first loan sets the month since which its firm is a client; so does a shadow.
    """
    ends = [end for end, _ in SIZES[:-1]]
    return {
        "size": np.digitize(firms["employees"][rows], ends),
        "relation": (firms["client_since"][rows] < month).astype(np.int64),
        "sector": firms["sector"][rows].astype(np.int64),
    }
