"""The enterprise: its record, its parameters, and the rules by which it trades and pays.

Amounts are whole fen; flows are a month's. Equations and sources: docs/model-basis.md,
section "Enterprises".
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from agents.compiled import primitive, rule
from agents.parameters import Parameter, declare
from agents.records import Field

# Life of an enterprise.
UNBORN, ALIVE, IN_WORKOUT, CLOSED = 0, 1, 2, 3
# What a file can be at the bank.
NO_FILE, NEW_FILE, RENEWAL_FILE = 0, 1, 2
# Security an enterprise can offer.
UNSECURED, REAL_ESTATE, CIRCLE, COMPANY = 0, 1, 2, 3

NO_RUNWAY_END = 999.0
"""Runway in months of an enterprise whose cash does not shrink."""

FIELDS: dict[str, Field] = {
    # who it is
    "entity": Field("i8", "key", "number under which its luck is drawn", "contract"),
    "birth_month": Field("i4", "month", "first month of life, counted from the world's start"),
    "sector": Field("i1", "index", "sector, see simulation.scenario.SECTORS", "contract"),
    "is_new": Field("i1", "0/1", "founded recently when it first applied", "contract"),
    "employees": Field("f8", "persons", "employees", "contract"),
    "circle": Field("i4", "index", "mutual-guarantee circle, -1 if none", "true", -1),
    "officer": Field("i4", "row", "officer's post that serves it", "contract", -1),
    "status": Field("i1", "code", "unborn, alive, in workout, closed"),
    # what it is
    "revenue_fen": Field("i8", "fen/month", "baseline monthly sales"),
    "quality": Field("f8", "share", "margin above or below the average, of sales"),
    "lump_sd": Field("f8", "ratio", "sd of monthly billing around demand, over its mean"),
    "zero_share": Field("f8", "share", "share of months without a sale"),
    "season_phase": Field("i1", "month", "month of the seasonal peak, 0-11"),
    "willingness": Field("f8", "share", "owner's willingness to stand by the debt, 0-1"),
    "polish": Field("f8", "ratio", "propensity to dress up the accounts, Exp(1)"),
    "over_asking": Field("f8", "ratio", "propensity to ask for more than needed, Exp(1)"),
    "need_fen": Field("i8", "fen", "credit that the business can use"),
    "wants_bullet": Field("i1", "0/1", "asks for a bullet loan", "contract"),
    "long_use": Field("i1", "0/1", "the money buys long-lived assets", "observed"),
    "security": Field("i1", "code", "none, real estate, circle, company guarantee", "contract"),
    "hidden_service_fen": Field("i8", "fen/month", "service of debts the bank does not know"),
    "buffer_fen": Field("i8", "fen", "cash the owner likes to hold"),
    "line_fen": Field("i8", "fen", "suppliers' credit it can stretch to"),
    "wealth_fen": Field("i8", "fen", "owner's private money that could be injected"),
    # how it does
    "demand": Field("f8", "log", "persistent deviation of demand"),
    "level": Field("f8", "ratio", "demand of the month over the baseline"),
    "setback": Field("f8", "log", "what is left of large losses (a lost customer, a fire)"),
    "cash_fen": Field("i8", "fen", "cash; negative while suppliers wait"),
    "billed_fen": Field("i8", "fen/month", "invoiced sales of the month"),
    "receivables_fen": Field("i8", "fen", "invoices not yet collected"),
    "payables_fen": Field("i8", "fen", "purchases not yet paid"),
    "assets_fen": Field("i8", "fen", "liquidation value of stock and equipment"),
    "collateral_fen": Field("i8", "fen", "real estate at the prices of the world's start"),
    "collateral_log": Field("f8", "log", "own price path and wear of the real estate"),
    "runway": Field("f8", "months", "months until the cash is gone, 999 if never", "true", 999),
    "months_short": Field("i4", "months", "months in a row beyond the suppliers' credit"),
    "refuses": Field("i1", "0/1", "has decided not to pay although it could"),
    "defaults": Field("i4", "count", "defaults so far (occasion of default luck)", "contract"),
    "called_loan": Field("i4", "row", "loan for which it is called as guarantor", "true", -1),
    "called_since": Field("i4", "month", "month of the call it answers", "contract", -999),
    "contests": Field("i1", "0/1", "it contests that call, or has moved its money"),
    "liability_fen": Field("i8", "fen", "its part of the claim that it is called for", "contract"),
    "circle_key": Field("i8", "key", "number under which the circle's luck is drawn"),
    "last_call": Field("i4", "month", "month of the last call", "contract", -999),
    # its file at the bank
    "loan": Field("i4", "row", "its contract in the loan book, -1 if none", "contract", -1),
    "file": Field("i1", "code", "open file: none, new loan, renewal", "observed"),
    "ordinal": Field("i4", "count", "files so far (occasion of a decision's luck)", "contract"),
    "file_month": Field("i4", "month", "month in which the open file came in", "observed"),
    "client_since": Field("i4", "month", "first loan at the bank, -1 if never", "observed", -1),
    "score": Field("f8", "sd", "bank's belief of repayment capacity, last file", "observed"),
    "cutoff": Field("f8", "sd", "cut-off in force for the last file", "observed"),
    "asked_fen": Field("i8", "fen", "amount asked in the last file", "observed"),
    "stated_need_fen": Field("i8", "fen", "need as the file has it", "observed"),
    "seen_sales_fen": Field("i8", "fen/month", "sales as the file has them", "observed"),
    "appraised_fen": Field("i8", "fen", "real estate as appraised, last file", "observed"),
    "sheets": Field("i1", "bits", "check sheets in the last file", "observed"),
    "checks": Field("i1", "bits", "checks that found what is true, last file"),
    "full_check_fen": Field("i8", "fen", "what a full check would have lent on the last file"),
    "last_visit": Field("i4", "month", "last visit by an officer", "observed", -999),
    "alert": Field("i1", "code", "open alert: 0 none, 1 early warning, 2 visit", "observed"),
    "last_action": Field("i4", "month", "last action on an alert", "observed", -999),
    "pulled_until": Field(
        "i4", "month", "until then the bank lends and renews nothing", "observed", -1
    ),
    "raised_month": Field("i4", "month", "month in which the alert was raised", "observed"),
    "alert_month": Field("i4", "month", "month in which the alert is acted upon"),
}

PARAMETERS = declare(
    "enterprise",
    demand_persistence=Parameter(
        0.907, "1/month", "share of a demand deviation that lasts into the next month",
        (0.0, 1.0), "C", "prototype of the whole chain", (0.85, 0.95)),
    demand_sd=Parameter(
        0.12, "log", "monthly shock to log demand", (0.0, 2.0), "C",
        "prototype, with the default rate in view (fact 1)", (0.09, 0.14)),
    setback_probability=Parameter(
        0.0025, "1/month", "chance of losing a main customer, of fire, illness or fraud",
        (0.0, 1.0), "A", "assumed", (0.001, 0.005)),
    setback_depth=Parameter(
        0.9, "log", "largest drop of log demand in such a month", (0.0, 20.0), "A", "assumed",
        (0.6, 1.2)),
    setback_persistence=Parameter(
        0.97, "1/month", "share of a setback that lasts into the next month",
        (0.0, 1.0), "A", "prototype, amended", (0.92, 0.985)),
    lump_sd=Parameter(
        0.70, "ratio", "median over firms of the sd of billing around demand, over its mean",
        (0.0, 3.0), "C", "invoices of 339 Chinese firms", (0.664, 0.736), standard_error=0.018),
    lump_spread=Parameter(
        0.49, "log", "spread of that sd over firms", (0.0, 2.0), "C", "same invoices",
        (0.422, 0.558), standard_error=0.034),
    zero_month_share=Parameter(
        0.048, "share", "median share of months without a sale", (0.0, 0.9), "C", "same invoices",
        (0.022, 0.074), standard_error=0.013),
    zero_month_spread=Parameter(
        3.7, "log", "spread of that share over firms", (0.0, 5.0), "C", "same invoices",
        (2.948, 4.452), standard_error=0.376),
    season_amplitude=Parameter(
        0.49, "log", "amplitude of the seasonal wave in log billing", (0.0, 2.0), "C",
        "lag-12 autocorrelation in the same invoices", (0.446, 0.534), standard_error=0.022),
    collection_rate=Parameter(
        0.5, "1/month", "share of receivables collected in a month", (0.0, 1.0), "A",
        "assumed: one month of sales outstanding after the month of billing", (0.3, 0.8)),
    settlement_rate=Parameter(
        0.5, "1/month", "share of payables paid in a month", (0.0, 1.0), "A", "assumed",
        (0.3, 0.8)),
    variable_cost=Parameter(
        0.70, "share of sales", "cost that moves with sales", (0.0, 1.0), "C", "prototype"),
    fixed_cost=Parameter(
        0.142, "share of baseline sales", "cost that does not move with sales",
        (0.0, 1.0), "C", "default rate and NPL ratio of the base case"),
    quality_sd=Parameter(
        0.07, "share of sales", "spread of margins over firms", (0.0, 0.3), "C",
        "prototype, with the default rate in view (fact 1)"),
    quality_persistence=Parameter(
        0.985, "1/month", "share of a margin's deviation that lasts into the next month",
        (0.0, 1.0), "A", "assumed: half of it is gone after four years", (0.975, 0.995)),
    buffer_median=Parameter(
        0.45, "months of sales", "median cash an owner likes to hold", (0.0, 12.0), "C",
        "order of 27 days of outflow, JPMorgan Chase Institute 2016"),
    buffer_spread=Parameter(
        0.9, "log", "spread of that buffer over firms", (0.0, 2.0), "A", "prototype", (0.6, 1.1)),
    line_months=Parameter(
        0.35, "months of sales", "how far suppliers let payments be stretched",
        (0.0, 12.0), "A", "prototype", (0.2, 0.5)),
    line_usable=Parameter(
        0.7, "share", "part of that credit that can serve the bank's debt", (0.0, 1.0), "A",
        "prototype", (0.5, 0.9)),
    wealth_median=Parameter(
        0.6, "months of sales", "median private money an owner could inject", (0.0, 24.0), "A",
        "assumed", (0.3, 1.0)),
    wealth_spread=Parameter(
        1.0, "log", "spread of that money over owners", (0.0, 3.0), "A", "assumed", (0.7, 1.3)),
    injection_probability=Parameter(
        0.36, "1/month", "chance that a fully willing owner injects money when the firm is short",
        (0.0, 1.0), "C", "prototype, with the default rate in view (fact 1)"),
    owner_draw=Parameter(
        0.2, "1/month", "share of cash above the owner's target that is taken out", (0.0, 1.0),
        "A", "assumed: owners smooth lumpy receipts", (0.1, 0.4)),
    proceeds_kept=Parameter(
        0.3, "share", "part of loan proceeds held as cash rather than spent on the business",
        (0.0, 1.0), "A", "prototype", (0.2, 0.4)),
    supplier_cut=Parameter(
        0.15, "1/month", "part of their credit that suppliers withdraw from a firm in distress",
        (0.0, 1.0), "A", "assumed: trade creditors see late payments first", (0.05, 0.30)),
    supplier_return=Parameter(
        0.10, "1/month", "part of the missing suppliers' credit that a sound firm regains",
        (0.0, 1.0), "A", "assumed", (0.03, 0.20)),
    creditor_run=Parameter(
        0.10, "1/month", "share of cash that other lenders, where there are any, collect from a "
        "firm in distress", (0.0, 1.0), "A", "assumed: private lenders come first", (0.0, 0.20)),
    part_payment=Parameter(
        1.0, "share", "part of its usable cash that a firm pays when it cannot pay all that is due",
        (0.0, 1.0), "A", "assumed", (0.6, 1.0)),
    drain_rate=Parameter(
        0.06, "1/month", "share of cash an owner takes from a firm in distress before paying",
        (0.0, 1.0), "A", "prototype, amended", (0.0, 0.12)),
    asset_wear=Parameter(
        0.03, "1/month", "loss of liquidation value of stock while in distress", (0.0, 1.0), "A",
        "prototype, amended", (0.01, 0.06)),
    collateral_wear=Parameter(
        0.01, "1/month", "loss of value of real estate while in distress", (0.0, 1.0), "A",
        "prototype, amended", (0.0, 0.02)),
    distress_runway=Parameter(
        3.0, "months", "a firm with less cash than this is in distress", (0.0, 24.0), "D",
        "definition"),
    strategic_hazard=Parameter(
        0.0015, "1/month", "chance that a fully unwilling owner stops paying a loan worth more "
        "than its security", (0.0, 1.0), "A", "prototype", (0.0005, 0.005)),
    willingness_a=Parameter(
        6.0, "shape", "first shape of the Beta distribution of willingness", (0.1, 100.0), "A",
        "assumed", (4.0, 9.0)),
    willingness_b=Parameter(
        2.0, "shape", "second shape of that distribution", (0.1, 100.0), "A", "assumed",
        (1.5, 3.0)),
    hidden_debt_share=Parameter(
        0.35, "share", "firms with debt that the bank does not know", (0.0, 1.0), "A", "prototype",
        (0.2, 0.5)),
    hidden_debt_service=Parameter(
        0.025, "share of sales", "mean monthly service of such debt", (0.0, 0.5), "A", "prototype",
        (0.015, 0.035)),
    diversion_probability=Parameter(
        0.12, "share of loans", "loans of which a part would leave the business if nobody looks",
        (0.0, 1.0), "A", "assumed", (0.05, 0.2)),
    diversion_share=Parameter(
        0.35, "share of loan", "part of the loan that then leaves", (0.0, 1.0), "A", "assumed",
        (0.2, 0.5)),
    sales_inflation=Parameter(
        0.10, "ratio", "mean excess of reported over true sales where nobody checks", (0.0, 2.0),
        "A", "assumed", (0.0, 0.2)),
    application_hazard=Parameter(
        0.08, "1/month", "chance that a firm without a loan applies", (0.0, 1.0), "A", "prototype",
        (0.05, 0.12)),
    canvassing=Parameter(
        1.2, "ratio", "growth of applications with the weight of volume in officers' pay above "
        "0.7", (0.0, 10.0), "C", "volume pay +31 % loans, Agarwal and Ben-David 2018"),
    canvassing_lost=Parameter(
        0.4, "ratio", "fall of applications with that weight below 0.7: most firms come by "
        "themselves", (0.0, 1.0), "A", "assumed", (0.0, 1.0)),
    impatience=Parameter(
        0.003, "1/day", "rate at which an approved applicant has found another lender in the "
        "meantime, if one takes it", (0.0, 1.0), "A", "assumed", (0.001, 0.006)),
    patience_months=Parameter(
        3.0, "months", "wait after which an applicant goes elsewhere", (0.0, 24.0), "A", "assumed",
        (1.0, 6.0), integer=True),
    refinancing_ease=Parameter(
        0.9, "sd of capacity", "how far below the median a firm still finds another lender with "
        "even odds", (-50.0, 50.0), "A", "prototype", (0.4, 1.4)),
    late_refinancing=Parameter(
        0.15, "ratio", "chance of finding another lender in a month after a failed maturity, "
        "of the chance at maturity", (0.0, 1.0), "A", "prototype", (0.05, 0.3)),
    churn=Parameter(
        0.08, "1/year", "borrowers who want to move to another bank", (0.0, 1.0), "A", "assumed",
        (0.03, 0.15)),
    closure_hazard=Parameter(
        0.001, "1/month", "owners who close a debt-free firm for other reasons", (0.0, 1.0), "A",
        "assumed", (0.0005, 0.002)),
    months_to_insolvency=Parameter(
        3.0, "months", "months beyond the suppliers' credit until a firm must close",
        (1.0, 60.0), "A", "assumed", (2.0, 6.0), integer=True),
)  # fmt: skip


@primitive
def to_fen(amount: float) -> Any:
    """Nearest whole fen (halves up). amount: fen."""
    return np.int64(math.floor(amount + 0.5))


@rule
def next_demand(demand: float, persistence: float, sd: float, common: float, own: float) -> float:
    """Persistent log demand of the next month. common, own: weighted standard normal parts."""
    return persistence * demand + sd * (common + own)


@rule
def next_setback(setback: float, persistence: float, probability: float, depth: float,
                 u: float) -> float:  # fmt: skip
    """What remains of past setbacks plus, with ``probability``, a new one uniform in (0, depth).

    One draw decides both: given u < probability, u / probability is uniform.
    """
    left = persistence * setback
    if u < probability:
        return left - depth * u / probability
    return left


@rule
def next_quality(quality: float, persistence: float, sd: float, normal_draw: float) -> float:
    """Margin of the next month: it drifts back to the average, its long-run spread is ``sd``."""
    shock = math.sqrt(1.0 - persistence * persistence) * sd
    return persistence * quality + shock * normal_draw


@rule
def is_empty_month(zero_share: float, u: float) -> bool:
    """A month without a sale?"""
    return u < zero_share


@rule
def lump(normal_draw: float, sd: float, zero_share: float) -> float:
    """Factor by which billing departs from demand in a month with sales.

    Gamma distributed but for the cube of a normal (Wilson and Hilferty 1931); sd: of a mean of
    one. Its mean is 1 / (1 - zero_share), so that billing follows demand on average, to within
    2 % up to sd 1.5.
    """
    v = sd * sd / 9.0
    root = max(1.0 - v + math.sqrt(v) * normal_draw, 0.0)
    return root * root * root / (1.0 - zero_share)


@rule
def next_price(log_price: float, yearly_sd: float, systematic: float, draw: float) -> float:
    """A property's own log price path: the part that does not move with the index."""
    return log_price + yearly_sd * math.sqrt((1.0 - systematic) / 12.0) * draw


@rule
def expected_flow(
    revenue: float, demand_level: float, margin: float, fixed_cost: float, service: float
) -> float:
    """Cash a month should leave before the bank's debt (fen). margin: share of sales."""
    return revenue * (margin * demand_level - fixed_cost) - service


@rule
def spoken_to(whole: float, asked_share: float, contact: float) -> float:
    """What is left of ``whole`` where a part ``asked_share`` of owners act only when asked.

    contact: how well they are asked, 0-1.
    """
    return whole * (1.0 - asked_share * (1.0 - contact))


@rule
def owner_injects(probability: float, willingness: float, u: float) -> bool:
    """Does the owner put private money into a firm that is short?

    probability: of a fully willing owner, as well as he is asked.
    """
    return u < probability * willingness


@rule
def payment(needed: int, usable: int, part: float) -> int:
    """What a firm pays of ``needed`` (fen): all if it can, else a part of what it has."""
    if usable >= needed:
        return needed
    return to_fen(part * max(usable, 0))


@rule
def owner_withdrawal(cash: int, target: int, share: float) -> int:
    """Cash (fen) that the owner takes out above the target."""
    return to_fen(share * max(cash - target, 0))


@rule
def refuses_to_pay(
    hazard: float, willingness: float, security_fen: float, balance: int, u: float
) -> bool:
    """Strategic default: an unwilling owner whose debt exceeds what the bank could seize."""
    return security_fen < balance and u < hazard * (1.0 - willingness)


@rule
def runway_months(liquid: float, flow: float, due: float) -> float:
    """Months until liquid means (fen) are gone at the expected flow; 999 if they do not shrink."""
    if flow >= due:
        return NO_RUNWAY_END
    return min(NO_RUNWAY_END, max(liquid, 0.0) / (due - flow))


@rule
def capacity(flow_ratio: float, liquidity_ratio: float, location: float, scale: float) -> float:
    """Repayment capacity in units of the scorecard, about a standard deviation of the firms each.

    flow_ratio: expected flow after the loan's service, of monthly sales. liquidity_ratio: cash
    and line over the owner's target and line. location, scale: fixed constants of the scorecard.
    """
    liquidity = math.log(max(liquidity_ratio, 0.05))
    return (flow_ratio / 0.04 + 0.6 * liquidity - location) / scale


@rule
def reported_sales(sales: int, inflation: float, polish: float, verified: bool) -> int:
    """Monthly sales (fen) that reach the file: dressed up unless the statements are checked."""
    return sales if verified else to_fen(sales * (1.0 + inflation * polish))


@rule
def applies(hazard: float, volume_weight: float, gained: float, lost: float, u: float) -> bool:
    """Does a firm without a loan apply? Officers paid for volume canvass more.

    gained, lost: change of applications with the weight of volume above and below 0.7.
    """
    excess = volume_weight - 0.7
    return u < hazard * (1.0 + (gained if excess > 0.0 else lost) * excess)


@rule
def gives_up(impatience: float, days: float, u: float) -> bool:
    """Has an applicant looked for another lender by the time of the decision, after ``days``?"""
    return u < 1.0 - math.exp(-impatience * days)


@rule
def next_line(line: int, usual: int, distressed: bool, cut: float, regained: float) -> int:
    """Suppliers' credit (fen) of the next month: withdrawn in distress, else regained.

    usual: what a sound firm gets (fen).
    """
    if distressed:
        return line - to_fen(cut * line)
    return line + to_fen(regained * (usual - line))


@rule
def returned(diverted: int, willingness: float) -> int:
    """Money (fen) that the owner brings back when the first check finds it gone."""
    return to_fen(diverted * willingness)


@rule
def refinances_elsewhere(capacity_index: float, ease: float, normal_draw: float) -> bool:
    """Another lender's own noisy look at a firm that this bank lets go."""
    return normal_draw < ease + capacity_index


@rule
def diverts(probability: float, willingness: float, controlled: bool, u: float) -> bool:
    """Does money leave the business? Entrusted payment, where made, prevents it."""
    return not controlled and u < probability * 4.0 * (1.0 - willingness)
