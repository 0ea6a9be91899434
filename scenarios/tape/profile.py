"""What a tape says: counts, distributions, cohorts, default and loss curves, all weighted.

A share is over sampling weights. Default is the status where the tape has one, else a day of
default. Curves count every day of default; a loan is at risk from its disbursement to its
default, its end or, where no end is told, the day of the tape. Where the day a loan was paid is
not told, hazards are therefore lower bounds. Definitions: docs/tape.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scenarios.tape.columns import COLUMNS, DEFAULT, OPEN
from scenarios.tape.reading import LoanTape
from scenarios.tape.sampling import weights

DAYS = 30.4375
"""Of a month on book."""
STEP = 6
"""Months on book of a step of the curves."""
STEPS = 20
"""At most so many steps: ten years."""
QUANTILES = (0.1, 0.25, 0.5, 0.75, 0.9)
_EDGES = np.array([m * 10.0**k for k in range(-1, 12) for m in (1.0, 2.5, 5.0)])


@dataclass(frozen=True)
class Profile:
    """A tape in figures; a table is empty where the tape does not say.

    totals: name -> number. filled: column, header, cells filled, empty. numbers: column, loans,
    mean and QUANTILES. groups: column, group, loans, share of weight, share of amount and, where
    known, default_share. cohorts: a row a year of disbursement. curves: year, months on book,
    cumulative default and loss share. hazard: months on book from and to, loans at risk at the
    start, defaults, monthly hazard. severity: loss over amount of defaulted loans.
    """

    totals: dict[str, float]
    filled: pd.DataFrame
    numbers: pd.DataFrame
    groups: pd.DataFrame
    cohorts: pd.DataFrame
    curves: pd.DataFrame
    hazard: pd.DataFrame
    severity: dict[str, float]


def profiled(tape: LoanTape) -> Profile:
    """All figures of a tape."""
    loans = tape.loans.assign(weight=weights(tape.loans))
    bad = defaulted(loans)
    return Profile(
        totals=_totals(loans, bad),
        filled=_filled(tape),
        numbers=_numbers(loans),
        groups=_groups(loans, bad),
        cohorts=cohorts(loans),
        curves=curves(loans, tape.cut_off),
        hazard=hazard(loans, tape.cut_off),
        severity=severity(loans),
    )


def defaulted(loans: pd.DataFrame) -> pd.Series | None:
    """Which loans defaulted; None where the tape does not say."""
    if "status" in loans and loans["status"].notna().any():
        return loans["status"] == DEFAULT
    return loans["default_date"].notna() if "default_date" in loans else None


def _mean(values: Any, weight: Any) -> float:
    """Weighted mean of what is known; nan where nothing is."""
    known = pd.notna(values)
    return float(np.average(values[known], weights=weight[known])) if known.any() else np.nan


def _totals(loans: pd.DataFrame, bad: pd.Series | None) -> dict[str, float]:
    w = loans["weight"]
    found = {"loans": float(len(loans)), "weight": float(w.sum()),
             "amount": float((w * loans["amount"]).sum())}  # fmt: skip
    if bad is not None:
        found |= {"defaulted": float(bad.sum()), "default_share": _mean(bad, w)}
    if "status" in loans:
        found["open"] = float((loans["status"] == OPEN).sum())
    if "officer" in loans:
        found["officers"] = float(loans["officer"].nunique())
    return found


def _filled(tape: LoanTape) -> pd.DataFrame:
    """Filled and empty cells of each column that was read."""
    loans = tape.loans
    empty = [int(loans[name].isna().sum()) for name in tape.headers]
    return pd.DataFrame({
        "column": list(tape.headers), "header": list(tape.headers.values()),
        "filled": [len(loans) - n for n in empty], "empty": empty,
    })  # fmt: skip


def quantiles(values: pd.Series, weight: pd.Series) -> NDArray[np.float64]:
    """Weighted QUANTILES of what is known."""
    known = values.notna()
    if not known.any():
        return np.full(len(QUANTILES), np.nan)
    found = np.quantile(values[known].to_numpy(float), QUANTILES, method="inverted_cdf",
                        weights=weight[known].to_numpy(float))  # fmt: skip
    return np.asarray(found)


def _numbers(loans: pd.DataFrame) -> pd.DataFrame:
    """Mean and quantiles of each column of numbers."""
    rows = []
    for name, column in COLUMNS.items():
        if column.kind == "number" and name in loans and name not in ("loss_amount", "weight"):
            values = loans[name]
            rows.append([name, int(values.notna().sum()), _mean(values, loans["weight"]),
                         *quantiles(values, loans["weight"])])  # fmt: skip
    return pd.DataFrame(
        rows, columns=["column", "loans", "mean", *(f"p{100 * q:.0f}" for q in QUANTILES)]
    )


def _bands(amount: pd.Series) -> tuple[pd.Series, list[str]]:
    """Bands that end at 1, 2.5 or 5 times a power of ten, the end included, and their order."""
    used = _EDGES[np.searchsorted(_EDGES, amount.min()) - 1 :]
    used = used[: np.searchsorted(used, amount.max()) + 1]
    labels = [f"{low:,.0f} to {high:,.0f}" for low, high in pairwise(used)]
    place = np.searchsorted(used, amount.to_numpy(float)) - 1
    return pd.Series(np.array(labels, dtype=object)[place], index=amount.index), labels


def _groups(loans: pd.DataFrame, bad: pd.Series | None) -> pd.DataFrame:
    """Weight, amount and default share by code, flag and band of amount."""
    keys = {name: loans[name] for name, c in COLUMNS.items()
            if c.kind in ("code", "flag") and name in loans}  # fmt: skip
    keys = {name: key.map({1.0: "yes", 0.0: "no"}) if COLUMNS[name].kind == "flag" else key
            for name, key in keys.items()}  # fmt: skip
    keys["amount"], bands = _bands(loans["amount"])
    w = loans["weight"]
    table = pd.DataFrame({"loans": 1, "share": w / w.sum(), "money": w * loans["amount"]})
    table["bad"] = np.nan if bad is None else w * bad / w.sum()
    parts = []
    for name, key in keys.items():
        words = key.astype("object").where(key.notna(), "not known")
        order = bands if name == "amount" else sorted(words.unique())
        sums = table.groupby(words).sum(min_count=1).reindex(order).dropna(how="all")
        parts.append(pd.DataFrame({
            "column": name, "group": sums.index, "loans": sums["loans"].astype(int).to_numpy(),
            "share": sums["share"].to_numpy(),
            "amount_share": (sums["money"] / sums["money"].sum()).to_numpy(),
            "default_share": np.nan if name == "status"
            else (sums["bad"] / sums["share"]).to_numpy(),
        }))  # fmt: skip
    return pd.concat(parts, ignore_index=True)


# --- over time -------------------------------------------------------------------------------


def cohorts(loans: pd.DataFrame) -> pd.DataFrame:
    """By year of disbursement: loans, weight, money lent, default and loss share (by money)."""
    bad = defaulted(loans)
    if "disbursement_date" not in loans:
        return pd.DataFrame()
    w = loans["weight"]
    table = pd.DataFrame({"loans": 1, "weight": w, "amount": w * loans["amount"]})
    table["bad"] = np.nan if bad is None else w * bad
    table["loss"] = w * _losses(loans)
    year = loans["disbursement_date"].dt.year.dropna().astype(int).rename("year")
    sums = table.loc[year.index].groupby(year).sum(min_count=1)
    sums["default_share"] = sums["bad"] / sums["weight"]
    sums["loss_share"] = sums["loss"] / sums["amount"]
    told: pd.DataFrame = sums.drop(columns=["bad", "loss"]).reset_index()
    return told


def _losses(loans: pd.DataFrame) -> pd.Series:
    """Loss of each loan, 0 where it did not default; missing where the tape has no losses."""
    if "loss_amount" not in loans:
        return pd.Series(np.nan, index=loans.index)
    return loans["loss_amount"].fillna(0.0)


def _months(loans: pd.DataFrame, until: pd.Series | pd.Timestamp) -> NDArray[np.float64]:
    """Months from disbursement to a day."""
    days = (until - loans["disbursement_date"]).dt.days
    return days.to_numpy(np.float64, na_value=np.nan) / DAYS


def _dated(loans: pd.DataFrame, cut_off: pd.Timestamp | None) -> pd.DataFrame | None:
    """Loans with a day of disbursement, months to default (inf: none) and months observed.

    None where the tape has no days.
    """
    if cut_off is None or not {"disbursement_date", "default_date"} <= set(loans):
        return None
    known = loans[loans["disbursement_date"].notna()]
    if known.empty:
        return None
    watched = _months(known, cut_off)
    until = watched
    if "closed_date" in known:
        until = np.fmin(watched, _months(known, known["closed_date"]))
    gone = np.nan_to_num(_months(known, known["default_date"]), nan=np.inf)
    return known.assign(gone=gone, watched=watched, until=np.fmin(until, gone))


def hazard(loans: pd.DataFrame, cut_off: pd.Timestamp | None) -> pd.DataFrame:
    """Monthly hazard of default by half-year on book: defaults over months at risk, weighted."""
    dated = _dated(loans, cut_off)
    if dated is None:
        return pd.DataFrame()
    w, gone = dated["weight"].to_numpy(), dated["gone"].to_numpy()
    until = dated["until"].to_numpy()
    rows = []
    for start in range(0, STEP * STEPS, STEP):
        at_risk = until > start
        if not at_risk.any():
            break
        # A default on the day of disbursement belongs to the first step.
        event = (gone <= start + STEP) & ((gone > start) | ((start == 0) & (gone <= 0)))
        months = float(w @ np.clip(until - start, 0.0, STEP))
        rows.append({
            "from_month": start, "to_month": start + STEP, "at_risk": int(at_risk.sum()),
            "defaults": int(event.sum()), "hazard": float(w @ event) / months,
        })  # fmt: skip
    return pd.DataFrame(rows)


def curves(loans: pd.DataFrame, cut_off: pd.Timestamp | None) -> pd.DataFrame:
    """By year and months on book: share of loans defaulted and of money lost so far.

    A year's curve ends where its last loan has not been watched for so long.
    """
    dated = _dated(loans, cut_off)
    if dated is None:
        return pd.DataFrame()
    dated = dated.assign(loss=_losses(dated), year=dated["disbursement_date"].dt.year.astype(int))
    rows = []
    for year, cohort in dated.groupby("year"):
        w, lent = cohort["weight"], cohort["weight"] * cohort["amount"]
        for month in range(0, STEP * STEPS + 1, STEP):
            if month > cohort["watched"].min():
                break
            gone = (cohort["gone"] <= month).to_numpy()
            rows.append({
                "year": year, "month": month, "default_share": _mean(gone, w.to_numpy()),
                "loss_share": float((cohort["weight"] * cohort["loss"] * gone).sum(min_count=1)
                                    / lent.sum()),
            })  # fmt: skip
    return pd.DataFrame(rows)


def severity(loans: pd.DataFrame) -> dict[str, float]:
    """Loss over amount of defaulted loans: number, mean, sd, QUANTILES; {} where not told."""
    bad = defaulted(loans)
    if bad is None or "loss_amount" not in loans:
        return {}
    lost = loans[bad & loans["loss_amount"].notna()]
    if lost.empty:
        return {}
    share, w = lost["loss_amount"] / lost["amount"], lost["weight"]
    mean = _mean(share, w)
    found = {"loans": float(len(lost)), "mean": mean, "sd": _mean((share - mean) ** 2, w) ** 0.5}
    names = (f"p{100 * q:.0f}" for q in QUANTILES)
    return found | dict(zip(names, quantiles(share, w).tolist(), strict=True))
