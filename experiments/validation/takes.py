"""What is taken from a world: functions of a model that stands at the fork.

Each lets the model live as long as it needs and returns a few small arrays of fixed shape:
counts and sums, so that worlds can be added up. Months are counted from the fork; a contract's
own months are those of the world.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from agents.loan import BULLET, NEW_LENDING, SETTLED, WRITTEN_OFF
from agents.officer import STATEMENTS
from simulation import LoanPortfolio
from simulation.measures import first_defaults
from simulation.strikes import struck

Taken = dict[str, Any]

WINDOW_MONTHS = 24
"""Months after the fork over which levels are taken."""

WORKOUT_MONTHS = 72
"""From default to the end of all workouts but a few in ten thousand (suit, then sale within 60)."""

STRIKE_MONTHS = 36
"""Months after a strike in which it can spread."""

SETTLING_MONTHS = 60
"""Months of a world's first years, in which the book is still young."""

HALF_YEARS = 14
"""Half-years on book of the hazard: 84 months."""

BAND = 0.25
"""Width of the bands of score above the cut-off (sd)."""


def live_until(model: LoanPortfolio, month: int) -> None:
    """Step until the month is the next one to come."""
    while model.month < month:
        model.step()


# --- the bank's months ---------------------------------------------------------------------


def levels(model: LoanPortfolio) -> Taken:
    """Defaults, NPL ratios, checks and visits in the window after the fork.

    Visits are looked for on the loans of its first year, seen for a year or two.
    """
    live_until(model, WINDOW_MONTHS)
    months = model.months
    window = months[months["month"].between(0, WINDOW_MONTHS - 1)]
    opened = model.scenario.burn_in_months
    loans = model.loans
    new = (loans["start_month"] >= opened) & (loans["start_month"] < opened + WINDOW_MONTHS)
    new &= loans["previous"] < 0
    early = new & (loans["start_month"] < opened + 12)
    return {
        **{name: window[name].sum() for name in ("defaults", "clients")},
        "npl_ratio": window["npl_ratio"].mean(),
        "npl_ratio_true": window["npl_ratio_true"].mean(),
        "files": new.sum(),
        "checked_statements": (loans["sheets"][new] & STATEMENTS != 0).sum(),
        "early_files": early.sum(),
        "visited": (loans["visits_logged"][early] > 0).sum(),
    }


def absence(model: LoanPortfolio) -> Taken:
    """Half a year from the fork: arrears in the months 1 to 6 and defaults in the months 4 to 9."""
    live_until(model, 9)
    months = model.months.set_index("month")
    early = months.loc[0:5]
    return {
        "in_arrears": early["loans_arrears"].sum(),
        "performing": early["clients"].sum(),
        "defaults": months.loc[3:8, "defaults"].sum(),
    }


def outcomes(model: LoanPortfolio) -> Taken:
    """The measures of a whole run, the mean loan, and how well scores tell who defaults."""
    measured = model.run()
    loans = model.loans
    _, first, _ = first_defaults(loans)
    new = (loans["cohort"] == NEW_LENDING) & (loans["previous"] < 0)
    failed = first[new] <= WINDOW_MONTHS
    return {
        **measured,
        "mean_loan": measured["disbursed"] / max(measured["new_loans"], 1.0),
        "score_auc": auc(loans["score"][new][~failed], loans["score"][new][failed]),
    }


def contagion(model: LoanPortfolio) -> Taken:
    """Defaults of each firm in a circle within three years, and whom a strike hits at the start."""
    world, stress = model._world, model.scenario.stress
    hit = np.zeros(len(world.enterprises), dtype=bool)
    for path in stress:
        hit[struck(world, path.factor, path.share)] = True
    before = world.enterprises["defaults"].copy()
    live_until(model, STRIKE_MONTHS)
    after = model._world.enterprises["defaults"]
    in_circle = np.diff(world.circles_start) > 0
    return {"hit": hit, "defaults": np.where(in_circle, after - before, 0)}


def auc(higher: NDArray[Any], lower: NDArray[Any]) -> float:
    """Chance that a value of the first group lies above one of the second; NaN if one is empty."""
    if not len(higher) or not len(lower):
        return float("nan")
    return float(stats.mannwhitneyu(higher, lower).statistic / (len(higher) * len(lower)))


# --- contracts over many years ---------------------------------------------------------------


def years(model: LoanPortfolio) -> Taken:
    """A world to its last month: defaults, recoveries and losses by year, vintages, scores.

    Years are those in which the book is old enough and whose defaults are worked out.
    """
    s = model.scenario
    end = s.months + s.run_off_months
    live_until(model, end)
    last = s.burn_in_months + end
    starts = np.arange(SETTLING_MONTHS, last - WORKOUT_MONTHS - 11, 12)
    loans = model.loans
    return {
        **_cohorts(loans, starts),
        **_workouts(loans, starts, model),
        **_vintages(loans, last),
    }


def _cohorts(loans: Any, starts: NDArray[np.int64]) -> Taken:
    """Firms with a loan that has never defaulted at each year's start, and who default in it."""
    firms, defaulted = [], []
    for start in starts:
        open_then = (loans["start_month"] < start) & (
            (loans["closed_month"] < 0) | (loans["closed_month"] >= start)
        )
        sound = (loans["first_default"] < 0) | (loans["first_default"] >= start)
        owners = np.unique(loans["enterprise"][open_then & sound])
        in_year = (loans["first_default"] >= start) & (loans["first_default"] < start + 12)
        firms.append(len(owners))
        defaulted.append(np.isin(owners, loans["enterprise"][in_year]).sum())
    return {"firms": np.array(firms), "defaulted": np.array(defaulted)}


def _workouts(loans: Any, starts: NDArray[np.int64], model: LoanPortfolio) -> Taken:
    """Loss given default of finished workouts, and each year's losses over its mean balance.

    A default that was cured is none here: the contract went on and lost nothing.
    """
    first, end = int(starts[0]), int(starts[-1]) + 12
    month, ead = loans["default_month"], loans["ead_fen"].astype(float)
    done = (month >= first) & (month < end) & (loans["closed_month"] >= 0) & (ead > 0)
    done &= np.isin(loans["status"], (SETTLED, WRITTEN_OFF))
    ead, month = ead[done], month[done]
    lgd = 1.0 - loans["recovered_present"][done] / ead
    recovered = loans["recovered_fen"][done] / ead
    duration = loans["closed_month"][done] - month
    soon = duration < 36
    year = (month - first) // 12
    exposure = np.bincount(year, ead, len(starts))
    lost = np.bincount(year, lgd * ead, len(starts))
    balance = _balances(model, starts)
    with np.errstate(divide="ignore", invalid="ignore"):
        by_year = {
            "year_lgd": lost / exposure,
            "year_default_rate": exposure / balance,
            "year_loss_rate": lost / balance,
        }
    return by_year | {
        "workouts": done.sum(), "low_lgd": (lgd <= 0.1).sum(), "high_lgd": (lgd >= 0.9).sum(),
        "lost": lost.sum(), "exposure": exposure.sum(),
        "recovered_by_month": np.bincount(duration[soon], recovered[soon], 36),
        "resolved_by_month": np.bincount(duration[soon], minlength=36),
    }  # fmt: skip


def _balances(model: LoanPortfolio, starts: NDArray[np.int64]) -> NDArray[np.float64]:
    """Mean balance of the whole book in each year (fen)."""
    months = model.months
    columns = [f"{name}_balance_cny" for name in ("legacy", "new_lending", "beyond")]
    balance = 100.0 * months[columns].sum(axis=1).to_numpy()
    return np.array([balance[start : start + 12].mean() for start in starts])


def _vintages(loans: Any, last: int) -> Taken:
    """New loans of quarters' last months and of other months: defaults and scores proposed."""
    start = loans["start_month"]
    new = (loans["previous"] < 0) & (start >= SETTLING_MONTHS)
    new &= start < last - WINDOW_MONTHS
    _, first, _ = first_defaults(loans)
    above = loans["proposed"] - loans["cutoff"]
    found: Taken = {}
    for name, months in (("late", start % 3 == 2), ("early", start % 3 != 2)):
        of = new & months
        found[f"{name}_loans"] = of.sum()
        found[f"{name}_defaults"] = (first[of] <= WINDOW_MONTHS).sum()
        found[f"{name}_just_above"] = ((above[of] >= 0.0) & (above[of] < BAND)).sum()
        found[f"{name}_next_above"] = ((above[of] >= BAND) & (above[of] < 2.0 * BAND)).sum()
    return found


def write_offs(model: LoanPortfolio) -> Taken:
    """Write-offs and defaults by half-year on book, of all new loans seen for 84 months.

    At risk is every loan to which it has not happened, also after it has run to its end: so the
    SBA hazards were computed that this is held against.
    """
    s = model.scenario
    end = s.months + s.run_off_months
    live_until(model, end)
    loans = model.loans
    seen = (loans["previous"] < 0) & (loans["start_month"] >= SETTLING_MONTHS)
    seen &= loans["start_month"] <= s.burn_in_months + end - 6 * HALF_YEARS
    seen &= loans["kind"] != BULLET
    loans = loans[seen]
    gone, failed = loans["written_off_fen"] > 0, loans["first_default"] >= 0
    return {
        **by_half_year((loans["write_off_month"] - loans["start_month"])[gone], len(loans)),
        **by_half_year(
            (loans["first_default"] - loans["start_month"])[failed], len(loans), "default_"
        ),
    }


def by_half_year(age: NDArray[Any], loans: int, name: str = "") -> Taken:
    """Events and loans at risk by half-year on book. age: months on book of each event.

    name: before those of the two arrays.
    """
    events = np.bincount(age[age < 6 * HALF_YEARS] // 6, minlength=HALF_YEARS)
    before = np.concatenate([[0], np.cumsum(events)[:-1]])
    return {f"{name}events": events, f"{name}at_risk": loans - before}
