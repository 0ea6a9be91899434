"""One row a month: what the bank's books and the process showed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from agents.compiled import kernel
from agents.loan import CLASSES, COHORTS, NEW_LENDING, STATUSES
from agents.records import FEN_PER_CNY
from simulation import ledger
from simulation.world import SUMS, TALLIES

_MONEY = tuple(f"{cohort}_{kind}_fen" for cohort in COHORTS for kind in ledger.KINDS)
_BALANCES = tuple(f"{name}_balance_fen" for name in (*COHORTS, *CLASSES))
LOANS_BY_STATUS = tuple(f"loans_{status}" for status in STATUSES[:4])
_STATE = (
    *LOANS_BY_STATUS, "result_fen", "result_after_provisions_fen", "capital_ratio",
    "systematic", "collateral_index", "pressure", "enterprises", "clients", "open_files",
    "cash_months", "book_age_months", "npl_ratio", "npl_ratio_true", "special_mention_ratio",
    "provision_fen", "new_lending_open_fen", "cutoff_shift", "mean_skill", "officers",
    "file_effort", "watch_effort", "bank_cash_fen", "strategy_cost_fen",
)  # fmt: skip
_WHOLE = ("month", *_MONEY, *_BALANCES)
_REAL = (*_STATE, *TALLIES)
DTYPE = np.dtype([(n, np.int64) for n in _WHOLE] + [(n, np.float64) for n in _REAL])
_LENT = _WHOLE.index(f"{COHORTS[NEW_LENDING]}_new_money_fen")
_OPEN = _REAL.index("new_lending_open_fen")


class MonthTable:
    """Rows of a world's months, filled as they come; negative months are the burn-in's.

    months: how many there will be at most.
    """

    def __init__(self, months: int) -> None:
        self._whole = np.zeros((months, len(_WHOLE)), dtype=np.int64)
        self._real = np.zeros((months, len(_REAL)))
        self._count = 0

    def copy(self) -> MonthTable:
        """An independent copy."""
        twin = MonthTable(0)
        twin._whole, twin._real = self._whole.copy(), self._real.copy()
        twin._count = self._count
        return twin

    def add(
        self,
        month: int,
        state: dict[str, float],
        flows: NDArray[np.int64],
        balances: NDArray[np.int64],
        tally: NDArray[np.float64],
    ) -> None:
        """Write a month: state by name; flows and balances in fen; tallies in their order."""
        whole, real = self._whole[self._count], self._real[self._count]
        whole[0] = month
        write_books(whole[1:], flows, balances)
        real[: len(_STATE)] = [state[name] for name in _STATE]
        real[len(_STATE) :] = tally
        self._count += 1

    @property
    def rows(self) -> NDArray[Any]:
        """The months so far, a structured array."""
        rows = np.empty(self._count, dtype=DTYPE)
        for names, values in ((_WHOLE, self._whole), (_REAL, self._real)):
            for k, name in enumerate(names):
                rows[name] = values[: self._count, k]
        return rows

    def frame(self) -> pd.DataFrame:
        """The months as a table: money in CNY of the simulated sample, ratios as shares."""
        rows, columns = self.rows, {}
        for name in DTYPE.names or ():
            if name.endswith("_fen"):
                columns[name.removesuffix("_fen") + "_cny"] = rows[name] / FEN_PER_CNY
            else:
                columns[name] = rows[name]
        return pd.DataFrame(columns)

    def settled(self, share: float) -> bool:
        """Is so much of the new lending's exposure settled?"""
        lent = self._whole[: self._count, _LENT].sum()
        left = self._real[self._count - 1, _OPEN] if self._count else 0.0
        return bool(left <= (1.0 - share) * lent)


@kernel
def write_books(row: Any, flows: Any, balances: Any) -> None:
    """Fill a row of zeros: flows by cohort and kind, balances by cohort, then by class (fen)."""
    cohorts, classes, kinds = flows.shape
    by_cohort, by_class = cohorts * kinds, cohorts * kinds + cohorts
    for cohort in range(cohorts):
        for loan_class in range(classes):
            for kind in range(kinds):
                row[cohort * kinds + kind] += flows[cohort, loan_class, kind]
            row[by_cohort + cohort] += balances[cohort, loan_class]
            row[by_class + loan_class] += balances[cohort, loan_class]


def ratio(part: float, whole: float) -> float:
    """A share, 0 where there is nothing to share."""
    return part / whole if whole else 0.0


def state_values(sums: NDArray[np.float64]) -> dict[str, float]:
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
        "officers": total["posts"],
        "mean_skill": ratio(total["skill"], total["posts"]),
        "file_effort": ratio(total["file_effort"], total["posts"]),
        "watch_effort": ratio(total["watch_effort"], total["posts"]),
    }
