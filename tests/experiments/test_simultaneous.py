"""Intervals for all arms at once: one arm, equal arms, independent arms, coverage."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hand_made import table
from scipy import stats

from experiments.comparison import comparison
from experiments.simultaneous import COLUMNS, critical_value, simultaneous

CLOSE = 0.01
"""Relative error of a critical value that is drawn."""


def gaps(worlds: int, arms: int, correlation: float, seed: int = 1) -> np.ndarray:
    """Differences of arms with a common part."""
    rng = np.random.default_rng(seed)
    common, own = rng.normal(size=(worlds, 1)), rng.normal(size=(worlds, arms))
    return np.sqrt(correlation) * common + np.sqrt(1.0 - correlation) * own


def test_one_arm_has_students_t() -> None:
    assert critical_value(gaps(12, 1, 0.0)) == pytest.approx(stats.t.ppf(0.975, 11))


def test_arms_that_differ_alike_count_once() -> None:
    one = gaps(12, 1, 0.0)
    assert critical_value(np.hstack([one, 2.0 * one, -one])) == pytest.approx(
        stats.t.ppf(0.975, 11), rel=CLOSE
    )


def test_independent_arms_come_to_sidaks_value() -> None:
    worlds, arms = 4_000, 5
    sidak = stats.norm.ppf(0.5 + 0.95 ** (1.0 / arms) / 2.0)
    assert critical_value(gaps(worlds, arms, 0.0)) == pytest.approx(sidak, rel=CLOSE)


def test_correlation_narrows_and_bonferroni_bounds() -> None:
    worlds, arms = 200, 6
    loose, tight = critical_value(gaps(worlds, arms, 0.0)), critical_value(gaps(worlds, arms, 0.9))
    assert stats.t.ppf(0.975, worlds - 1) < tight < loose
    assert loose < (1.0 + CLOSE) * stats.t.ppf(1.0 - 0.025 / arms, worlds - 1)


def test_more_arms_than_worlds_and_arms_that_do_not_vary() -> None:
    few = gaps(4, 9, 0.3)
    assert critical_value(few) > stats.t.ppf(0.975, 3)
    same = np.hstack([gaps(12, 1, 0.0), np.zeros((12, 2)), np.ones((12, 1))])
    assert critical_value(same) == pytest.approx(stats.t.ppf(0.975, 11))
    assert math.isnan(critical_value(gaps(1, 3, 0.0)))


def test_the_table_widens_the_intervals_of_the_comparison() -> None:
    rng = np.random.default_rng(3)
    base = rng.normal(1.0, 0.1, 30)
    arms = {name: (base + rng.normal(-0.2, 0.1, 30)).tolist() for name in "abc"}
    runs = pd.concat([table(base.tolist(), **arms), table([1.0, 2.0], mode="drawn", a=[1.0, 1.0])])
    found = simultaneous(runs).set_index(["interval", "strategy"])
    single = comparison(runs).set_index(["interval", "strategy"])
    assert list(simultaneous(runs).columns) == list(COLUMNS)
    luck, apart = found.loc["luck"], single.loc["luck"]
    assert luck["factor"].nunique() == 1 and luck["factor"].iloc[0] > 1.0
    for low, high, single_low, single_high, middle in (
        ("simultaneous_low", "simultaneous_high", "ci_low", "ci_high", "difference"),
        ("relative_simultaneous_low", "relative_simultaneous_high", "relative_low",
         "relative_high", "relative_change"),
    ):  # fmt: skip
        width = (luck[high] - luck[low]) / (apart[single_high] - apart[single_low])
        assert width.tolist() == pytest.approx(luck["factor"].tolist())
        assert ((luck[high] + luck[low]) / 2.0).tolist() == pytest.approx(luck[middle].tolist())
    assert found.loc[("assumptions", "a"), "factor"] == pytest.approx(1.0)


def test_worlds_without_a_value_and_single_worlds() -> None:
    nothing = simultaneous(table([1.0], a=[2.0], b=[1.0]))
    assert nothing["difference"].tolist() == [1.0, 0.0]
    assert nothing[["factor", "simultaneous_low"]].isna().all(axis=None)
    gap = simultaneous(table([1.0, 2.0, 3.0, 5.0], a=[math.nan, 1.0, 2.5, 4.0]))
    assert gap["factor"].tolist() == pytest.approx([1.0]) and gap["replications"].tolist() == [3]
    assert simultaneous(table([1.0, 2.0])).empty


@pytest.mark.long
def test_all_intervals_hold_at_once_as_often_as_they_say() -> None:
    rng, arms, worlds, studies = np.random.default_rng(5), 8, 20, 300
    together = apart = 0
    for _ in range(studies):
        sample = rng.normal(size=(worlds, arms)) + rng.normal(size=(worlds, 1))
        largest = np.abs(sample.mean(axis=0) / stats.sem(sample)).max()
        together += bool(largest <= critical_value(sample))
        apart += bool(largest <= stats.t.ppf(0.975, worlds - 1))
    assert stats.binomtest(together, studies, 0.95).pvalue > 0.01
    assert stats.binomtest(apart, studies, 0.95).pvalue < 1e-6
