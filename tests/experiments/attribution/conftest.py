"""A small bank that loses something, and its games as run."""

from __future__ import annotations

import pytest

from experiments.attribution.games import game_of
from experiments.attribution.plan import Plan, planned
from experiments.attribution.running import attributed
from experiments.attribution.split import Attribution
from scenarios import load_scenario
from simulation import Scenario


@pytest.fixture(scope="session")
def small() -> Scenario:
    sizes = {"enterprises": 300, "months": 6, "burn_in_months": 18, "run_off_months": 12}
    return load_scenario("l_bank", **sizes)


@pytest.fixture(scope="session")
def plan(small: Scenario) -> Plan:
    return planned(game_of(small, "stage"), replications=4, seed=11)


@pytest.fixture(scope="session")
def found(plan: Plan) -> Attribution:
    return attributed(plan, jobs=1)


@pytest.fixture(scope="session")
def modes(small: Scenario) -> Attribution:
    plan = planned(game_of(small, "failure"), 2, seed=11, assumptions="fixed", pairs=2)
    return attributed(plan, jobs=1)
