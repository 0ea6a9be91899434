"""Observed series: the common part of demand follows them, all other luck stays as it was."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenarios import load_scenario
from simulation import LoanPortfolio
from simulation.economy import draw_economy, innovations
from simulation.scenario import Observed, Stress

VALUES = dict(load_scenario("l_bank").parameters)
MONTHS, FORK = 120, 60
WAVE = tuple(float(x) for x in np.sin(np.arange(MONTHS) / 15.0))


def driving(drives: str, size: float, path: tuple[float, ...] = WAVE) -> Observed:
    return Observed("wave", drives, size, "made up", path)


def economy(*observed: Observed, stress: tuple[Stress, ...] = ()) -> Any:
    return draw_economy(VALUES, stress, MONTHS, FORK, 1, 0, observed)


def followed(shocks: np.ndarray, persistence: float) -> np.ndarray:
    """The common part of demand over its long-run sd that monthly shocks make."""
    state, path = 0.0, []
    for shock in shocks:
        state = persistence * state + math.sqrt(1.0 - persistence**2) * shock
        path.append(state)
    return np.array(path)


@given(st.lists(st.floats(-4.0, 4.0), min_size=1, max_size=60), st.floats(0.0, 0.99))
@settings(deadline=None, max_examples=50)
def test_shocks_lead_demand_along_the_path(path: list[float], persistence: float) -> None:
    shocks = innovations(np.array(path), persistence)
    assert followed(shocks, persistence) == pytest.approx(path, abs=1e-9)


def test_a_path_of_its_own_kind_has_shocks_of_variance_one() -> None:
    noise = np.random.default_rng(3).standard_normal(20_000)
    path = followed(noise, VALUES["demand_persistence"])
    assert path.std() == pytest.approx(1.0, abs=0.05)
    assert innovations(path, VALUES["demand_persistence"]) == pytest.approx(noise, abs=1e-9)


def test_the_whole_factor_follows_a_series_of_size_one() -> None:
    world = economy(driving("systematic", 1.0))
    assert followed(world.systematic, VALUES["demand_persistence"]) == pytest.approx(WAVE)


def test_what_a_series_does_not_say_stays_luck() -> None:
    plain, half = economy(), economy(driving("systematic", 0.5))
    told = innovations(np.array(WAVE), VALUES["demand_persistence"])
    expected = math.sqrt(0.5) * plain.systematic + math.sqrt(0.5) * told
    assert half.systematic == pytest.approx(expected)
    assert np.array_equal(half.sectors, plain.sectors)
    nothing = economy(driving("systematic", 0.0))
    assert np.array_equal(nothing.systematic, plain.systematic)


def test_stress_comes_on_top() -> None:
    hit = Stress("systematic", 0, 6, -1.0)
    with_it = economy(driving("systematic", 0.5), stress=(hit,))
    moved = with_it.systematic - economy(driving("systematic", 0.5)).systematic
    assert moved[FORK : FORK + 6] == pytest.approx(-1.0)
    assert np.delete(moved, np.s_[FORK : FORK + 6]) == pytest.approx(0.0)


def test_parameters_follow_within_their_bounds() -> None:
    world = economy(driving("cutoff", 0.2), driving("base_rate", 1.0, tuple(-x for x in WAVE)))
    assert world.driven["cutoff"] == pytest.approx(VALUES["cutoff"] + 0.2 * np.array(WAVE))
    assert world.driven["base_rate"].min() == 0.0  # a price is never negative
    assert economy().driven == {}


def test_a_path_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="series wave has 3 months, the world 120"):
        economy(driving("systematic", 1.0, (0.0, 1.0, 0.0)))


# --- in the model ---------------------------------------------------------------------------


def test_a_series_of_no_size_changes_no_bit(tiny: Any, hashes: Any) -> None:
    scenario = tiny(burn_in_months=6, months=6, run_off_months=0)
    idle = tuple(driving(drives, 0.0, (1.0,) * 12) for drives in ("systematic", "cutoff"))
    plain, driven = (LoanPortfolio(s, seed=3)
                     for s in (scenario, replace(scenario, observed=idle)))  # fmt: skip
    plain.run()
    driven.run()
    assert hashes.fingerprint(driven) == hashes.fingerprint(plain)
    assert "observed" not in scenario.identity()


def test_the_cut_off_in_force_is_the_months_and_strategies_add_to_it(tiny: Any) -> None:
    scenario = tiny(burn_in_months=3, months=9, run_off_months=0)
    path = tuple(np.linspace(-1.0, 1.0, 12).tolist())
    scenario = replace(scenario, observed=(driving("cutoff", 0.3, path),))
    model = LoanPortfolio(scenario, seed=3)
    twin = model.fork("tighter_cutoff")
    for month in range(3, 12):
        model.step()
        twin.step()
        now = scenario.parameters["cutoff"] + 0.3 * path[month]
        assert model._sheet["p"]["cutoff"] == pytest.approx(now)
        assert twin._sheet["p"]["cutoff"] > model._sheet["p"]["cutoff"]
    assert np.array_equal(twin.months["systematic"], model.months["systematic"])


def test_a_moving_price_is_a_list_price_to_the_auditor(tiny: Any) -> None:
    scenario = tiny(burn_in_months=12, months=6, run_off_months=0)
    path = tuple(np.linspace(-0.02, 0.02, 18).tolist())
    model = LoanPortfolio(replace(scenario, observed=(driving("base_rate", 1.0, path),)), seed=3)
    model.run()
    loans = model.loans
    listed = model.list_rates(loans["start_month"])
    assert len(set(listed)) > 3
    as_listed = loans["annual_rate"] == listed
    assert as_listed.any(), "price without a premium is the month's list price"
    assert np.array_equal(
        LoanPortfolio(scenario, seed=3).list_rates(np.array([0, 5])),
        np.full(2, scenario.parameters["base_rate"]),
    )
