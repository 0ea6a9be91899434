"""How well differences are known, and how many worlds it takes."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pandas as pd
import pytest
from hand_made import table
from scipy import stats

from experiments.precision import (
    COLUMNS,
    half_width,
    precision,
    reached,
    replications_needed,
    variance_ratio,
    worlds_until,
)


def test_the_variance_ratio_says_what_shared_luck_is_worth() -> None:
    base, arm = np.array([1.0, 2.0, 3.0]), np.array([1.0, 2.5, 2.5])
    paired = np.var(arm - base, ddof=1)
    apart = np.var(arm, ddof=1) + np.var(base, ddof=1)
    assert variance_ratio(base, arm) == pytest.approx(apart / paired)
    assert variance_ratio(base, base - 1.0) == math.inf
    assert math.isnan(variance_ratio(base[:1], arm[:1]))


def test_so_many_worlds_and_no_fewer_reach_the_precision() -> None:
    rng = np.random.default_rng(1)
    for spread, share in itertools.product((0.05, 0.3, 1.0), (0.05, 0.5)):
        base = rng.normal(1.0, 0.1, 50)
        arm = base + rng.normal(-0.2, spread, 50)
        worlds = replications_needed(base, arm, share)
        sd = np.std(arm - base, ddof=1)

        def half_width(n: float, sd: float = sd) -> float:
            return float(stats.t.ppf(0.975, n - 1) * sd / np.sqrt(n))

        assert half_width(worlds) <= share * base.mean()
        if worlds > 2:
            assert half_width(worlds - 1) > share * base.mean()


def test_precision_has_a_row_for_each_arm() -> None:
    found = precision(table([1.0, 2.0, 3.0], a=[1.0, 1.0, 1.0], b=[1.0, 2.0, 3.0]))
    assert found["strategy"].tolist() == ["a", "b"]
    assert found["replications_needed"].tolist()[1] == 2
    assert found["replications"].tolist() == [3, 3]
    assert list(precision(table([1.0, 2.0])).columns) == list(COLUMNS)


def test_a_half_width_is_that_of_the_paired_t_interval() -> None:
    base, arm = np.array([-2.0, -1.0, -3.0, -2.0]), np.array([-1.0, -1.5, -2.0, -1.0])
    interval = stats.ttest_rel(arm, base).confidence_interval(0.95)
    assert half_width(base, arm) == pytest.approx((interval.high - interval.low) / 2.0 / 2.0)
    assert math.isnan(half_width(base[:1], arm[:1]))
    assert math.isnan(half_width(base - base.mean(), arm))


def test_a_small_difference_takes_more_worlds_than_a_share_of_the_loss() -> None:
    rng = np.random.default_rng(2)
    base = rng.normal(1.0, 0.1, 50)
    arm = base + rng.normal(-0.2, 0.1, 50)
    row = precision(table(base.tolist(), a=arm.tolist())).iloc[0]
    wanted = 0.05 * abs(np.mean(arm - base))
    assert row["replications_for_difference"] == worlds_until(arm - base, wanted)
    assert row["replications_for_difference"] > row["replications_needed"]
    assert worlds_until(np.array([-1.0, 1.0]), 0.0) == math.inf
    assert worlds_until(np.zeros(3), 0.0) == 2.0
    assert math.isnan(worlds_until(np.zeros(1), 1.0))


def test_the_precision_is_reached_when_every_arm_has_it_in_every_kind_of_world() -> None:
    base = [1.0, 1.1, 0.9, 1.0]
    sure, unsure = [x - 0.2 for x in base], [0.5, 1.5, 0.2, 1.4]
    assert reached(table(base, a=sure))
    assert not reached(table(base, a=sure, b=unsure))
    both = pd.concat([table(base, a=sure), table(base, mode="drawn", a=unsure)])
    assert not reached(both)
    width = precision(table(base, b=unsure))["half_width"].iloc[0]
    assert reached(table(base, b=unsure), width) and not reached(
        table(base, b=unsure), 0.99 * width
    )


def test_nothing_is_reached_without_an_interval_or_an_arm() -> None:
    assert not reached(table([1.0], a=[1.0]))
    assert not reached(table([1.0, 1.0]))
    assert not reached(table([0.0, 0.0], a=[0.0, 0.0]))
