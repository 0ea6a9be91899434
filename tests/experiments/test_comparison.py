"""The comparison is a pure function of a table of runs: known numbers, laws, edges."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hand_made import table
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from experiments.comparison import COLUMNS, comparison, ranking

PROMISED = [
    "strategy", "measure", "baseline_mean", "strategy_mean", "difference", "ci_low", "ci_high",
    "relative_change", "relative_low", "relative_high", "standard_error", "replications",
    "interval", "unit",
]  # fmt: skip


def only_row(runs: pd.DataFrame) -> pd.Series:
    rows = comparison(runs)
    assert len(rows) == 1
    return rows.iloc[0]


def test_the_columns_are_those_that_were_promised() -> None:
    assert list(COLUMNS) == PROMISED
    assert list(comparison(table([1.0, 2.0], a=[1.0, 1.0])).columns) == PROMISED
    assert list(comparison(table([1.0, 2.0])).columns) == PROMISED


def test_a_worked_example_equals_scipys_paired_t_interval() -> None:
    base, arm = [0.04, 0.05, 0.03, 0.06], [0.03, 0.045, 0.02, 0.04]
    row = only_row(table(base, a=arm))
    expected = stats.ttest_rel(arm, base).confidence_interval(0.95)
    assert row["difference"] == pytest.approx(-0.01125)
    assert row["baseline_mean"] == pytest.approx(0.045)
    assert row["strategy_mean"] == pytest.approx(0.03375)
    assert (row["ci_low"], row["ci_high"]) == pytest.approx((expected.low, expected.high))
    assert row["standard_error"] == pytest.approx(stats.sem(np.subtract(arm, base)))
    assert row["relative_change"] == pytest.approx(-0.25)
    assert (row["replications"], row["interval"], row["unit"]) == (4, "luck", "share")


def test_the_relative_interval_is_that_of_a_bootstrap() -> None:
    rng = np.random.default_rng(5)
    base = rng.gamma(9.0, 0.005, 200)
    arm = 0.8 * base + rng.normal(0.0, 0.004, 200)
    row = only_row(table(base.tolist(), a=arm.tolist()))
    resampled = stats.bootstrap(
        (base, arm), lambda b, a: a.mean() / b.mean() - 1.0, paired=True, vectorized=False,
        n_resamples=4000, method="percentile", rng=rng,
    ).confidence_interval  # fmt: skip
    assert row["relative_low"] == pytest.approx(resampled.low, abs=0.004)
    assert row["relative_high"] == pytest.approx(resampled.high, abs=0.004)


def test_drawn_worlds_make_the_other_interval() -> None:
    runs = pd.concat([
        table([1.0, 2.0, 3.0], a=[1.0, 1.0, 1.0]),
        table([2.0, 2.0, 3.0], "drawn", a=[1.0, 1.5, 1.0]),
    ])  # fmt: skip
    rows = comparison(runs).set_index("interval")
    assert rows["difference"].to_dict() == pytest.approx({"luck": -1.0, "assumptions": -3.5 / 3})


def test_one_world_has_a_difference_but_no_interval() -> None:
    row = only_row(table([0.04], a=[0.03]))
    assert row["difference"] == pytest.approx(-0.01)
    assert row["relative_change"] == pytest.approx(-0.25)
    for name in ("ci_low", "ci_high", "relative_low", "relative_high", "standard_error"):
        assert math.isnan(row[name]), name


def test_nothing_is_relative_to_zero() -> None:
    row = only_row(table([0.0, 0.0], a=[1.0, 2.0], measure="strategy_cost"))
    assert row["difference"] == pytest.approx(1.5)
    assert math.isnan(row["relative_change"]) and math.isnan(row["relative_low"])


def test_a_gain_over_a_loss_is_positive() -> None:
    row = only_row(table([-10.0, -11.0, -9.0], a=[-5.0, -5.5, -4.5]))
    assert row["relative_change"] == pytest.approx(0.5)
    assert row["relative_low"] <= 0.5 <= row["relative_high"]


def test_a_baseline_that_may_be_zero_gives_no_relative_interval() -> None:
    row = only_row(table([-10.0, 11.0, 2.0], a=[-5.0, 5.5, 4.0]))
    assert math.isnan(row["relative_low"]) and not math.isnan(row["ci_low"])


def test_worlds_without_a_partner_do_not_count() -> None:
    runs = table([1.0, 2.0, math.nan, 4.0], a=[2.0, 3.0, 4.0, 5.0])
    lost = (runs["strategy"] == "a") & (runs["replication"] == 3)
    row = only_row(runs[~lost])
    assert (row["replications"], row["difference"]) == (2, 1.0)


def test_the_order_of_rows_does_not_matter() -> None:
    runs = table([0.1, 0.3, 0.2], a=[0.2, 0.1, 0.3], b=[0.3, 0.2, 0.1])
    shuffled = comparison(runs.sample(frac=1.0, random_state=3))
    by = ["strategy", "measure"]
    pd.testing.assert_frame_equal(
        comparison(runs).sort_values(by, ignore_index=True),
        shuffled.sort_values(by, ignore_index=True),
    )


def test_worlds_without_a_baseline_compare_nothing() -> None:
    fixed, drawn = table([1.0], a=[3.0]), table([1.0], a=[1.0], mode="drawn")
    runs = pd.concat([fixed, drawn[drawn["strategy"] != "baseline"]])
    found = comparison(runs)
    assert found[["interval", "difference"]].to_numpy().tolist() == [["luck", 2.0]]
    assert comparison(runs[runs["strategy"] != "baseline"]).empty


VALUES = st.lists(
    st.tuples(st.floats(0.01, 1.0), st.floats(0.01, 1.0)), min_size=2, max_size=12
)  # fmt: skip
ABSOLUTE = ["difference", "ci_low", "ci_high", "standard_error"]
RELATIVE = ["relative_change", "relative_low", "relative_high"]


def row_of(worlds: list[tuple[float, float]], shift: float = 0.0, scale: float = 1.0) -> pd.Series:
    base, arm = (np.array(values) * scale + shift for values in zip(*worlds, strict=True))
    return only_row(table(base.tolist(), a=arm.tolist()))


@settings(deadline=None)
@given(VALUES, st.floats(-5.0, 5.0))
def test_a_shift_of_both_arms_changes_no_difference(
    worlds: list[tuple[float, float]], shift: float
) -> None:
    plain, moved = row_of(worlds)[ABSOLUTE], row_of(worlds, shift=shift)[ABSOLUTE]
    assert moved.tolist() == pytest.approx(plain.tolist(), abs=1e-9, nan_ok=True)


@settings(deadline=None)
@given(VALUES, st.floats(0.1, 50.0))
def test_another_unit_scales_differences_and_leaves_shares(
    worlds: list[tuple[float, float]], scale: float
) -> None:
    plain, scaled = row_of(worlds), row_of(worlds, scale=scale)
    expected = (plain[ABSOLUTE].astype(float) * scale).tolist()
    assert scaled[ABSOLUTE].tolist() == pytest.approx(expected, rel=1e-6, abs=1e-9, nan_ok=True)
    if not (np.isnan(plain["relative_low"]) or np.isnan(scaled["relative_low"])):
        assert scaled[RELATIVE].tolist() == pytest.approx(
            plain[RELATIVE].tolist(), rel=1e-6, abs=1e-9
        )


@settings(deadline=None)
@given(VALUES)
def test_a_difference_lies_in_its_intervals(worlds: list[tuple[float, float]]) -> None:
    row = row_of(worlds)
    assert row["ci_low"] <= row["difference"] <= row["ci_high"]
    if not np.isnan(row["relative_low"]):
        assert row["relative_low"] <= row["relative_change"] <= row["relative_high"]


def test_ranks_count_worlds_share_ties_and_leave_combinations_out() -> None:
    runs = table(
        [3.0, 3.0, 1.0, 3.0], a=[1.0, 2.0, 2.0, 2.0], b=[2.0, 2.0, 3.0, 1.0],
        **{"a+b": [0.0, 0.0, 0.0, 0.0]},
    )  # fmt: skip
    found = ranking(runs).set_index("strategy")
    assert found["share"].to_dict() == pytest.approx({"baseline": 0.25, "a": 0.375, "b": 0.375})
    assert set(found["replications"]) == {4}


def test_profit_is_best_where_it_is_highest() -> None:
    runs = table([1.0, 2.0], a=[2.0, 3.0], measure="risk_adjusted_profit")
    assert ranking(runs).set_index("strategy")["share"]["a"] == 1.0
