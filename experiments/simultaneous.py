"""Intervals that hold for all arms at once.

With ten arms and 95 % each, one interval in every other study misses. Single-step maximum of
|t| with the estimated correlation of the differences (Hothorn, Bretz, Westfall 2008,
"Simultaneous inference in general parametric models"; Dunnett's comparison with a control is
the case of independent samples). Source: docs/model-basis.md, section "Comparison and money".
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import stats

from experiments.arms import BASELINE
from experiments.comparison import CONFIDENCE, INTERVALS, Values, comparison, t_quantile
from experiments.replication import KEYS

COLUMNS = (
    "interval", "measure", "strategy", "difference", "simultaneous_low", "simultaneous_high",
    "relative_change", "relative_simultaneous_low", "relative_simultaneous_high", "factor",
    "replications",
)  # fmt: skip

HEADLINE = ("loss_rate", "risk_adjusted_profit")

_DRAWS = 50_000
"""Draws of the maximum: the critical value is known to about 0.3 %."""


def simultaneous(runs: pd.DataFrame, measures: Sequence[str] = HEADLINE) -> pd.DataFrame:
    """Paired differences with intervals that hold for all arms at once with 95 %.

    measures: each is a family of its own, and so are luck and drawn assumptions.
    Returns: a row for each arm, columns COLUMNS. factor: width over that of the arm's own
    interval, at least 1, and 1 for a single arm; NaN with fewer than two worlds.
    """
    known = [name for name in measures if name in runs]
    found = comparison(runs[[*KEYS, *known]])
    rows = []
    for (interval, measure), part in found.groupby(["interval", "measure"], sort=False):
        factor = _factor(runs, str(interval), str(measure), list(part["strategy"]))
        rows.append(_widened(part, factor))
    table = pd.concat(rows) if rows else pd.DataFrame()
    return table.reindex(columns=list(COLUMNS)).reset_index(drop=True)


def _widened(part: pd.DataFrame, factor: float) -> pd.DataFrame:
    """Rows of a comparison with their intervals made wider."""
    gap, change = part["difference"], part["relative_change"]
    return part.assign(
        factor=factor,
        simultaneous_low=gap - factor * (gap - part["ci_low"]),
        simultaneous_high=gap + factor * (part["ci_high"] - gap),
        relative_simultaneous_low=change - factor * (change - part["relative_low"]),
        relative_simultaneous_high=change + factor * (part["relative_high"] - change),
    )


def _factor(runs: pd.DataFrame, interval: str, measure: str, arms: Sequence[str]) -> float:
    """Width of simultaneous over single intervals, from the worlds in which all have a value."""
    mode = next(mode for mode, name in INTERVALS.items() if name == interval)
    part = runs[runs["assumptions"] == mode]
    worlds = part.pivot(index="replication", columns="strategy", values=measure)
    worlds = worlds[[BASELINE, *arms]].dropna()
    gaps = worlds[list(arms)].to_numpy() - worlds[[BASELINE]].to_numpy()
    return critical_value(gaps) / t_quantile(len(gaps))


def critical_value(gaps: Values) -> float:
    """What the largest |t| of all columns stays below with 95 %; never below that of one.

    gaps: differences, a row a world, a column an arm. Columns that do not vary are known and
    count for nothing. Returns: NaN with fewer than two worlds.
    """
    worlds = len(gaps)
    single = t_quantile(worlds)
    varying = gaps[:, np.ptp(gaps, axis=0) > 0.0] if worlds > 1 else gaps[:, :0]
    if varying.shape[1] < 2:
        return single
    shape = np.corrcoef(varying, rowvar=False)
    joint = stats.multivariate_t(shape=shape, df=worlds - 1, allow_singular=True)
    largest = np.abs(joint.rvs(size=_DRAWS, random_state=0)).max(axis=1)
    return max(single, float(np.quantile(largest, CONFIDENCE)))
