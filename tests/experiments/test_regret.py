"""Expected regret: worked by hand, bounds, signs."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hand_made import table
from hypothesis import given, settings
from hypothesis import strategies as st

from experiments.regret import COLUMNS, regret

WORLDS = st.lists(st.tuples(*[st.floats(-10.0, 10.0)] * 3), min_size=1, max_size=8)


def profits(**arms: list[float]) -> pd.DataFrame:
    return regret(table(measure="risk_adjusted_profit", **arms)).set_index("strategy")


def test_regret_is_worked_by_hand() -> None:
    found = profits(baseline=[1.0, 3.0], a=[3.0, 2.0], **{"a+b": [9.0, 9.0]})
    assert found.index.tolist() == ["baseline", "a"]
    assert found["most_regret"].tolist() == [1.0, 0.5]
    assert found["least_regret"].tolist() == [0.5, 0.0]
    assert found["unit"].tolist() == ["CNY", "CNY"]
    assert found["standard_error"].tolist() == [1.0, 0.5]


def test_the_lowest_loss_rate_is_the_best() -> None:
    found = regret(table([0.05, 0.03], a=[0.02, 0.04])).set_index("strategy")
    assert found["most_regret"].tolist() == pytest.approx([0.015, 0.005])
    assert found["least_regret"].tolist() == pytest.approx([0.01, 0.0])


def test_an_arm_that_always_wins_is_never_regretted() -> None:
    found = profits(baseline=[1.0, 2.0, 0.0], a=[2.0, 3.0, 0.5], b=[0.0, 3.0, 0.0])
    assert (
        found.loc["a", ["least_regret", "most_regret", "ci_low", "ci_high"]].tolist() == [0.0] * 4
    )
    assert (found.drop(index="a")["most_regret"] > 0.0).all()


@settings(deadline=None)
@given(WORLDS)
def test_regret_is_never_negative_and_the_bounds_are_in_order(
    worlds: list[tuple[float, float, float]],
) -> None:
    columns = [list(column) for column in zip(*worlds, strict=True)]
    found = profits(baseline=columns[0], a=columns[1], b=columns[2])
    assert (found["least_regret"] >= 0.0).all()
    assert (found["least_regret"] <= found["most_regret"] + 1e-9).all()
    assert found["least_regret"].min() == 0.0


def test_with_known_effects_both_bounds_meet_and_luck_lies_above() -> None:
    rng = np.random.default_rng(1)
    common, luck = rng.normal(size=500), rng.normal(size=500)
    sure = profits(baseline=common.tolist(), a=(common + 1.0).tolist())
    assert sure.loc["baseline", ["least_regret", "most_regret"]].tolist() == pytest.approx(
        [1.0, 1.0]
    )
    lucky = profits(baseline=common.tolist(), a=(common + luck).tolist())
    folded = math.sqrt(1.0 / (2.0 * math.pi))  # mean of the positive part of a normal deviate
    row = lucky.loc["baseline"]
    assert row["ci_low"] < folded < row["ci_high"]
    assert row["least_regret"] < 0.2


def test_one_world_no_world_and_worlds_without_a_value() -> None:
    one = profits(baseline=[1.0], a=[2.0])
    assert one["most_regret"].tolist() == [1.0, 0.0] and one["ci_low"].isna().all()
    holes = profits(baseline=[1.0, math.nan, 5.0], a=[2.0, 9.0, 4.0])
    assert holes["replications"].tolist() == [2, 2]
    assert holes["most_regret"].tolist() == [0.5, 0.5]
    assert list(regret(table([1.0], measure="lgd")).columns) == list(COLUMNS)
