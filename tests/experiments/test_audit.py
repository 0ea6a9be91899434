"""The audit finds shared luck where it is shared, and its absence where it is not."""

from __future__ import annotations

import pytest

from experiments import StudyError
from experiments.audit import audit_draws, compare_luck
from simulation import LoanPortfolio, Scenario

ALL = "pre_loan_process+risk_warning+internal_control+staff_ability"


@pytest.mark.parametrize("pair", [("baseline", ALL), ("risk_warning", "tighter_cutoff")])
def test_arms_share_their_luck(tiny: Scenario, pair: tuple[str, str]) -> None:
    found = audit_draws(tiny, *pair, seed=3)
    assert len(found) == 7
    assert all(row.compared > 0 for row in found), found
    assert all(row.differing == 0 for row in found), found


def test_worlds_of_other_seeds_do_not(tiny: Scenario) -> None:
    arms = (LoanPortfolio(tiny, seed=3), LoanPortfolio(tiny, seed=4))
    found = compare_luck(arms, ((3, 0), (4, 0)), tiny.months)
    differ = {row.what: row.differing for row in found}
    assert differ["demand of an enterprise in a month"] > 0
    assert differ["economy and property prices in a month"] > 0
    assert differ["draws for the checks of a file"] > 0


def test_one_stray_shock_is_found(tiny: Scenario) -> None:
    world = LoanPortfolio(tiny, seed=3)
    arms = (world.fork(), world.fork())
    arms[1].enterprises.records["demand"][5] += 1e-12
    found = compare_luck(arms, ((3, 0), (3, 0)), 1)
    assert [row.differing for row in found] == [1, 0, 0, 0, 0, 0, 0]


def test_unknown_arms_are_told(tiny: Scenario) -> None:
    with pytest.raises(StudyError, match="nearest known: risk_warning"):
        audit_draws(tiny, "baseline", "risk_warnin")
