"""Where the model fails: which factors lie elsewhere at the points without an answer."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import false_discovery_control, ks_2samp

COLUMNS = ("factor", "mean_ok", "mean_failed", "low_failed", "high_failed", "ks", "p_value")
FEWEST = 2
"""Points of each kind below which there is no map."""


def failure_map(
    values: pd.DataFrame, failed: NDArray[np.bool_], independent: NDArray[np.int64] | None = None
) -> pd.DataFrame:
    """Each factor at points that failed and at those that did not, the most unlike first.

    values: a row a point, a column a factor. independent: rows drawn apart from each other, on
    which the map rests; None for all. Where too few of these failed, it rests on all rows and
    has no p-value. Returns: columns COLUMNS; low_failed and high_failed: range at points
    that failed; ks: Kolmogorov-Smirnov distance; p_value: of it, adjusted for the number of
    factors (Benjamini and Hochberg). Empty with fewer than FEWEST of either kind.
    """
    apart = np.arange(len(failed)) if independent is None else independent
    tested = _both(failed[apart])
    if tested:
        values, failed = values.iloc[apart], failed[apart]
    if not _both(failed):
        return pd.DataFrame(columns=list(COLUMNS))
    rows = []
    for name, column in values.items():
        bad, good = column[failed], column[~failed]
        test = ks_2samp(bad, good)
        rows.append((name, good.mean(), bad.mean(), bad.min(), bad.max(), *test[:2]))
    found = pd.DataFrame(rows, columns=list(COLUMNS))
    found["p_value"] = false_discovery_control(found["p_value"]) if tested else np.nan
    return found.sort_values("ks", ascending=False, ignore_index=True)


def _both(failed: NDArray[np.bool_]) -> bool:
    """Are there enough points of either kind?"""
    return bool(min(failed.sum(), (~failed).sum()) >= FEWEST)
