"""A tiny bank and a study of it that tests share; lets them import ``hand_made``."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from experiments import Study
from scenarios import load_scenario
from simulation import Scenario

sys.path.insert(0, str(Path(__file__).parent))

ARMS = ["pre_loan_process", "risk_warning", "pre_loan_process+risk_warning", "tighter_cutoff"]


def tiny_scenario(name: str = "l_bank", **changes: object) -> Scenario:
    sizes = {"enterprises": 60, "months": 3, "burn_in_months": 6, "run_off_months": 4}
    return load_scenario(name, **{**sizes, **changes})


@pytest.fixture(scope="session")
def tiny() -> Scenario:
    return tiny_scenario()


@pytest.fixture(scope="session")
def study(tiny: Scenario) -> Study:
    return Study(tiny, ARMS, replications=3, seed=11).run(jobs=1)
