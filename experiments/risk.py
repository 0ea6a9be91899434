"""The distribution of an arm's losses over worlds: expected and unexpected loss, VaR, shortfall.

A quantile is told only where its order-statistic interval exists: with n worlds nothing is known
about losses that come once in more than about n/4. Source: docs/model-basis.md, section
"Comparison and money".
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from experiments.comparison import (
    CONFIDENCE,
    INTERVALS,
    Values,
    mean_of,
    standard_error,
    t_quantile,
)
from simulation.measures import UNITS

MEASURES = ("loss_rate", "net_credit_loss")
LEVELS = (0.95, 0.99, 0.999)
"""Levels of VaR and expected shortfall; the last is that of Basel's formula."""

COLUMNS = (
    "interval", "strategy", "measure", "replications", "expected_loss", "expected_low",
    "expected_high", "standard_deviation", "level", "var", "var_low", "var_high",
    "unexpected_loss", "expected_shortfall", "shortfall_error", "shortfall_low",
    "shortfall_high", "worlds_needed", "unit",
)  # fmt: skip

_RESAMPLES = 2_000


def risk(
    runs: pd.DataFrame, measures: Sequence[str] = MEASURES, levels: Sequence[float] = LEVELS
) -> pd.DataFrame:
    """Losses of each arm over worlds, a row for each interval, measure and level (COLUMNS).

    levels: in (0, 1). expected_low, expected_high: 95 % interval of the mean. unexpected_loss:
    VaR less expected loss, as Basel has it. VaR and what follows from it are NaN where the worlds
    do not carry the level; worlds_needed says how many do.
    """
    rows = []
    for key, losses in _losses(runs, measures):
        mean, margin = mean_of(losses), t_quantile(len(losses)) * standard_error(losses)
        spread = float(np.std(losses, ddof=1)) if len(losses) > 1 else math.nan
        expected = {
            "replications": len(losses), "expected_loss": mean, "expected_low": mean - margin,
            "expected_high": mean + margin, "standard_deviation": spread,
        }  # fmt: skip
        for level in levels:
            found = tail(losses, level)
            rows.append({**key, **expected, **found, "unexpected_loss": found["var"] - mean})
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _losses(runs: pd.DataFrame, measures: Sequence[str]) -> Iterator[tuple[dict[str, Any], Values]]:
    """Losses of each arm, world by world, where there is a value."""
    for mode, interval in INTERVALS.items():
        part = runs[runs["assumptions"] == mode]
        for arm, own in part.groupby("strategy", sort=False):
            for measure in measures:
                key = {"interval": interval, "strategy": arm, "measure": measure}
                losses = own[measure].dropna().to_numpy(dtype=np.float64)
                yield {**key, "unit": UNITS.get(measure, "")}, losses


def tail(losses: Values, level: float) -> dict[str, float]:
    """VaR and expected shortfall at a level with their Monte Carlo errors.

    The interval of VaR is that of order statistics (binomial), of expected shortfall a BCa
    bootstrap with a fixed seed. Returns: columns from ``level`` on; NaN where the worlds do not
    carry the level.
    """
    names = ("var", "var_low", "var_high", "expected_shortfall", "shortfall_error",
             "shortfall_low", "shortfall_high")  # fmt: skip
    found = dict.fromkeys(names, math.nan)
    needed = worlds_needed(level)
    if len(losses) >= needed:
        test = stats.quantile_test(losses, p=level).confidence_interval(CONFIDENCE)
        var, shortfall = value_at_risk(losses, level), expected_shortfall(losses, level)
        error, low, high = _shortfall_interval(losses, level)
        values = (var, float(test.low), float(test.high), float(shortfall), error, low, high)
        found = dict(zip(names, values, strict=True))
    return {"level": level, **found, "worlds_needed": needed}


def worlds_needed(level: float) -> int:
    """Worlds from which a level's quantile has an interval of 95 % with both ends.

    level: in (0, 1). The upper end exists once the chance that all worlds lie below the quantile,
    level^n, is at most 2.5 %; below the median the lower end decides.
    """
    half = (1.0 - CONFIDENCE) / 2.0
    return math.ceil(math.log(half) / math.log(max(level, 1.0 - level)))


def value_at_risk(losses: Values, level: float) -> float:
    """Smallest loss that is not exceeded in a share ``level`` of the worlds."""
    return float(np.quantile(losses, level, method="inverted_cdf"))


def expected_shortfall(losses: Values, level: float, axis: int = -1) -> Values:
    """Mean loss of the worst 1 - level of the worlds.

    A world that lies partly in the tail counts with that part (Acerbi, Tasche 2002). losses:
    worlds along ``axis``.
    """
    ordered = np.sort(np.moveaxis(np.asarray(losses, dtype=np.float64), axis, -1), axis=-1)
    worlds = ordered.shape[-1]
    beyond = np.arange(1, worlds + 1) - level * worlds
    weights = np.clip(beyond, 0.0, 1.0)
    return np.asarray(ordered @ weights / weights.sum())


def _shortfall_interval(losses: Values, level: float) -> tuple[float, float, float]:
    """Standard error of expected shortfall and its 95 % interval; NaN where it does not vary."""
    if np.ptp(losses) == 0.0:
        return math.nan, math.nan, math.nan

    def statistic(sample: Values, axis: int = -1) -> Values:
        return expected_shortfall(sample, level, axis)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", stats.DegenerateDataWarning)  # gives NaN, which is told
        found = stats.bootstrap(
            (losses,), statistic, n_resamples=_RESAMPLES, confidence_level=CONFIDENCE,
            method="BCa", rng=np.random.default_rng(0), vectorized=True,
        )  # fmt: skip
    interval = found.confidence_interval
    return float(found.standard_error), float(interval.low), float(interval.high)


def refusals(found: pd.DataFrame) -> list[str]:
    """A sentence for each level that the worlds do not carry. found: as from ``risk``."""
    refused = found[found["replications"] < found["worlds_needed"]]
    return [
        f"No VaR or expected shortfall at {100.0 * row['level']:g} %: an interval takes at least "
        f"{row['worlds_needed']:,.0f} worlds, here are {row['replications']:,.0f}."
        for row in refused.drop_duplicates("level").to_dict("records")
    ]
