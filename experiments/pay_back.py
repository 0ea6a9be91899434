"""When a strategy has earned its money back.

Source: docs/model-basis.md, section "Comparison and money".
"""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from experiments.arms import BASELINE
from experiments.comparison import INTERVALS, Values, t_quantile
from experiments.replication import KEYS

COLUMNS = ("interval", "strategy", "pay_back_month", "pay_back_early", "pay_back_late")

CURVES = ("interval", "strategy", "month", "cumulative", "cumulative_low", "cumulative_high")


def curves(monthly: pd.DataFrame) -> pd.DataFrame:
    """Discounted results of the whole book less the baseline's, added up month by month.

    monthly: rows of the run table ``money``. A world that ends sooner earns nothing more.
    Returns: a row for each arm and month (1 is the first after the fork), columns CURVES: mean
    over worlds in CNY with its 95 % interval.
    """
    earned = monthly["new_lending_cny"] + monthly["legacy_cny"]
    wide = monthly[list(KEYS)].assign(month=monthly["month"] + 1, earned=earned)
    total = (
        wide.pivot(index=list(KEYS), columns="month", values="earned").fillna(0.0).cumsum(axis=1)
    )
    tables = []
    for mode, interval in INTERVALS.items():
        part = total[total.index.get_level_values("assumptions") == mode].droplevel("assumptions")
        arms = {str(name): rows for name, rows in part.groupby(level="strategy", sort=False)}
        if BASELINE not in arms:
            continue
        base = arms.pop(BASELINE)
        for arm, rows in arms.items():
            gaps = (rows.droplevel("strategy") - base.droplevel("strategy")).dropna()
            margin = t_quantile(len(gaps)) * gaps.sem()
            tables.append(pd.DataFrame({
                "interval": interval, "strategy": arm, "month": gaps.columns,
                "cumulative": gaps.mean(), "cumulative_low": gaps.mean() - margin,
                "cumulative_high": gaps.mean() + margin,
            }))  # fmt: skip
    found = pd.concat(tables, ignore_index=True) if tables else pd.DataFrame()
    return found.reindex(columns=list(CURVES))


def pay_back(monthly: pd.DataFrame) -> pd.DataFrame:
    """Month from which the mean of the cumulated difference stays above 0 (columns COLUMNS).

    monthly: rows of the run table ``money``. pay_back_early, pay_back_late: the same of the upper
    and of the lower end of the interval; NaN where the end of the run-off comes first.
    """
    rows = []
    for (interval, arm), part in curves(monthly).groupby(["interval", "strategy"], sort=False):
        months = part["month"].to_numpy(dtype=np.float64)
        ends = [
            first_of(months, part[name].to_numpy())
            for name in ("cumulative", "cumulative_high", "cumulative_low")
        ]
        rows.append(dict(zip(COLUMNS, (interval, arm, *ends), strict=True)))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def first_of(places: Values, values: Values) -> float:
    """First place from which on all values are above 0; NaN where the last one is not."""
    positive = values > 0.0
    if not len(positive) or not positive[-1]:
        return math.nan
    others = np.flatnonzero(~positive)
    return float(places[others[-1] + 1 if len(others) else 0])
