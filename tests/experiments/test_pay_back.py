"""Pay-back: by hand, its ends, and the monthly results behind it."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from agents.loan import LEGACY, NEW_LENDING
from experiments import Study
from experiments.pay_back import COLUMNS, curves, first_of, pay_back
from experiments.run_tables import money as table
from scenarios import load_scenario
from simulation import LoanPortfolio


def monthly(mode: str = "fixed", **arms: list[list[float]]) -> pd.DataFrame:
    """Monthly results of arms, world by world; half of each from either cohort."""
    return pd.DataFrame([
        {"assumptions": mode, "replication": world, "strategy": arm, "month": month,
         "new_lending_cny": 0.5 * value, "legacy_cny": 0.5 * value}
        for arm, worlds in arms.items()
        for world, values in enumerate(worlds)
        for month, value in enumerate(values)
    ])  # fmt: skip


def test_pay_back_by_hand() -> None:
    flat = [[1.0] * 5, [2.0] * 5]
    runs = monthly(
        baseline=flat,
        a=[[x + gap for x, gap in zip(world, [-4.0, 1.0, 2.0, 2.0, 0.0], strict=True)]
           for world in flat],
    )  # fmt: skip
    found = pay_back(runs).iloc[0]
    assert tuple(found.index) == COLUMNS
    assert found["pay_back_month"] == 4.0  # -4, -3, -1, +1, +1
    assert found["pay_back_early"] == found["pay_back_late"] == 4.0


def test_the_ends_of_the_interval_pay_back_sooner_and_later() -> None:
    zeros = [[0.0] * 4] * 3
    found = pay_back(monthly(
        baseline=zeros, a=[[-1.0, 0.7, 1.0, 9.0], [-1.0, 1.2, 1.0, 9.0], [-1.0, 0.8, 1.0, 9.0]],
    )).iloc[0]  # fmt: skip
    assert (found["pay_back_early"], found["pay_back_month"], found["pay_back_late"]) == (2, 3, 3)
    path = curves(monthly(baseline=zeros, a=[[1.0] * 4, [2.0] * 4, [6.0] * 4]))
    second = path[path["month"] == 2].iloc[0]
    interval = stats.ttest_1samp([2.0, 4.0, 12.0], 0.0).confidence_interval(0.95)
    assert second["cumulative"] == pytest.approx(6.0)
    assert (second["cumulative_low"], second["cumulative_high"]) == pytest.approx(tuple(interval))


@pytest.mark.parametrize(
    ("values", "place"),
    [
        ([-1.0, 2.0, 3.0], 20.0),
        ([1.0, 2.0, 3.0], 10.0),
        ([1.0, -2.0, 3.0], 30.0),  # what is lost again is not paid back
        ([1.0, 2.0, -3.0], math.nan),
        ([1.0, 0.0], math.nan),  # nothing is not above nothing
        ([0.0, 1.0], 20.0),
        ([math.nan, math.nan], math.nan),
        ([], math.nan),
    ],
)
def test_the_first_place_of_the_positive_end(values: list[float], place: float) -> None:
    places = np.array([10.0, 20.0, 30.0])[: len(values)]
    assert first_of(places, np.array(values)) == pytest.approx(place, nan_ok=True)


def test_a_world_that_ends_sooner_earns_nothing_more() -> None:
    found = curves(monthly(baseline=[[1.0, 1.0, 1.0]] * 2, a=[[2.0, 2.0]] * 2))
    assert found["cumulative"].tolist() == [1.0, 2.0, 1.0]


def test_one_world_and_no_arm() -> None:
    alone = pay_back(monthly(baseline=[[0.0, 0.0]], a=[[-1.0, 2.0]])).iloc[0]
    assert alone["pay_back_month"] == 2.0
    assert math.isnan(alone["pay_back_early"]) and math.isnan(alone["pay_back_late"])
    assert pay_back(monthly(baseline=[[0.0, 0.0]])).empty


def test_monthly_results_add_up_to_the_measures(study: Study) -> None:
    keys = ["assumptions", "replication", "strategy"]
    sums = study.table("money").groupby(keys).sum()
    runs = study.runs.set_index(keys).loc[sums.index]
    for column, measure in (("new_lending_cny", "risk_adjusted_profit"),
                            ("legacy_cny", "legacy_profit")):  # fmt: skip
        assert sums[column].tolist() == pytest.approx(runs[measure].tolist(), rel=1e-9)
    cost = runs["strategy_cost"] + runs["legacy_strategy_cost"]
    assert sums["strategy_cost_cny"].tolist() == pytest.approx(cost.tolist(), rel=1e-9)
    assert (cost > 0.0).any()


def test_what_is_still_to_come_stands_in_the_last_month() -> None:
    scenario = load_scenario(
        "downturn", enterprises=150, months=6, burn_in_months=24, run_off_months=2
    )
    model = LoanPortfolio(scenario, seed=3)
    model.run()
    new, old = model.earnings(NEW_LENDING), model.earnings(LEGACY)
    assert old.to_come != 0.0
    rows = table.rows(model)
    assert rows["month"].tolist() == list(range(8))
    last = (old.result[-1] + old.to_come) * old.factor[-1] * model.scale / 100
    assert rows["legacy_cny"].iloc[-1] == pytest.approx(last)
    first = new.result[0] * model.scale / 100
    assert rows["new_lending_cny"].iloc[0] == pytest.approx(first)
