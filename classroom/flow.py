"""Where the applications went: bands from the request to what became of the money."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from agents.loan import NEW_LENDING, STATUSES
from agents.records import FEN_PER_CNY
from simulation import LoanPortfolio

NODES = (
    "applications", "investigated", "not_decided", "refused", "went_elsewhere", "granted",
    "performing", "watched", "repaid", "defaulted", "in_recovery", "recovered", "written_off",
)  # fmt: skip
"""Where a request can be, from left to right."""

PERFORMING = {"current": "performing", "arrears": "watched", "observed": "watched",
              "repaid": "repaid"}  # fmt: skip

MOST_LISTED = 200
"""Loans that a band lists, the largest first."""


class Band(NamedTuple):
    """A stream between two nodes. number: of requests or loans of the sample; amount: CNY of the
    declared bank, NaN where a request has none. loans: rows of the loan book, the largest first.
    """

    source: str
    target: str
    number: float
    amount: float
    loans: tuple[int, ...] = ()


def flow(model: LoanPortfolio) -> list[Band]:
    """All bands of the new lending so far; those without anything in them are left out.

    Loans are whole chains of renewals: they count once, by their last contract, with the money
    of their first. Requests for renewal are no applications.
    """
    months = model.months
    total = months[months["month"] >= 0].sum()
    chains = _chains(model)
    granted = len(chains.first)
    refused = len(model.refused.loans)
    waiting = max(total["applications"] - total["decided"], 0.0)
    elsewhere = max(total["decided"] - refused - granted, 0.0)
    nan = float("nan")
    bands = [
        Band("applications", "investigated", float(total["decided"]), nan),
        Band("applications", "not_decided", float(waiting), nan),
        Band("investigated", "refused", float(refused), nan),
        Band("investigated", "went_elsewhere", float(elsewhere), nan),
        _band("investigated", "granted", chains, np.ones(granted, dtype=np.bool_)),
        *_outcomes(chains),
    ]
    return [band for band in bands if band.number > 0.0]


class Chains(NamedTuple):
    """New loans: rows of the first contract and of the last, with its record; money lent (CNY of
    the declared bank).
    """

    first: NDArray[np.int64]
    last: NDArray[np.int64]
    lent: NDArray[np.float64]
    record: Any


def _chains(model: LoanPortfolio) -> Chains:
    """The loans of new lending, each with its last contract."""
    loans = np.asarray(model.loans)
    last = np.arange(len(loans))
    for row in np.flatnonzero(loans["previous"] >= 0)[::-1]:  # later contracts come later
        last[loans["previous"][row]] = last[row]
    first = np.flatnonzero((loans["cohort"] == NEW_LENDING) & (loans["previous"] < 0))
    lent = loans["new_money_fen"][first] * model.scale / FEN_PER_CNY
    return Chains(first, last[first], lent, loans[last[first]])


def _outcomes(chains: Chains) -> Iterator[Band]:
    """From the grant to where each loan stands."""
    status = np.array(STATUSES)[chains.record["status"]]
    for name in dict.fromkeys(PERFORMING.values()):
        there = np.isin(status, [s for s, node in PERFORMING.items() if node == name])
        yield _band("granted", name, chains, there)
    failed = np.isin(status, ["defaulted", "written_off", "settled"])
    yield _band("granted", "defaulted", chains, failed)
    lost = chains.record["ead_fen"] - chains.record["recovered_fen"]
    ended = failed & (chains.record["closed_month"] >= 0)
    yield _band("defaulted", "in_recovery", chains, failed & ~ended)
    yield _band("defaulted", "recovered", chains, ended & (lost <= 0))
    yield _band("defaulted", "written_off", chains, ended & (lost > 0))


def _band(source: str, target: str, chains: Chains, there: NDArray[np.bool_]) -> Band:
    """A band of loans."""
    order = np.argsort(-chains.lent[there], kind="stable")[:MOST_LISTED]
    rows = chains.last[there][order]
    return Band(
        source, target, float(there.sum()), float(chains.lent[there].sum()), tuple(rows.tolist())
    )


class Listed(NamedTuple):
    """A loan in a list, or a refused file, which has no loan. lent_cny: of a refused file, what was
    asked for.
    """

    loan: int | None
    enterprise: int
    month: int
    lent_cny: float
    status: str
    default_month: int | None
    lost_cny: float


def listed(model: LoanPortfolio, rows: tuple[int, ...]) -> list[Listed]:
    """The loans in some rows of the book. Months from the fork; money of the firm itself."""
    book, fork = model.loans, model.scenario.burn_in_months
    found = []
    for row in rows:
        contract = book[row]
        failed = int(contract["first_default"])
        lost = contract["ead_fen"] - contract["recovered_fen"] if failed >= 0 else 0
        found.append(Listed(
            row, int(contract["enterprise"]), int(contract["chain_month"]) - fork,
            float(contract["principal_fen"]) / FEN_PER_CNY, STATUSES[contract["status"]],
            failed - fork if failed >= 0 else None, float(lost) / FEN_PER_CNY,
        ))  # fmt: skip
    return found


def refused_files(model: LoanPortfolio) -> list[Listed]:
    """The applications refused so far, the largest first, as many as a band lists."""
    files, fork = model.refused.applicants, model.scenario.burn_in_months
    months = model.refused.loans["start_month"]
    rows = {entity: row for row, entity in enumerate(model.enterprises.records["entity"].tolist())}
    order = np.argsort(-files["asked_fen"], kind="stable")[:MOST_LISTED].tolist()
    return [
        Listed(None, rows[int(files["entity"][k])], int(months[k]) - fork,
               float(files["asked_fen"][k]) / FEN_PER_CNY, "refused", None, 0.0)
        for k in order
    ]  # fmt: skip


def loans_of_firm(model: LoanPortfolio, firm: int) -> list[Listed]:
    """The loans of a firm (row), old ones too, in time; renewals belong to the first contract."""
    loans = np.asarray(model.loans)
    own = np.flatnonzero(loans["enterprise"] == firm)
    renewed = set(loans["previous"][own].tolist())
    return listed(model, tuple(row for row in own.tolist() if row not in renewed))
