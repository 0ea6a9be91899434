"""Money of a strategy: by hand, signs, Fieller, chances, equal volume."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from experiments import Study
from experiments.money import COLUMNS, PARTS, money, probability_positive, ratio_of_means
from experiments.references import REFERENCES

MEASURES = tuple(dict.fromkeys(name for part in PARTS.values() for name in part))


def runs_of(mode: str = "fixed", **arms: dict[str, list[float]]) -> pd.DataFrame:
    """A table of runs; arms: measure -> value in each world, others 0."""
    rows = [
        pd.DataFrame({**dict.fromkeys(MEASURES, 0.0), **values}).rename_axis("replication")
        .reset_index().assign(assumptions=mode, strategy=arm)
        for arm, values in arms.items()
    ]  # fmt: skip
    return pd.concat(rows, ignore_index=True)


BASE = {
    "risk_adjusted_profit": [10.0, 20.0, 30.0], "legacy_profit": [5.0, 5.0, 5.0],
    "net_credit_loss": [8.0, 9.0, 10.0], "legacy_net_credit_loss": [4.0, 4.0, 4.0],
}  # fmt: skip
BETTER = {
    "risk_adjusted_profit": [13.0, 21.0, 29.0], "legacy_profit": [6.0, 7.0, 8.0],
    "strategy_cost": [2.0, 2.0, 2.0], "legacy_strategy_cost": [1.0, 1.0, 1.0],
    "net_credit_loss": [5.0, 6.5, 7.0], "legacy_net_credit_loss": [3.0, 2.5, 3.0],
}  # fmt: skip


def row_of(found: pd.DataFrame) -> pd.Series:
    assert len(found) == 1
    return found.iloc[0]


def test_money_by_hand() -> None:
    row = row_of(money(runs_of(baseline=BASE, a=BETTER), ["a"]))
    assert tuple(row.index) == COLUMNS
    assert (row["interval"], row["strategy"], row["reference"]) == ("luck", "a", "baseline")
    assert row["new_lending"] == pytest.approx(1.0) and row["legacy"] == pytest.approx(2.0)
    assert row["npv"] == pytest.approx(3.0)
    assert row["cost"] == pytest.approx(3.0)
    assert row["loss_avoided"] == pytest.approx((4.0 + 4.0 + 4.0) / 3)
    assert row["cost_per_loss_avoided"] == pytest.approx(0.75)
    worlds = stats.ttest_1samp([4.0, 3.0, 2.0], 0.0).confidence_interval(0.95)
    assert (row["npv_low"], row["npv_high"]) == pytest.approx(tuple(worlds))
    assert row["probability_positive"] == 1.0 and row["replications"] == 3


def test_what_makes_losses_larger_avoids_none_and_has_no_price() -> None:
    worse = {**BETTER, "net_credit_loss": [15.0, 16.5, 17.0], "risk_adjusted_profit": [0.0] * 3}
    row = row_of(money(runs_of(baseline=BASE, a=worse), ["a"]))
    assert row["loss_avoided"] == pytest.approx(-6.0) and row["loss_avoided_high"] < 0.0
    assert row["npv"] < 0.0 and row["probability_positive"] == 0.0
    assert math.isnan(row["cost_per_loss_avoided"])


def test_a_loss_that_may_not_be_avoided_has_no_price() -> None:
    unsure = {**BETTER, "net_credit_loss": [0.0, 9.0, 10.0], "legacy_net_credit_loss": [4.0] * 3}
    row = row_of(money(runs_of(baseline=BASE, a=unsure), ["a"]))
    assert row["loss_avoided"] > 0.0 > row["loss_avoided_low"]
    assert row[["cost_per_loss_avoided", "cost_per_loss_low", "cost_per_loss_high"]].isna().all()


def test_worlds_without_a_value_two_worlds_one_world_and_no_arm() -> None:
    holes = {**BETTER, "legacy_profit": [6.0, math.nan, 8.0]}
    row = row_of(money(runs_of(baseline=BASE, a=holes), ["a"]))
    assert row["replications"] == 2 and row["npv"] == pytest.approx((4.0 + 2.0) / 2)
    single = runs_of(baseline=BASE, a=BETTER).query("replication == 0")
    alone = row_of(money(single, ["a"]))
    assert alone["npv"] == pytest.approx(4.0) and math.isnan(alone["npv_low"])
    assert math.isnan(alone["cost_per_loss_avoided"]) and alone["probability_low"] < 0.1
    assert money(runs_of(baseline=BASE), ["a"]).empty  # an arm that failed everywhere


def test_kinds_of_worlds_stay_apart() -> None:
    both = pd.concat([
        runs_of(baseline=BASE, a=BETTER),
        runs_of("drawn", baseline=BETTER, a=BASE),
    ])  # fmt: skip
    assert money(both, ["a"]).set_index("interval")["npv"].to_dict() == pytest.approx(
        {"luck": 3.0, "assumptions": -3.0}
    )


def test_a_chance_is_a_share_of_worlds_with_a_binomial_interval() -> None:
    share, low, high = probability_positive(np.array([1.0, -1.0, 0.0, 2.0]))
    assert share == 0.5  # what is worth nothing is not worth more than nothing
    exact = stats.binomtest(2, 4).proportion_ci(0.95)
    assert (low, high) == pytest.approx((exact.low, exact.high))
    assert all(math.isnan(value) for value in probability_positive(np.array([])))


def test_fiellers_interval_has_ratios_that_do_not_differ_from_the_found_one() -> None:
    rng = np.random.default_rng(1)
    below = rng.normal(2.0, 1.0, 30)
    above = 0.5 * below + rng.normal(0.3, 0.4, 30)
    ratio, low, high = ratio_of_means(above, below)
    assert ratio == pytest.approx(above.mean() / below.mean()) and low < ratio < high
    for end in (low, high):
        assert stats.ttest_1samp(above - end * below, 0.0).pvalue == pytest.approx(0.05)


@settings(deadline=None)
@given(st.floats(0.1, 5.0), st.floats(-5.0, 5.0), st.integers(0, 50))
def test_a_ratio_scales_with_what_stands_above(scale: float, level: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    below, above = rng.normal(3.0, 1.0, 20), rng.normal(level, 1.0, 20)
    plain, scaled = ratio_of_means(above, below), ratio_of_means(scale * above, below)
    assert scaled == pytest.approx(tuple(scale * x for x in plain), rel=1e-6, abs=1e-9)
    assert plain[1] <= plain[0] <= plain[2]


def test_a_ratio_without_a_sure_positive_lower_mean_is_unknown() -> None:
    ones = np.ones(3)
    for below in (np.array([-1.0, 1.0, 2.0]), -ones - np.arange(3) / 10, np.zeros(3)):
        assert all(math.isnan(value) for value in ratio_of_means(ones, below))
    assert ratio_of_means(np.zeros(3), ones) == pytest.approx((0.0, 0.0, 0.0))


def test_at_equal_volume_only_what_is_better_than_lending_less_counts() -> None:
    volume = REFERENCES[0]
    lent = {"tighter_cutoff x -1": 120.0, "baseline": 100.0, "tighter_cutoff": 80.0,
            "tighter_cutoff x 4": 20.0, "a": 90.0}  # fmt: skip
    runs = runs_of(**{
        arm: {"disbursed": [x - 1.0, x, x + 1.0],
              "net_credit_loss": [0.1 * x - 0.1, 0.1 * x, 0.1 * x + 0.1],
              "risk_adjusted_profit": [0.2 * x] * 3}
        for arm, x in lent.items()
    })  # fmt: skip
    own = runs["strategy"] == "a"
    runs.loc[own, "net_credit_loss"] -= 2.0
    runs.loc[own, "strategy_cost"] = 1.0
    found = money(runs, ["a"], [volume]).set_index("reference")
    assert found["loss_avoided"].to_dict() == pytest.approx({"baseline": 3.0, "equal_volume": 2.0})
    assert found["npv"].to_dict() == pytest.approx({"baseline": -2.0, "equal_volume": 0.0})
    assert found["cost_per_loss_avoided"].to_dict() == pytest.approx(
        {"baseline": 1 / 3, "equal_volume": 0.5}
    )


def test_new_lending_and_legacy_book_are_those_of_the_comparison(study: Study) -> None:
    found = money(study.all_runs, study.strategies[1:]).set_index(["interval", "strategy"])
    told = study.comparison().set_index(["interval", "strategy", "measure"])["difference"]
    for key, row in found.iterrows():
        assert row["new_lending"] == pytest.approx(told[*key, "risk_adjusted_profit"])
        assert row["legacy"] == pytest.approx(told[*key, "legacy_profit"], abs=1e-6)
        assert row["npv"] == pytest.approx(row["new_lending"] + row["legacy"])
