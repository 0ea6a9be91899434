"""One small bank at its end, with defaults enough to count."""

from __future__ import annotations

import pytest

from scenarios import load_scenario
from simulation import LoanPortfolio


@pytest.fixture(scope="session")
def ended() -> LoanPortfolio:
    sizes = {"enterprises": 300, "months": 12, "burn_in_months": 24, "run_off_months": 30}
    model = LoanPortfolio(load_scenario("l_bank", **sizes), seed=5)
    model.run()
    return model
