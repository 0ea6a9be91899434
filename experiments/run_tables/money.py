"""What the bank earns each month, discounted to the fork, for pay-back and present value."""

from __future__ import annotations

import pandas as pd

from agents.loan import LEGACY, NEW_LENDING
from agents.records import FEN_PER_CNY
from simulation import LoanPortfolio


def rows(model: LoanPortfolio) -> pd.DataFrame:
    """Months from the fork to the end of the run-off, present values in CNY of the declared bank.

    Returns: columns month, new_lending_cny and legacy_cny (results after cost and capital charge;
    their sums are the measures risk_adjusted_profit and legacy_profit), strategy_cost_cny (of
    both).
    """
    new, old = (model.earnings(cohort) for cohort in (NEW_LENDING, LEGACY))
    to_cny = model.scale / FEN_PER_CNY
    table = pd.DataFrame({"month": new.month.astype("int64")})
    for name, earned in (("new_lending_cny", new), ("legacy_cny", old)):
        result = earned.result.copy()
        result[-1:] += earned.to_come
        table[name] = result * earned.factor * to_cny
    return table.assign(strategy_cost_cny=(new.cost + old.cost) * new.factor * to_cny)
