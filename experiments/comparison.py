"""What a table of runs says: paired differences, ranks, and how many worlds it takes.

Pure functions of a table of runs (one row for each assumptions mode, replication and strategy,
all other columns measures). Arms share their luck, so everything is computed on differences
within a world. ``interval`` is ``luck`` for worlds with fixed assumptions and ``assumptions``
for worlds with drawn ones.

Both are intervals of a mean effect and shrink with the number of worlds: ``luck`` of the mean
with the assumptions as declared, ``assumptions`` of the mean over worlds whose assumptions are
drawn as well. Neither is the range in which the effect lies from one set of assumptions to the
next; with 60 worlds luck hides that range.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from experiments.arms import BASELINE, is_combination
from experiments.replication import KEYS
from simulation.measures import UNITS

COLUMNS = (
    "strategy", "measure", "baseline_mean", "strategy_mean", "difference", "ci_low", "ci_high",
    "relative_change", "relative_low", "relative_high", "standard_error", "replications",
    "interval", "unit",
)  # fmt: skip
"""Columns of comparison.csv: a promise to users (docs: interface)."""

CONFIDENCE = 0.95
INTERVALS = {"fixed": "luck", "drawn": "assumptions"}
RANKED = {"loss_rate": "lowest", "risk_adjusted_profit": "highest"}
"""Measures by which arms are ranked, and which end is the best."""

Values = NDArray[np.float64]


class Pairs(NamedTuple):
    """A measure in the baseline and in an arm, world by world (shape: replications)."""

    interval: str
    strategy: str
    measure: str
    baseline: Values
    arm: Values


def pairs(runs: pd.DataFrame) -> Iterator[Pairs]:
    """Every measure of every arm beside the baseline of the same worlds.

    A world counts where both have a value.
    """
    measures = [name for name in runs.columns if name not in KEYS]
    for mode, interval in INTERVALS.items():
        part = runs[runs["assumptions"] == mode]
        arms = {
            str(name): rows.set_index("replication")[measures].sort_index()
            for name, rows in part.groupby("strategy", sort=False)
        }
        base = arms.pop(BASELINE, None)
        for name, rows in arms.items():
            if base is None:
                raise ValueError("a table of runs needs the baseline")
            both = base.index.intersection(rows.index)
            for measure in measures:
                b = base.loc[both, measure].to_numpy(dtype=np.float64)
                s = rows.loc[both, measure].to_numpy(dtype=np.float64)
                known = ~(np.isnan(b) | np.isnan(s))
                yield Pairs(interval, name, measure, b[known], s[known])


def comparison(runs: pd.DataFrame) -> pd.DataFrame:
    """Paired differences from the baseline with 95 % intervals.

    Returns: one row for each strategy, measure and interval, columns COLUMNS. The interval is
    difference -/+ Student's t x standard_error; with fewer than two worlds it is NaN.
    """
    return pd.DataFrame([_compared(pair) for pair in pairs(runs)], columns=list(COLUMNS))


def _compared(pair: Pairs) -> dict[str, Any]:
    """One row of the comparison."""
    worlds = len(pair.baseline)
    base, gaps = _mean(pair.baseline), pair.arm - pair.baseline
    mean, quantile = _mean(gaps), _quantile(worlds)
    change, deviations = _relative(pair.baseline, pair.arm)
    error, change_error = _standard_error(gaps), _standard_error(deviations)
    margin, change_margin = quantile * error, quantile * change_error
    return {
        "strategy": pair.strategy, "measure": pair.measure, "baseline_mean": base,
        "strategy_mean": _mean(pair.arm), "difference": mean, "ci_low": mean - margin,
        "ci_high": mean + margin, "relative_change": change,
        "relative_low": change - change_margin, "relative_high": change + change_margin,
        "standard_error": error, "replications": worlds, "interval": pair.interval,
        "unit": UNITS.get(pair.measure, ""),
    }  # fmt: skip


def _mean(values: Values) -> float:
    return float(values.mean()) if len(values) else float("nan")


def _standard_error(values: Values) -> float:
    """Standard error of a mean; NaN for fewer than two values."""
    return float(stats.sem(values)) if len(values) > 1 else float("nan")


def _quantile(worlds: float) -> float:
    """Student's t for the half-width of an interval; NaN for fewer than two worlds."""
    if worlds < 2:
        return float("nan")
    return float(stats.t.ppf(0.5 + CONFIDENCE / 2.0, worlds - 1))


def _relative(baseline: Values, arm: Values) -> tuple[float, Values]:
    """Change of the mean relative to the baseline's mean, and what each world makes of it.

    The sign is that of the difference, also where the baseline's mean is negative; NaN where
    it is 0. The error of a ratio of paired means is that of the mean of arm - ratio x baseline
    (delta method; Cochran 1977, "Sampling Techniques", section 2.11). It is NaN where the
    baseline's own interval reaches 0, for the ratio then has no finite interval (Fieller 1954).
    Returns: the change (share), and each world's deviation in shares of the baseline's mean.
    """
    base = _mean(baseline)
    if not base:
        return float("nan"), np.full(len(baseline), np.nan)
    ratio = _mean(arm) / base
    deviations = (arm - ratio * baseline) / abs(base)
    if _quantile(len(baseline)) * _standard_error(baseline) >= abs(base):
        deviations = np.full(len(deviations), np.nan)
    return float(np.sign(base)) * (ratio - 1.0), deviations


def ranking(runs: pd.DataFrame) -> pd.DataFrame:
    """Share of worlds in which an arm has the lowest loss rate or the highest profit.

    Ranked are the baseline, single strategies and rivals; combinations are left out, because
    they cost the sum. Arms that are exactly equal share a world, but a tie with the baseline
    is the baseline's. Only worlds in which all
    have a value count.
    Returns: columns interval, measure, strategy, share, replications; shares add up to 1.
    """
    rows = []
    for mode, interval in INTERVALS.items():
        part = runs[(runs["assumptions"] == mode) & ~runs["strategy"].map(is_combination)]
        for measure, best in RANKED.items():
            if part.empty or measure not in part:
                continue
            worlds = part.pivot(index="replication", columns="strategy", values=measure)
            worlds = worlds.dropna()[list(dict.fromkeys(part["strategy"]))]
            top = worlds.min(axis=1) if best == "lowest" else worlds.max(axis=1)
            wins = worlds.eq(top, axis=0)
            if BASELINE in wins:  # what does not beat the baseline is not the best
                wins.loc[wins[BASELINE], wins.columns != BASELINE] = False
            share = wins.div(wins.sum(axis=1), axis=0).mean()
            rows += [
                {"interval": interval, "measure": measure, "strategy": name, "share": value,
                 "replications": len(worlds)}
                for name, value in share.items()
            ]  # fmt: skip
    columns = ["interval", "measure", "strategy", "share", "replications"]
    return pd.DataFrame(rows, columns=columns)


def precision(runs: pd.DataFrame, measure: str = "loss_rate", share: float = 0.05) -> pd.DataFrame:
    """What shared luck is worth, and how many worlds an answer takes.

    measure: the measure. share: wanted half-width of the interval of the difference, as a
    share of the baseline's mean.
    Returns: columns interval, strategy, measure, variance_ratio (see there),
    replications_needed (see there).
    """
    rows = [
        {
            "interval": pair.interval, "strategy": pair.strategy, "measure": pair.measure,
            "variance_ratio": variance_ratio(pair.baseline, pair.arm),
            "replications_needed": replications_needed(pair.baseline, pair.arm, share),
        }
        for pair in pairs(runs) if pair.measure == measure
    ]  # fmt: skip
    columns = ["interval", "strategy", "measure", "variance_ratio", "replications_needed"]
    return pd.DataFrame(rows, columns=columns)


def variance_ratio(baseline: Values, arm: Values) -> float:
    """Variance of the difference with independent luck over that with shared luck.

    So many times more worlds it would take without shared luck. Infinite where the arm
    differs by the same amount everywhere; NaN with fewer than two worlds.
    """
    if len(baseline) < 2:
        return float("nan")
    paired = float(np.var(arm - baseline, ddof=1))
    apart = float(np.var(arm, ddof=1) + np.var(baseline, ddof=1))
    return apart / paired if paired else float("inf")


def replications_needed(baseline: Values, arm: Values, share: float = 0.05) -> float:
    """Worlds needed until the interval's half-width is ``share`` of the baseline's mean.

    At least 2; NaN with fewer than two worlds or a baseline mean of 0.
    """
    wanted = share * abs(_mean(baseline))
    if len(baseline) < 2 or not wanted:
        return float("nan")
    spread = float(np.std(arm - baseline, ddof=1))
    normal = float(stats.norm.ppf(0.5 + CONFIDENCE / 2.0))
    worlds = max(2.0, np.ceil((normal * spread / wanted) ** 2))
    while _quantile(worlds) * spread / np.sqrt(worlds) > wanted:
        worlds += 1.0  # Student's t asks for a few more than the normal distribution
    return float(worlds)
