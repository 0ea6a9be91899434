"""The bank: review, limits, price, pressure, warnings, classes and what it all costs.

No rule here takes a true field. Amounts are whole fen. Equations and sources:
docs/model-basis.md, section "Bank".
"""

from __future__ import annotations

import math

from agents.compiled import rule
from agents.enterprise import to_fen
from agents.loan import BULLET
from agents.parameters import Parameter, declare
from agents.records import Field

FIELDS: dict[str, Field] = {
    "cash_fen": Field("i8", "fen", "cash since the world's start", "observed"),
    "npl_ratio": Field("f8", "ratio", "non-performing loans as reported, last month", "observed"),
    "cutoff_shift": Field("f8", "sd", "tightening in force", "observed"),
    "equity_fen": Field("f8", "fen", "capital: set at the fork, then moved by results", "observed"),
    "capital_ratio": Field("f8", "ratio", "capital over risk-weighted assets", "observed"),
    "allowance_fen": Field("f8", "fen", "provisions in the books", "observed"),
    "quarter_fen": Field("i8", "fen", "new money lent in the quarter so far", "observed"),
    "target_fen": Field("f8", "fen", "the quarter's volume target", "observed"),
}

PARAMETERS = declare(
    "bank",
    cutoff=Parameter(
        -0.05, "sd of capacity", "score from which an application is approved", (-100.0, 100.0),
        "C", "approves about 60 % of applications"),
    renewal_concession=Parameter(
        0.2, "sd of capacity", "how much lower the cut-off is for a renewal", (-100.0, 100.0), "A",
        "assumed", (0.0, 0.5)),
    score_location=Parameter(
        1.0, "raw score", "scorecard constant: raw capacity at which the score is 0", (-1e6, 1e6),
        "C", "about a third of a standard deviation below the median live firm of the base case"),
    score_scale=Parameter(
        3.0, "raw score", "scorecard constant: raw capacity that makes one unit of the score",
        (1e-6, 1e6), "C", "about the standard deviation over live firms of the base case"),
    coverage_ratio=Parameter(
        1.2, "ratio", "cash flow over debt service that the limit formula asks for", (0.5, 5.0),
        "R", "usual debt-service coverage", (1.1, 1.4)),
    ltv_cap=Parameter(
        0.7, "ratio", "most that is lent on appraised real estate", (0.0, 5.0), "R",
        "usual cap", (0.6, 0.8)),
    mapped_circle_limit=Parameter(
        0.8, "ratio", "limit over need where the guarantee circle is known", (0.0, 1.0), "A",
        "prototype", (0.6, 1.0)),
    least_limit=Parameter(
        0.3, "ratio", "below this part of the need an offer is a refusal", (0.0, 1.0), "A",
        "prototype", (0.2, 0.4)),
    asking_excess=Parameter(
        0.35, "ratio", "mean excess of the amount asked over the need", (0.0, 3.0), "A",
        "prototype", (0.2, 0.5)),
    score_premium=Parameter(
        0.004, "1/year per sd", "rate added for each sd of score below the median", (0.0, 0.1),
        "A", "prototype: inclusive lending compresses prices", (0.002, 0.008)),
    review_error_sd=Parameter(
        0.5, "sd of capacity", "error of the reviewer's own look", (0.0, 5.0), "A", "prototype",
        (0.3, 0.8)),
    file_error_share=Parameter(
        0.5, "share", "part of the file's error that the reviewer inherits (rho_file)",
        (0.0, 1.0), "A", "decides the size of internal control", (0.2, 0.8)),
    review_days=Parameter(
        4.0, "days", "an independent review takes", (0.0, 60.0), "R", "1-3 days review, 1-5 "
        "days approval", (2.0, 8.0)),
    largest_loan_cny=Parameter(
        10_000_000.0, "CNY", "most that one borrower gets", (1.0, 1e15), "V",
        "definition of inclusive loans to small and micro enterprises"),
    branch_authority_cny=Parameter(
        1_000_000.0, "CNY", "loan up to which the branch head decides alone", (0.0, 1e12), "A",
        "assumed", (500_000.0, 2_000_000.0)),
    frozen_authority=Parameter(
        0.5, "ratio", "what is left of that authority beyond the NPL tolerance", (0.0, 1.0), "A",
        "assumed", (0.0, 1.0)),
    committee_days=Parameter(
        3.0, "days", "a committee takes beyond the branch head's authority", (0.0, 60.0), "R",
        "1-5 days approval", (1.0, 5.0)),
    npl_tolerance=Parameter(
        0.045, "ratio", "NPL ratio beyond which the cut-off is raised", (0.0, 1.0), "V",
        "up to 3 points above the bank's all-loan ratio, CBIRC 2019"),
    tightening=Parameter(
        0.3, "sd of capacity", "rise of the cut-off beyond the tolerance", (0.0, 100.0), "A",
        "prototype", (0.1, 0.5)),
    target_growth=Parameter(
        1.05, "ratio", "volume target over the mean of recent quarters", (0.0, 10.0), "A",
        "assumed", (1.0, 1.2)),
    pressure=Parameter(
        1.0, "ratio", "strength of volume pressure", (0.0, 5.0), "A", "assumed", (0.5, 1.5)),
    review_weight=Parameter(
        0.25, "share", "weight of the reviewer's look in the final score", (0.0, 1.0), "A",
        "assumed", stage="approval", weak=0.05, strong=0.45),
    review_share=Parameter(
        0.60, "share", "files that are really reviewed", (0.0, 1.0), "A", "assumed",
        stage="approval", weak=0.35, strong=0.85),
    override_probability=Parameter(
        0.5, "share", "refusals near the cut-off that a branch head would overturn under full "
        "pressure", (0.0, 1.0), "A", "assumed", stage="approval", weak=0.8, strong=0.2),
    override_depth=Parameter(
        0.6, "sd of capacity", "how far below the cut-off under full pressure", (0.0, 5.0), "A",
        "assumed", stage="approval", weak=0.9, strong=0.3),
    formula_share=Parameter(
        0.60, "share", "limits set by the formula rather than by what was asked", (0.0, 1.0),
        "A", "assumed", stage="approval", weak=0.35, strong=0.85),
    registration_share=Parameter(
        0.90, "share", "real estate that is legally registered", (0.0, 1.0), "A", "assumed",
        stage="approval", weak=0.82, strong=0.98),
    disbursement_control=Parameter(
        0.70, "share", "disbursements made to the supplier, not to the borrower", (0.0, 1.0),
        "A", "assumed", stage="approval", weak=0.45, strong=0.95),
    audit=Parameter(
        0.05, "1/year", "chance that a file is audited", (0.0, 1.0), "A",
        "assumed, with true over reported NPL in view (fact 3)",
        stage="approval", weak=0.0, strong=0.10),
    detection=Parameter(
        0.20, "1/month", "chance that account signals of distress raise an alert", (0.0, 1.0),
        "A", "assumed", stage="post_loan", weak=0.05, strong=0.35),
    seen_runway=Parameter(
        2.0, "months", "runway from which distress shows in the accounts", (0.0, 24.0), "A",
        "assumed", stage="post_loan", weak=1.0, strong=3.0),
    false_alarms=Parameter(
        0.035, "1/month", "chance of an alert on a firm with six months of cash or more",
        (0.0, 1.0), "A", "assumed", stage="post_loan", weak=0.04, strong=0.03),
    action_days=Parameter(
        45.0, "days", "from alert to action", (0.0, 365.0), "A", "assumed", stage="post_loan",
        weak=75.0, strong=15.0),
    alert_handled=Parameter(
        0.60, "share", "alerts that are acted upon when there are hours", (0.0, 1.0), "A",
        "assumed", stage="post_loan", weak=0.35, strong=0.85),
    evergreening=Parameter(
        0.35, "share", "failed maturities that are papered over", (0.0, 1.0), "A", "assumed",
        stage="post_loan", weak=0.6, strong=0.1),
    hiding=Parameter(
        0.30, "share", "new defaults not reported as such", (0.0, 1.0), "A", "assumed",
        stage="post_loan", weak=0.5, strong=0.1),
    hiding_months=Parameter(
        54.0, "months", "after which such a default comes out at the latest", (0.0, 120.0), "A",
        "assumed, with true over reported NPL in view (fact 3): the median age of bad loans sold, "
        "Charoenwong, Miao, Ruan 2025",
        (18.0, 60.0), integer=True),
    prompt_suit_days=Parameter(
        30.0, "days", "from default to suit where nothing is put off", (0.0, 365.0), "R",
        "demand letter and court file", (20.0, 45.0)),
    weak_view=Parameter(
        -0.5, "sd of capacity", "view of a client below which an officer acts", (-50.0, 50.0),
        "A", "assumed", (-0.9, -0.2)),
    hopeless_view=Parameter(
        -0.9, "sd of capacity", "view below which easier terms would not help", (-50.0, 50.0),
        "A", "assumed: about there expected flow no longer covers a service over 36 months",
        (-1.4, -0.6)),
    suit_days=Parameter(
        120.0, "days", "from default to suit", (0.0, 1000.0), "A", "assumed", stage="post_loan",
        weak=180.0, strong=60.0),
    added_security_share=Parameter(
        0.5, "share", "firms asked for more security that can give it", (0.0, 1.0), "A",
        "prototype", (0.3, 0.7)),
    added_security_value=Parameter(
        0.5, "ratio", "forced-sale value of that security over the balance", (0.0, 1.0), "A",
        "prototype", (0.2, 0.6)),
    sweep_share=Parameter(
        0.25, "share", "of cash and line that early collection takes", (0.0, 1.0), "A",
        "prototype", (0.1, 0.4)),
    eased_instalment=Parameter(
        0.6, "ratio", "instalment after restructuring", (0.05, 1.0), "A", "prototype",
        (0.4, 0.8)),
)  # fmt: skip

ECONOMICS = declare(
    "economics",
    funding_rate=Parameter(
        0.022, "1/year", "cost of funds", (0.0, 1.0), "A", "assumed", (0.018, 0.028)),
    operating_rate=Parameter(
        0.009, "1/year", "operating cost on the balance", (0.0, 1.0), "A", "assumed",
        (0.006, 0.014)),
    risk_weight=Parameter(
        0.75, "ratio", "risk weight of inclusive retail-type loans", (0.0, 2.0), "R",
        "NFRA Order 4/2023", (0.75, 1.0)),
    capital_ratio=Parameter(
        0.105, "ratio", "capital held on risk-weighted assets", (0.0, 1.0), "R",
        "8 % and 2.5 % buffer", (0.105, 0.125)),
    opening_capital=Parameter(
        0.125, "ratio", "capital over risk-weighted assets at the fork", (0.0, 1.0), "A",
        "assumed: two points above what is asked", (0.115, 0.14)),
    capital_charge=Parameter(
        0.088, "1/year", "return asked on capital beyond the cost of funds", (0.0, 1.0), "A",
        "11 % less funding", (0.07, 0.11)),
    discount_rate=Parameter(
        0.08, "1/year", "rate at which results are discounted to the fork", (0.0, 1.0), "A",
        "assumed", (0.06, 0.10)),
    worked_out_share=Parameter(
        0.90, "share", "and so much of its defaulted exposure is worked out", (0.0, 1.0), "D",
        "definition: slow workouts recover less, so the mean of the quick ones flatters"),
    settled_share=Parameter(
        0.99, "share", "run-off ends when so much of the exposure is settled", (0.0, 1.0), "D",
        "definition"),
)  # fmt: skip

PROVISION_RATES = (0.01, 0.02, 0.25, 0.50, 1.00)
"""Provision by class: general, special mention, substandard, doubtful, loss (PBC 2002)."""


@rule
def reviewed(score: float, second_look: float, weight: float) -> float:
    """Final score: the reviewer's own look counts with its weight."""
    return (1.0 - weight) * score + weight * second_look


@rule
def approves(score: float, cutoff: float) -> bool:
    """Is a file with this final score approved?"""
    return score >= cutoff


@rule
def overrides(score: float, cutoff: float, depth: float, probability: float, u: float) -> bool:
    """Does the branch head overturn a refusal? depth, probability: under today's pressure."""
    return cutoff - depth < score < cutoff and u < probability


@rule
def volume_pressure(month_of_year: int, shortfall: float, strength: float, stress: float) -> float:
    """Pressure to lend, in [0, 1.5]: none at a quarter's start, full at its end, more in December.

    shortfall: part of the quarter's target (and a fifth more) not yet lent, 0-1.
    """
    place = month_of_year % 3
    season = 0.0 if place == 0 else 0.3 if place == 1 else 1.0
    if month_of_year == 11:
        season = 1.5
    return min(1.5, max(0.0, season * shortfall * strength + stress))


@rule
def affordable(cash_flow: float, coverage: float, monthly_rate: float, kind: int) -> float:
    """Loan (fen) whose service the observed monthly cash flow (fen) covers.

    A bullet is judged as if it were repaid over 48 months, an instalment loan over 30.
    """
    share = 1.0 / 48.0 if kind == BULLET else 1.0 / 30.0
    return max(cash_flow, 0.0) / coverage / (monthly_rate + share)


@rule
def limit(asked: float, need: float, serviceable: float, pledge_limit: float) -> float:
    """Limit by the formula (fen): what is needed, can be served and is covered."""
    return max(0.0, min(asked, need, serviceable, pledge_limit))


@rule
def price(base: float, premium: float, score: float) -> float:
    """Annual rate: premium for a weak score, within -0.4 and +0.8 points of the base."""
    return max(0.0, base + min(0.008, max(-0.004, -premium * score)))


@rule
def tightened(
    npl_ratio: float, tolerance: float, capital_ratio: float, capital_asked: float, step: float
) -> float:
    """Rise of the cut-off (sd) while the reported NPL ratio is too high or capital too low."""
    return step if npl_ratio > tolerance or capital_ratio < capital_asked else 0.0


@rule
def raises_alert(
    shows_distress: bool, looks_sound: bool, detection: float, false_alarms: float, u: float
) -> bool:
    """Does the warning system raise an alert on an account this month?"""
    if shows_distress:
        return u < detection
    return looks_sound and u < false_alarms


@rule
def months_of_delay(days: float, u: float) -> int:
    """Whole months of a delay in days; the fraction is decided by the draw."""
    months = days * 12.0 / 365.0
    whole = math.floor(months)
    return int(whole) + (1 if u < months - whole else 0)


@rule
def looks_weak(view: float, threshold: float) -> bool:
    """Does the officer, following up an alert, find the firm weaker than the threshold?"""
    return view < threshold


@rule
def swept(liquid: int, balance: int, share: float) -> int:
    """Early collection (fen): part of what is there, at most 30 % of the balance."""
    return min(to_fen(share * max(liquid, 0)), to_fen(0.3 * balance))


@rule
def suit_delay(days: float, effort: float, u: float) -> float:
    """Days from default to suit: within half of the usual, longer where hours are short."""
    return days * (0.5 + u) / max(effort, 0.25)


@rule
def evergreens(share: float, extensions: int, u: float) -> bool:
    """Is a failed maturity papered over? At most three times."""
    return extensions < 3 and u < share


@rule
def is_audited(audit: float, months: float, u: float) -> bool:
    """Is a file audited within some months? audit: chance a year."""
    return u < audit * months / 12.0
