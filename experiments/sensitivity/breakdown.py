"""When the conclusion breaks down: assumptions under which another arm is first.

Each factor's range is cut into quarters of the worlds (or its few values), one factor at a
time; no tree, so interactions of two factors are not looked for.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from experiments.comparison import RANKED, mean_of, standard_error

BINS = 4
FEWEST = 5
"""Worlds in a bin below which nothing is said of it."""

COLUMNS = (
    "factor", "from", "to", "worlds", "first", "leader_share", "share_low", "share_high",
    "rival", "gap", "p_value", "verdict",
)  # fmt: skip


def leader(worlds: pd.DataFrame, measure: str) -> str:
    """The arm that is first by the mean. worlds: a row a world, a column an arm."""
    means = worlds.mean()
    return str(means.idxmin() if RANKED[measure] == "lowest" else means.idxmax())


def breakdown(values: pd.DataFrame, worlds: pd.DataFrame, measure: str) -> pd.DataFrame:
    """For each factor and bin, whether the arm that is first over all worlds is still first.

    values: a row a world, a column a factor. worlds: the measure in the same rows, a column an
    arm (two at least). Returns: columns COLUMNS. first: best mean in the bin. leader_share,
    share_low, share_high: share of the bin's worlds in which the leader is best, Wilson's 95 %
    interval. rival: best mean of the others; gap: how much better the leader is than it (below
    0: worse). p_value: of the gap (paired t), adjusted for all bins (Benjamini and Hochberg).
    verdict: ``breaks`` (another is first, resolved at 5 %), ``not resolved``, ``holds``.
    """
    sign = -1.0 if RANKED[measure] == "lowest" else 1.0
    first = leader(worlds, measure)
    best = (sign * worlds).idxmax(axis=1) == first
    rows = []
    for name, column in values.items():
        places = _bins(column)
        for place in np.unique(places):
            inside = places == place
            if inside.sum() < FEWEST:
                continue
            rows.append((
                name, column[inside].min(), column[inside].max(),
                *_row(sign * worlds[inside], first, best[inside]), "",
            ))  # fmt: skip
    found = pd.DataFrame(rows, columns=list(COLUMNS))
    if len(found):
        found["p_value"] = stats.false_discovery_control(found["p_value"])
        resolved = found["p_value"] < 0.05
        words = np.where(found["gap"] < 0.0, "breaks", "holds")
        found["verdict"] = np.where(resolved, words, "not resolved")
    return found


def broken(found: pd.DataFrame) -> pd.DataFrame:
    """The bins in which another arm has the better mean, the worst first."""
    return found[found["gap"] < 0.0].sort_values("p_value", ignore_index=True)


def _bins(column: pd.Series[float]) -> NDArray[np.int64]:
    """Bin of each world: its value where there are few, else its quarter."""
    _, places = np.unique(column, return_inverse=True)
    if places.max() < BINS:
        return np.asarray(places, dtype=np.int64)
    ranks = stats.rankdata(column, method="average") - 0.5
    return np.asarray(np.minimum(BINS * ranks // len(column), BINS - 1), dtype=np.int64)


def _row(
    worlds: pd.DataFrame, first: str, best: pd.Series[bool]
) -> tuple[int, str, float, float, float, str, float, float]:
    """Cells of a bin. worlds: higher is better."""
    others = worlds.drop(columns=first)
    rival = str(others.mean().idxmax())
    gaps = (worlds[first] - others[rival]).to_numpy()
    share = stats.binomtest(int(best.sum()), len(best)).proportion_ci(method="wilson")
    error = standard_error(gaps)
    gap = mean_of(gaps)
    p_value = 2.0 * stats.t.sf(abs(gap) / error, len(gaps) - 1) if error else float(gap == 0.0)
    return (
        len(best), str(worlds.mean().idxmax()), float(best.mean()), float(share.low),
        float(share.high), rival, gap, float(p_value),
    )  # fmt: skip
