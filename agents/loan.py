"""The loan contract: its record, its legal life, and what is due.

Amounts are whole fen. Equations and sources: docs/model-basis.md, section "Loans".
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from agents.compiled import rule
from agents.enterprise import to_fen
from agents.parameters import Parameter, declare
from agents.records import Field

# Status of a contract.
CURRENT, ARREARS, OBSERVED, DEFAULTED, REPAID, RENEWED, WRITTEN_OFF, SETTLED = range(8)
STATUSES = (
    "current", "arrears", "observed", "defaulted", "repaid", "renewed", "written_off", "settled",
)  # fmt: skip
# The five classes of loan quality.
NORMAL, SPECIAL_MENTION, SUBSTANDARD, DOUBTFUL, LOSS = range(5)
CLASSES = ("normal", "special_mention", "substandard", "doubtful", "loss")
# Whose lending a loan belongs to.
LEGACY, NEW_LENDING, BEYOND = range(3)
COHORTS = ("legacy", "new_lending", "beyond")
# Repayment.
INSTALMENT, BULLET = 0, 1

_NEXT = {
    CURRENT: (ARREARS, OBSERVED, DEFAULTED, REPAID, RENEWED),
    ARREARS: (CURRENT, OBSERVED, DEFAULTED, REPAID, RENEWED),
    OBSERVED: (CURRENT, ARREARS, DEFAULTED, REPAID, RENEWED),
    DEFAULTED: (OBSERVED, WRITTEN_OFF, SETTLED),
}

FIELDS: dict[str, Field] = {
    "enterprise": Field("i4", "row", "borrower", "contract"),
    "ordinal": Field("i4", "count", "the borrower's file that led to it", "contract"),
    "officer": Field("i4", "row", "officer's post that made it", "contract"),
    "previous": Field("i4", "row", "contract that it renews, -1 if none", "contract", -1),
    "start_month": Field("i4", "month", "month of disbursement", "contract"),
    "chain_month": Field("i4", "month", "month of the first contract of the chain", "contract"),
    "tenor_months": Field("i4", "months", "contractual life", "contract"),
    "maturity_month": Field("i4", "month", "month in which the last principal is due", "contract"),
    "kind": Field("i1", "code", "0 instalment, 1 bullet", "contract"),
    "cohort": Field("i1", "code", "legacy, new lending, beyond the horizon", "contract"),
    "status": Field("i1", "code", "see STATUSES", "contract"),
    "annual_rate": Field("f8", "1/year", "contract rate", "contract"),
    "principal_fen": Field("i8", "fen", "amount of the contract", "contract"),
    "new_money_fen": Field("i8", "fen", "part of it that was paid out", "contract"),
    "undrawn_fen": Field("i8", "fen", "credit granted and not yet drawn", "contract"),
    "balance_fen": Field("i8", "fen", "principal outstanding, on the books", "contract"),
    "instalment_fen": Field("i8", "fen/month", "principal due a month", "contract"),
    "interest_arrears_fen": Field("i8", "fen", "interest due and unpaid", "contract"),
    "principal_arrears_fen": Field("i8", "fen", "principal due and unpaid", "contract"),
    "due_fen": Field("i8", "fen", "items due this month and the four before", "contract",
                     shape=(5,)),
    "dpd": Field("f8", "days", "age of the oldest unpaid item", "contract"),
    "loan_class": Field("i1", "code", "class as reported, see CLASSES", "contract"),
    "refused": Field("i1", "0/1", "renewal was refused", "contract"),
    "extensions": Field("i1", "count", "times it was extended at a failed maturity", "contract"),
    "restructured": Field("i1", "count", "times its terms were eased", "contract"),
    "observed_until": Field("i4", "month", "end of observation", "contract", -1),
    "hidden_until": Field("i4", "month", "until then reported as special mention only",
                          "true", -1),
    "security": Field("i1", "code", "see agents.enterprise", "contract"),
    "registered": Field("i1", "0/1", "security legally registered", "contract", 1),
    "extra_security_fen": Field("i8", "fen", "security given later, forced-sale value",
                                "contract"),
    "appraised_fen": Field("i8", "fen", "real estate as appraised when lent", "contract"),
    "diverted_fen": Field("i8", "fen", "proceeds that left the business"),
    # the papers of its file
    "failures": Field("i4", "bits", "failure modes that occurred, see agents.failures"),
    "sheets": Field("i1", "bits", "check sheets in the file", "observed"),
    "reviewed": Field("i1", "0/1", "reviewer's questions are in the file", "observed"),
    "overridden": Field("i1", "0/1", "granted against the score", "observed"),
    "entrusted": Field("i1", "0/1", "paid to the supplier, not to the borrower", "observed", 1),
    "stated_need_fen": Field("i8", "fen", "need as the file had it", "observed"),
    "seen_sales_fen": Field("i8", "fen/month", "sales as the file had them", "observed"),
    "proposed": Field("f8", "sd", "score that the officer proposed", "observed"),
    "cutoff": Field("f8", "sd", "cut-off in force when it was decided", "observed"),
    "full_check_fen": Field("i8", "fen", "what a full check would have lent"),
    "visits_due": Field("i2", "count", "visits due so far", "observed"),
    "visits_logged": Field("i2", "count", "visits in the log", "observed"),
    "alerts": Field("i2", "count", "alerts so far", "observed"),
    "actions": Field("i2", "count", "actions on them", "observed"),
    "longest_wait": Field("i2", "months", "longest time from an alert to its end", "observed"),
    "suit_month": Field("i4", "month", "month of the suit, -1 if none", "observed", -1),
    "score": Field("f8", "sd", "score on which it was granted", "contract"),
    "first_default": Field("i4", "month", "month of its first default, -1 if none",
                           "contract", -1),
    "default_month": Field("i4", "month", "month of the current default, -1 if none",
                           "contract", -1),
    "resolution_month": Field("i4", "month", "end of standstill: cure or liquidation",
                              "contract", -1),
    "sale_month": Field("i4", "month", "sale of the real estate, -1 if none", "true", -1),
    "asset_month": Field("i4", "month", "unsecured recovery, -1 if none", "contract", -1),
    "guarantee_month": Field("i4", "month", "a company guarantor's payment, -1 if none",
                             "contract", -1),
    "write_off_month": Field("i4", "month", "removal from the books", "contract", -1),
    "guarantors": Field("i4", "firms", "guarantors called", "contract"),
    "closed_month": Field("i4", "month", "repaid, renewed or worked out, -1 if open",
                          "contract", -1),
    "ead_fen": Field("i8", "fen", "balance at default", "contract"),
    "recovered_fen": Field("i8", "fen", "recovered since the current default", "contract"),
    "recovered_present": Field("f8", "fen", "the same, discounted to default at contract rate",
                               "contract"),
    "repaid_fen": Field("i8", "fen", "principal repaid over its life", "contract"),
    "capitalised_fen": Field("i8", "fen", "interest turned into principal", "contract"),
    "renewed_away_fen": Field("i8", "fen", "balance taken over by a new contract", "contract"),
    "booked_recovery_fen": Field("i8", "fen", "recoveries that reduced the balance", "contract"),
    "written_off_fen": Field("i8", "fen", "balance written off", "contract"),
    "interest_paid_fen": Field("i8", "fen", "interest received over its life", "contract"),
}  # fmt: skip

PARAMETERS = declare(
    "loan",
    bullet_tenor=Parameter(
        12.0, "months", "life of a bullet loan", (1.0, 120.0), "R",
        "Chinese practice: mostly up to 12 months", (6.0, 12.0), integer=True),
    instalment_tenor=Parameter(
        24.0, "months", "life of an instalment loan", (1.0, 120.0), "R", "assumed mix",
        (18.0, 36.0), integer=True),
    long_tenor=Parameter(
        36.0, "months", "life of a loan that fits long-lived assets", (1.0, 120.0), "R",
        "practice", (24.0, 48.0), integer=True),
    drawn_share=Parameter(
        0.8, "share", "part of a bullet loan's limit that is drawn at once", (0.01, 1.0), "A",
        "assumed: the rest is drawn when money is short", (0.6, 1.0)),
    base_rate=Parameter(
        0.0528, "1/year", "contract rate of the median score", (0.0, 1.0), "V",
        "average rate of new inclusive loans, first ten months of 2022, Xinhua"),
    default_dpd=Parameter(
        90.0, "days", "a loan is in default beyond so many days past due", (0.0, 360.0), "V",
        "Measures for Risk Classification of Financial Assets, 2023"),
    observation_months=Parameter(
        12.0, "months", "observation after a cure or an eased contract", (0.0, 60.0), "R",
        "2023 Measures: restructured assets at least one year", (6.0, 18.0), integer=True),
    standstill_months=Parameter(
        6.0, "months", "from default to cure or liquidation", (0.0, 60.0), "A", "assumed",
        (3.0, 9.0), integer=True),
    cure_agreement=Parameter(
        0.75, "share", "defaulted firms, able to go on, with whom a settlement is found",
        (0.0, 1.0), "A", "so that about 10 % of defaults are cured", (0.2, 0.8)),
    write_off_months=Parameter(
        18.0, "months", "from default to write-off", (1.0, 120.0), "A",
        "prototype, with the reported NPL ratio in view (fact 2); decides fact 9 too",
        (12.0, 36.0), integer=True),
    auction_value=Parameter(
        0.62, "ratio", "auction price over market value", (0.0, 2.0), "A",
        "prototype, with loss given default in view (fact 4)", (0.5, 0.85)),
    auction_spread=Parameter(
        0.12, "ratio", "spread of that ratio", (0.0, 0.5), "A", "prototype", (0.05, 0.2)),
    sale_cost=Parameter(
        0.08, "share", "cost of court and sale", (0.0, 1.0), "A", "assumed", (0.04, 0.12)),
    sale_months=Parameter(
        24.0, "months", "mean time from suit to sale, Gamma with shape 4 within 6-60",
        (0.0, 120.0), "A", "assumed", (12.0, 36.0)),
    asset_months=Parameter(
        15.0, "months", "time from suit to unsecured recovery", (0.0, 120.0), "C",
        "recovery falls by about 10 points a year of resolution", (9.0, 30.0), integer=True),
    guarantee_months=Parameter(
        12.0, "months", "time from suit to a company guarantor's payment", (0.0, 120.0), "A",
        "assumed", (6.0, 24.0), integer=True),
    sound_guarantor_share=Parameter(
        0.45, "share", "company guarantors that pay most of the claim", (0.0, 1.0), "A",
        "assumed, with loss given default in view (fact 4)", (0.25, 0.6)),
    exclusion_months=Parameter(
        24.0,
        "months",
        "after a default the bank lends the firm nothing",
        (0.0, 240.0),
        "A",
        "assumed",
        (12.0, 60.0),
        integer=True,
    ),
    guarantor_honours=Parameter(
        0.35,
        "share",
        "called circle members from whom anything can be had: the others contest the call or have "
        "moved their money",
        (0.0, 1.0),
        "A",
        "assumed, with loss given default in view (fact 4)",
        (0.15, 0.6),
    ),
    guarantor_reserve=Parameter(
        0.15, "months of sales", "cash that a call leaves a guarantor in a circle", (0.0, 12.0),
        "A", "assumed", (0.0, 0.3)),
    joint_liability=Parameter(
        1.0, "0/1", "members of a guarantee circle are called: 1 yes, 0 no", (0.0, 1.0), "D",
        "switch of an experiment", integer=True),
    pull_probability=Parameter(
        0.3, "share", "circle members whose next maturity is refused after a member's default",
        (0.0, 1.0), "A", "assumed", (0.0, 0.8)),
)  # fmt: skip


def legal_transitions() -> NDArray[np.bool_]:
    """Which status may follow which: array (from, to)."""
    table = np.zeros((len(STATUSES), len(STATUSES)), dtype=np.bool_)
    for before, after in _NEXT.items():
        table[before, list(after)] = True
    return table


@rule
def monthly_interest(balance: int, annual_rate: float) -> int:
    """Interest due for a month (fen). balance: fen."""
    return to_fen(balance * annual_rate / 12.0)


@rule
def principal_due(kind: int, balance: int, arrears: int, instalment: int, last: bool) -> int:
    """Principal that becomes due this month (fen), beyond what is due already."""
    left = balance - arrears
    if last:
        return left
    return min(instalment, left) if kind == INSTALMENT else 0


@rule
def days_past_due(months_unpaid: int) -> float:
    """Days past due at month end of an item first due ``months_unpaid`` months ago.

    An item is due the day before month end, so an unpaid one is at least one day late.
    """
    return 1.0 + months_unpaid * 365.0 / 12.0


@rule
def in_default(dpd: float, limit: float) -> bool:
    """Is the loan in default by its days past due?"""
    return dpd > limit


@rule
def five_class(dpd: float, observed: bool, hidden: bool) -> int:
    """Class of loan quality by days past due; observation or hiding means special mention."""
    if hidden:
        return SPECIAL_MENTION
    if dpd > 360.0:
        return LOSS
    if dpd > 270.0:
        return DOUBTFUL
    if dpd > 90.0:
        return SUBSTANDARD
    return SPECIAL_MENTION if dpd > 0.0 or observed else NORMAL


@rule
def performing_status(has_arrears: bool, under_observation: bool) -> int:
    """Status of a contract that is not in default."""
    if has_arrears:
        return ARREARS
    return OBSERVED if under_observation else CURRENT


@rule
def discount(annual_rate: float, months: int) -> float:
    """Present value of one, ``months`` earlier, at a rate compounded monthly."""
    return (1.0 + annual_rate / 12.0) ** (-float(months))


@rule
def sale_proceeds(value: float, ratio: float, cost: float, claim: int) -> int:
    """Cash (fen) that a forced sale brings the bank: never more than its claim."""
    return min(claim, max(to_fen(value * ratio * (1.0 - cost)), 0))


@rule
def creditors_share(amount: int, claim: int, other_claims: int) -> int:
    """The bank's part (fen) of assets shared with other unsecured creditors."""
    total = claim + other_claims
    if total <= 0:
        return 0
    return min(claim, to_fen(amount * (claim / total)))


@rule
def honours_call(share: float, u: float) -> bool:
    """Can the bank get anything from a guarantor that it calls?"""
    return u < share


@rule
def guarantor_pays(claim: int, sound_share: float, u: float, v: float) -> int:
    """What a company guarantor pays (fen): Beta(2, 1) of the claim if sound, else Beta(1, 12)."""
    part = v**0.5 if u < sound_share else 1.0 - (1.0 - v) ** (1.0 / 12.0)
    return to_fen(claim * part)
