"""The commands on single cases: the journal of a loan, and the auditor's traces."""

from __future__ import annotations

import json
from typing import Any

import pytest

from agents.failures import FAILURES
from experiments import cli
from experiments.arms import StudyError
from experiments.casework import audited, costliest_default, journal_of
from scenarios import load_scenario
from simulation import LoanPortfolio

SMALL = ["--enterprises", "240", "--months", "8"]


@pytest.fixture(scope="module")
def scenario() -> Any:
    return load_scenario("l_bank", enterprises=240, months=8, burn_in_months=24, run_off_months=24)


def test_the_journal_is_that_of_the_loans_borrower(scenario: Any) -> None:
    world = LoanPortfolio(scenario, seed=7)
    world.run()
    number, kept, first, last = journal_of(scenario, "baseline", 7, 0, 20)
    loan = world.loans[20]
    assert number == 20 and kept.row == loan["enterprise"]
    assert first == loan["start_month"] - 24 and last == loan["closed_month"] - 24
    assert any(d.month == first and d.outcome == "granted" for d in kept.decisions)


def test_left_out_it_is_new_lendings_costliest_default(scenario: Any) -> None:
    world = LoanPortfolio(scenario, seed=7)
    world.run()
    loans = world.loans
    new = loans[(loans["cohort"] == 1) & (loans["first_default"] >= 0)]
    assert len(new)
    chosen = loans[costliest_default(world)]
    lost = new["ead_fen"] - new["recovered_fen"]
    assert chosen["ead_fen"] - chosen["recovered_fen"] == lost.max() > 0


def test_a_loan_that_there_is_not_is_refused(scenario: Any) -> None:
    with pytest.raises(StudyError, match="allowed: a whole number from 0 to"):
        journal_of(scenario, "baseline", 7, 0, 10**9)


def test_a_journal_on_screen_and_for_machines(capsys: Any) -> None:
    assert cli.run(["journal", "l_bank", "--loan", "5", *SMALL]) == 0
    told = capsys.readouterr().out
    assert told.startswith("Loan 5 of enterprise") and "a full check would have" in told
    assert cli.run(["journal", "l_bank", "--loan", "5", "--sealed", *SMALL]) == 0
    sealed = capsys.readouterr().out
    assert "full check" not in sealed and 0 < len(sealed) < len(told)
    assert cli.run(["journal", "l_bank", "--loan", "5", "--json", *SMALL]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["loan"] == 5 and {"checks", "gap", "full_check"} <= found["decisions"][0].keys()


def test_traces_add_up_over_worlds(scenario: Any, capsys: Any) -> None:
    one, two = audited(scenario, "baseline", 7, 1), audited(scenario, "baseline", 7, 2)
    assert (two["occurred"] >= one["occurred"]).all() and two["occurred"].sum() > 0
    assert two["mode"].tolist() == [mode.code for mode in FAILURES]
    assert cli.run(["traces", "l_bank", "--replications", "1", "--json", *SMALL]) == 0
    assert len(json.loads(capsys.readouterr().out)) == len(FAILURES)


def test_wrong_input_is_told(capsys: Any) -> None:
    assert cli.run(["traces", "l_bank", "--replications", "0"]) == 2
    assert "allowed: a whole number from 1" in capsys.readouterr().err
    assert cli.run(["journal", "l_bank", "--strategy", "without_F99"]) == 2
    assert "unknown strategy" in capsys.readouterr().err
