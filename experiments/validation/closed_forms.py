"""Limits in which the answer is known, reached by parameter values alone.

Formulas: docs/model-basis.md, section "Closed forms" (Vasicek 2002); the exact distribution at n
loans is the binomial mixed over the systematic factor.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import stats
from scipy.special import ndtr, ndtri

from experiments.validation import limits
from experiments.validation.limits import MONTHS
from experiments.validation.samples import Arm, Sample, Worlds

ERRORS = 3.0
"""Standard errors within which a simulated number must lie."""


class Check(NamedTuple):
    """A number and the closed interval in which the formula has it."""

    what: str
    value: float
    low: float
    high: float

    @property
    def holds(self) -> bool:
        """Does the number lie there?"""
        return self.low <= self.value <= self.high


@dataclass(frozen=True)
class ClosedForm:
    """A limit. formula: in words. check: from worlds to numbers. exact: true of every single
    world, so that a few are enough to judge.
    """

    name: str
    formula: str
    sample: Sample
    check: Callable[[Worlds], list[Check]]
    exact: bool = False


# --- formulas ----------------------------------------------------------------------------------


def pd_and_rho(parameters: Mapping[str, float]) -> tuple[float, float]:
    """Default if log sales, standard normal at maturity, lie below the log of the need.

    Raises: ValueError where log sales at maturity are not standard normal.
    """
    if not math.isclose(parameters["demand_sd"] * math.sqrt(MONTHS), 1.0, rel_tol=1e-12):
        raise ValueError("log sales at maturity are not standard normal")
    return float(ndtr(math.log(parameters["need_median"]))), parameters["systematic_share"]


def mixed_binomial(loans: int, pd: float, rho: float) -> NDArray[np.float64]:
    """Chance of each number of defaults, 0 to ``loans``."""
    if rho == 0.0:
        return np.asarray(stats.binom.pmf(np.arange(loans + 1), loans, pd))
    z = np.linspace(-9.0, 9.0, 2_001)
    p = ndtr((ndtri(pd) - math.sqrt(rho) * z) / math.sqrt(1.0 - rho))
    k = np.arange(loans + 1)
    chances = stats.binom.pmf(k[:, None], loans, p[None, :]) @ stats.norm.pdf(z)
    return np.asarray(chances / chances.sum())


def against_exact(
    counts: NDArray[Any], chances: NDArray[np.float64], quantiles: Sequence[float]
) -> list[Check]:
    """Mean, standard deviation, quantiles and shape of counts, within ERRORS standard errors.

    counts: defaults of each world. chances: of 0, 1, ... defaults.
    """
    n, k = len(counts), np.arange(len(chances))
    mean = float(chances @ k)
    variance = float(chances @ (k - mean) ** 2)
    fourth = float(chances @ (k - mean) ** 4)
    sd = math.sqrt(variance)
    error_of_sd = math.sqrt((fourth - variance**2) / n) / (2.0 * sd)
    loans = len(chances) - 1
    found = [
        _near("mean share of defaults", counts.mean(), mean, sd / math.sqrt(n), loans),
        _near("its standard deviation", counts.std(ddof=1) if n > 1 else math.nan, sd,
              error_of_sd, loans),
    ]  # fmt: skip
    below = np.cumsum(chances)
    for q in quantiles:
        # Counts are whole: the share of worlds up to the exact quantile is what is tested.
        place = int(np.searchsorted(below, q))
        exact = float(below[place])
        error = math.sqrt(exact * (1.0 - exact) / n)
        what = f"worlds up to the exact {100 * q:g} % quantile, {100 * place / loans:.2f} %"
        found.append(_near(what, (counts <= place).mean(), exact, error))
    return [*found, _shape(counts, chances)]


def _near(what: str, value: float, exact: float, error: float, unit: float = 1.0) -> Check:
    """A share within ERRORS standard errors of the exact one, all over ``unit``."""
    low, high = exact - ERRORS * error, exact + ERRORS * error
    return Check(what, float(value) / unit, max(low / unit, 0.0), min(high / unit, 1.0))


def _shape(counts: NDArray[Any], chances: NDArray[np.float64]) -> Check:
    """Chi-square of counts in about ten classes."""
    edges = np.unique(np.searchsorted(np.cumsum(chances), np.linspace(0.05, 0.95, 10)))
    classes = np.searchsorted(edges, np.arange(len(chances)))
    expected = np.bincount(classes, weights=chances) * len(counts)
    seen = np.bincount(np.searchsorted(edges, counts), minlength=len(expected))
    p = float(stats.chisquare(seen, expected).pvalue)
    return Check("p-value of the chi-square test of its shape", p, 1e-3, 1.0)


# --- checks ------------------------------------------------------------------------------------


def check_vasicek(worlds: Worlds) -> list[Check]:
    """Defaults against the mixed binomial at the number of loans simulated."""
    (arm,) = worlds.values()
    parameters = {name: float(arm[name][0]) for name in ("demand_sd", "need_median",
                                                         "systematic_share")}  # fmt: skip
    chances = mixed_binomial(int(arm["loans"][0]), *pd_and_rho(parameters))
    quantiles = (0.5, 0.9, 0.99) if parameters["systematic_share"] else (0.5, 0.9)
    return against_exact(arm["defaults"], chances, quantiles)


def check_all_or_nothing(worlds: Worlds) -> list[Check]:
    """Either all default or none, by the factor alone."""
    (arm,) = worlds.values()
    share, z = arm["defaults"] / arm["loans"], arm["factor"]
    clear = np.abs(z) > 0.006  # six times the spread that the rest of the variance leaves
    wrong = share[clear] != np.where(z[clear] < 0.0, 1.0, 0.0)
    n = len(share)
    return [
        Check(
            "worlds in which some but not all default, or the wrong ones", float(wrong.sum()), 0, 0
        ),
        _near("share of worlds in which all default", share.mean(), 0.5, 0.5 / math.sqrt(n)),
    ]


def check_no_loss(worlds: Worlds) -> list[Check]:
    """Where all can be recovered nothing is lost, of the same defaults."""
    rich, poor = worlds["rich"], worlds["poor"]
    apart = np.abs(rich["default_rate"] - poor["default_rate"]).max()
    return [
        Check("largest loss rate where assets cover every claim", rich["loss_rate"].max(), 0, 0),
        Check("largest difference from the default rate without assets", apart, 0, 0),
        Check("least default rate", rich["default_rate"].min(), 0.01, 1.0),
        Check("largest gap between loss rate and default rate without assets",
              np.abs(poor["loss_rate"] / poor["default_rate"] - 1.0).max(), 0.0, 1e-12),
    ]  # fmt: skip


def check_top_share(worlds: Worlds) -> list[Check]:
    """Approved are exactly those whose true capacity reaches the cut-off."""
    (arm,) = worlds.values()
    return [
        Check("firms below the cut-off that were approved", arm["bad_accepted"].sum(), 0, 0),
        Check("firms above the cut-off that were refused", arm["good_refused"].sum(), 0, 0),
        Check("files that waited", arm["waiting"].sum(), 0, 0),
        Check("approved", arm["approved"].min(), 21, math.inf),
        Check("refused", arm["refused"].min(), 21, math.inf),
    ]


def check_nothing_done(worlds: Worlds) -> list[Check]:
    """A strategy that does nothing leaves every byte as it was."""
    (arm,) = worlds.values()
    return [
        Check("bytes that differ", arm["different"].sum(), 0, 0),
        Check("bytes compared", arm["compared"].min(), 1, math.inf),
    ]


# --- the limits ----------------------------------------------------------------------------------

SEES_ALL: dict[str, Any] = {
    "enterprises": 400, "months": 12, "burn_in_months": 24, "run_off_months": 0,
    "source_sd": 0.0, "dressing": 0.0, "hidden_debt_share": 0.0, "review_error_sd": 0.0,
    "pressure": 0.0, "relation_shading": 0.0, "guarantee_share": 0.0, "formula_share": 0.0,
    "npl_tolerance": 1.0, "capital_ratio": 0.0, "hours_per_month": 1e6, "churn": 0.0,
    "refinancing_ease": -50.0, "impatience": 0.0, "file_error_share": 1.0,
    # So that the truth can still be read after the month of the decision.
    "proceeds_kept": 0.0, "diversion_probability": 0.0,
}  # fmt: skip
"""A bank that sees everything and is pressed by nothing."""

_RICH = {"asset_median": 100.0, "asset_spread": 0.0}


def _vasicek(name: str, what: str, worlds: int, **overrides: Any) -> Sample:
    return Sample(
        name, what, worlds, limits.first_month_defaults, scenario="vasicek", overrides=overrides,
        quick={},
    )  # fmt: skip


CLOSED_FORMS = (
    ClosedForm(
        "Vasicek", "mixed binomial, default probability 2 %, correlation 5 %",
        _vasicek("vasicek", "vasicek with 500 firms", 500, enterprises=500), check_vasicek),
    ClosedForm(
        "No correlation", "binomial",
        _vasicek("binomial", "vasicek with 400 firms and no systematic factor", 250,
                 enterprises=400, systematic_share=0.0), check_vasicek),
    ClosedForm(
        "Full correlation", "all or nothing",
        _vasicek("all_or_nothing", "vasicek with 60 firms, correlation 0.999999, PD 50 %", 80,
                 enterprises=60, systematic_share=0.999999, need_median=1.0),
        check_all_or_nothing),
    ClosedForm(
        "Full recovery", "no loss",
        Sample("no_loss", "vasicek with 400 firms of great and of no assets", 5, limits.losses,
               (Arm("poor"), Arm("rich", overrides=_RICH)), "vasicek",
               {"enterprises": 400, "need_median": 0.4}, quick={}), check_no_loss, exact=True),
    ClosedForm(
        "Perfect information", "the best are accepted, the others are not",
        Sample("top_share", "l_bank with 400 firms and a bank that sees all", 5, limits.decisions,
               overrides=SEES_ALL, quick={}), check_top_share, exact=True),
    ClosedForm(
        "Nothing done", "all strategies at intensity 0: the same bytes",
        Sample("nothing_done", "l_bank with 400 firms, 24 months", 3, limits.untouched,
               overrides={"enterprises": 400}), check_nothing_done, exact=True),
)  # fmt: skip
"""The closed forms of docs/model-basis.md."""
