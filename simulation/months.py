"""One row a month: what the bank's books and the process showed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from agents.bank import ECONOMICS  # noqa: F401  (declares what a month's result needs)
from agents.loan import CLASSES, COHORTS, NEW_LENDING
from agents.records import FEN_PER_CNY
from simulation import ledger
from simulation.world import SUMS, TALLIES

_MONEY = tuple(f"{cohort}_{kind}_fen" for cohort in COHORTS for kind in ledger.KINDS)
_BALANCES = tuple(f"{name}_balance_fen" for name in (*COHORTS, *CLASSES))
_STATE = (
    "systematic", "collateral_index", "pressure", "enterprises", "clients", "open_files",
    "cash_months", "book_age_months", "npl_ratio", "npl_ratio_true", "special_mention_ratio",
    "provision_fen", "new_lending_open_fen", "cutoff_shift", "mean_skill", "officers",
    "file_effort", "watch_effort", "bank_cash_fen", "strategy_cost_fen",
)  # fmt: skip
DTYPE = np.dtype(
    [("month", np.int64)]
    + [(name, np.int64) for name in (*_MONEY, *_BALANCES)]
    + [(name, np.float64) for name in (*_STATE, *TALLIES)]
)


class MonthTable:
    """Rows of a world's months, filled as they come. first_month: negative in the burn-in."""

    def __init__(self, months: int) -> None:
        self._rows = np.zeros(months, dtype=DTYPE)
        self._count = 0

    def copy(self) -> MonthTable:
        """An independent copy."""
        twin = MonthTable(0)
        twin._rows, twin._count = self._rows.copy(), self._count
        return twin

    def add(self, values: dict[str, Any], flows: NDArray[np.int64], balances: NDArray[np.int64],
            tally: NDArray[np.float64]) -> None:  # fmt: skip
        """Write a month: values by name; flows and balances in fen; tallies in order."""
        row = self._rows[self._count]
        for name, value in values.items():
            row[name] = value
        for name, amount in zip(_MONEY, flows.sum(axis=1).ravel(), strict=True):
            row[name] = amount
        both = np.concatenate([balances.sum(axis=1), balances.sum(axis=0)])
        for name, amount in zip(_BALANCES, both, strict=True):
            row[name] = amount
        for name, amount in zip(TALLIES, tally, strict=True):
            row[name] = amount
        self._count += 1

    @property
    def rows(self) -> NDArray[Any]:
        """The months so far, a structured array (a view)."""
        return self._rows[: self._count]

    def frame(self) -> pd.DataFrame:
        """The months as a table: money in CNY of the simulated sample, ratios as shares."""
        columns = {}
        for name in DTYPE.names or ():
            if name.endswith("_fen"):
                columns[name.removesuffix("_fen") + "_cny"] = self.rows[name] / FEN_PER_CNY
            else:
                columns[name] = self.rows[name]
        return pd.DataFrame(columns)

    def settled(self, share: float) -> bool:
        """Is so much of the new lending's exposure settled?"""
        lent = self.rows[f"{COHORTS[NEW_LENDING]}_new_money_fen"].sum()
        left = self.rows["new_lending_open_fen"][-1] if self._count else 0.0
        return bool(left <= (1.0 - share) * lent)


def ratio(part: float, whole: float) -> float:
    """A share, 0 where there is nothing to share."""
    return part / whole if whole else 0.0


def state_values(sums: NDArray[np.float64], bank: Any) -> dict[str, float]:
    """Month-end figures from the sums over contracts (simulation.world.SUMS)."""
    total = dict(zip(SUMS, sums.tolist(), strict=True))
    book = total["book"]
    return {
        "enterprises": total["living"],
        "clients": total["clients"],
        "open_files": total["open_files"],
        "cash_months": ratio(total["cash_ratio"], total["living"]),
        "book_age_months": ratio(total["book_age"], total["clients"]),
        "npl_ratio": ratio(total["npl_reported"], book),
        "npl_ratio_true": ratio(total["npl_true"], book),
        "special_mention_ratio": ratio(total["watched"], book),
        "provision_fen": total["provision"],
        "new_lending_open_fen": total["open_new"],
        "cutoff_shift": bank.cutoff_shift,
        "bank_cash_fen": bank.cash_fen,
    }
