"""Lines over time of one world."""

from __future__ import annotations

import pandas as pd

from simulation import LoanPortfolio

MONTHS_BEFORE = 12
"""Months before the fork that are shown."""

WINDOW = 6
"""Months over which counts are added up before they are divided: one month has few events."""

SHARES = {
    "approval_share": ("approved", "decided"),
    "checks_made_share": ("checks_made", "checks_due"),
    "visits_made_share": ("visits_made", "visits_due"),
    "evergreened_share": ("evergreened", "maturities_failed"),
}
"""Shares of counts over WINDOW months: name -> (part, whole)."""

SERIES = ("npl_ratio", "npl_ratio_true", *SHARES, "defaults", "result_mcny")
"""All lines: ratios and shares as shares, defaults a month counted over WINDOW months, result since
the fork in millions of CNY of the declared bank."""


def ratios(model: LoanPortfolio) -> pd.DataFrame:
    """The lines of a world so far, one row a month (index: months from the fork).

    Columns: SERIES; NaN where there is nothing to divide by. result_mcny: what the bank earned
    after provisions, summed since the fork; 0 before it.
    """
    months = model.months.set_index("month")
    counts = months.assign(
        maturities_failed=months["evergreened"] + months["extensions_refused"]
    ).rolling(WINDOW, min_periods=1)  # fmt: skip
    lines = months[["npl_ratio", "npl_ratio_true"]].copy()
    for name, (part, whole) in SHARES.items():
        summed = counts[[part, whole]].sum()
        lines[name] = summed[part] / summed[whole].where(summed[whole] > 0.0)
    lines["defaults"] = counts["defaults"].mean() * model.scale
    earned = months["result_after_provisions_cny"].where(months.index >= 0, 0.0)
    lines["result_mcny"] = earned.cumsum() * model.scale / 1e6
    return lines.loc[-MONTHS_BEFORE:, list(SERIES)]
