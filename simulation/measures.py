"""Measures of one run, from its contracts and months.

New lending (new money between fork and horizon, with its renewals up to the horizon) and the
legacy book are reported apart. Money is CNY of the declared bank. Definitions:
docs/model-basis.md, section "Measures".
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agents.loan import LEGACY, NEW_LENDING
from agents.records import FEN_PER_CNY
from simulation.months import ratio
from simulation.profit import earnings
from simulation.shadows import JUDGED_AFTER

UNITS: dict[str, str] = {
    "loss_rate": "share", "default_rate_24m": "share", "risk_adjusted_profit": "CNY",
    "disbursed": "CNY", "good_rejected_share": "share", "good_refused_share": "share",
    "decision_days": "days", "npl_ratio": "share",
    "npl_ratio_true": "share", "strategy_cost": "CNY", "default_rate": "share",
    "exposure_at_default_share": "share", "new_loans": "loans", "delinquency_12m": "share",
    "default_rate_12m": "share", "net_credit_loss": "CNY", "lgd": "share",
    "exposure_at_default_ratio": "ratio", "special_mention_ratio": "share",
    "provision_coverage": "ratio", "approval_rate": "share", "checks_done_share": "share",
    "visits_done_share": "share", "alert_precision": "share", "alert_lead_months": "months",
    "evergreening_share": "share", "override_rate": "share", "dropped_out_share": "share",
    "raroc": "1/year", "capital_ratio": "ratio", "bad_accepted_share": "share",
    "wrongly_granted_share": "share", "wrongly_refused_share": "share",
    "avoidable_loss_share": "share", "false_alarms": "1/officer/month",
    "sound_firms_cut_share": "share", "legacy_loss_rate": "share",
    "legacy_default_rate": "share", "unsettled_share": "share",
    "legacy_net_credit_loss": "CNY", "legacy_profit": "CNY", "legacy_strategy_cost": "CNY",
}  # fmt: skip
"""Every measure with its unit."""

TABLE_MEASURES = (
    "loss_rate", "default_rate_24m", "risk_adjusted_profit", "disbursed", "good_refused_share",
    "decision_days", "npl_ratio", "npl_ratio_true", "strategy_cost",
)  # fmt: skip
"""The measures of the printed table."""


def chain_roots(previous: NDArray[np.int64]) -> NDArray[np.int64]:
    """First contract of each contract's chain of renewals (rows). previous: -1 if none."""
    root = np.where(previous < 0, np.arange(len(previous)), previous)
    while True:
        further = root[root]
        if np.array_equal(further, root):
            return root
        root = further


def present_losses(
    loans: Any, *, fork_month: int = 0, discounted: bool = True
) -> NDArray[np.float64]:
    """Loss of each contract (fen) at default, or discounted to the first day of its chain,
    for the legacy book to the fork.

    A default that is not worked out yet is valued at the mean recovery of those that are, by
    kind of security (all securities where a kind has none).
    """
    loss = np.zeros(len(loans))
    failed = np.flatnonzero(loans["default_month"] >= 0)
    loss[failed] = _losses(loans[failed], fork_month, discounted)
    return loss


def _losses(failed: Any, fork_month: int, discounted: bool) -> NDArray[np.float64]:
    """The same of contracts in default."""
    loss = np.zeros(len(failed))
    ead, got = failed["ead_fen"].astype(np.float64), failed["recovered_present"]
    done = failed["closed_month"] >= 0
    for kind in np.unique(failed["security"]):
        of_kind = failed["security"] == kind
        known = done & of_kind if np.any(done & of_kind) else done
        expected = ratio(float(got[known].sum()), float(ead[known].sum()))
        pending = of_kind & ~done
        loss[pending] = ead[pending] - np.maximum(got[pending], expected * ead[pending])
    loss[done] = ead[done] - got[done]
    if not discounted:
        return loss
    months = failed["default_month"] - np.maximum(failed["chain_month"], fork_month)
    return loss * (1.0 + failed["annual_rate"] / 12.0) ** (-months.astype(np.float64))


def first_defaults(
    loans: Any,
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
    """First contract of each contract's chain; months from its start to the chain's first default
    (at the first contract's row, very large without one); and which contracts defaulted.
    """
    root = chain_roots(loans["previous"].astype(np.int64))
    first = np.full(len(loans), np.iinfo(np.int64).max)
    failed = loans["first_default"] >= 0
    np.minimum.at(first, root[failed], (loans["first_default"] - loans["chain_month"])[failed])
    return root, first, failed


def _credit(loans: Any, last_month: int) -> dict[str, float]:
    """Loss, default and LGD of new lending."""
    new = loans["cohort"] == NEW_LENDING
    losses = present_losses(loans)
    lent = float(loans["new_money_fen"][new].sum())
    root, first, failed = first_defaults(loans)
    roots = np.flatnonzero(new & (loans["previous"] < 0))
    seen = last_month - loans["chain_month"][roots]
    worked_out = new & (loans["default_month"] >= 0)
    ead = float(loans["ead_fen"][worked_out].sum())
    undiscounted = present_losses(loans, discounted=False)
    return {
        "loss_rate": ratio(float(losses[new].sum()), lent),
        "net_credit_loss": float(losses[new].sum()) / FEN_PER_CNY,
        "disbursed": lent / FEN_PER_CNY,
        "default_rate": ratio(float(np.isin(roots, root[failed & new]).sum()), len(roots)),
        "default_rate_12m": _share_within(first[roots], seen, 12),
        "default_rate_24m": _share_within(first[roots], seen, 24),
        "lgd": ratio(float(undiscounted[worked_out].sum()), ead),
        "exposure_at_default_ratio": ratio(ead, lent),
        "exposure_at_default_share": ratio(
            ead, float((loans["principal_fen"] + loans["capitalised_fen"])[worked_out].sum())
        ),
        "new_loans": float(len(roots)),
        "avoidable_loss_share": ratio(
            float(losses[new & (loans["full_check_fen"] == 0)].sum()), float(losses[new].sum())
        ),
    }


def _errors(loans: Any, refused: Any) -> dict[str, float]:
    """Good applicants refused, of all refused and of all decided; bad ones accepted, of all bad.

    Bad is who defaults within 24 months; NaN where there is nobody to judge.
    """
    bad_refused = int((refused["first_default"] >= 0).sum())
    _, first, _ = first_defaults(loans)
    new = (loans["cohort"] == NEW_LENDING) & (loans["previous"] < 0)
    bad_accepted = int((first[new] <= JUDGED_AFTER).sum())
    bad = bad_refused + bad_accepted
    decided = len(refused) + int(new.sum())
    return {
        "good_rejected_share": 1.0 - bad_refused / len(refused) if len(refused) else math.nan,
        "good_refused_share": (len(refused) - bad_refused) / decided if decided else math.nan,
        "bad_accepted_share": bad_accepted / bad if bad else math.nan,
    }


def _share_within(first_default: NDArray[np.int64], seen: NDArray[np.int64], months: int) -> float:
    """Share of loans in default within ``months``, of those observed so long."""
    whole = seen >= months
    return ratio(float((first_default[whole] <= months).sum()), float(whole.sum()))


def _legacy(loans: Any, fork_month: int, opening: float) -> dict[str, float]:
    """Loss and default of the book that was there at the fork."""
    old = loans["cohort"] == LEGACY
    at_fork = old & ((loans["closed_month"] < 0) | (loans["closed_month"] >= fork_month))
    at_fork &= loans["start_month"] < fork_month
    later = old & (loans["default_month"] >= fork_month)
    first = old & (loans["first_default"] >= fork_month)
    losses = present_losses(loans, fork_month=fork_month)
    return {
        "legacy_loss_rate": ratio(float(losses[later].sum()), opening),
        "legacy_default_rate": ratio(float(first.sum()), float(at_fork.sum())),
        "legacy_net_credit_loss": float(losses[later].sum()) / FEN_PER_CNY,
    }


def _profit(
    loans: Any, rows: NDArray[Any], values: Mapping[str, float], horizon: int
) -> dict[str, float]:
    """Result of new lending and of the legacy book, see simulation.profit."""
    losses = present_losses(loans, discounted=False)
    new, old = (
        earnings(loans, losses, rows, values, horizon=horizon, cohort=cohort)
        for cohort in (NEW_LENDING, LEGACY)
    )
    before_charge = new.result + new.capital * values["capital_charge"] / 12.0
    earned = new._replace(result=before_charge).present_value
    return {
        "raroc": ratio(earned, float((new.capital * new.factor).sum()) / 12.0),
        "risk_adjusted_profit": new.present_value / FEN_PER_CNY,
        "strategy_cost": float((new.cost * new.factor).sum()) / FEN_PER_CNY,
        "legacy_profit": old.present_value / FEN_PER_CNY,
        "legacy_strategy_cost": float((old.cost * old.factor).sum()) / FEN_PER_CNY,
    }


def _process(rows: NDArray[Any], horizon: int) -> dict[str, float]:
    """Shares and days of the process in the window; book ratios over its last 12 months."""
    window = rows[(rows["month"] >= 0) & (rows["month"] < horizon)]
    total = {name: float(window[name].sum()) for name in window.dtype.names or ()}
    last = window[-12:]
    npl = sum(last[f"{c}_balance_fen"] for c in ("substandard", "doubtful", "loss"))
    failed = total["evergreened"] + total["extensions_refused"]
    first_year = window[:12]
    late = first_year["loans_arrears"].sum()
    mean = {
        name: float(last[name].mean()) if len(last) else 0.0
        for name in ("npl_ratio", "npl_ratio_true", "special_mention_ratio", "capital_ratio")
    }
    if math.isinf(mean["capital_ratio"]):  # no book, so nothing that capital could be held against
        mean["capital_ratio"] = math.nan
    return mean | {
        "provision_coverage": ratio(float(last["provision_fen"].sum()), float(np.sum(npl))),
        "decision_days": ratio(total["decision_days"], total["decided"]),
        "approval_rate": ratio(total["approved"], total["decided"]),
        "override_rate": ratio(total["overridden"], total["approved"]),
        "dropped_out_share": ratio(total["dropped_out"], total["applications"]),
        "checks_done_share": ratio(total["checks_made"], total["checks_due"]),
        "visits_done_share": ratio(total["visits_made"], total["visits_due"]),
        "alert_precision": ratio(total["true_alerts"], total["alerts"]),
        "alert_lead_months": ratio(total["alert_lead_months"], total["true_alerts"]),
        "evergreening_share": ratio(total["evergreened"], failed),
        "delinquency_12m": ratio(float(late), float(first_year["clients"].sum())),
        "wrongly_granted_share": ratio(
            total["wrongly_granted"], total["approved"] + total["renewals_granted"]
        ),
        "wrongly_refused_share": ratio(total["wrongly_refused"], total["refused"]),
        "false_alarms": ratio(total["alerts"] - total["true_alerts"], total["officers"]),
        "sound_firms_cut_share": ratio(total["sound_firms_cut"], total["actions"]),
    }


def measure(
    loans: Any,
    rows: NDArray[Any],
    values: Mapping[str, float],
    *,
    scale: float,
    horizon: int,
    burn_in: int,
    refused: Any,
) -> dict[str, float]:
    """All measures by name. Empty books give zeros.

    loans: recarray of contracts. rows: months. scale: declared bank over sample. horizon:
    months of new lending. burn_in: world month of the fork. refused: recarray of the shadow
    loans of refused applications.
    """
    loans = np.asarray(loans)  # a recarray looks each field up slowly
    last_month = burn_in + int(rows["month"][-1]) if len(rows) else burn_in
    before = rows[rows["month"] < 0]
    opening = float(before["legacy_balance_fen"][-1]) if len(before) else 0.0
    values_by_name = _credit(loans, last_month)
    values_by_name |= _legacy(loans, burn_in, opening)
    values_by_name |= _profit(loans, rows, values, horizon)
    values_by_name |= _process(rows, horizon)
    lent = values_by_name["disbursed"] * FEN_PER_CNY
    open_fen = float(rows["new_lending_open_fen"][-1]) if len(rows) else 0.0
    values_by_name |= _errors(loans, refused)
    values_by_name["unsettled_share"] = ratio(open_fen, lent)
    for name, unit in UNITS.items():
        if unit in ("CNY", "loans"):
            values_by_name[name] *= scale
    return {name: values_by_name[name] for name in UNITS}
