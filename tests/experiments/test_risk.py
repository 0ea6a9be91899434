"""Losses over worlds: known distributions, refusals, edges."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hand_made import table
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.integrate import quad

from experiments.risk import (
    COLUMNS,
    expected_shortfall,
    refusals,
    risk,
    tail,
    value_at_risk,
    worlds_needed,
)

LOSSES = st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=200)


def closed_form(law: stats.rv_continuous, level: float) -> tuple[float, float]:
    """VaR and expected shortfall of a law."""
    beyond, _ = quad(law.ppf, level, 1.0)
    return float(law.ppf(level)), beyond / (1.0 - level)


@pytest.mark.parametrize("law", [stats.norm(1.0, 0.2), stats.gumbel_r(1.0, 0.2)])
@pytest.mark.parametrize("level", [0.95, 0.99])
def test_known_laws_are_found_within_their_errors(law: stats.rv_continuous, level: float) -> None:
    var, shortfall = closed_form(law, level)
    found = tail(law.rvs(size=4_000, random_state=7), level)
    assert found["var_low"] < var < found["var_high"]
    assert found["shortfall_low"] < shortfall < found["shortfall_high"]
    assert found["var"] == pytest.approx(var, rel=0.05)
    assert found["expected_shortfall"] == pytest.approx(shortfall, rel=0.05)


def test_the_error_of_expected_shortfall_is_that_of_manistre_and_hancock() -> None:
    law, level, worlds = stats.norm(), 0.95, 4_000
    losses = law.rvs(size=worlds, random_state=3)
    var, shortfall = closed_form(law, level)
    beyond, _ = quad(lambda p: law.ppf(p) ** 2, level, 1.0)
    variance = beyond / (1.0 - level) - shortfall**2
    expected = (variance + level * (shortfall - var) ** 2) / (worlds * (1.0 - level))
    assert tail(losses, level)["shortfall_error"] == pytest.approx(math.sqrt(expected), rel=0.1)


def test_intervals_of_var_hold_as_often_as_they_say() -> None:
    rng, true, samples = np.random.default_rng(2), stats.norm.ppf(0.95), 120
    held = 0
    for _ in range(samples):
        found = tail(rng.normal(size=100), 0.95)
        assert found["var_low"] <= found["var"] <= found["var_high"]
        held += bool(found["var_low"] <= true <= found["var_high"])
    assert stats.binomtest(held, samples, 0.95, alternative="less").pvalue > 0.01


def test_a_hundred_losses_by_hand() -> None:
    losses = np.random.default_rng(1).permutation(np.arange(1.0, 101.0))
    assert value_at_risk(losses, 0.95) == 95.0
    assert expected_shortfall(losses, 0.95) == pytest.approx(98.0)
    assert expected_shortfall(losses, 0.975) == pytest.approx((98 * 0.5 + 99 + 100) / 2.5)
    both = np.stack([losses, -losses])
    assert expected_shortfall(both, 0.95).tolist() == pytest.approx([98.0, -3.0])
    assert expected_shortfall(both.T, 0.95, axis=0).tolist() == pytest.approx([98.0, -3.0])


@settings(deadline=None)
@given(LOSSES, st.floats(0.05, 0.999))
def test_shortfall_lies_between_var_and_the_largest_loss(losses: list[float], level: float) -> None:
    values = np.array(losses)
    shortfall = float(expected_shortfall(values, level))
    assert value_at_risk(values, level) - 1e-6 <= shortfall <= values.max() + 1e-6
    assert shortfall >= values.mean() - 1e-6
    assert float(expected_shortfall(values + 5.0, level)) == pytest.approx(shortfall + 5.0)


@pytest.mark.parametrize(("level", "worlds"), [(0.95, 72), (0.99, 368), (0.999, 3688)])
def test_a_level_is_refused_until_its_interval_has_both_ends(level: float, worlds: int) -> None:
    assert worlds_needed(level) == worlds_needed(1.0 - level) == worlds
    losses = np.random.default_rng(1).normal(size=worlds)
    few = stats.quantile_test(losses[1:], p=level).confidence_interval(0.95)
    assert math.isnan(few.high)
    assert math.isnan(tail(losses[1:], level)["var"])
    if worlds < 1_000:
        found = tail(losses, level)
        assert not any(math.isnan(value) for value in found.values())


def test_the_table_tells_levels_it_carries_and_refuses_the_rest() -> None:
    losses = np.random.default_rng(4).gumbel(0.02, 0.005, 100)
    runs = table(losses.tolist(), a=(0.5 * losses).tolist()).assign(net_credit_loss=1.0)
    found = risk(runs)
    assert list(found.columns) == list(COLUMNS)
    rows = found[found["measure"] == "loss_rate"].set_index(["strategy", "level"])
    own = rows.loc[("baseline", 0.95)]
    assert own["expected_loss"] == pytest.approx(losses.mean())
    interval = stats.ttest_1samp(losses, 0.0).confidence_interval(0.95)
    assert (own["expected_low"], own["expected_high"]) == pytest.approx(tuple(interval))
    assert own["standard_deviation"] == pytest.approx(losses.std(ddof=1))
    assert own["unexpected_loss"] == pytest.approx(own["var"] - losses.mean()) and own["var"] > 0.02
    halved = rows.loc[("a", 0.95), ["expected_loss", "unexpected_loss", "expected_shortfall"]]
    assert (2.0 * halved).tolist() == pytest.approx(
        own[["expected_loss", "unexpected_loss", "expected_shortfall"]].tolist()
    )
    refused = rows.xs(0.99, level="level")
    assert refused[["var", "unexpected_loss", "expected_shortfall"]].isna().all(axis=None)
    assert refused["expected_loss"].notna().all()
    sentences = refusals(found)
    assert len(sentences) == 2
    assert sentences[0].endswith("99 %: an interval takes at least 368 worlds, here are 100.")
    assert sentences[1].endswith("99.9 %: an interval takes at least 3,688 worlds, here are 100.")


def test_equal_losses_two_worlds_one_world_and_holes() -> None:
    same = tail(np.full(80, 3.0), 0.95)
    assert (same["var"], same["var_low"], same["expected_shortfall"]) == (3.0, 3.0, 3.0)
    assert math.isnan(same["shortfall_error"])
    two = risk(table([1.0, 3.0]), ["loss_rate"], [0.95]).iloc[0]
    assert (two["expected_loss"], two["standard_deviation"]) == pytest.approx((2.0, math.sqrt(2)))
    assert math.isnan(two["var"])
    one = risk(table([1.0]), ["loss_rate"], [0.95]).iloc[0]
    assert one["expected_loss"] == 1.0 and math.isnan(one["standard_deviation"])
    hole = risk(table([1.0, math.nan, 2.0]), ["loss_rate"], [0.95]).iloc[0]
    assert hole["replications"] == 2 and hole["expected_loss"] == 1.5


def test_kinds_of_worlds_stay_apart() -> None:
    runs = pd.concat([table([1.0, 2.0]), table([3.0, 5.0], mode="drawn")])
    found = risk(runs, ["loss_rate"], [0.95]).set_index("interval")["expected_loss"]
    assert found.to_dict() == {"luck": 1.5, "assumptions": 4.0}
