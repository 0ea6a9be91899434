"""Means with two errors, and shares of a total that may be nothing."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from experiments.attribution.estimates import mean_of, share_of


def test_with_one_order_the_interval_is_student_s() -> None:
    values = np.array([1.0, 2.0, 4.0, 9.0])
    found = mean_of(values[np.newaxis])
    interval = stats.ttest_1samp(values, 0.0).confidence_interval(0.95)
    assert (found.low, found.high) == pytest.approx(tuple(interval))
    assert found.value == 4.0 and found.error_orders == 0.0
    assert found.error_worlds == pytest.approx(stats.sem(values))


def test_errors_of_worlds_and_orders_are_told_apart() -> None:
    luck, order = np.array([0.0, 2.0, 4.0]), np.array([[1.0], [3.0]])
    found = mean_of(order + luck)
    assert found.error_worlds == pytest.approx(stats.sem(luck))
    assert found.error_orders == pytest.approx(1.0)
    assert found.high - found.value > stats.norm.ppf(0.975) * math.hypot(1.0, stats.sem(luck))


def test_the_interval_covers_the_mean_as_often_as_it_says() -> None:
    generator = np.random.default_rng(2)
    hits = 0
    for _ in range(1000):
        samples = generator.normal(size=(6, 1)) + generator.normal(size=(1, 12)) + 5.0
        found = mean_of(samples)
        hits += found.low <= 5.0 <= found.high
    assert 0.93 <= hits / 1000 <= 0.985


def test_one_world_gives_no_interval_and_none_no_mean() -> None:
    one = mean_of(np.array([[3.0]]))
    assert one.value == 3.0 and math.isnan(one.low) and not one.resolved
    assert math.isnan(mean_of(np.empty((1, 0))).value)


def test_what_never_varies_has_no_width() -> None:
    found = mean_of(np.full((1, 4), 0.25))
    assert found[:3] == (0.25, 0.25, 0.25) and found.resolved


def test_a_share_by_hand() -> None:
    """Always a quarter of the total, however much that is: no error at all."""
    total = np.array([4.0, 8.0, 6.0])
    found = share_of(0.25 * total[np.newaxis], total)
    assert found.value == pytest.approx(0.25)
    assert found.high - found.low == pytest.approx(0.0, abs=1e-9)


def test_shares_add_up_to_one() -> None:
    generator = np.random.default_rng(4)
    parts = generator.normal(1.0, 0.3, size=(20, 3))
    total = parts.sum(axis=1)
    shares = [share_of(parts[:, p][np.newaxis], total).value for p in range(3)]
    assert sum(shares) == pytest.approx(1.0)


def test_the_interval_of_a_share_covers_it_as_often_as_it_says() -> None:
    generator = np.random.default_rng(9)
    hits = 0
    for _ in range(1000):
        first, second = generator.normal(3.0, 2.0, 40), generator.normal(1.0, 2.0, 40)
        found = share_of(first[np.newaxis], first + second)
        hits += found.low <= 0.75 <= found.high
    assert 0.92 <= hits / 1000 <= 0.98


def test_no_share_of_what_may_be_nothing() -> None:
    total = np.array([1.0, -1.0, 2.0, -1.5])
    assert math.isnan(share_of(total[np.newaxis], total).value)
