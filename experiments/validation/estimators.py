"""Estimators: from what was taken of many worlds to one value, and its interval.

A record holds arrays whose first axis is the world. An estimator takes one record for each arm
of its part and returns a number; pure, and it knows nothing of scenarios.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, stats
from scipy.special import ndtr, ndtri, owens_t

from experiments.comparison import CONFIDENCE

Record = Mapping[str, NDArray[Any]]
Estimator = Callable[..., float]

RESAMPLES = 999
MONTHS_PER_YEAR = 12.0


class Estimate(NamedTuple):
    """A value with its 95 % interval over worlds; the interval is NaN where there is none."""

    value: float
    low: float
    high: float


def estimate(
    estimator: Estimator, records: Sequence[Record], seed: int, interval: bool = True
) -> Estimate:
    """The value over all worlds and a bootstrap interval.

    records: one for each arm; world i of all of them has the same luck, so worlds are drawn
    for all arms together. seed: of the bootstrap. interval: False for the value alone. Percentile
    bootstrap, because an estimator may have steps (the place of a peak) and no useful jackknife.
    """
    worlds = len(next(iter(records[0].values())))
    value = float(estimator(*records))
    if worlds < 2 or not interval or not math.isfinite(value):
        return Estimate(value, math.nan, math.nan)

    def of_sample(chosen: NDArray[np.int64]) -> float:
        picked = [{name: array[chosen] for name, array in r.items()} for r in records]
        return float(estimator(*picked))

    with np.errstate(divide="ignore", invalid="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore", stats.DegenerateDataWarning)
        found = stats.bootstrap(
            (np.arange(worlds),), of_sample, vectorized=False, method="percentile",
            n_resamples=RESAMPLES, confidence_level=CONFIDENCE,
            random_state=np.random.default_rng(seed),
        ).confidence_interval  # fmt: skip
    return Estimate(value, float(found.low), float(found.high))


def _share(part: Any, whole: Any) -> float:
    """Part over whole, NaN where there is no whole."""
    return float(part) / float(whole) if whole else math.nan


# --- levels ------------------------------------------------------------------------------


def ratio(part: str, whole: str, scale: float = 1.0) -> Estimator:
    """Sum of one quantity over the sum of another, times ``scale``."""
    return lambda r: scale * _share(r[part].sum(), r[whole].sum())


def mean(name: str) -> Estimator:
    """Mean over worlds of a quantity; a world in which it is not known is left out."""
    return lambda r: float(np.nanmean(r[name])) if np.isfinite(r[name]).any() else math.nan


def ratio_of_ratios(part: str, whole: str, other_part: str, other_whole: str) -> Estimator:
    """One ratio of sums over another."""
    one, other = ratio(part, whole), ratio(other_part, other_whole)
    return lambda r: _share(one(r), other(r))


def difference_of_ratios(part: str, whole: str, other_part: str, other_whole: str) -> Estimator:
    """One ratio of sums less another."""
    one, other = ratio(part, whole), ratio(other_part, other_whole)
    return lambda r: one(r) - other(r)


# --- an arm against another, in the same worlds ------------------------------------------


def change(name: str, statistic: Callable[..., Any] = np.mean) -> Estimator:
    """Relative change of a statistic over worlds: arm over base, less one."""
    return lambda arm, base: _share(statistic(arm[name]), statistic(base[name])) - 1.0


def difference(name: str) -> Estimator:
    """Difference of means over worlds: arm less base."""
    return lambda arm, base: float(np.nanmean(arm[name]) - np.nanmean(base[name]))


def change_of_ratio(part: str, whole: str) -> Estimator:
    """Relative change of a ratio of sums."""
    of = ratio(part, whole)
    return lambda arm, base: _share(of(arm), of(base)) - 1.0


def spread_beyond(hit: str, events: str) -> Estimator:
    """Events that a strike causes a world among those it does not hit: one strike's less another's.

    Arms: one strike, another, none.
    """

    def beyond(arm: Record, calm: Record) -> float:
        more = (arm[events].astype(int) - calm[events])[~arm[hit]]
        return float(more.sum()) / len(arm[hit])

    return lambda one, other, calm: beyond(one, calm) - beyond(other, calm)


def least_step(name: str) -> Estimator:
    """Smallest relative step of a mean from arm to arm, in the order of the arms."""

    def steps(*arms: Record) -> float:
        means = np.array([np.mean(arm[name]) for arm in arms])
        return float(np.min(means[1:] / means[:-1] - 1.0))

    return steps


def spread(values: NDArray[np.float64]) -> float:
    """Standard deviation over worlds."""
    return float(np.std(values, ddof=1))


def variation(values: NDArray[np.float64]) -> float:
    """Standard deviation over worlds, over the mean."""
    return float(stats.variation(values, ddof=1))


# --- world-years: arrays (worlds, years) ---------------------------------------------------


def default_correlation(r: Record) -> float:
    """Default asset correlation by the method of moments.

    Per year: ``firms`` observed and ``defaulted`` of them. D(D - 1) / n(n - 1) is an unbiased
    estimate of the chance that two firms both default, whatever n. The correlation is the one
    at which two standard normals both lie below the default threshold with that chance
    (Vasicek); each year of the world has a threshold of its own.
    """
    n, d = r["firms"].astype(float), r["defaulted"].astype(float)
    both = (d * (d - 1.0) / (n * (n - 1.0))).mean(axis=0)
    thresholds = ndtri(d.sum(axis=0) / n.sum(axis=0))

    def excess(rho: float) -> float:
        return sum(both_below(c, rho) for c in thresholds) - float(both.sum())

    least, most = -0.5, 0.99
    if not np.isfinite(thresholds).all() or excess(least) * excess(most) > 0.0:
        return math.nan
    return float(optimize.brentq(excess, least, most, xtol=1e-7))


def both_below(c: float, rho: float) -> float:
    """Chance that two standard normals with correlation rho both lie below c (by Owen's T)."""
    return float(ndtr(c) - 2.0 * owens_t(c, math.sqrt((1.0 - rho) / (1.0 + rho))))


def of_year(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """World-years over the mean of their year, so that no trend of the years counts as spread."""
    return np.asarray(values / values.mean(axis=0))


def year_correlation(x: str, y: str) -> Estimator:
    """Correlation over world-years of two ratios, each over the mean of its year."""

    def correlation(r: Record) -> float:
        one, other = of_year(r[x]).ravel(), of_year(r[y]).ravel()
        known = np.isfinite(one) & np.isfinite(other)
        return float(np.corrcoef(one[known], other[known])[0, 1]) if known.sum() > 2 else math.nan

    return correlation


def skewness(name: str) -> Estimator:
    """Skewness of world-years."""

    def of(r: Record) -> float:
        values = of_year(r[name]).ravel()
        # A resample of one world, or of a few tiny ones, may be flat.
        return float(stats.skew(values)) if np.ptp(values) > 1e-9 else math.nan

    return of


def tail(name: str, level: float) -> Estimator:
    """Quantile of world-years over their mean."""
    return lambda r: float(np.quantile(of_year(r[name]).ravel(), level))


# --- recovery and hazard --------------------------------------------------------------------


def slope_per_year(total: str, count: str) -> Estimator:
    """Least-squares slope of a mean on time, a year; ``total`` and ``count`` by month."""

    def slope(r: Record) -> float:
        n = r[count].sum(axis=0)
        years = np.arange(len(n)) / MONTHS_PER_YEAR
        seen = n > 0
        if seen.sum() < 2:
            return math.nan
        means = r[total].sum(axis=0)[seen] / n[seen]
        return float(np.polyfit(years[seen], means, 1, w=np.sqrt(n[seen]))[0])

    return slope


def hazard(r: Record) -> NDArray[np.float64]:
    """Monthly hazard by half-year on book: ``events`` over months of loans ``at_risk``."""
    return np.asarray(r["events"].sum(axis=0) / (6.0 * np.maximum(r["at_risk"].sum(axis=0), 1)))


def pooled_hazard(shares: Sequence[float], *arms: Record, of: str = "") -> NDArray[np.float64]:
    """Hazard of several portfolios taken as one.

    shares: of its loans that each has. of: of what, as in experiments.validation.takes.
    """
    events, at_risk = (
        np.sum([
            share * arm[f"{of}{name}"].sum(axis=0) / max(arm[f"{of}at_risk"][:, 0].sum(), 1)
            for share, arm in zip(shares, arms, strict=True)
        ], axis=0)
        for name in ("events", "at_risk")
    )  # fmt: skip
    return np.asarray(events / (6.0 * at_risk))


def peak_month(shares: Sequence[float], of: str = "") -> Estimator:
    """Middle of the half-year with the highest hazard (months on book)."""
    return lambda *arms: 6.0 * float(np.argmax(pooled_hazard(shares, *arms, of=of))) + 3.0


def hazard_over_peak(first: int, last: int, shares: Sequence[float], of: str = "") -> Estimator:
    """Mean hazard of the half-years first to last - 1, over the peak."""

    def share(*arms: Record) -> float:
        by_half_year = pooled_hazard(shares, *arms, of=of)
        return _share(by_half_year[first:last].mean(), by_half_year.max())

    return share
