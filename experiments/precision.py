"""How well a study knows the differences, and how many worlds an answer takes.

Pure functions of a table of runs, see experiments.comparison. Source: docs/model-basis.md,
section "Comparison and money".
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

from experiments.comparison import CONFIDENCE, Values, mean_of, pairs, standard_error, t_quantile
from experiments.replication import KEYS

COLUMNS = (
    "interval", "strategy", "measure", "replications", "half_width", "variance_ratio", "share",
    "replications_needed", "replications_for_difference",
)  # fmt: skip


def precision(runs: pd.DataFrame, measure: str = "loss_rate", share: float = 0.05) -> pd.DataFrame:
    """How well each difference is known, what shared luck is worth, and how many worlds it takes.

    measure: the measure. share: wanted half-width of the 95 % interval of the difference, as a
    share of the baseline's mean.
    Returns: a row for each arm and interval, columns COLUMNS. half_width: what the runs give, as
    a share of the baseline's mean (NaN with fewer than two worlds or a mean of 0).
    variance_ratio, replications_needed: see there. replications_for_difference: worlds until the
    half-width is ``share`` of the difference itself, as far as these runs know it; infinite
    where it is 0.
    """
    rows = [
        {
            "interval": pair.interval, "strategy": pair.strategy, "measure": pair.measure,
            "replications": len(pair.baseline),
            "half_width": half_width(pair.baseline, pair.arm),
            "variance_ratio": variance_ratio(pair.baseline, pair.arm),
            "share": share,
            "replications_needed": replications_needed(pair.baseline, pair.arm, share),
            "replications_for_difference": worlds_until(
                pair.arm - pair.baseline, share * abs(mean_of(pair.arm - pair.baseline))
            ),
        }
        for pair in pairs(runs[[*KEYS, measure]])
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=list(COLUMNS))


def reached(runs: pd.DataFrame, share: float = 0.05, measure: str = "loss_rate") -> bool:
    """Is every difference known to within ``share`` of the baseline's mean, in each kind of world?

    False where a half-width is not known, or there is nothing to compare.
    """
    widths = precision(runs, measure, share)["half_width"]
    return len(widths) > 0 and bool((widths <= share).all())


def half_width(baseline: Values, arm: Values) -> float:
    """Half-width of the 95 % interval of the difference, as a share of the baseline's mean.

    NaN with fewer than two worlds or a baseline mean of 0.
    """
    base = abs(mean_of(baseline))
    if not base:
        return float("nan")
    return t_quantile(len(baseline)) * standard_error(arm - baseline) / base


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
    wanted = share * abs(mean_of(baseline))
    return worlds_until(arm - baseline, wanted) if wanted else float("nan")


def worlds_until(gaps: Values, wanted: float) -> float:
    """Worlds needed until the half-width of the mean of the gaps is ``wanted``.

    At least 2; infinite where nothing is wanted (0) and the gaps vary; NaN with fewer than two.
    """
    if len(gaps) < 2:
        return float("nan")
    spread = float(np.std(gaps, ddof=1))
    if not wanted:
        return float("inf") if spread else 2.0
    normal = float(stats.norm.ppf(0.5 + CONFIDENCE / 2.0))
    worlds = max(2.0, np.ceil((normal * spread / wanted) ** 2))
    while t_quantile(worlds) * spread / np.sqrt(worlds) > wanted:
        worlds += 1.0  # Student's t asks for a few more than the normal distribution
    return float(worlds)
