"""What monthly sales of firms look like: statistics of each firm, moments over firms.

The same functions read data and model, so both are cut and counted alike. Months are rows,
firms are columns. Facts: docs/model-basis.md, section "Calibration of billing".
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pandas as pd

LEAST_SALES = 18
"""Months with a sale that a firm must have."""


def windows(net: pd.DataFrame) -> pd.DataFrame:
    """Each firm's months from its first to its last sale: 0 without a sale, NaN outside.

    net: net sales (any unit), NaN where nothing is known. A month of credit notes only (net at
    or below 0) counts as one without a sale. Firms with fewer than LEAST_SALES are left out.
    """
    sale = net > 0.0
    inside = sale.cummax() & sale[::-1].cummax()[::-1]
    return net.where(sale, 0.0).where(inside).loc[:, sale.sum() >= LEAST_SALES]


def firm_statistics(sales: pd.DataFrame) -> pd.DataFrame:
    """Statistics of each firm (rows: firms).

    sales: as from ``windows``, its index monthly periods. Months without a sale count in ``cv``
    and ``empty`` and have no logarithm; a lag is between two months that both have one.
    """
    logs = sales.where(sales > 0.0).transform(np.log)
    months = pd.PeriodIndex(sales.index)
    empty = (sales == 0.0).astype(float).where(sales.notna())
    after = empty.shift(1) == 1.0  # the month before was empty
    time = pd.DataFrame(
        np.broadcast_to(np.arange(len(sales), dtype=float)[:, None], sales.shape),
        index=sales.index, columns=sales.columns,
    )  # fmt: skip
    return pd.DataFrame({
        "cv": sales.std(ddof=0) / sales.mean(),
        "log_sd": logs.std(),
        "lag_1": logs.corrwith(logs.shift(1)),
        "lag_6": logs.corrwith(logs.shift(6)),
        "lag_12": logs.corrwith(logs.shift(12)),
        "empty": empty.mean(),
        "skewness": logs.skew(),
        "trend": logs.corrwith(time) ** 2,
        "february": logs[months.month == 2].mean() - logs[months.month != 2].mean(),
        "after_empty": (after & sales.notna()).sum(),
        "empty_twice": (after & (empty == 1.0)).sum(),
    })  # fmt: skip


class Moment(NamedTuple):
    """A moment over firms. of: firm statistics -> value; fitted: does the fit aim at it?"""

    meaning: str
    of: Callable[[pd.DataFrame], float]
    fitted: bool = True


def _quantile(statistic: str, level: float) -> Callable[[pd.DataFrame], float]:
    """A quantile over the firms that have the statistic."""
    return lambda firms: float(np.nanquantile(firms[statistic].to_numpy(), level))


def _quartiles(statistic: str, words: str) -> dict[str, Moment]:
    """Three moments: the quartiles of a statistic."""
    names = {"lower_quartile": 0.25, "median": 0.5, "upper_quartile": 0.75}
    return {
        f"{statistic}_{name}": Moment(f"{words}, {name.replace('_', ' ')}", _quantile(statistic, q))
        for name, q in names.items()
    }


# The median share of empty months is one month of the window or none: too coarse to fit.
MOMENTS: dict[str, Moment] = {
    **_quartiles("cv", "coefficient of variation of monthly sales"),
    **_quartiles("log_sd", "sd of log sales"),
    **_quartiles("lag_1", "lag-1 autocorrelation of log sales"),
    **_quartiles("lag_12", "lag-12 autocorrelation of log sales"),
    "never_empty": Moment(
        "firms without an empty month", lambda firms: float((firms["empty"] == 0.0).mean())),
    "empty_mean": Moment(
        "months without a sale, mean", lambda firms: float(firms["empty"].mean())),
    "empty_p90": Moment("months without a sale, 90th percentile", _quantile("empty", 0.9)),
    "empty_median": Moment("months without a sale, median", _quantile("empty", 0.5), False),
    "empty_after_empty": Moment(
        "empty months, of those after an empty month",
        lambda firms: float(firms["empty_twice"].sum() / max(firms["after_empty"].sum(), 1)),
        False),
    "lag_6_median": Moment(
        "lag-6 autocorrelation of log sales, median", _quantile("lag_6", 0.5), False),
    "trend_mean": Moment(
        "variance of log sales on a straight line, mean",
        lambda firms: float(firms["trend"].mean()), False),
    "skewness_median": Moment("skewness of log sales, median", _quantile("skewness", 0.5), False),
    "february_mean": Moment(
        "log sales in February over other months, mean",
        lambda firms: float(firms["february"].mean()), False),
}  # fmt: skip
FITTED = tuple(name for name, moment in MOMENTS.items() if moment.fitted)
"""Names of the moments at which the fit aims."""


def moments(firms: pd.DataFrame) -> pd.Series[float]:
    """All moments by name. firms: as from ``firm_statistics``."""
    return pd.Series({name: moment.of(firms) for name, moment in MOMENTS.items()})


def bootstrap_covariance(firms: pd.DataFrame, draws: int, seed: int) -> pd.DataFrame:
    """Covariance of the moments if other firms had been sampled. draws: bootstrap samples."""
    rng = np.random.default_rng(seed)
    samples = (firms.sample(frac=1.0, replace=True, random_state=rng) for _ in range(draws))
    return pd.DataFrame([moments(sample) for sample in samples]).cov()
