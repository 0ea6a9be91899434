"""What a table of runs says: paired differences and ranks.

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

    A world counts where both have a value; left out are arms that share no world with the
    baseline, and so all of a kind of worlds without it.
    """
    measures = [name for name in runs.columns if name not in KEYS]
    for mode, interval in INTERVALS.items():
        part = runs[runs["assumptions"] == mode]
        arms = {
            str(name): rows.set_index("replication")[measures].sort_index()
            for name, rows in part.groupby("strategy", sort=False)
        }
        base = arms.pop(BASELINE, None)
        if base is None:
            continue
        for name, rows in arms.items():
            both = base.index.intersection(rows.index)
            for measure in measures if len(both) else ():
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
    base, gaps = mean_of(pair.baseline), pair.arm - pair.baseline
    mean, quantile = mean_of(gaps), t_quantile(worlds)
    change, deviations = relative_change(pair.baseline, pair.arm)
    error, change_error = standard_error(gaps), standard_error(deviations)
    margin, change_margin = quantile * error, quantile * change_error
    return {
        "strategy": pair.strategy, "measure": pair.measure, "baseline_mean": base,
        "strategy_mean": mean_of(pair.arm), "difference": mean, "ci_low": mean - margin,
        "ci_high": mean + margin, "relative_change": change,
        "relative_low": change - change_margin, "relative_high": change + change_margin,
        "standard_error": error, "replications": worlds, "interval": pair.interval,
        "unit": UNITS.get(pair.measure, ""),
    }  # fmt: skip


def paired_worlds(runs: pd.DataFrame, arm: str, mode: str) -> int:
    """Number of worlds of a kind in which both an arm and the baseline have a run."""
    part = runs[runs["assumptions"] == mode]
    own, base = (set(part.loc[part["strategy"] == name, "replication"]) for name in (arm, BASELINE))
    return len(own & base)


def differs(runs: pd.DataFrame, arm: str, other: str, measure: str = "loss_rate") -> bool:
    """Is the paired difference of two arms told from luck, assumptions as declared (95 %)?

    With fewer than two worlds nothing is.
    """
    fixed = runs[(runs["assumptions"] == "fixed") & runs["strategy"].isin([arm, other])]
    worlds = fixed.pivot(index="replication", columns="strategy", values=measure).dropna()
    if len(worlds) < 2 or not {arm, other} <= set(worlds):
        return False
    gaps = (worlds[arm] - worlds[other]).to_numpy()
    return bool(abs(mean_of(gaps)) > t_quantile(len(gaps)) * standard_error(gaps))


def mean_of(values: Values) -> float:
    """Mean; NaN without values."""
    return float(values.mean()) if len(values) else float("nan")


def standard_error(values: Values) -> float:
    """Standard error of a mean; NaN for fewer than two values."""
    return float(stats.sem(values)) if len(values) > 1 else float("nan")


def t_quantile(worlds: float) -> float:
    """Student's t for the half-width of an interval; NaN for fewer than two worlds."""
    if worlds < 2:
        return float("nan")
    return float(stats.t.ppf(0.5 + CONFIDENCE / 2.0, worlds - 1))


def relative_change(baseline: Values, arm: Values) -> tuple[float, Values]:
    """Change of the mean relative to the baseline's mean, and what each world makes of it.

    The sign is that of the difference, also where the baseline's mean is negative; NaN where
    it is 0. The error of a ratio of paired means is that of the mean of arm - ratio x baseline
    (delta method; Cochran 1977, "Sampling Techniques", section 2.11). It is NaN where the
    baseline's own interval reaches 0, for the ratio then has no finite interval (Fieller 1954).
    Returns: the change (share), and each world's deviation in shares of the baseline's mean.
    """
    base = mean_of(baseline)
    if not base:
        return float("nan"), np.full(len(baseline), np.nan)
    ratio = mean_of(arm) / base
    deviations = (arm - ratio * baseline) / abs(base)
    if t_quantile(len(baseline)) * standard_error(baseline) >= abs(base):
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
    for interval, measure, worlds in ranked_worlds(runs):
        top = worlds.min(axis=1) if RANKED[measure] == "lowest" else worlds.max(axis=1)
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


def ranked_worlds(runs: pd.DataFrame) -> Iterator[tuple[str, str, pd.DataFrame]]:
    """Interval, measure of RANKED, and its values: a row a world in which all arms have one.

    Columns: the baseline, single strategies and rivals in the order of the runs.
    """
    for mode, interval in INTERVALS.items():
        part = runs[(runs["assumptions"] == mode) & ~runs["strategy"].map(is_combination)]
        for measure in RANKED:
            if part.empty or measure not in part:
                continue
            worlds = part.pivot(index="replication", columns="strategy", values=measure)
            yield interval, measure, worlds.dropna()[list(dict.fromkeys(part["strategy"]))]
