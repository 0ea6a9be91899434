"""Fitting billing: the model's own rules, known parameters recovered, shipped defaults."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from agents.parameters import all_parameters
from experiments.arms import StudyError
from experiments.calibration.billing import BURN_IN_MONTHS, PARAMETERS, BillingModel, calibrate
from experiments.calibration.invoices import read_invoices
from experiments.calibration.sales import windows
from scenarios import load_scenario
from simulation import LoanPortfolio, Scenario

INVOICES = "cn_firms_monthly_invoices.csv.gz"
KNOWN = {
    "lump_sd": 0.6, "lump_spread": 0.45, "zero_month_share": 0.05, "zero_month_spread": 1.2,
    "season_amplitude": 0.5,
}  # fmt: skip


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return load_scenario("l_bank")


def full(firms: int, months: int, first: str = "2020-01") -> pd.DataFrame:
    """Windows without gaps, a third of them a year shorter."""
    index = pd.period_range(first, periods=months, freq="M")
    table = pd.DataFrame(np.ones((months, firms)), index=index)
    table.iloc[: months // 3, ::3] = np.nan
    return table


def test_billing_is_that_of_a_whole_world(scenario: Scenario) -> None:
    sizes = {"enterprises": 50, "burn_in_months": BURN_IN_MONTHS, "months": 6}
    world = LoanPortfolio(load_scenario("l_bank", **sizes), seed=7, replication=1)
    found = BillingModel(scenario, full(50, 6).fillna(1.0), seed=7).billed({}, 1)
    for month in range(6):
        world.step()
        e = world.enterprises.records[:50]
        alive = e["status"] == 1
        assert alive.sum() > 30
        np.testing.assert_array_equal(found[month][alive], e["billed_fen"][alive] / 100.0)


def test_moments_are_a_function_of_parameters_and_seed(scenario: Scenario) -> None:
    first, again, other = (BillingModel(scenario, full(40, 30), 2, seed) for seed in (1, 1, 2))
    pd.testing.assert_series_equal(first.moments(KNOWN), again.moments(KNOWN))
    assert not first.moments(KNOWN).equals(other.moments(KNOWN))


def test_the_season_keeps_to_the_calendar(scenario: Scenario) -> None:
    january, july = (
        BillingModel(scenario, full(20, 24, first)).billed({"season_amplitude": 2.0}, 0)
        for first in ("2020-01", "2020-07")
    )
    shared = ~np.isnan(january[6:]) & ~np.isnan(july[:-6])
    np.testing.assert_array_equal(january[6:][shared], july[:-6][shared])
    assert shared.sum() > 200


def test_known_parameters_are_recovered(scenario: Scenario) -> None:
    made = BillingModel(scenario, full(400, 36), seed=99).billed(KNOWN, 0)
    table = pd.DataFrame(made, index=full(1, 36).index)
    found = calibrate(table, scenario, worlds=5, searches=1, samples=200)
    e = found.estimate
    distance = (e.values - pd.Series(KNOWN)) / e.errors
    assert distance.abs().max() < 3.0, distance
    assert e.p_value > 0.01
    # the errors say something: nobody would take the declared values for these
    declared = pd.Series({name: scenario.parameters[name] for name in KNOWN})
    assert ((e.values - declared) / e.errors).abs().max() > 4.0


def check_defaults(net: pd.DataFrame, scenario: Scenario, worlds: int, searches: int) -> None:
    """The fit gives the shipped values within their stated errors, and those errors."""
    found = calibrate(net, scenario, worlds=worlds, searches=searches, samples=300)
    assert found.firms == 339
    for name in PARAMETERS:
        shipped = all_parameters()[name]
        assert shipped.standard_error is not None
        value, error = found.estimate.values[name], found.estimate.errors[name]
        assert abs(value - shipped.default) < shipped.standard_error, (name, value)
        assert abs(math.log(error / shipped.standard_error)) < math.log(2.0), (name, error)


def test_the_real_file_gives_the_shipped_defaults(shared_data: Path, scenario: Scenario) -> None:
    net = read_invoices(shared_data / INVOICES)["output"]
    check_defaults(net, scenario, worlds=10, searches=1)


@pytest.mark.long
def test_other_luck_and_other_starts_give_the_shipped_defaults(
    shared_data: Path, scenario: Scenario
) -> None:
    net = read_invoices(shared_data / INVOICES)["output"]
    check_defaults(net, scenario, worlds=20, searches=5)


@pytest.mark.long
def test_stated_errors_are_the_spread_over_bootstrap_samples(
    shared_data: Path, scenario: Scenario
) -> None:
    sales = windows(read_invoices(shared_data / INVOICES)["output"])
    rng = np.random.default_rng(4)
    refits = []
    for _ in range(20):
        sample = sales.sample(frac=1.0, replace=True, axis=1, random_state=rng)
        sample.columns = pd.RangeIndex(sample.shape[1])
        found = calibrate(sample, scenario, worlds=10, searches=1, samples=100)
        refits.append(found.estimate.values)
    spread = pd.DataFrame(refits).std()
    for name in PARAMETERS:
        ratio = spread[name] / (all_parameters()[name].standard_error or math.nan)
        assert 0.5 < ratio < 2.0, (name, ratio)


def test_data_facts_are_those_of_the_model_basis(shared_data: Path, scenario: Scenario) -> None:
    from experiments.calibration.sales import firm_statistics, moments

    found = moments(firm_statistics(windows(read_invoices(shared_data / INVOICES)["output"])))
    expected = {
        "cv_lower_quartile": 0.63, "cv_median": 0.89, "cv_upper_quartile": 1.23,
        "log_sd_median": 1.0, "lag_1_lower_quartile": -0.02, "lag_1_median": 0.17,
        "lag_1_upper_quartile": 0.37, "empty_median": 0.03, "empty_p90": 0.28,
    }  # fmt: skip
    assert {name: found[name] for name in expected} == pytest.approx(expected, abs=0.015)


def test_wrong_orders_are_refused(scenario: Scenario) -> None:
    with pytest.raises(StudyError, match="no parameter of firms; nearest known: demand_sd"):
        calibrate(full(60, 30), scenario, ("demand_sdd",))
    with pytest.raises(StudyError, match="20 firms have 18 months with a sale; needed"):
        calibrate(full(20, 30), scenario)
    with pytest.raises(StudyError, match="0 firms"):
        calibrate(full(60, 12), scenario)
