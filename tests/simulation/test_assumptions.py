"""Drawn assumptions: inside their ranges, keyed by name, the same for all arms."""

from __future__ import annotations

import zlib
from typing import Any

import numpy as np
import pytest
from scipy import stats

from agents.parameters import Parameter, all_parameters
from scenarios import load_scenario
from simulation import LoanPortfolio, assumptions
from simulation.assumptions import drawn_values, range_of_doubt

BASE = load_scenario("l_bank")
DECLARED = all_parameters()
DOUBTFUL = {n: range_of_doubt(p) for n, p in DECLARED.items() if range_of_doubt(p) is not None}


def test_what_is_drawn_is_what_is_assumed() -> None:
    drawn = drawn_values(BASE, 1, 0)
    assert set(drawn) <= set(DOUBTFUL)
    assert len(drawn) > 50
    for name in set(DOUBTFUL) - set(drawn):  # only where a file went outside the range itself
        low, high = DOUBTFUL[name]
        assert not low <= BASE.parameters[name] <= high, name
    verified = [n for n, p in DECLARED.items() if p.mark in ("V", "C", "D")]
    assert not set(drawn) & set(verified)


@pytest.fixture(scope="module")
def drawn() -> list[dict[str, float]]:
    """What is drawn in each of 200 replications."""
    return [drawn_values(BASE, 3, replication) for replication in range(200)]


def test_values_lie_in_their_ranges_and_bounds(drawn: list[dict[str, float]]) -> None:
    for values in drawn:
        for name, value in values.items():
            low, high = DOUBTFUL[name]
            assert low <= value <= high, name
            allowed = DECLARED[name].allowed
            assert allowed[0] <= value <= allowed[1], name
            if DECLARED[name].integer:
                assert value.is_integer(), name


@pytest.mark.parametrize("name", ["setback_probability", "file_error_share", "detection"])
def test_values_are_triangular_about_the_scenarios(
    name: str, drawn: list[dict[str, float]]
) -> None:
    low, high = DOUBTFUL[name]
    mode = BASE.parameters[name]
    values = [world[name] for world in drawn]
    shape = stats.triang((mode - low) / (high - low), loc=low, scale=high - low)
    assert stats.kstest(values, shape.cdf).pvalue > 1e-3


def test_draws_of_two_parameters_are_independent(drawn: list[dict[str, float]]) -> None:
    names = ["setback_probability", "owner_draw", "detection", "file_hours", "wealth_median"]
    table = np.array([[world[name] for name in names] for world in drawn])
    correlation = np.corrcoef(table.T) - np.eye(len(names))
    assert np.abs(correlation).max() < 4.0 / np.sqrt(len(table))


def test_replications_differ_and_repeat() -> None:
    assert drawn_values(BASE, 1, 0) == drawn_values(BASE, 1, 0)
    assert drawn_values(BASE, 1, 0) != drawn_values(BASE, 1, 1)
    assert drawn_values(BASE, 1, 0) != drawn_values(BASE, 2, 0)


def test_a_new_parameter_changes_no_other_draw(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where it comes first: the key of a draw is the name."""
    before = drawn_values(BASE, 1, 0)
    extra = Parameter(0.5, "share", "a test", (0.0, 1.0), "A", "test", (0.2, 0.8))
    more = {"aardvark": extra, **DECLARED}
    monkeypatch.setattr(assumptions, "all_parameters", lambda: more)
    scenario = load_scenario("l_bank")
    object.__setattr__(scenario, "parameters", {**scenario.parameters, "aardvark": 0.5})
    after = drawn_values(scenario, 1, 0)
    assert 0.2 <= after.pop("aardvark") <= 0.8
    assert after == before


def test_names_have_distinct_keys() -> None:
    """Two names of one hash would share their luck."""
    keys = {zlib.crc32(name.encode()) for name in DECLARED}
    assert len(keys) == len(DECLARED)


def test_a_value_outside_its_range_is_left_alone() -> None:
    own = load_scenario("l_bank", setback_probability=0.5)
    assert "setback_probability" not in drawn_values(own, 1, 0)
    others = drawn_values(BASE, 1, 0)
    others.pop("setback_probability")
    assert drawn_values(own, 1, 0) == others


def test_a_value_at_the_end_of_its_range_can_be_drawn() -> None:
    for value in DOUBTFUL["setback_probability"]:
        own = load_scenario("l_bank", setback_probability=value)
        low, high = DOUBTFUL["setback_probability"]
        assert low <= drawn_values(own, 1, 0)["setback_probability"] <= high


def test_a_world_of_drawn_assumptions_uses_them_in_all_arms(tiny: Any) -> None:
    scenario = tiny()
    model = LoanPortfolio(scenario, seed=2, replication=5, drawn=True)
    drawn = drawn_values(scenario, 2, 5)
    expected = {**scenario.parameters, **drawn}
    arm = model.fork(["risk_warning"])
    assert model.parameters == arm.parameters == expected
    model.step()
    p = model._world.desk[0].p
    assert {name: float(p[name]) for name in p.dtype.names} == expected
    assert not np.array_equal(
        model._world.enterprises["cash_fen"],
        LoanPortfolio(scenario, seed=2, replication=5)._world.enterprises["cash_fen"],
    )


def test_effect_of_strategies_is_in_doubt_too(tiny: Any, drawn: list[dict[str, float]]) -> None:
    effects = [world["strategy_effect"] for world in drawn]
    assert 0.4 <= min(effects) < 0.8 < max(effects) <= 1.0
    whole = LoanPortfolio(tiny(strategy_effect=1.0, burn_in_months=0), ["pay_for_quality"])
    half = LoanPortfolio(tiny(strategy_effect=0.5, burn_in_months=0), ["pay_for_quality"])
    for model in (whole, half):
        model._month = 12
        model._set_parameters()
    start = whole.parameters["volume_weight"]
    moved = [start - float(m._world.desk[0].p["volume_weight"]) for m in (whole, half)]
    assert moved[0] > 0.1
    assert moved[1] == pytest.approx(0.5 * moved[0])
