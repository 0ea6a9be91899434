"""Rolls: every open loan moves once a month, and looking on changes nothing."""

from __future__ import annotations

import numpy as np
import pytest

from agents.loan import ARREARS, CURRENT, DEFAULTED, FIELDS, RENEWED, REPAID, SETTLED, WRITTEN_OFF
from agents.records import new_records
from scenarios import load_scenario
from simulation import LoanPortfolio
from simulation.rolls import ARREARS_STAGES, STAGES, arrears_stage


@pytest.mark.parametrize(
    ("status", "dpd", "stage"),
    [
        (CURRENT, 0.0, "current"), (ARREARS, 1.0, "1-30 days"), (ARREARS, 30.0, "1-30 days"),
        (ARREARS, 31.0, "31-60 days"), (ARREARS, 61.0, "61-90 days"),
        (ARREARS, 120.0, "61-90 days"), (DEFAULTED, 91.0, "default"), (REPAID, 0.0, "repaid"),
        (RENEWED, 0.0, "renewed"), (WRITTEN_OFF, 400.0, "worked out"),
        (SETTLED, 0.0, "worked out"),
    ],
)  # fmt: skip
def test_where_a_loan_stands(status: int, dpd: float, stage: str) -> None:
    loan = new_records(FIELDS, 1)
    loan["status"], loan["dpd"] = status, dpd
    assert STAGES[arrears_stage(loan[0])] == stage


def test_every_open_loan_moves_once_a_month() -> None:
    sizes = {"enterprises": 200, "months": 6, "burn_in_months": 24, "run_off_months": 6}
    model = LoanPortfolio(load_scenario("l_bank", **sizes), seed=3)
    assert not model.rolls.any()
    for month in range(8):
        before, closed = model.rolls, model.loans["closed_month"] >= 0
        open_loans = int((~closed).sum())
        model.step()
        moved = model.rolls - before
        assert moved.sum() == (open_loans if month < 6 else 0)
    assert moved.shape == (len(ARREARS_STAGES), len(STAGES))


def test_forks_count_apart() -> None:
    sizes = {"enterprises": 100, "months": 4, "burn_in_months": 12, "run_off_months": 4}
    model = LoanPortfolio(load_scenario("l_bank", **sizes), seed=3)
    twin = model.fork()
    model.step()
    assert model.rolls.any()
    assert not twin.rolls.any()
    twin.step()
    assert np.array_equal(twin.rolls, model.rolls)
