"""Firms month by month: what their accounts, their billing and their bank's attention show.

A panel is the records of all enterprises and their contracts at each month's end, as arrays
(months, rows).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from agents.enterprise import ALIVE
from agents.loan import ARREARS, CURRENT, OBSERVED
from experiments.validation.takes import Taken, auc, levels
from simulation import LoanPortfolio

PANEL_MONTHS = 41
"""As many months as the invoices of the Chinese firms cover."""

LEAST_SALES_MONTHS = 18
"""Months with sales that a firm needs to be looked at, as in those invoices."""

SHORT_RUNWAY = 3.0
"""Months of runway below which a firm has deteriorated."""

ASIDE_MONTHS = 6
"""Months before and after a deterioration that are compared."""

LEADS = (12, 6, 3)
"""Months before a default at which accounts are compared."""


class Panel(NamedTuple):
    """Arrays (months, rows). billed: fen, NaN while the firm is not alive. contract: row of its
    loan, -1 if none. performing: has it one that is not in default? cover: cash over the loan's
    monthly service. weak: in arrears or of short runway. seen: visits and alerts so far on the
    contract.
    """

    billed: NDArray[np.float64]
    contract: NDArray[np.int64]
    performing: NDArray[np.bool_]
    cover: NDArray[np.float64]
    weak: NDArray[np.bool_]
    seen: NDArray[np.int64]


def firms(model: LoanPortfolio) -> Taken:
    """Levels of the window, and what a panel of 41 months shows."""
    shots = []
    while model.month < PANEL_MONTHS:
        model.step()
        shots.append(_shot(model))
        if model.month == model.scenario.months:
            window = levels(model)
    panel = Panel(*(np.array(column) for column in zip(*shots, strict=True)))
    return window | billing(panel.billed) | signals(panel) | attention(panel)


def _shot(model: LoanPortfolio) -> Panel:
    """The rows of a month's end."""
    e, loans = model.enterprises.records, model.loans
    contract = e["loan"].astype(np.int64)
    held = loans[np.maximum(contract, 0)] if len(loans) else None
    if held is None:
        raise ValueError("a panel needs a book with a loan in it")
    performing = (contract >= 0) & np.isin(held["status"], (CURRENT, ARREARS, OBSERVED))
    # Bullets and instalments on one scale: interest and a 24th of the balance a month.
    service = held["balance_fen"] * (held["annual_rate"] / 12.0 + 1.0 / 24.0)
    return Panel(
        billed=np.where(e["status"] == ALIVE, e["billed_fen"], np.nan),
        contract=contract,
        performing=performing,
        cover=np.where(performing, e["cash_fen"] / np.maximum(service, 1.0), np.nan),
        weak=(held["dpd"] > 0.0) | (e["runway"] < SHORT_RUNWAY),
        seen=held["visits_logged"].astype(np.int64) + held["alerts"],
    )


# --- billing ---------------------------------------------------------------------------------


def billing(billed: NDArray[np.float64]) -> Taken:
    """Quantiles over firms of the facts of their monthly sales.

    billed: (months, firms), NaN where the firm was not there. A firm's months run from its
    first to its last sale, as in the invoices, in which nobody sees a firm before or after.
    """
    facts = np.array([
        sales_facts(sales[~np.isnan(sales)]) for sales in billed.T
        if (sales > 0.0).sum() >= LEAST_SALES_MONTHS
    ]).reshape(-1, 3)  # fmt: skip
    cv, autocorrelation, empty = facts.T
    if not len(facts):
        return dict.fromkeys(("cv_low", "cv", "cv_high", "autocorrelation", "empty"), np.nan)
    low, middle, high = np.quantile(cv, [0.25, 0.5, 0.75])
    return {
        "cv_low": low, "cv": middle, "cv_high": high,
        "autocorrelation": np.nanmedian(autocorrelation), "empty": np.median(empty),
    }  # fmt: skip


def sales_facts(sales: NDArray[np.float64]) -> tuple[float, float, float]:
    """Coefficient of variation, lag-1 autocorrelation of log sales, share of empty months.

    sales: of consecutive months, at least two of them positive. Pairs of months of which one is
    empty do not count for the autocorrelation.
    """
    sold = np.flatnonzero(sales > 0.0)
    life = sales[sold[0] : sold[-1] + 1]
    pairs = (life[:-1] > 0.0) & (life[1:] > 0.0)
    before, after = np.log(life[:-1][pairs]), np.log(life[1:][pairs])
    related = np.corrcoef(before, after)[0, 1] if pairs.sum() > 2 else np.nan
    return float(life.std() / life.mean()), float(related), float((life == 0.0).mean())


# --- accounts before a default -----------------------------------------------------------------


def signals(panel: Panel) -> Taken:
    """How well cash tells, months ahead, the loans that default from those that go on.

    At each lead: the chance that a loan that will still perform has more months of service in
    cash than one that will default in exactly so many months (an area under the curve).
    """
    defaults = panel.performing[:-1] & ~panel.performing[1:]
    defaults &= panel.contract[:-1] == panel.contract[1:]
    found: Taken = {}
    for lead in LEADS:
        span = len(panel.cover) - lead
        then, same = panel.cover[:span], panel.performing[:span]
        fails = defaults[lead - 1 :][:span] & same
        goes_on = panel.performing[lead:] & same
        found[f"auc_{lead}"] = auc(then[goes_on], then[fails])
    return found


# --- the bank's attention ------------------------------------------------------------------------


def attention(panel: Panel) -> Taken:
    """Visits and alerts in the months before and after a performing loan first looks weak.

    Only loans that were not weak in the first month in which they are seen.
    """
    same = panel.contract[1:] == panel.contract[:-1]
    counted = same & panel.performing[1:] & panel.performing[:-1]
    given = np.where(counted, panel.seen[1:] - panel.seen[:-1], 0)
    weak = panel.weak & panel.performing
    turned = weak[1:] & ~weak[:-1] & counted
    turned &= np.cumsum(weak, axis=0)[:-1] == 0
    found: Taken = dict.fromkeys(
        ("attention_before", "months_before", "attention_after", "months_after"), 0
    )
    for month, row in np.argwhere(turned):
        contract = panel.contract[month + 1, row]
        of = counted[:, row] & (panel.contract[1:, row] == contract)
        # The month in which it turns belongs to neither side.
        for side, span in (
            ("before", slice(max(month - ASIDE_MONTHS, 0), month)),
            ("after", slice(month + 1, month + 1 + ASIDE_MONTHS)),
        ):
            found[f"attention_{side}"] += int(given[span, row][of[span]].sum())
            found[f"months_{side}"] += int(of[span].sum())
    return found
