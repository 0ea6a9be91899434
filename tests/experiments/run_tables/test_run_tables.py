"""Tables of a run: each agrees with the measures and the loan book, and stays small."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from agents.failures import FAILURES
from agents.loan import NEW_LENDING
from experiments.run_tables import RUN_TABLES, losses, register, rolls, segments, vintages
from simulation import LoanPortfolio

MOST_ROWS = 150
"""In all small tables of a run, so that sixteen arms of 500 worlds stay light."""


def test_all_small_tables_together_stay_small(ended: LoanPortfolio) -> None:
    small = {name: len(rows(ended)) for name, rows in RUN_TABLES.items() if name != "months"}
    assert sum(small.values()) < MOST_ROWS, small


@pytest.mark.parametrize("name", list(RUN_TABLES))
def test_a_table_holds_numbers_and_words_and_is_the_same_again(
    ended: LoanPortfolio, name: str
) -> None:
    table = RUN_TABLES[name](ended)
    assert not table.isna().any(axis=None)
    pd.testing.assert_frame_equal(table, RUN_TABLES[name](ended))


@pytest.mark.parametrize("name", list(RUN_TABLES))
def test_a_table_of_a_world_in_which_nothing_happened_yet(name: str, ended: LoanPortfolio) -> None:
    fresh = LoanPortfolio(ended.scenario, seed=5)
    table = RUN_TABLES[name](fresh)
    numbers = table.select_dtypes("number")
    if name != "months":
        assert list(table.columns) == list(RUN_TABLES[name](ended).columns)
        assert (numbers.sum(axis=None) if len(table) else 0) in (0, -3 * len(table))


def test_vintages_add_up_to_the_measures(ended: LoanPortfolio) -> None:
    table, measures = vintages.rows(ended), ended.measures()
    assert table["lent_cny"].sum() == pytest.approx(measures["disbursed"])
    assert table["loss_cny"].sum() == pytest.approx(measures["net_credit_loss"])
    assert table["defaulted"].sum() > 0
    assert table["defaulted"].sum() / table["loans"].sum() == pytest.approx(
        measures["default_rate"]
    )


def test_a_vintage_is_counted_once_at_age_0(ended: LoanPortfolio) -> None:
    table = vintages.rows(ended)
    assert not table.loc[table["age"] > 0, ["loans", "lent_cny"]].any(axis=None)
    assert table["vintage"].between(0, 3).all()  # twelve months of new lending
    assert not table.duplicated(["vintage", "age"]).any()


def test_losses_over_time_are_those_of_the_vintages(ended: LoanPortfolio) -> None:
    over_time, by_age = losses.rows(ended), vintages.rows(ended)
    for column in ("lent_cny", "loss_cny"):
        assert over_time[column].sum() == pytest.approx(by_age[column].sum())
    assert over_time["quarter"].is_monotonic_increasing


@pytest.mark.parametrize("dimension", list(segments.DIMENSIONS))
def test_each_dimension_holds_every_application(ended: LoanPortfolio, dimension: str) -> None:
    table, measures = segments.rows(ended), ended.measures()
    whole = table[table["dimension"] == dimension].sum(numeric_only=True)
    assert whole["granted"] * ended.scale == pytest.approx(measures["new_loans"])
    assert whole["refused"] == len(ended.refused.loans) > 0
    assert whole["good_refused"] / whole["refused"] == pytest.approx(
        measures["good_rejected_share"]
    )
    assert 0.01 < whole["rate_cny"] / whole["lent_cny"] < 0.2


def test_groups_are_those_of_the_applicants(ended: LoanPortfolio) -> None:
    table = segments.rows(ended).set_index(["dimension", "group"])
    loans = ended.loans[(ended.loans["cohort"] == NEW_LENDING) & (ended.loans["previous"] < 0)]
    firms = ended.enterprises.records[loans["enterprise"]]
    small = int((firms["employees"] < 10.0).sum())
    assert table.loc[("size", "under 10 persons"), "granted"] == small
    first = int((firms["client_since"] == loans["start_month"]).sum())
    assert table.loc[("relation", "first loan here"), "granted"] == first > 0


def test_the_register_counts_marks_and_losses(ended: LoanPortfolio) -> None:
    table = register.rows(ended).set_index("mode")
    assert list(table.index) == ["all", *(mode.code for mode in FAILURES)]
    loans = ended.loans[ended.loans["cohort"] == NEW_LENDING]
    marked = (loans["failures"] & FAILURES[0].bit) != 0
    assert table.loc["F01", "loans"] == int(marked.sum())
    assert table.loc["F01", "defaulted"] == int((marked & (loans["first_default"] >= 0)).sum())
    assert table.loc["all", "loss_cny"] == pytest.approx(ended.measures()["net_credit_loss"])
    sums = table[["loans", "defaulted", "lent_cny", "ead_cny", "loss_cny"]]
    assert (sums <= sums.loc["all"]).all(axis=None)


def test_the_loans_shown_carry_the_mode_and_come_in_order(ended: LoanPortfolio) -> None:
    table = register.rows(ended).set_index("mode")
    shown = 0
    for mode in FAILURES:
        row = table.loc[mode.code]
        values = [row[f"shown_{k}_cny"] for k in (1, 2, 3)]
        assert values == sorted(values, reverse=True)
        for loan in (int(row[f"loan_{k}"]) for k in (1, 2, 3)):
            if loan >= 0:
                assert ended.loans[loan]["failures"] & mode.bit
                assert ended.loans[loan]["first_default"] >= 0
                shown += 1
    assert shown > 5


def test_rolls_are_moves_of_the_window(ended: LoanPortfolio) -> None:
    table = rolls.rows(ended)
    assert table["loans"].sum() == ended.rolls.sum()
    assert (table["loans"] > 0).all()
    again = ended.fork()  # at its end: nothing more is counted
    assert np.array_equal(again.rolls, ended.rolls)
