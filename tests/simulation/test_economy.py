"""The economy: factors, prices that share them, seasons, stress in the right months."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from scipy import stats

from scenarios import load_scenario
from simulation import LoanPortfolio, Stress
from simulation.economy import draw_economy, season_table
from simulation.scenario import SECTORS

VALUES = dict(load_scenario("l_bank").parameters)
MONTHS, FORK = 120, 60


def economy(*stress: Stress, seed: int = 1, replication: int = 0, **values: float) -> Any:
    return draw_economy({**VALUES, **values}, stress, MONTHS, FORK, seed, replication)


def test_factors_are_standard_normal_and_independent() -> None:
    worlds = [economy(replication=r) for r in range(60)]
    columns = np.column_stack(
        [np.concatenate([w.systematic for w in worlds])]
        + [np.concatenate([w.sectors[:, k] for w in worlds]) for k in range(len(SECTORS))]
    )
    n = len(columns)
    for column in columns.T:
        assert stats.kstest(column, "norm").pvalue > 1e-3
        assert abs(np.corrcoef(column[:-1], column[1:])[0, 1]) < 4.0 / math.sqrt(n)
    off = np.corrcoef(columns.T) - np.eye(columns.shape[1])
    assert np.abs(off).max() < 4.0 / math.sqrt(n)


def test_longer_paths_begin_alike() -> None:
    long = economy()
    short = draw_economy(VALUES, (), 50, FORK, 1, 0)
    assert np.array_equal(short.systematic, long.systematic[:50])
    assert np.array_equal(short.collateral, long.collateral[:50])


@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
def test_prices_share_the_systematic_factor(share: float) -> None:
    """The index carries the square root of its share; the rest is each property's own."""
    sd = VALUES["collateral_sd"] / math.sqrt(12.0)
    for replication in range(3):
        world = economy(replication=replication, collateral_systematic=share, collateral_drift=0.06)
        steps = np.diff(world.collateral, prepend=0.0)
        expected = 0.06 / 12.0 + sd * math.sqrt(share) * world.systematic
        assert np.allclose(steps, expected, rtol=0, atol=1e-12)
        if share:
            correlation = np.corrcoef(steps, world.systematic)[0, 1]
            assert correlation == pytest.approx(1.0, abs=1e-9)


def test_one_property_correlates_with_the_factor_as_declared(tiny: Any) -> None:
    """Frye: default and collateral share the factor; correlation is the root of the share."""
    scenario = tiny(enterprises=250, real_estate_share=1.0, collateral_systematic=0.3, months=24,
                    burn_in_months=0, collateral_wear=0.0)  # fmt: skip
    model = LoanPortfolio(scenario, seed=2)
    steps, factor, before = [], [], None
    for _ in range(24):
        model.step()
        e, w = model._world.enterprises, model._world.desk[0]
        alive = (e["status"] == 1) & (e["birth_month"] == 0)
        value = e["collateral_log"] + w.collateral_log
        if before is not None:
            both = alive & before[0]
            steps.append((value - before[1])[both])
            factor.append(np.full(both.sum(), w.systematic))
        before = (alive, value.copy())
    all_steps, all_factors = np.concatenate(steps), np.concatenate(factor)
    correlation = np.corrcoef(all_steps, all_factors)[0, 1]
    # The factor has only 23 months: its sample variance s^2 stands for 1 in the declared share.
    spread = all_factors.var()
    expected = math.sqrt(0.3 * spread / (0.3 * spread + 0.7))
    assert correlation == pytest.approx(expected, abs=0.05)
    monthly = VALUES["collateral_sd"] / math.sqrt(12.0)
    own = all_steps - monthly * math.sqrt(0.3) * all_factors
    assert own.std() == pytest.approx(monthly * math.sqrt(0.7), rel=0.05)


# --- stress -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("start", "months"), [(0, 1), (6, 12), (59, 1), (50, 40), (300, 5)])
def test_stress_arrives_in_its_months(start: int, months: int) -> None:
    calm = economy()
    inside = np.zeros(MONTHS, dtype=bool)
    inside[FORK + start : FORK + start + months] = True

    hard = economy(Stress("systematic", start, months, -0.5))
    assert np.allclose(hard.systematic - calm.systematic, np.where(inside, -0.5, 0.0))
    assert np.array_equal(hard.systematic[~inside], calm.systematic[~inside])
    assert np.array_equal(hard.sectors, calm.sectors)
    assert np.array_equal(hard.pressure, calm.pressure)

    race = economy(Stress("pressure", start, months, 0.4))
    assert np.array_equal(race.pressure, np.where(inside, 0.4, 0.0))
    assert np.array_equal(race.systematic, calm.systematic)

    crash = economy(Stress("collateral", start, months, -0.033))
    moved = np.diff(crash.collateral, prepend=0.0) - np.diff(calm.collateral, prepend=0.0)
    assert np.allclose(moved, np.where(inside, -0.033, 0.0), atol=1e-12)
    assert np.array_equal(crash.systematic, calm.systematic)


def test_a_systematic_stress_reaches_prices_through_the_shared_factor() -> None:
    calm, hard = economy(), economy(Stress("systematic", 0, 12, -1.0))
    sd = VALUES["collateral_sd"] / math.sqrt(12.0) * math.sqrt(VALUES["collateral_systematic"])
    assert hard.collateral[-1] - calm.collateral[-1] == pytest.approx(-12.0 * sd, rel=1e-9)


def test_paths_add_up() -> None:
    one, other = Stress("systematic", 0, 6, -0.5), Stress("systematic", 3, 6, -0.25)
    both = economy(one, other).systematic - economy().systematic
    expected = np.zeros(MONTHS)
    expected[FORK : FORK + 6] -= 0.5
    expected[FORK + 3 : FORK + 9] -= 0.25
    assert np.allclose(both, expected)


def test_the_models_months_see_the_stress(tiny: Any) -> None:
    """A month of the table is counted from the fork, and so is the stress."""
    scenario = tiny("downturn", burn_in_months=7, months=20)
    assert [(s.factor, s.start_month, s.months) for s in scenario.stress] == [("systematic", 6, 12)]
    calm = LoanPortfolio(tiny(burn_in_months=7, months=20), seed=3)
    hard = LoanPortfolio(scenario, seed=3)
    calm.run()
    hard.run()
    ours, theirs = calm.months.set_index("month"), hard.months.set_index("month")
    moved = (theirs["systematic"] - ours["systematic"]).dropna()
    assert moved[(moved.index >= 6) & (moved.index < 18)].to_numpy() == pytest.approx(-0.5)
    assert (moved[(moved.index < 6) | (moved.index >= 18)] == 0.0).all()


def test_the_past_is_the_same_under_stress(tiny: Any, hashes: Any) -> None:
    calm = LoanPortfolio(tiny(months=24), seed=3)
    for name in ("downturn", "property_crash"):
        hard = LoanPortfolio(tiny(name, months=24), seed=3)
        for _ in range(6):
            hard.step()
        for _ in range(6 - calm.month):
            calm.step()
        assert hashes.fingerprint(hard) == hashes.fingerprint(calm), name
        hard.step()
        twin = calm.fork()
        twin.step()
        assert hashes.fingerprint(hard) != hashes.fingerprint(twin), name


# --- seasons ------------------------------------------------------------------------------------


@pytest.mark.parametrize("amplitude", [0.0, 0.2, 0.35])
def test_seasons_average_to_one_and_peak_in_their_month(amplitude: float) -> None:
    year = np.array([season_table(amplitude, month) for month in range(12)])
    assert year.mean(axis=0) == pytest.approx(1.0, abs=amplitude**4)
    if amplitude:
        assert np.array_equal(year.argmax(axis=0), np.arange(12))
    assert np.allclose(season_table(amplitude, 30), season_table(amplitude, 6), atol=1e-12)


def test_the_world_follows_the_calendar() -> None:
    world = economy(season_amplitude=0.3)
    assert np.allclose(world.season, [season_table(0.3, month) for month in range(12)])
