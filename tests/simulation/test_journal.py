"""The journal looks on and tells: the books are the same with it, and what it says is so."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from agents.enterprise import NEW_FILE, RENEWAL_FILE
from agents.failures import FAILURES
from agents.loan import FIELDS
from simulation import LoanPortfolio
from simulation.checklist import check_notes
from simulation.journal import Journal
from simulation.model import WatchError
from simulation.story.records import codes


def test_the_books_are_the_same_with_every_journal_kept(watched: Any, hashes: Any) -> None:
    """For every loan: all records of all months, bit by bit."""
    silent = LoanPortfolio(watched.scenario, seed=3)
    silent.run()
    assert len(silent.loans) > 50 and silent.journals == {}
    assert hashes.fingerprint(silent) == hashes.fingerprint(watched)


def test_every_contract_has_its_decision(watched: Any) -> None:
    """Granted decisions are the contracts, with their amount, cut-off and full check."""
    burn_in, loans = watched.scenario.burn_in_months, watched.loans
    for row, journal in watched.journals.items():
        own = loans[loans["enterprise"] == row]
        granted = [d for d in journal.decisions if d.outcome == "granted"]
        assert [d.month + burn_in for d in granted] == own["start_month"].tolist()
        assert [d.full_check_fen for d in granted] == own["full_check_fen"].tolist()
        assert np.allclose([d.cutoff for d in granted], own["cutoff"])
        assert [d.renewal for d in granted] == (own["previous"] >= 0).tolist()


def test_decisions_add_up_to_the_months(watched: Any) -> None:
    rows = watched._table.rows
    decisions = [d for j in watched.journals.values() for d in j.decisions]
    outcomes = [d.outcome for d in decisions]
    assert outcomes.count("granted") == rows["approved"].sum() + rows["renewals_granted"].sum()
    assert outcomes.count("refused") == rows["refused"].sum() > 0
    wrongly = [d for d in decisions if d.outcome == "refused" and d.full_check == "granted"]
    assert len(wrongly) == rows["wrongly_refused"].sum() > 0


def test_notes_on_checks_agree_with_the_sheets_and_the_failures(watched: Any) -> None:
    """A check that was skipped or found nothing is a failure of the contract, and says why."""
    reasons, codes = set(), {mode.code: mode.bit for mode in FAILURES}
    burn_in = watched.scenario.burn_in_months
    for row, journal in watched.journals.items():
        own = watched.loans[watched.loans["enterprise"] == row]
        for decision in journal.decisions:
            reasons |= {note.why for note in decision.checks}
            assert all(note.found == (note.why == "") for note in decision.checks)
            if decision.outcome == "granted":
                loan = own[own["start_month"] == decision.month + burn_in][-1]
                failed = {note.code for note in decision.checks if not note.found}
                assert failed == {c for c in list(codes)[:5] if loan["failures"] & codes[c]}
    assert {"hours", "not insisted on", "skill", ""} <= reasons


def test_every_failure_is_told_with_its_event(watched: Any) -> None:
    """Codes told of a firm's contracts are those set on them: no more, no fewer."""
    told = {
        (row, code) for row, j in watched.journals.items() for e in j.events for code in e.failed
    }
    loans = watched.loans
    truly = {
        (int(loans["enterprise"][k]), code)
        for k in range(len(loans)) for code in codes(int(loans["failures"][k]))
    }  # fmt: skip
    assert told == truly
    assert {code for _, code in truly} >= {"F12", "F13", "F14", "F15", "F16"}


def test_what_happened_is_told(watched: Any) -> None:
    """As many defaults, extensions and recoveries as the books have."""
    count = {}
    for journal in watched.journals.values():
        for event in journal.events:
            count[event.what] = count.get(event.what, 0) + 1
    rows = watched._table.rows
    assert count["default"] + count["default_with_guarantors"] == rows["defaults"].sum() > 0
    assert count["extension"] == rows["evergreened"].sum() > 0
    assert count["cure"] == rows["cures"].sum() > 0
    assert count["hiding"] == rows["hidden"].sum() > 0
    assert count["found_by_audit"] == rows["uncovered"].sum() > 0
    asked = rows["applications"].sum(), rows["renewals_asked"].sum()
    assert (count["application"], count["renewal_request"]) == asked
    assert {"alert", "answer", "arrears", "repaid", "recovery", "end", "refusal"} <= count.keys()


def test_truth_and_papers_are_kept_apart(watched: Any) -> None:
    journal = next(j for j in watched.journals.values() if j.decisions)
    table = journal.frame()
    assert len(table) == watched.scenario.burn_in_months + watched.scenario.months
    for name, field in FIELDS.items():
        column = f"{'true' if field.seen == 'true' else 'seen'}.loan_{name}"
        assert column in table.columns
    assert "true.quality" in table and "seen.quality" not in table


def test_a_fork_continues_its_own_copy(tiny: Any, eventful: dict[str, Any]) -> None:
    model = LoanPortfolio(tiny(**eventful), seed=3, watch=[0, 1])
    twin = model.fork()
    before = len(model.journals[0].truth)
    twin.step()
    assert len(model.journals[0].truth) == before == len(twin.journals[0].truth) - 1


def test_a_firm_without_a_story_has_an_empty_journal() -> None:
    assert list(Journal(0).lines()) == []


def test_a_journal_of_a_firm_that_there_is_not_is_refused(tiny: Any) -> None:
    with pytest.raises(WatchError, match="enterprise = 9999 is not allowed; allowed: 0 to"):
        LoanPortfolio(tiny(), watch=[9999])


def test_there_is_a_note_for_each_check_that_is_due(watched: Any) -> None:
    e = watched._world.enterprises
    filed = np.flatnonzero((e["file"] != NEW_FILE) & (e["file"] != RENEWAL_FILE))[:20]
    for row in filed:
        fields = {name: e[row][name] for name in e.dtype.names}
        notes = check_notes(e[row], fields, {"file_effort": 1.0}, watched._world.desk[0])
        assert len(notes) == 3 + (e[row]["security"] == 1) + (e[row]["circle"] >= 0)
