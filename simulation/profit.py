"""What a cohort of loans earns, month by month from the fork.

Source: docs/model-basis.md, section "Measures".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from agents.loan import COHORTS, NEW_LENDING

Values = NDArray[np.float64]


class Earnings(NamedTuple):
    """Months of a cohort from the fork on (fen of the sample; shape: months).

    factor: discount to the fork. result: margin less loss, cost and capital charge, after the
    strategies' cost. cost: of the strategies as charged to the cohort. capital: tied up.
    to_come: expected from defaults that are open at the end, beyond their balance; it belongs
    to the last month.
    """

    month: Values
    factor: Values
    result: Values
    cost: Values
    capital: Values
    to_come: float

    @property
    def present_value(self) -> float:
        """Discounted sum (fen)."""
        last = self.factor[-1] if len(self.factor) else 0.0
        return float((self.result * self.factor).sum()) + self.to_come * float(last)


def earnings(
    loans: Any,
    losses: Values,
    rows: NDArray[Any],
    values: Mapping[str, float],
    *,
    horizon: int,
    cohort: int,
) -> Earnings:
    """Earnings of a cohort.

    loans: recarray of contracts. losses: of each contract at default (fen). rows: months. values:
    parameters. cohort: index into COHORTS. Strategies work for the whole book: in the window
    their cost is charged to new lending in full, in the run-off to each cohort by its share of
    the book. Defaults that are open at the end are valued at expected recovery.
    """
    after = rows[rows["month"] >= 0]
    name = COHORTS[cohort]
    month = after["month"].astype(np.float64)
    balance = after[f"{name}_balance_fen"].astype(np.float64)
    book = sum(after[f"{other}_balance_fen"].astype(np.float64) for other in COHORTS)
    in_window = 1.0 if cohort == NEW_LENDING else 0.0
    cost = np.where(month < horizon, in_window, balance / np.maximum(book, 1.0))
    cost = cost * after["strategy_cost_fen"]
    yearly = (
        values["funding_rate"]
        + values["operating_rate"]
        + values["capital_charge"] * values["risk_weight"] * values["capital_ratio"]
    )
    result = (
        after[f"{name}_interest_fen"]
        + after[f"{name}_capitalised_fen"]
        + after[f"{name}_late_recovery_fen"]
        - after[f"{name}_written_off_fen"]
        - balance * yearly / 12.0
        - cost
    )
    return Earnings(
        month, (1.0 + values["discount_rate"] / 12.0) ** (-month), result, cost,
        balance * values["risk_weight"] * values["capital_ratio"],
        _to_come(loans, losses, cohort) if len(after) else 0.0,
    )  # fmt: skip


def _to_come(loans: Any, losses: Values, cohort: int) -> float:
    """Expected recoveries of open defaults less their balance (fen)."""
    pending = (loans["cohort"] == cohort) & (loans["default_month"] >= 0)
    pending &= loans["closed_month"] < 0
    claim = loans["ead_fen"] - loans["recovered_present"] - losses
    return float((claim - loans["balance_fen"])[pending].sum())
