"""The failure register: with and without a mode by hand, and the loans to look at."""

from __future__ import annotations

import pandas as pd
import pytest

from agents.failures import F01, FAILURES
from agents.loan import NEW_LENDING
from experiments import Study
from experiments.register import registered, shown_loans
from experiments.report.findings import Findings
from experiments.report.register_grid import register_grid
from simulation import LoanPortfolio

PLACES = (1, 2, 3)
MODES = ["all", *(mode.code for mode in FAILURES)]


def by_hand() -> pd.DataFrame:
    """Two worlds of the baseline; F01 occurred on a part of the loans, no other mode at all."""
    rows = []
    for replication, (loans, defaulted, lost) in enumerate([(40, 4, 6.0), (60, 6, 10.0)]):
        for mode in MODES:
            marked = mode == "F01"
            share = 1.0 if mode == "all" else 0.0
            rows.append({
                "assumptions": "fixed", "replication": replication, "strategy": "baseline",
                "mode": mode, "loans": loans if marked else share * 100,
                "defaulted": defaulted if marked else share * 10,
                "lent_cny": 200.0 if marked else share * 1000.0,
                "ead_cny": 8.0 if marked else share * 20.0,
                "loss_cny": lost if marked else share * 12.0,
                **{f"loan_{k}": 10 * replication + k if marked and k < 3 else -1 for k in PLACES},
                **{f"shown_{k}_cny": lost / k if marked and k < 3 else 0.0 for k in PLACES},
            })  # fmt: skip
    return pd.DataFrame(rows)


def no_changes() -> pd.DataFrame:
    return pd.DataFrame(columns=["strategy", "measure", "interval"])


def test_with_and_without_by_hand() -> None:
    row = registered(by_hand(), no_changes()).set_index("mode").loc["F01"]
    assert (row["loans"], row["defaulted"]) == (100, 10)
    assert row["loans_share"] == pytest.approx(0.5)
    assert row["defaulted_share"] == pytest.approx(0.5)
    assert row["default_rate_with"] == pytest.approx(0.1)
    assert row["default_rate_without"] == pytest.approx(0.1)
    assert row["loss_rate_with"] == pytest.approx(16.0 / 400.0)
    assert row["loss_rate_without"] == pytest.approx(8.0 / 1600.0)
    assert row["lgd_with"] == pytest.approx(1.0)
    assert row["lgd_without"] == pytest.approx(8.0 / 24.0)
    worlds = [6.0 / 200.0 - 6.0 / 800.0, 10.0 / 200.0 - 2.0 / 800.0]
    assert row["loss_gap"] == pytest.approx(sum(worlds) / 2)
    assert row["loss_gap_low"] < min(worlds)


def test_rates_are_pooled_and_their_difference_is_a_mean_over_worlds() -> None:
    table = by_hand()
    marked, second = table["mode"] == "F01", table["replication"] == 1
    table.loc[marked & second, ["lent_cny", "loss_cny"]] = 900.0, 0.5  # nearly all, and good
    table.loc[marked & ~second, ["lent_cny", "loss_cny"]] = 10.0, 5.0  # hardly any, and bad
    row = registered(table, no_changes()).set_index("mode").loc["F01"]
    assert row["loss_rate_with"] < row["loss_rate_without"]
    assert row["loss_gap"] == pytest.approx(((0.5 - 7.0 / 990.0) + (0.5 / 900.0 - 0.115)) / 2)
    assert row["loss_gap"] > 0.0  # the other way round, as the caption says
    caption = str(register_grid(registered(table, no_changes())).caption)
    assert "Rates: of the contracts of all worlds together" in caption
    assert "mean over such worlds" in caption


def test_a_mode_that_never_occurs_has_nothing_to_divide_by() -> None:
    row = registered(by_hand(), no_changes()).set_index("mode").loc["F07"]
    assert row["loans_share"] == 0.0
    assert pd.isna(row["loss_rate_with"])
    assert pd.isna(row["loss_gap"])
    assert pd.isna(row["switched_off"])


def test_the_loans_of_all_worlds_come_by_what_they_show() -> None:
    shown = shown_loans(by_hand())
    assert list(shown["mode"].unique()) == ["F01"]
    assert shown[["run", "loan", "shown_cny"]].to_numpy().tolist() == [
        ["baseline/fixed/1", 11, 10.0], ["baseline/fixed/0", 1, 6.0], ["baseline/fixed/1", 12, 5.0],
    ]  # fmt: skip


def test_the_arm_without_a_mode_is_told_where_a_study_has_it(found: Findings) -> None:
    off = found.register.set_index(["interval", "mode"])["switched_off"]
    assert off.notna().sum() == 2  # F01, as declared and drawn
    changes = found.comparison
    arm = changes[(changes["strategy"] == "without_F01") & (changes["measure"] == "loss_rate")]
    luck = arm.set_index("interval").loc["luck", "relative_change"]
    assert off.loc[("luck", "F01")] == pytest.approx(luck)


def test_the_loan_named_is_the_loan_of_the_run(eventful: Study, found: Findings) -> None:
    first = found.shown[found.shown["mode"] == "F01"].iloc[0]
    _, mode, number = first["run"].split("/")
    model = LoanPortfolio(
        eventful.scenario, seed=eventful.seed, replication=int(number), drawn=mode == "drawn"
    ).fork("baseline")
    model.run()
    loan = model.loans[int(first["loan"])]
    assert loan["cohort"] == NEW_LENDING
    assert loan["first_default"] >= 0
    assert loan["failures"] & F01
