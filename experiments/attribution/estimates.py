"""Means with their two errors, of worlds and of orders, and shares of a total.

Samples have the shape (orders, worlds): one order where every coalition was played. Worlds and
orders are crossed: every order is played in every world.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy import stats

from experiments.attribution.shapley import Values
from experiments.comparison import CONFIDENCE

NAN = float("nan")


class Estimate(NamedTuple):
    """A mean with its 95 % interval and standard errors.

    error_worlds: from luck. error_orders: from orders that were not tried, 0 where the split is
    exact.
    """

    value: float
    low: float
    high: float
    error_worlds: float
    error_orders: float

    @property
    def resolved(self) -> bool:
        """Does the interval leave 0 out?"""
        return self.low > 0.0 or self.high < 0.0

    def times(self, factor: float) -> Estimate:
        """In another unit. factor: above 0."""
        return Estimate(*(factor * number for number in self))


UNKNOWN = Estimate(NAN, NAN, NAN, NAN, NAN)


def mean_of(samples: Values) -> Estimate:
    """The mean of all samples.

    Errors of worlds and orders are those of the marginal means and are added in squares; luck
    that one order has in one world is in both, so the interval is a little too wide. Degrees of
    freedom: Welch 1947. One world gives no interval, nor does one of several orders.
    """
    orders, worlds = samples.shape
    mean = float(samples.mean()) if samples.size else NAN
    if worlds < 2:
        return Estimate(mean, NAN, NAN, NAN, NAN)
    of_worlds = float(stats.sem(samples.mean(axis=0)))
    of_orders = float(stats.sem(samples.mean(axis=1))) if orders > 1 else 0.0
    variance = of_worlds**2 + of_orders**2
    if not variance:
        return Estimate(mean, mean, mean, of_worlds, of_orders)
    apart = of_worlds**4 / (worlds - 1) + of_orders**4 / max(orders - 1, 1)
    low, high = stats.t.interval(CONFIDENCE, variance**2 / apart, mean, np.sqrt(variance))
    return Estimate(mean, float(low), float(high), of_worlds, of_orders)


def share_of(samples: Values, total: Values) -> Estimate:
    """The mean of all samples as a share of the mean of a total.

    total: in each world. The error is that of a ratio of paired means (delta method; Cochran
    1977, "Sampling Techniques", section 2.11). UNKNOWN where the total's own interval reaches
    0: a part of what may be nothing is no share (Fieller 1954).
    """
    whole = mean_of(total[np.newaxis])
    if not whole.resolved:
        return UNKNOWN
    ratio = float(samples.mean()) / whole.value
    return mean_of(ratio + (samples - ratio * total) / whole.value)
