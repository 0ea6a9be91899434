"""Lines over time of one world."""

from __future__ import annotations

import math
from typing import Literal

import pandas as pd

from simulation import LoanPortfolio

MONTHS_BEFORE = 12
"""Months before the fork that are shown."""

WINDOW = 6
"""Months over which counts are added up before they are divided: one month has few events."""

COUNTED = {
    "approval_share": ("approved", "decided"),
    "checks_made_share": ("checks_made", "checks_due"),
    "visits_made_share": ("visits_made", "visits_due"),
    "evergreened_share": ("evergreened", "maturities_failed"),
}
"""Shares of counts over WINDOW months: name -> (part, whole)."""

SERIES: dict[str, Literal["share", "number"]] = {
    "npl_ratio": "share", "npl_ratio_true": "share", **dict.fromkeys(COUNTED, "share"),
    "defaults": "number", "result_mcny": "number",
}  # fmt: skip
"""All lines, and whether each is a share or another number: defaults a month are counted over
WINDOW months, the result is since the fork, in millions of CNY, both of the declared bank."""


def value_told(name: str, value: float) -> str:
    """A value of a line for people."""
    if math.isnan(value):
        return "–"
    return f"{value:.1%}" if SERIES[name] == "share" else f"{value:,.1f}"


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
    for name, (part, whole) in COUNTED.items():
        summed = counts[[part, whole]].sum()
        lines[name] = summed[part] / summed[whole].where(summed[whole] > 0.0)
    lines["defaults"] = counts["defaults"].mean() * model.scale
    earned = months["result_after_provisions_cny"].where(months.index >= 0, 0.0)
    lines["result_mcny"] = earned.cumsum() * model.scale / 1e6
    return lines.loc[-MONTHS_BEFORE:, list(SERIES)]
