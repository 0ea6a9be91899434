"""Monthly ratios of a run, for the pictures."""

from __future__ import annotations

import pandas as pd

from simulation import LoanPortfolio

MONTHS_BEFORE = 24
"""Months before the fork that are kept."""

SERIES = ("month", "npl_ratio", "npl_ratio_true")


def rows(model: LoanPortfolio) -> pd.DataFrame:
    """Monthly NPL ratios (shares) from two years before the fork to the horizon."""
    months = model.month_records
    near = months["month"] >= -MONTHS_BEFORE
    near &= months["month"] < model.scenario.months
    return pd.DataFrame({name: months[name][near] for name in SERIES})
