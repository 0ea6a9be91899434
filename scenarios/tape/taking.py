"""What a scenario takes from a tape: terms, securities, price, caseload; the rest stays assumed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from agents.parameters import all_parameters
from scenarios.problems import number_text
from scenarios.tape.columns import GUARANTEE, OPEN, REAL_ESTATE
from scenarios.tape.reading import LoanTape
from scenarios.tape.sampling import weights

SAMPLED = ("amount", "sector", "employees", "is_new", "revolving", "weight")
"""Columns that a model samples from. They are written; nothing else of a loan is."""

_LOANS_EACH = 80.0  # of an officer, with the default of enterprises_per_officer

_INSTEAD = {
    "sector": "sectors", "employees": "employees from sales", "is_new": "population.new_share",
    "revolving": "population.bullet_share", "collateral": "population.real_estate_share and "
    "guarantee_share", "term_months": "loan.instalment_tenor and bullet_tenor",
    "annual_rate": "loan.base_rate", "officer": "officer.enterprises_per_officer",
}  # fmt: skip
_NEVER = (
    "Management quality, checks, hours, delays and costs of the bank.",
    "Sales of firms: the amount over a drawn ratio (population.need_median, need_spread).",
    "Firms that were refused or never asked: the firms sampled are those that got a loan.",
    "Demand, margins, cash and willingness of firms, property prices, recoveries.",
    "Default and loss: the observed figures are kept, no parameter is fitted to them.",
)


@dataclass(frozen=True)
class Taken:
    """What a scenario takes.

    columns: of each loan, for sampling. values: parameter -> value and how it was found. kept:
    parameter -> why it stays. assumed: what the tape cannot say.
    """

    columns: tuple[str, ...]
    values: dict[str, tuple[float, str]]
    kept: dict[str, str]
    assumed: tuple[str, ...]


def taken(tape: LoanTape) -> Taken:
    """What a tape says of parameters."""
    loans, w = tape.loans, pd.Series(weights(tape.loans), index=tape.loans.index)
    found = {**_tenors(loans, w), **_securities(loans, w), **_rate(loans, w), **_caseload(loans, w)}
    values, kept = {}, {}
    for name, (value, how) in found.items():
        low, high = all_parameters()[name].allowed
        if low <= value <= high:
            values[name] = (value, how)
        else:
            told = f"{number_text(low)} to {number_text(high)}"
            kept[name] = f"the tape says {number_text(value)} ({how}); allowed: {told}"
    lacking = [
        f"No column {name} on the tape: {instead} as before."
        for name, instead in _INSTEAD.items() if name not in loans
    ]  # fmt: skip
    if "officer" in loans and "enterprises_per_officer" not in found:
        lacking.append("No open loans by officer: officer.enterprises_per_officer as before.")
    columns = tuple(name for name in SAMPLED if name in loans)
    return Taken(columns, values, kept, (*lacking, *_NEVER))


def _quantile(values: pd.Series, w: pd.Series, share: float = 0.5) -> float:
    return float(np.quantile(values, share, method="inverted_cdf", weights=w[values.index]))


def _tenors(loans: pd.DataFrame, w: pd.Series) -> dict[str, tuple[float, str]]:
    """Median terms of bullet and instalment loans, in whole months; the long one with them."""
    if "term_months" not in loans:
        return {}
    bullet = loans["revolving"] == 1.0 if "revolving" in loans else pd.Series(False, loans.index)
    found = {}
    for name, chosen, what in (
        ("bullet_tenor", bullet, "revolving loans"), ("instalment_tenor", ~bullet, "other loans"),
    ):  # fmt: skip
        terms = loans["term_months"][chosen].dropna()
        if len(terms):
            found[name] = (
                float(round(_quantile(terms, w))), f"median term of {len(terms):,} {what}"
            )  # fmt: skip
    usual = found.get("instalment_tenor", (0.0, ""))[0]
    longest = all_parameters()["long_tenor"]
    if longest.default < usual <= longest.allowed[1]:
        # A loan for long-lived assets is not shorter than the usual one.
        upper = round(_quantile(loans["term_months"][~bullet].dropna(), w, 0.75))
        value = min(float(upper), longest.allowed[1])
        found["long_tenor"] = (
            value,
            f"upper quartile of these terms, at most {longest.allowed[1]:g}",
        )
    return found


def _securities(loans: pd.DataFrame, w: pd.Series) -> dict[str, tuple[float, str]]:
    """Shares of loans by security."""
    known = loans["collateral"].dropna() if "collateral" in loans else pd.Series(dtype="str")
    if known.empty:
        return {}
    part = w[known.index] / w[known.index].sum()
    names = {"real_estate_share": REAL_ESTATE, "guarantee_share": GUARANTEE}
    return {
        name: (round(float(part[known == code].sum()), 4), f"share of {len(known):,} loans")
        for name, code in names.items()
    }


def _rate(loans: pd.DataFrame, w: pd.Series) -> dict[str, tuple[float, str]]:
    """Median contract rate."""
    rates = loans["annual_rate"].dropna() if "annual_rate" in loans else pd.Series(dtype="float64")
    if rates.empty:
        return {}
    return {"base_rate": (round(_quantile(rates, w), 5), f"median rate of {len(rates):,} loans")}


def _caseload(loans: pd.DataFrame, w: pd.Series) -> dict[str, tuple[float, str]]:
    """Firms for each officer, from the open loans that each has; the ratio of both as assumed.

    A default of enterprises_per_officer comes with about 80 loans an officer (its source).
    """
    if not {"officer", "status"} <= set(loans):
        return {}
    held = loans[(loans["status"] == OPEN) & loans["officer"].notna()]
    if held.empty:
        return {}
    loans_each = float(w[held.index].sum()) / held["officer"].nunique()
    firms = round(loans_each * all_parameters()["enterprises_per_officer"].default / _LOANS_EACH)
    return {"enterprises_per_officer": (float(firms), f"{loans_each:.1f} open loans an officer")}
