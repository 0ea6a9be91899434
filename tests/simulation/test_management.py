"""Strategies: adoption, composition, bounds, cost."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from agents.parameters import all_parameters
from scenarios import load_scenario
from simulation import LoanPortfolio, Strategy, StrategyError
from simulation.management import adoption, managed_values, monthly_cost_fen, reach

BASE = load_scenario("l_bank")
STRATEGIES = BASE.strategies
DECLARED = all_parameters()
CLOSABLE = [n for n, p in DECLARED.items() if p.strong is not None]
GRADUAL = [n for n in CLOSABLE if DECLARED[n].weak is not None]


def strategy(**changes: Any) -> Strategy:
    """A strategy in force at once and in full."""
    return replace(Strategy("own", "Own", "自"), **{"half_month": 0.0, **changes})


# --- adoption -----------------------------------------------------------------------------------


def test_adoption_by_hand() -> None:
    # f(t) = 1 / (1 + exp(-(t - 6) / 1.5)); f(0) = .0179862, f(6) = .5: (.5 - f0) / (1 - f0)
    start = 1.0 / (1.0 + math.exp(4.0))
    assert adoption(6.0, 6.0, 1.5) == pytest.approx((0.5 - start) / (1.0 - start), rel=1e-12)
    assert adoption(0.0, 6.0, 1.5) == 0.0
    assert adoption(-3.0, 6.0, 1.5) == 0.0
    assert adoption(1.0, 0.0, 1.5) == 1.0  # at once
    assert adoption(-1.0, 0.0, 1.5) == 0.0
    assert adoption(200.0, 6.0, 1.5) == pytest.approx(1.0, abs=1e-12)


@given(
    t=st.floats(0, 120), later=st.floats(0, 120), half=st.floats(0, 60), spread=st.floats(0.1, 20)
)
def test_adoption_rises_from_0_to_1(t: float, later: float, half: float, spread: float) -> None:
    less, more = sorted((t, later))
    assert 0.0 <= adoption(less, half, spread) <= adoption(more, half, spread) + 1e-12 <= 1.0 + 1e-9


@pytest.mark.parametrize("name", STRATEGIES)
def test_half_of_the_organisation_about_the_half_month(name: str) -> None:
    s = STRATEGIES[name]
    if s.half_month > 0:
        assert adoption(s.half_month, s.half_month, s.spread_months) == pytest.approx(0.5, abs=0.06)


def test_reach_by_hand() -> None:
    s = strategy(intensity=0.8, coverage=0.5, decay_per_year=0.19, start_month=3)
    assert reach(s, 1) == 0.0  # month 1 ends one month before the start
    # In month 14 it has been in force for 12 months: .8 x .5 x 1 x .81
    assert reach(s, 14) == pytest.approx(0.324, rel=1e-12)
    assert reach(s, 3) == pytest.approx(0.4 * 0.81 ** (1 / 12), rel=1e-12)


@settings(max_examples=50)
@given(month=st.integers(0, 120), parts=st.tuples(*[st.floats(0, 1)] * 3))
def test_reach_is_a_share(month: int, parts: tuple[float, float, float]) -> None:
    s = replace(
        STRATEGIES["risk_warning"], intensity=parts[0], coverage=parts[1], decay_per_year=parts[2]
    )
    assert 0.0 <= reach(s, month) <= 1.0
    assert reach(replace(s, intensity=0.0), month) == 0.0


# --- composition --------------------------------------------------------------------------------


def test_a_closed_gap_by_hand() -> None:
    # check_compliance .55 -> .85: half of the gap, then half of what is left: .85 - .3 x .25
    half = strategy(closes={"check_compliance": 0.5})
    base = {**BASE.parameters, "check_compliance": 0.55}
    assert managed_values(base, [half], 0) == {"check_compliance": pytest.approx(0.70)}
    assert managed_values(base, [half, half], 0) == {"check_compliance": pytest.approx(0.775)}
    full = strategy(closes={"check_compliance": 1.0})
    assert managed_values(base, [full], 0) == {"check_compliance": pytest.approx(0.85)}
    # Only 40 % of the planned effect is reached, of half of the gap: .55 + .3 x .2
    assert managed_values(base, [half], 0, 0.4) == {"check_compliance": pytest.approx(0.61)}


def test_what_is_added_by_hand() -> None:
    base = dict(BASE.parameters)
    hours = strategy(adds={"file_hours": 5.0}, intensity=0.5)
    cutoff = strategy(adds={"cutoff": 0.2})
    both = managed_values(base, [hours, cutoff, cutoff], 0, effect=0.4)  # hours come in full
    assert both == {
        "file_hours": pytest.approx(base["file_hours"] + 2.5),
        "cutoff": pytest.approx(base["cutoff"] + 0.4),
    }


@pytest.mark.parametrize("month", [0, 3, 11, 30])
def test_the_order_of_two_does_not_matter(month: int) -> None:
    for one, other in itertools.permutations(STRATEGIES.values(), 2):
        assert managed_values(BASE.parameters, [one, other], month) == managed_values(
            BASE.parameters, [other, one], month
        )


@pytest.mark.parametrize("month", [0, 3, 11, 30])
def test_the_order_of_many_does_not_matter(month: int) -> None:
    """To the last bit: arms that are the same arm must give the same bytes."""
    some = list(STRATEGIES.values())[:5]
    # Three of one kind move one parameter, so that products of three factors are compared.
    some += [replace(some[0], name=f"again {x}", intensity=x) for x in (0.3, 0.7)]
    some += [strategy(name=f"hours {x}", adds={"file_hours": x}) for x in (0.1, 0.2, 0.3)]
    expected = managed_values(BASE.parameters, some, month)
    rng = np.random.default_rng(1)
    for _ in range(50):
        shuffled = [some[k] for k in rng.permutation(len(some))]
        assert managed_values(BASE.parameters, shuffled, month) == expected


@pytest.mark.parametrize("name", STRATEGIES)
def test_intensity_zero_moves_nothing(name: str) -> None:
    idle = replace(STRATEGIES[name], intensity=0.0)
    for month in range(0, 60, 7):
        assert managed_values(BASE.parameters, [idle], month) == {}
        assert monthly_cost_fen([idle], month, 100.0, 20.0, 12.0) == 0


@settings(max_examples=200, deadline=None)
@given(
    name=st.sampled_from(GRADUAL),
    place=st.floats(0.0, 1.0),
    shares=st.lists(st.floats(0.0, 1.0), min_size=1, max_size=4),
)
def test_a_strategy_moves_towards_strong_and_never_beyond(
    name: str, place: float, shares: list[float]
) -> None:
    p = DECLARED[name]
    assert p.weak is not None and p.strong is not None
    start = p.weak + place * (p.strong - p.weak)
    base = {**BASE.parameters, name: start}
    after = managed_values(base, [strategy(closes={name: s}) for s in shares], 0).get(name, start)
    low, high = sorted((start, p.strong))
    slack = 1e-12 * max(1.0, abs(p.strong))
    assert low - slack <= after <= high + slack


@pytest.mark.parametrize("name", CLOSABLE)
def test_what_is_already_better_stays(name: str) -> None:
    p = DECLARED[name]
    assert p.strong is not None
    weak = p.default if p.weak is None else p.weak
    better = p.strong + 0.1 * (p.strong - weak)
    for value in (p.strong, better):
        base = {**BASE.parameters, name: value}
        assert managed_values(base, [strategy(closes={name: 1.0})], 0) == {}


@settings(max_examples=100)
@given(amount=st.floats(-1e12, 1e12), name=st.sampled_from(["file_hours", "cutoff", "pressure"]))
@example(amount=-1e9, name="file_hours")
def test_what_is_added_stays_in_bounds(amount: float, name: str) -> None:
    low, high = DECLARED[name].allowed
    moved = managed_values(BASE.parameters, [strategy(adds={name: amount})], 0)
    value = moved.get(name, BASE.parameters[name])
    assert low <= value <= high
    assert value == pytest.approx(min(high, max(low, BASE.parameters[name] + amount)))


@pytest.mark.parametrize("name", STRATEGIES)
def test_shipped_strategies_move_what_they_name_and_help(name: str) -> None:
    s = STRATEGIES[name]
    assert set(s.closes) | set(s.adds) <= set(DECLARED)
    full = managed_values(BASE.parameters, [replace(s, decay_per_year=0.0)], 200)
    assert set(full) == set(s.closes) | set(s.adds)
    assert all(0.0 < share <= 1.0 for share in s.closes.values())
    for parameter, value in full.items():
        p = DECLARED[parameter]
        assert p.allowed[0] <= value <= p.allowed[1]
        if parameter in s.closes:
            assert p.strong is not None
            gap = abs(p.strong - BASE.parameters[parameter])
            left = abs(p.strong - value) / gap
            assert left == pytest.approx(1.0 - s.closes[parameter], abs=1e-6)


def test_parameters_in_force_follow_the_strategies_month_by_month(tiny: Any) -> None:
    names = ["pre_loan_process", "tighter_cutoff"]
    model = LoanPortfolio(tiny(burn_in_months=3, months=10, run_off_months=2), names)
    while not model.finished:
        month = model.month
        model.step()
        p = model._world.desk[0].p
        expected = managed_values(model.parameters, model.strategies, month)
        for name, value in model.parameters.items():
            assert p[name] == expected.get(name, value), (month, name)


# --- cost ---------------------------------------------------------------------------------------


def test_cost_by_hand() -> None:
    s = strategy(
        set_up_cny=1_000_000.0, running_cny_per_year=1_200_000.0, per_application_cny=100.0,
        per_officer_cny_per_year=12_000.0, start_month=2,
    )  # fmt: skip
    assert monthly_cost_fen([s], 1, 50.0, 20.0, 10.0) == 0  # not yet
    # Set-up 1 m and running .1 m of a bank ten times as large: .11 m; 20 posts at 1,000; 50
    # applications at 100.
    assert monthly_cost_fen([s], 2, 50.0, 20.0, 10.0) == 100 * (110_000 + 20_000 + 5_000)
    assert monthly_cost_fen([s], 3, 50.0, 20.0, 10.0) == 100 * (10_000 + 20_000 + 5_000)
    assert monthly_cost_fen([s, s], 3, 50.0, 20.0, 10.0) == 200 * (10_000 + 20_000 + 5_000)
    half = replace(s, intensity=0.5)
    assert monthly_cost_fen([half], 3, 50.0, 20.0, 10.0) == 50 * (10_000 + 20_000 + 5_000)
    assert monthly_cost_fen([], 3, 50.0, 20.0, 10.0) == 0


@pytest.mark.parametrize("name", STRATEGIES)
def test_cost_of_the_declared_bank_does_not_depend_on_the_sample(name: str) -> None:
    """A sample a tenth as large has a tenth of posts and applications and ten times the scale."""
    for month in (0, 5, 20):
        large = monthly_cost_fen([STRATEGIES[name]], month, 400.0, 100.0, 2.0) * 2.0
        small = monthly_cost_fen([STRATEGIES[name]], month, 40.0, 10.0, 20.0) * 20.0
        assert small == pytest.approx(large, abs=20.0)


def test_the_scale_is_that_of_the_declared_bank(tiny: Any) -> None:
    scenario = tiny(enterprises=240, burn_in_months=0)
    model = LoanPortfolio(scenario)
    firms = scenario.bank_officers * scenario.parameters["enterprises_per_officer"]
    assert model.scale == firms / 240
    twice = tiny(enterprises=240, burn_in_months=0, bank_officers=2 * scenario.bank_officers)
    assert LoanPortfolio(twice).scale == 2.0 * model.scale


def test_drawn_cost_factor_multiplies_the_cost(tiny: Any) -> None:
    usual = LoanPortfolio(tiny(strategy_cost_factor=1.0), ["risk_warning"])
    dear = LoanPortfolio(tiny(strategy_cost_factor=1.5), ["risk_warning"])
    for model in (usual, dear):
        model.step()
    cost = [m._table.rows["strategy_cost_fen"][-1] for m in (usual, dear)]
    assert cost[1] == pytest.approx(1.5 * cost[0], abs=1.0) and cost[0] > 0


# --- names --------------------------------------------------------------------------------------


def test_names_combine() -> None:
    listed = BASE.strategy_list("risk_warning+staff_ability")
    assert [s.name for s in listed] == ["risk_warning", "staff_ability"]
    assert BASE.strategy_list("baseline") == BASE.strategy_list([]) == ()
    assert BASE.strategy_list(["baseline", "risk_warning"]) == BASE.strategy_list("risk_warning")


def test_unknown_and_doubled_names_are_refused() -> None:
    with pytest.raises(StrategyError, match=r"unknown strategy 'risk_warnin'; known: baseline, "):
        BASE.strategy_list("risk_warnin")
    with pytest.raises(StrategyError, match="named twice in 'risk_warning"):
        BASE.strategy_list("risk_warning+risk_warning")


def test_posts_that_a_strategy_adds_are_staffed_with_newcomers(tiny: Any) -> None:
    scenario = tiny(enterprises=240, enterprises_per_officer=24.0, turnover=0.0, learning_rate=0.0)
    model = LoanPortfolio(scenario)
    more = model.fork([strategy(adds={"extra_officers": 0.5})])
    model.step()
    more.step()
    assert (len(model.officers), len(more.officers)) == (10, 15)
    officers = more._world.officers
    assert np.all(officers["skill"][10:15] == scenario.parameters["newcomer_skill"])
    assert np.all(officers["active"][15:] == 0)
    ours, theirs = model._world.enterprises["officer"], more._world.enterprises["officer"]
    moved = ours != theirs
    assert set(np.unique(theirs[moved])) == set(range(10, 15))
    assert moved.mean() == pytest.approx(1.0 / 3.0, abs=0.12)
    assert np.all(theirs[~moved] < 10)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (
            {"closes": {"action_dys": 0.5}},
            "own: closes 'action_dys' is unknown; nearest known: act",
        ),
        ({"closes": {"hours_per_month": 0.5}}, "closes 'hours_per_month' is unknown"),
        ({"closes": {"action_days": 3.0}}, "closes action_days = 3.0 is not allowed"),
        ({"adds": {"cut_off": 0.5}}, "adds 'cut_off' is unknown; nearest known: cutoff"),
        ({"intensity": -0.1}, "intensity = -0.1 is not allowed"),
    ],
)
def test_a_strategy_made_in_python_is_taken_as_a_file_would_be(
    tiny: Any, changes: Any, words: str
) -> None:
    world = LoanPortfolio(tiny(enterprises=60))
    with pytest.raises(StrategyError, match=words):
        world.fork([strategy(**changes)])
