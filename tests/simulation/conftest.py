"""Fixtures of the simulation's tests: small scenarios, hashes of worlds, other processes."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import agents
from scenarios import load_scenario
from simulation import LoanPortfolio, Scenario
from simulation.story.records import Event

ROOT = Path(agents.__file__).resolve().parent.parent
HERE = Path(__file__).resolve().parent

TINY = {"enterprises": 120, "months": 6, "burn_in_months": 24, "run_off_months": 6}

# Hard times and short hours, so that within 36 months everything happens.
EVENTFUL = {
    "enterprises": 120, "months": 20, "burn_in_months": 16, "run_off_months": 0,
    "fixed_cost": 0.18, "survivor_quality": 0.0, "injection_probability": 0.2,
    "application_hazard": 0.2, "diversion_probability": 0.5, "refinancing_ease": -3.0,
    "drain_rate": 0.02, "standstill_months": 2, "cure_agreement": 1.0, "write_off_months": 8,
    "sale_months": 4.0, "asset_months": 4, "guarantee_months": 2, "bullet_tenor": 6,
    "instalment_tenor": 60, "real_estate_share": 0.3, "guarantee_share": 0.6,
    "circle_share": 1.0, "circle_size": 3, "hub_share": 1.0, "circle_map": 0.6,
    "guarantor_honours": 1.0, "guarantor_reserve": 0.0, "pull_probability": 0.8,
    "renewal_concession": -1.0, "evergreening": 0.4, "hiding": 0.5, "audit": 0.1,
    "detection": 0.5, "seen_runway": 4.0, "alert_handled": 1.0, "weak_view": 0.0,
    "hopeless_view": -1.2, "added_security_share": 1.0, "drawn_share": 0.5,
    "relation_shading": 1.0, "integrity_shape": 0.2, "suppressed_reports": 1.0,
    "turnover": 0.03, "rotation": 0.03, "impatience": 0.2, "enterprises_per_officer": 30.0,
    "hours_per_month": 25.0, "patience_months": 1,
}  # fmt: skip


@pytest.fixture(scope="session")
def eventful() -> dict[str, Any]:
    """Overrides of a small world in which defaults, cures, calls and all else happen."""
    return dict(EVENTFUL)


@pytest.fixture(scope="session")
def tiny() -> Callable[..., Scenario]:
    """A function that loads a scenario, small unless keywords say otherwise."""

    def load(name: str = "l_bank", /, **overrides: Any) -> Scenario:
        return load_scenario(name, **{**TINY, **overrides})

    return load


@pytest.fixture(scope="session")
def watched(tiny: Callable[..., Scenario]) -> LoanPortfolio:
    """An eventful world at its end, with the journal of every enterprise."""
    scenario = tiny(**EVENTFUL)
    born = LoanPortfolio(scenario, seed=3)
    model = LoanPortfolio(scenario, seed=3, watch=range(len(born._world.enterprises)))
    model.run()
    return model


@pytest.fixture(scope="session")
def events(watched: LoanPortfolio) -> list[Event]:
    """Every event and every step of a decision of the watched world."""
    return [
        event for journal in watched.journals.values()
        for told in (journal.events, *(d.steps for d in journal.decisions)) for event in told
    ]  # fmt: skip


@pytest.fixture(scope="session")
def hashes() -> ModuleType:
    """The module ``fingerprints``: fingerprint(model), differing_fields(one, other)."""
    spec = importlib.util.spec_from_file_location("fingerprints", HERE / "fingerprints.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def python() -> Callable[..., str]:
    """A function that runs Python in another process and returns what it printed."""

    def run(*arguments: str, **environment: str) -> str:
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
            timeout=500,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    return run
