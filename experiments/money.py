"""What a strategy is worth in money: net present value, chance, pay-back, cost of loss avoided.

The net present value of a strategy is the paired difference of what the whole book earns from
the fork to the end of the run-off, new lending and legacy book together, discounted to the fork,
after the strategy's cost. Pure functions of tables of runs. Source: docs/model-basis.md, section
"Comparison and money".
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from experiments.arms import BASELINE
from experiments.comparison import (
    CONFIDENCE,
    INTERVALS,
    Values,
    mean_of,
    paired_worlds,
    standard_error,
    t_quantile,
)
from experiments.equal import matches, reference_values
from experiments.references import Reference

PARTS = {
    "npv": ("risk_adjusted_profit", "legacy_profit"),
    "new_lending": ("risk_adjusted_profit",),
    "legacy": ("legacy_profit",),
    "cost": ("strategy_cost", "legacy_strategy_cost"),
    "loss_avoided": ("net_credit_loss", "legacy_net_credit_loss"),
}
"""Amounts in CNY: name -> measures whose changes are added up; loss avoided with a minus."""

COLUMNS = (
    "interval", "strategy", "reference",
    *(f"{name}{end}" for name in PARTS for end in ("", "_low", "_high")),
    "probability_positive", "probability_low", "probability_high", "cost_per_loss_avoided",
    "cost_per_loss_low", "cost_per_loss_high", "replications",
)  # fmt: skip


def money(
    runs: pd.DataFrame, arms: Sequence[str], references: Sequence[Reference] = ()
) -> pd.DataFrame:
    """Money of each arm against the baseline and against references (columns COLUMNS).

    runs: a table of runs with the baseline, the arms and all rungs. Amounts are CNY of the
    declared bank with 95 % intervals of the mean over worlds. probability_positive: share of
    worlds in which the net present value is above 0, with its binomial interval; a world's luck
    is in it, so it is no chance that the mean is above 0. cost_per_loss_avoided: ratio of means
    with Fieller's interval; NaN where the interval of the loss avoided does not lie above 0.
    """
    rows = [
        {"interval": interval, "strategy": arm, "reference": name, **_row(base, own)}
        for interval, arm, name, base, own in _beside(runs, arms, references)
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _beside(
    runs: pd.DataFrame, arms: Sequence[str], references: Sequence[Reference]
) -> Iterator[tuple[str, str, str, pd.DataFrame, pd.DataFrame]]:
    """Interval, arm and reference with the measures of both, by replication."""
    measures = list(dict.fromkeys(name for part in PARTS.values() for name in part))
    for mode, interval in INTERVALS.items():
        part = runs[runs["assumptions"] == mode]
        by_arm = {
            str(name): rows.set_index("replication")[measures]
            for name, rows in part.groupby("strategy", sort=False)
        }
        for arm in (name for name in arms if paired_worlds(part, name, mode)):
            yield interval, arm, BASELINE, by_arm[BASELINE], by_arm[arm]
            for match in matches(part, [arm], references):
                if match.place is not None:
                    base = reference_values(match)[measures]
                    yield interval, arm, match.reference.name, base, by_arm[arm]


def _row(base: pd.DataFrame, own: pd.DataFrame) -> dict[str, Any]:
    """Amounts of an arm beside a reference; worlds count in which both have all values."""
    gaps = (own - base).dropna()
    amounts = {
        name: gaps[list(measures)].sum(axis=1).to_numpy(dtype=np.float64)
        for name, measures in PARTS.items()
    }
    amounts["loss_avoided"] = -amounts["loss_avoided"]
    row: dict[str, Any] = {"replications": len(gaps)}
    for name, values in amounts.items():
        middle, low, high = mean_interval(values)
        row |= {name: middle, f"{name}_low": low, f"{name}_high": high}
    chance = probability_positive(amounts["npv"])
    price = ratio_of_means(amounts["cost"], amounts["loss_avoided"])
    return row | {
        "probability_positive": chance[0], "probability_low": chance[1],
        "probability_high": chance[2], "cost_per_loss_avoided": price[0],
        "cost_per_loss_low": price[1], "cost_per_loss_high": price[2],
    }  # fmt: skip


def mean_interval(values: Values) -> tuple[float, float, float]:
    """Mean and its 95 % interval (Student's t); NaN with too few values."""
    mean, margin = mean_of(values), t_quantile(len(values)) * standard_error(values)
    return mean, mean - margin, mean + margin


def probability_positive(values: Values) -> tuple[float, float, float]:
    """Share of values above 0 with its 95 % interval (Clopper, Pearson 1934); NaN without any."""
    if not len(values):
        return math.nan, math.nan, math.nan
    test = stats.binomtest(int((values > 0.0).sum()), len(values))
    interval = test.proportion_ci(CONFIDENCE)
    return float(test.statistic), float(interval.low), float(interval.high)


def ratio_of_means(above: Values, below: Values) -> tuple[float, float, float]:
    """Ratio of the means of pairs with Fieller's 95 % interval (Fieller 1954).

    The ratios r at which the mean of above - r x below does not differ from 0. NaN where the
    interval of the lower mean does not lie above 0, for then the ratio has no finite one.
    """
    if not mean_interval(below)[1] > 0.0:
        return math.nan, math.nan, math.nan
    means = np.array([above.mean(), below.mean()])
    squares = np.outer(means, means)
    squares -= t_quantile(len(above)) ** 2 * np.cov(above, below) / len(above)
    ends = np.polynomial.Polynomial([squares[0, 0], -2.0 * squares[0, 1], squares[1, 1]]).roots()
    low, high = np.sort(ends.real)  # a double root may carry a rounding error as imaginary part
    return float(means[0] / means[1]), float(low), float(high)
