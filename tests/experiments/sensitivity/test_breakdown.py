"""When the conclusion breaks down, on worlds made by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from experiments.sensitivity.breakdown import breakdown, broken, leader
from experiments.sensitivity.failing import failure_map


def worlds(number: int = 400) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Arm b is better where x < 0.25, else a is; y is idle; luck of 0.2."""
    luck = np.random.default_rng(3)
    values = pd.DataFrame({"x": luck.random(number), "y": luck.random(number),
                           "n": luck.integers(0, 2, number).astype(float)})  # fmt: skip
    a = 1.0 + 0.2 * luck.normal(size=number)
    b = a + np.where(values["x"] < 0.25, -0.5, 0.5) + 0.2 * luck.normal(size=number)
    return values, pd.DataFrame({"baseline": a + 2.0, "a": a, "b": b})


def test_the_one_assumption_that_breaks_the_ranking_is_found() -> None:
    values, table = worlds()
    assert leader(table, "loss_rate") == "a"
    found = breakdown(values, table, "loss_rate")
    assert len(found) == 4 + 4 + 2
    other = broken(found)
    assert other["factor"].tolist() == ["x"] and other["verdict"].tolist() == ["breaks"]
    row = other.iloc[0]
    assert (row["first"], row["rival"]) == ("b", "b") and row["to"] < 0.3
    assert row["share_low"] < row["leader_share"] < row["share_high"] < 0.2
    assert row["gap"] == pytest.approx(-0.45, abs=0.1)
    holds = found[(found["factor"] == "x") & (found["from"] > 0.26)]
    assert (holds["verdict"] == "holds").all() and (holds["gap"] > 0.4).all()


def test_highest_is_best_for_profit_and_nothing_breaks_where_one_arm_always_wins() -> None:
    values, table = worlds()
    table["b"] = table["a"] - 1.0
    assert leader(table, "risk_adjusted_profit") == "baseline"
    found = breakdown(values, table, "risk_adjusted_profit")
    assert broken(found).empty and (found["verdict"] == "holds").all()
    assert (found["leader_share"] == 1.0).all()


def test_what_luck_alone_makes_is_not_resolved() -> None:
    values, _ = worlds()
    luck = np.random.default_rng(4)
    same = pd.DataFrame(luck.normal(size=(400, 2)), columns=["a", "b"])
    found = breakdown(values, same, "loss_rate")
    assert "breaks" not in set(found["verdict"])


def test_no_map_of_a_single_failure() -> None:
    values, _ = worlds(20)
    failed = np.zeros(20, dtype=bool)
    failed[0] = True
    assert failure_map(values, failed).empty
