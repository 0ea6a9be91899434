"""A tiny bank and a study of it that tests share; lets them import ``hand_made``."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from experiments import Study
from experiments.report.findings import Findings, findings
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


FULL_ARMS = [
    "pre_loan_process", "risk_warning", "internal_control", "staff_ability",
    "pre_loan_process+risk_warning+internal_control+staff_ability", "tighter_cutoff", "without_F01",
]  # fmt: skip


@pytest.fixture(scope="session")
def eventful(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """A study small enough for a test, in which loans of the window default and are lost.

    Its folder is ``eventful.folder``, for other processes.
    """
    sizes = {"enterprises": 200, "months": 12, "burn_in_months": 24, "run_off_months": 30}
    study = Study(load_scenario("l_bank", **sizes), FULL_ARMS, replications=4, seed=5)
    folder = tmp_path_factory.mktemp("eventful") / "study"
    study.run(jobs=1, out=folder)
    study.folder = folder  # type: ignore[attr-defined]
    return study


@pytest.fixture(scope="session")
def found(eventful: Study) -> Findings:
    return findings(eventful)
