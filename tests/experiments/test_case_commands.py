"""The commands on single cases: the journal of a loan, and the auditor's traces."""

from __future__ import annotations

import json
import re
from typing import Any

import numpy as np
import pytest

from agents.failures import F12, FAILURES
from agents.loan import NEW_LENDING
from experiments import cli
from experiments.arms import StudyError
from experiments.casework import audited, costliest_default, journal_of
from experiments.loan_list import COLUMNS, loan_list
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


def told(capsys: Any, *arguments: str) -> str:
    """What a command prints."""
    assert cli.run([*arguments, *SMALL]) == 0
    return str(capsys.readouterr().out)


def test_a_journal_on_screen(capsys: Any) -> None:
    whole = told(capsys, "journal", "l_bank", "--loan", "5")
    assert whole.startswith("Loan 5 of enterprise") and "a full check would have" in whole
    assert "counted from the fork, month 0" in whole
    assert "Failure modes: " in whole and "--enterprise" not in whole
    sealed = told(capsys, "journal", "l_bank", "--loan", "5", "--sealed")
    assert "full check" not in sealed and 0 < len(sealed) < len(whole)
    assert not re.search(r"true|F\d\d", sealed)


def test_a_journal_for_machines_is_sealed_as_well(capsys: Any) -> None:
    found = json.loads(told(capsys, "journal", "l_bank", "--loan", "5", "--json"))
    sealed = json.loads(told(capsys, "journal", "l_bank", "--loan", "5", "--json", "--sealed"))
    assert found["loan"] == sealed["loan"] == 5 and sealed["sealed"] != found["sealed"]
    assert {"checks", "gap", "full_check", "steps"} <= found["decisions"][0].keys()
    assert {"seen", "true"} == found["months"][0].keys() and found["modes"]
    assert {"seen"} == sealed["months"][0].keys() and "modes" not in sealed
    assert not {"gap", "true", "full_check", "failed"} & sealed["decisions"][0].keys()
    assert not re.search(r'"(true|truth|failed|found)":', json.dumps(sealed))
    first = min(m["seen"]["month"] for m in found["months"])
    assert all(e["month"] >= first for e in found["events"])
    assert {"month", "what", "who", "facts", "truth", "text"} <= found["events"][0].keys()


def test_a_loan_under_a_strategy_names_its_firm(capsys: Any) -> None:
    """Rows of loans differ between arms, rows of firms do not."""
    text = told(capsys, "journal", "l_bank", "--loan", "5", "--strategy", "internal_control")
    row = re.match(r"Loan 5 of enterprise (\d+);", text)
    assert row is not None and f"--enterprise {row[1]}" in text.splitlines()[-1]


def test_the_journal_of_a_firm(capsys: Any) -> None:
    loan = json.loads(told(capsys, "journal", "l_bank", "--loan", "5", "--json"))
    firm = json.loads(
        told(capsys, "journal", "l_bank", "--enterprise", str(loan["enterprise"]), "--json")
    )
    assert firm["loan"] is None and firm["enterprise"] == loan["enterprise"]
    own = [e for e in loan["events"] if e["what"] != "earlier"]
    assert all(event in firm["events"] for event in own) and len(firm["events"]) > len(own)


def test_loans_are_listed_to_choose_from(scenario: Any, capsys: Any) -> None:
    world = LoanPortfolio(scenario, seed=7)
    world.run()
    listed = loan_list(scenario, "baseline", 7, 0, None)
    made = world.loans["start_month"] >= 24
    assert sorted(listed["loan"]) == np.flatnonzero(made).tolist()
    new = listed[world.loans["cohort"][listed["loan"]] == NEW_LENDING]
    assert new["loan"].iloc[0] == costliest_default(world)
    assert listed["lost_cny"].dropna().is_monotonic_decreasing
    only = loan_list(scenario, "baseline", 7, 0, "f12")
    assert 0 < len(only) < len(listed) and all("F12" in modes for modes in only["modes"])
    bits = world.loans["failures"][only["loan"]]
    assert all(bits & F12)
    assert "full_check" in told(capsys, "loans", "l_bank", "--most", "3")
    rows = json.loads(told(capsys, "loans", "l_bank", "--most", "3", "--json"))
    assert len(rows) == 3 and rows[0].keys() == set(COLUMNS)


def test_traces_add_up_over_worlds(scenario: Any, capsys: Any) -> None:
    one, two = audited(scenario, "baseline", 7, 1), audited(scenario, "baseline", 7, 2)
    assert (two["occurred"] >= one["occurred"]).all() and two["occurred"].sum() > 0
    assert two["mode"].tolist() == [mode.code for mode in FAILURES]
    assert cli.run(["traces", "l_bank", "--replications", "1", "--json", *SMALL]) == 0
    assert len(json.loads(capsys.readouterr().out)) == len(FAILURES)


def test_wrong_input_is_told(capsys: Any) -> None:
    assert cli.run(["traces", "l_bank", "--replications", "0"]) == 2
    assert "allowed: a whole number from 1" in capsys.readouterr().err
    wrong = {
        ("journal", "--strategy", "without_F99"): "unknown strategy",
        ("journal", "--strategy", "nothing"): "see loanlab scenarios",
        ("journal", "--loan", "1", "--enterprise", "2"): "exclude each other",
        ("journal", "--enterprise", "99999", *SMALL): "enterprise = 99999 is not allowed",
        ("loans", "--failure", "F99"): "allowed: F01 to F16",
        ("loans", "--most", "0"): "allowed: a whole number from 1",
    }
    for (command, *rest), message in wrong.items():
        assert cli.run([command, "l_bank", *rest]) == 2
        assert message in capsys.readouterr().err
