"""Losses of new lending quarter by quarter, for the fan over time."""

from __future__ import annotations

import numpy as np
import pandas as pd

from experiments.run_tables.new_loans import new_loans, sums
from simulation import LoanPortfolio

MONTHS = 3
"""Months of a step."""


def rows(model: LoanPortfolio) -> pd.DataFrame:
    """Loss of new lending by quarter of default, 0 the first after the fork.

    loss_cny: discounted net loss of contracts that stand in default since that quarter;
    lent_cny: new money of contracts made in it. CNY of the declared bank. Quarters
    without either are left out.
    """
    book = new_loans(model)
    burn_in = model.scenario.burn_in_months
    standing = book.record["default_month"] >= 0
    made = (book.record["start_month"] - burn_in) // MONTHS
    failed = (book.record["default_month"][standing] - burn_in) // MONTHS
    shape = (1 + max(model.month, model.scenario.months) // MONTHS,)
    lent, lost = (
        sums(shape, (made,), book.lent_cny),
        sums(shape, (failed,), book.loss_cny[standing]),
    )
    quarter = np.flatnonzero((lent != 0.0) | (lost != 0.0))
    return pd.DataFrame({"quarter": quarter, "lent_cny": lent[quarter], "loss_cny": lost[quarter]})
