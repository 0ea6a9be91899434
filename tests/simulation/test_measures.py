"""Measures, each held against a loan book small enough to do by hand."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from agents import loan
from agents.loan import (
    BEYOND,
    CURRENT,
    DEFAULTED,
    LEGACY,
    NEW_LENDING,
    RENEWED,
    REPAID,
    SETTLED,
    WRITTEN_OFF,
)
from agents.records import new_records
from scenarios import load_scenario
from simulation import LoanPortfolio
from simulation.measures import (
    TABLE_MEASURES,
    UNITS,
    chain_roots,
    first_defaults,
    measure,
    present_losses,
)
from simulation.months import DTYPE, ratio

FORK = 10
VALUES = dict(load_scenario("l_bank").parameters)


def book(*contracts: dict[str, Any]) -> Any:
    """A loan book with one contract for each dict of fields."""
    loans = new_records(loan.FIELDS, len(contracts))
    for row, fields in enumerate(contracts):
        loans["start_month"][row] = loans["chain_month"][row] = fields.get("start_month", FORK)
        for name, value in fields.items():
            loans[name][row] = value
    return loans


def new(principal: int = 1_000, **fields: Any) -> dict[str, Any]:
    """A contract of new lending at no interest, paid out in full."""
    return {
        "cohort": NEW_LENDING, "principal_fen": principal, "new_money_fen": principal,
        "status": REPAID, "closed_month": FORK + 12, **fields,
    }  # fmt: skip


def failed(ead: int, got: float, month: int = FORK + 15, **fields: Any) -> dict[str, Any]:
    """A contract of new lending that defaulted and is worked out."""
    worked_out = {
        "status": WRITTEN_OFF, "first_default": month, "default_month": month,
        "closed_month": month + 20, "ead_fen": ead, "recovered_present": got,
        "recovered_fen": int(got),
    }  # fmt: skip
    return new(**{"principal": ead, **worked_out, **fields})


def months_table(count: int, **columns: Any) -> np.ndarray:
    """Months from one before the fork; a column is a number or one value a month."""
    rows = np.zeros(count, dtype=DTYPE)
    rows["month"] = np.arange(-1, count - 1)
    for name, value in columns.items():
        rows[name] = value
    return rows


def measured(
    loans: Any, rows: Any = None, *, values: dict[str, float] | None = None, **options: Any
) -> dict[str, float]:
    """Measures of a book in the months of a table, without scale unless one is given."""
    rows = months_table(80) if rows is None else rows
    nobody = new_records(loan.FIELDS, 0)
    given = {"scale": 1.0, "horizon": 24, "burn_in": FORK, "refused": nobody, **options}
    return measure(loans, rows, {**VALUES, **(values or {})}, **given)


# --- loss and default ---------------------------------------------------------------------------


def test_loss_rate_by_hand() -> None:
    # Lent 1,000 + 2,000 + 1,000; lost 1,000 - 400 and 1,000 - 100: 1,500 of 4,000.
    loans = book(failed(1_000, 400.0), new(2_000), failed(1_000, 100.0))
    found = measured(loans)
    assert found["loss_rate"] == pytest.approx(0.375)
    assert found["disbursed"] == 40.0  # 4,000 fen
    assert found["net_credit_loss"] == 15.0
    assert found["lgd"] == pytest.approx(0.75)  # 1,500 of 2,000
    assert found["exposure_at_default_ratio"] == 0.5
    assert found["default_rate"] == pytest.approx(2 / 3)


def test_losses_are_discounted_to_the_first_day_of_the_chain() -> None:
    # 12 % a year is 1 % a month; default 15 months after the first contract of the chain.
    loans = book(
        new(status=RENEWED, closed_month=FORK + 11, annual_rate=0.12),
        failed(1_000, 0.0, annual_rate=0.12, new_money_fen=0, previous=0, start_month=FORK + 11,
               chain_month=FORK),
    )  # fmt: skip
    found = measured(loans)
    assert found["net_credit_loss"] == pytest.approx(10.0 * 1.01**-15)
    assert found["loss_rate"] == pytest.approx(1.01**-15)  # the renewal is no new money
    assert found["lgd"] == 1.0  # at default
    assert found["default_rate"] == 1.0


def test_default_rates_count_loans_not_contracts() -> None:
    """A chain of three contracts with a default in the last is one loan that failed."""
    loans = book(
        new(status=RENEWED, closed_month=FORK + 11),
        new(status=RENEWED, closed_month=FORK + 23, new_money_fen=0, previous=0,
            start_month=FORK + 11, chain_month=FORK),
        failed(1_000, 0.0, month=FORK + 30, new_money_fen=0, previous=1, start_month=FORK + 23,
               chain_month=FORK, cohort=BEYOND),
        new(),
    )  # fmt: skip
    found = measured(loans)
    assert found["default_rate"] == 0.0  # the default lies in a renewal beyond the horizon
    assert found["default_rate_24m"] == 0.0  # and comes after 30 months
    loans["first_default"][2] = loans["default_month"][2] = FORK + 24
    found = measured(loans)
    assert found["default_rate_24m"] == 0.5  # within 24 months of the first day of two loans
    assert found["default_rate_12m"] == 0.0
    loans["cohort"][2] = NEW_LENDING
    assert measured(loans)["default_rate"] == 0.5


@pytest.mark.parametrize(("months", "inside"), [(24, True), (25, False), (12, True), (13, True)])
def test_the_horizon_of_a_default_rate(months: int, inside: bool) -> None:
    found = measured(book(failed(1_000, 0.0, month=FORK + months), new()))
    assert found["default_rate_24m"] == (0.5 if inside else 0.0)
    assert found["default_rate_12m"] == (0.5 if months <= 12 else 0.0)


def test_a_cured_default_is_a_default_without_a_loss() -> None:
    cured = new(first_default=FORK + 5, default_month=-1, status=CURRENT, closed_month=-1)
    found = measured(book(cured, new()))
    assert found["default_rate"] == found["default_rate_12m"] == 0.5
    assert found["loss_rate"] == found["lgd"] == 0.0


def test_only_loans_that_could_be_watched_so_long_count() -> None:
    """24 months of possible exposure: who came too late for them is left out."""
    rows = months_table(31)  # months -1 to 29: the last world month is FORK + 29
    early = failed(1_000, 0.0, month=FORK + 4)
    late = [new(start_month=FORK + 20, chain_month=FORK + 20) for _ in range(3)]
    found = measured(book(early, *late), rows)
    assert found["default_rate_24m"] == 1.0
    assert found["default_rate"] == 0.25
    assert found["default_rate_12m"] == 1.0  # the late ones were seen for 10 months


@pytest.mark.parametrize("start", [3, 4, 5, 6, 7])
def test_a_default_in_the_24th_month_can_be_seen_of_every_loan_that_counts(start: int) -> None:
    """Who counts must have lived through month 24: else the rate is too low at the end."""
    rows = months_table(30)  # the last world month that was lived is FORK + 28
    seen_through = start + 24 <= 28
    watched = new(start_month=FORK + start, chain_month=FORK + start)
    found = measured(book(failed(1_000, 0.0, month=FORK + 2), watched), rows)
    assert found["default_rate_24m"] == (0.5 if seen_through else 1.0)


def test_open_defaults_are_valued_at_what_others_of_their_kind_brought() -> None:
    loans = book(
        failed(1_000, 600.0, security=1),
        failed(1_000, 200.0, security=1),
        failed(1_000, 0.0, security=0),
        # Still open: of its kind 40 % came back, of which 100 is already there.
        failed(500, 100.0, security=1, status=DEFAULTED, closed_month=-1),
        # Still open, and has already brought more than its kind.
        failed(500, 300.0, security=1, status=DEFAULTED, closed_month=-1),
        # Of this kind none is worked out: 800 of 3,000 on average.
        failed(600, 0.0, security=3, status=DEFAULTED, closed_month=-1),
    )
    losses = present_losses(loans, discounted=False)
    assert losses == pytest.approx([400.0, 800.0, 1_000.0, 300.0, 200.0, 440.0])


def test_an_open_default_without_any_example_is_lost_whole() -> None:
    alone = book(failed(500, 0.0, status=DEFAULTED, closed_month=-1))
    assert present_losses(alone, discounted=False) == pytest.approx([500.0])


def test_what_is_unsettled_at_the_end_is_reported() -> None:
    rows = months_table(40, new_lending_open_fen=np.linspace(0, 300, 40))
    assert measured(book(new(), new()), rows)["unsettled_share"] == pytest.approx(0.15)


# --- errors of lending --------------------------------------------------------------------------


def test_losses_that_a_full_check_would_have_avoided() -> None:
    loans = book(
        failed(1_000, 400.0, full_check_fen=0),
        failed(1_000, 100.0, full_check_fen=1),  # it would have lent, however little
        new(full_check_fen=0),
        failed(1_000, 0.0, full_check_fen=0, cohort=LEGACY),
        failed(1_000, 0.0, full_check_fen=0, cohort=BEYOND),
    )
    assert measured(loans)["avoidable_loss_share"] == pytest.approx(600 / 1_500)


def test_good_ones_refused_and_bad_ones_accepted() -> None:
    refused = book({}, {}, {}, {"first_default": FORK + 9})
    loans = book(
        failed(1_000, 0.0, month=FORK + 24),
        failed(1_000, 0.0, month=FORK + 25),  # bad is who fails within two years
        failed(1_000, 0.0, month=FORK + 2, cohort=LEGACY),
        failed(1_000, 0.0, month=FORK + 2, cohort=BEYOND),
        new(),
    )
    found = measured(loans, refused=refused)
    assert found["good_rejected_share"] == pytest.approx(3 / 4)
    assert found["good_refused_share"] == pytest.approx(3 / 7)  # three of four and three granted
    assert found["bad_accepted_share"] == pytest.approx(1 / 2)  # one was refused, one accepted
    assert measured(book(new()), refused=refused)["bad_accepted_share"] == 0.0
    assert measured(loans, refused=refused[:3])["bad_accepted_share"] == 1.0
    assert measured(loans, refused=refused[3:])["good_rejected_share"] == 0.0


def test_a_bad_one_accepted_may_fail_in_its_renewal() -> None:
    """As with the refused, whose bullets are prolonged: what counts is the chain's default."""
    loans = book(
        new(status=RENEWED, closed_month=FORK + 11),
        failed(1_000, 0.0, month=FORK + 15, new_money_fen=0, previous=0, start_month=FORK + 11,
               chain_month=FORK),
    )  # fmt: skip
    found = measured(loans, refused=book({"first_default": FORK + 9}))
    assert found["bad_accepted_share"] == pytest.approx(1 / 2)
    # Two years are counted from the chain's first day, and only the first default counts.
    loans["first_default"][1] = FORK + 25
    assert measured(loans, refused=book({"first_default": FORK + 9}))["bad_accepted_share"] == 0.0


def test_the_first_default_of_a_chain_is_the_earliest_of_its_contracts() -> None:
    def renewed(previous: int, **fields: Any) -> dict[str, Any]:
        later = {"previous": previous, "new_money_fen": 0, "chain_month": FORK + 2, **fields}
        return new(start_month=FORK + 9, **later)

    # Two chains, the second without a default; the contracts of the first fail after 20, 11.
    loans = book(
        new(start_month=FORK + 2, chain_month=FORK + 2, first_default=FORK + 22),
        new(),
        renewed(0, first_default=FORK + 13),
        renewed(2),
        renewed(1, chain_month=FORK),
    )
    root, first, failed = first_defaults(loans)
    assert root.tolist() == [0, 1, 0, 0, 1]
    assert first[0] == 11 and first[1] > 10**6
    assert failed.tolist() == [True, False, True, False, False]


def test_new_loans_and_exposure_over_what_was_lent_by_hand() -> None:
    loans = book(
        new(principal=3_000),
        # Principal 1,000 and 250 of interest that was capitalised; 500 had been repaid.
        failed(750, 0.0, principal_fen=1_000, new_money_fen=1_000, capitalised_fen=250),
        failed(900, 0.0, principal_fen=950, new_money_fen=0, previous=0),  # a renewal: no new loan
        failed(1_000, 0.0, principal_fen=9_000, cohort=LEGACY),
    )
    found = measured(loans)
    assert found["exposure_at_default_share"] == pytest.approx((750 + 900) / (1_250 + 950))
    assert found["new_loans"] == 2.0
    assert measured(book(new()))["exposure_at_default_share"] == 0.0


# --- legacy -------------------------------------------------------------------------------------


def test_the_legacy_book_is_kept_apart() -> None:
    old = {"cohort": LEGACY, "start_month": 2, "new_money_fen": 1_000, "principal_fen": 1_000}
    loans = book(
        {**old, "status": CURRENT, "closed_month": -1},
        {**old, "status": REPAID, "closed_month": FORK - 1},  # gone before the fork
        {**old, "status": REPAID, "closed_month": FORK + 3},
        failed(1_000, 250.0, month=FORK, **old),  # fails in the first month after the fork
        failed(1_000, 0.0, month=FORK - 1, **old),  # had failed before: nobody's doing now
        new(),
    )
    rows = months_table(80, legacy_balance_fen=3_000)
    found = measured(loans, rows)
    assert found["legacy_loss_rate"] == pytest.approx(750 / 3_000)
    assert found["legacy_default_rate"] == pytest.approx(1 / 4)
    assert found["legacy_net_credit_loss"] == pytest.approx(7.5)
    assert found["loss_rate"] == found["default_rate"] == 0.0
    assert found["disbursed"] == 10.0


# --- profit -------------------------------------------------------------------------------------


def test_profit_by_hand() -> None:
    """Interest less write-offs less carrying cost, discounted month by month to the fork."""
    values = {
        "funding_rate": 0.024, "operating_rate": 0.012, "capital_charge": 0.08,
        "risk_weight": 0.75, "capital_ratio": 0.1, "discount_rate": 0.12,
    }  # fmt: skip
    # A year's carrying cost: 2.4 + 1.2 + 8 x .75 x .1 = 4.2 %, .35 % a month.
    rows = months_table(
        4,
        new_lending_balance_fen=[99, 200_000, 100_000, 0],
        new_lending_interest_fen=[99, 1_000, 500, 0],
        new_lending_written_off_fen=[99, 0, 300, 0],
        new_lending_late_recovery_fen=[99, 0, 0, 50],
        legacy_interest_fen=[99, 77_777, 77_777, 77_777],
    )
    expected = (1_000 - 700) + (500 - 300 - 350) / 1.01 + 50 / 1.01**2
    found = measured(book(new()), rows, values=values)
    assert found["risk_adjusted_profit"] == pytest.approx(expected / 100)
    assert found["strategy_cost"] == 0.0
    assert found["legacy_profit"] == pytest.approx(777.77 * (1 + 1 / 1.01 + 1 / 1.01**2))


def test_strategy_cost_is_charged_whole_in_the_window_and_by_share_later() -> None:
    rows = months_table(
        4,
        strategy_cost_fen=[0, 1_000, 1_000, 1_000],
        new_lending_balance_fen=[0, 1_000, 1_000, 1_000],
        legacy_balance_fen=[0, 9_000, 9_000, 3_000],
    )
    free = dict.fromkeys(("funding_rate", "operating_rate", "capital_charge", "discount_rate"), 0.0)
    found = measured(book(new()), rows, horizon=2, values=free)
    assert found["strategy_cost"] == pytest.approx((1_000 + 1_000 + 250) / 100)
    assert found["risk_adjusted_profit"] == pytest.approx(-found["strategy_cost"])
    assert found["legacy_strategy_cost"] == pytest.approx(750 / 100)
    assert found["legacy_profit"] == pytest.approx(-found["legacy_strategy_cost"])


def test_an_open_default_of_the_legacy_book_is_written_down_to_what_it_will_bring() -> None:
    old = {"cohort": LEGACY, "start_month": 2}
    known = failed(1_000, 400.0, **old)
    open_default = failed(1_000, 100.0, status=DEFAULTED, closed_month=-1, balance_fen=900, **old)
    rows = months_table(3)
    found = measured(book(known, open_default), rows, values={"discount_rate": 0.12})
    # Others brought 40 %, 10 % have come: 300 to come for a balance of 900, in month 1.
    assert found["legacy_profit"] == pytest.approx((300 - 900) / 100 / 1.01)
    assert found["risk_adjusted_profit"] == 0.0


def test_return_on_capital_by_hand() -> None:
    """Profit before the charge for capital, over the capital and years that it took."""
    values = {
        "funding_rate": 0.024, "operating_rate": 0.012, "capital_charge": 0.08,
        "risk_weight": 0.5, "capital_ratio": 0.1, "discount_rate": 0.0,
    }  # fmt: skip
    rows = months_table(
        4,
        new_lending_balance_fen=[99, 240_000, 120_000, 0],
        new_lending_interest_fen=[99, 1_500, 900, 0],
        strategy_cost_fen=[99, 60, 60, 0],
    )
    # Carried at 3.6 % a year: 1,500 - 720 - 60 = 720 and 900 - 360 - 60 = 480.
    # Capital: 5 % of the balance, 12,000 and 6,000 for a month each: 1,500 for a year.
    found = measured(book(new()), rows, values=values)
    assert found["raroc"] == pytest.approx(1_200 / 1_500)
    # The profit beside it is charged 8 % of that capital too.
    assert found["risk_adjusted_profit"] == pytest.approx((1_200 - 0.08 * 1_500) / 100)


def test_return_on_capital_is_discounted_above_and_below() -> None:
    """The same in each of two months: the same return at any discount rate."""
    rows = months_table(3, new_lending_balance_fen=120_000, new_lending_interest_fen=900)
    low, high = (
        measured(book(new()), rows, values={"discount_rate": rate})["raroc"] for rate in (0.0, 0.3)
    )
    assert low == pytest.approx(high) and low > 0.0


def test_money_is_that_of_the_declared_bank_and_shares_are_not_scaled() -> None:
    loans = book(failed(1_000, 400.0), new(2_000))
    rows = months_table(80, new_lending_interest_fen=100)
    one, ten = measured(loans, rows), measured(loans, rows, scale=10.0)
    for name, unit in UNITS.items():
        factor = 10.0 if unit in ("CNY", "loans") else 1.0
        assert ten[name] == pytest.approx(factor * one[name], nan_ok=True), name
    assert ten["disbursed"] == 300.0 and ten["new_loans"] == 20.0


# --- process ------------------------------------------------------------------------------------


def test_process_shares_by_hand() -> None:
    rows = months_table(
        5, applications=10, decided=8, approved=6, overridden=1.5, dropped_out=1,
        decision_days=160, checks_due=20, checks_made=11, visits_due=30, visits_made=24,
        alerts=5, true_alerts=2, alert_lead_months=7, evergreened=1, extensions_refused=3,
    )  # fmt: skip
    rows["decided"][0] = 1_000  # the burn-in does not count
    found = measured(book(new()), rows)
    expected = {
        "approval_rate": 0.75, "override_rate": 0.25, "dropped_out_share": 0.1,
        "decision_days": 20.0, "checks_done_share": 0.55, "visits_done_share": 0.8,
        "alert_precision": 0.4, "alert_lead_months": 3.5, "evergreening_share": 0.25,
    }  # fmt: skip
    assert {name: found[name] for name in expected} == pytest.approx(expected)


def test_the_process_is_measured_within_the_window_only() -> None:
    rows = months_table(10, decided=1, approved=0)
    rows["approved"][1:4] = 1
    assert measured(book(new()), rows, horizon=3)["approval_rate"] == 1.0
    assert measured(book(new()), rows, horizon=6)["approval_rate"] == 0.5


def test_ratios_of_the_book_are_means_over_the_last_year_of_the_window() -> None:
    rows = months_table(60)
    rows["npl_ratio"] = np.arange(60) / 100
    rows["provision_fen"], rows["substandard_balance_fen"] = 30, 10
    rows["loss_balance_fen"] = 5
    rows["capital_ratio"] = np.arange(60) / 200
    found = measured(book(new()), rows, horizon=24)
    assert found["npl_ratio"] == pytest.approx(np.arange(13, 25).mean() / 100)
    assert found["capital_ratio"] == pytest.approx(np.arange(13, 25).mean() / 200)
    assert found["provision_coverage"] == 2.0


def test_delinquency_is_that_of_the_first_year() -> None:
    rows = months_table(30, clients=50)
    rows["loans_arrears"][1:13] = [1, 3] * 6  # months 0 to 11
    rows["loans_arrears"][[0, 13]] = 1_000  # the month before and month 12 do not count
    found = measured(book(new()), rows, horizon=24)
    assert found["delinquency_12m"] == pytest.approx(24 / 600)
    assert measured(book(new()), rows, horizon=1)["delinquency_12m"] == pytest.approx(1 / 50)


def test_errors_and_alarms_by_hand() -> None:
    rows = months_table(
        5, approved=6, renewals_granted=4, wrongly_granted=3, refused=8, wrongly_refused=2,
        alerts=5, true_alerts=2, officers=10, actions=4, sound_firms_cut=1,
    )  # fmt: skip
    for name in ("wrongly_granted", "wrongly_refused", "alerts", "sound_firms_cut"):
        rows[name][0] = 1_000  # the burn-in does not count
    found = measured(book(new()), rows)
    expected = {
        "wrongly_granted_share": 0.3,  # 3 of 6 + 4
        "wrongly_refused_share": 0.25,
        "false_alarms": 0.3,  # 3 a month for 10 officers
        "sound_firms_cut_share": 0.25,
    }
    assert {name: found[name] for name in expected} == pytest.approx(expected)


# --- edges --------------------------------------------------------------------------------------


def test_every_measure_has_a_unit_and_a_value() -> None:
    found = measured(book(new(), failed(1_000, 100.0)), refused=book({}))
    assert list(found) == list(UNITS)
    assert set(TABLE_MEASURES) <= set(UNITS)
    assert all(isinstance(v, float) and math.isfinite(v) for v in found.values())
    assert set(UNITS.values()) <= {
        "share", "ratio", "CNY", "loans", "days", "months", "1/year", "1/officer/month",
    }  # fmt: skip


@pytest.mark.parametrize("months", [0, 80])
def test_an_empty_book_gives_zeros(months: int) -> None:
    """Where nobody was refused and nobody failed there is no share of errors, not one of 0."""
    found = measured(new_records(loan.FIELDS, 0), months_table(months))
    judged = [
        found.pop(name)
        for name in ("good_rejected_share", "good_refused_share", "bad_accepted_share")
    ]
    assert all(math.isnan(share) for share in judged)
    assert set(found.values()) == {0.0}


def test_a_bank_that_lends_nothing_has_measures_all_the_same(tiny: Any) -> None:
    """Finite, or NaN where there is nobody to judge."""
    nothing = {"burn_in_months": 0, "cutoff": 100.0, "override_probability": 0.0}
    found = LoanPortfolio(tiny(**nothing)).run()
    assert found["approval_rate"] == found["disbursed"] == 0.0
    assert [name for name, value in found.items() if math.isinf(value)] == []


def test_a_ratio_of_nothing_is_zero() -> None:
    assert ratio(3.0, 0.0) == 0.0 and ratio(3.0, 4.0) == 0.75


@pytest.mark.parametrize(
    ("previous", "roots"),
    [
        ([], []),
        ([-1, -1], [0, 1]),
        ([-1, 0, 1, 2, 3, 4, 5], [0] * 7),
        ([-1, -1, 0, 1, 2, -1, 4], [0, 1, 0, 1, 0, 5, 0]),
    ],
)
def test_roots_of_chains(previous: list[int], roots: list[int]) -> None:
    assert chain_roots(np.array(previous, dtype=np.int64)).tolist() == roots


# --- a real run ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def lived(tiny: Any) -> LoanPortfolio:
    hard = {"fixed_cost": 0.22, "standstill_months": 3, "sale_months": 12.0, "settled_share": 1.0}
    model = LoanPortfolio(tiny(enterprises=400, months=12, run_off_months=150, **hard), seed=1)
    model.run()
    return model


def test_measures_of_a_run_agree_with_its_contracts(lived: LoanPortfolio) -> None:
    """Counted again, one contract at a time."""
    found, loans = lived.measures(), lived.loans
    lent = lost = ead = lost_at_default = 0.0
    firsts, chains_failed = 0, set()
    for row in range(len(loans)):
        one = loans[row]
        root = row
        while loans["previous"][root] >= 0:
            root = int(loans["previous"][root])
        if one.cohort != NEW_LENDING:
            continue
        lent += one.new_money_fen
        firsts += one.previous < 0
        if one.first_default >= 0 and loans["cohort"][root] == NEW_LENDING:
            chains_failed.add(root)
        if one.default_month >= 0:
            assert one.closed_month >= 0  # all settled in this run
            loss = one.ead_fen - one.recovered_present
            ead, lost_at_default = ead + one.ead_fen, lost_at_default + loss
            lost += loss / (1 + one.annual_rate / 12) ** int(one.default_month - one.chain_month)
    assert ead > 0 and firsts > 50
    assert found["loss_rate"] == pytest.approx(lost / lent, rel=1e-9)
    assert found["lgd"] == pytest.approx(lost_at_default / ead, rel=1e-9)
    assert found["disbursed"] == pytest.approx(lent / 100 * lived.scale, rel=1e-12)
    assert found["default_rate"] == pytest.approx(len(chains_failed) / firsts, rel=1e-12)


def test_profit_of_a_run_agrees_with_the_cash_of_its_contracts(lived: LoanPortfolio) -> None:
    """Without cost of funds and discounting, profit is what came back less what was lent."""
    free = dict.fromkeys(("funding_rate", "operating_rate", "capital_charge", "discount_rate"), 0.0)
    loans = lived.loans
    ours = loans[loans["cohort"] == NEW_LENDING]
    found = measure(
        loans, lived._table.rows, {**lived.parameters, **free}, scale=1.0, horizon=12,
        burn_in=lived.scenario.burn_in_months, refused=lived._shadows.loans,
    )  # fmt: skip
    late = ours["recovered_fen"] - (ours["ead_fen"] - ours["written_off_fen"] - ours["balance_fen"])
    late = late[ours["default_month"] >= 0]
    income = ours["interest_paid_fen"].sum() + ours["capitalised_fen"].sum() + late.sum()
    result = income - ours["written_off_fen"].sum()
    open_now = ours[(ours["default_month"] >= 0) & (ours["closed_month"] < 0)]
    assert len(open_now) == 0
    assert found["risk_adjusted_profit"] == pytest.approx(result / 100, rel=1e-12)


def test_settled_statuses_of_a_run(lived: LoanPortfolio) -> None:
    loans = lived.loans
    ours = loans[(loans["cohort"] == NEW_LENDING) & (loans["default_month"] >= 0)]
    assert np.isin(ours["status"], (SETTLED, WRITTEN_OFF)).all()
    assert lived.measures()["unsettled_share"] <= 1.0 - lived.parameters["settled_share"] + 1e-12
