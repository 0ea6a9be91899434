"""The story of a firm: it adds up to the books, step by step, and sealed it holds no truth."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np

from agents.enterprise import NO_RUNWAY_END
from simulation import LoanPortfolio
from simulation.story.records import Decision, Event, codes
from simulation.story.telling import chapter


def decisions_of(world: Any) -> Iterator[tuple[int, Decision]]:
    for row, journal in world.journals.items():
        for decision in journal.decisions:
            yield row, decision


def contract_of(world: Any, row: int, decision: Decision) -> Any:
    """The contract that a granted file led to."""
    own = world.loans[world.loans["enterprise"] == row]
    return own[own["start_month"] == decision.month + world.scenario.burn_in_months][-1]


def step(decision: Decision, *names: str) -> Event | None:
    return next((s for s in decision.steps if s.what in names), None)


# --- the account adds up -----------------------------------------------------------------


def test_recoveries_that_are_told_are_those_of_the_books(watched: Any) -> None:
    """For every contract in default: sale, assets, company and each guarantor's payment."""
    burn_in, seen = watched.scenario.burn_in_months, Counter[str]()
    for contract in watched.loans[watched.loans["default_month"] >= 0]:
        first = contract["default_month"] - burn_in
        last = contract["closed_month"] - burn_in if contract["closed_month"] >= 0 else 10**6
        told = [
            e for e in watched.journals[int(contract["enterprise"])].events
            if "recovered_fen" in e.facts and e.what != "end" and first <= e.month <= last
        ]  # fmt: skip
        assert sum(e.facts["recovered_fen"] for e in told) == contract["recovered_fen"]
        seen.update(e.what for e in told)
    assert seen["guarantor_paid"] > 10 and seen["recovery"] > 0


def test_what_guarantors_paid_is_told_on_both_sides(watched: Any) -> None:
    paid, received = Counter[int](), Counter[int]()
    for row, journal in watched.journals.items():
        for event in journal.events:
            if event.what == "call_paid":
                paid[row] += event.facts["paid_fen"]
            elif event.what == "guarantor_paid":
                received[event.facts["payer"]] += event.facts["recovered_fen"]
    assert paid == received and len(paid) > 2


def test_the_end_of_a_case_sums_up_what_was_told(events: list[Event]) -> None:
    ends = [e.facts for e in events if e.what == "end"]
    assert ends and all(f["ead_fen"] == f["recovered_fen"] + f["lost_fen"] for f in ends)


# --- decisions, step by step -------------------------------------------------------------


def test_days_to_decision_are_those_that_the_bank_counts(watched: Any) -> None:
    """Of new files, worked out from the desk's queue; the tally sums them over the world."""
    days = [
        s.facts["decision_days"] for _, d in decisions_of(watched) if not d.renewal
        for s in d.steps if s.what in ("granted", "refused")
    ]  # fmt: skip
    assert len(days) > 100
    assert np.isclose(sum(days), watched._table.rows["decision_days"].sum(), rtol=1e-12)


def test_the_steps_lead_to_the_contracts_papers(watched: Any) -> None:
    for row, decision in decisions_of(watched):
        if decision.outcome != "granted":
            continue
        contract = contract_of(watched, row, decision)
        belief, ruling = step(decision, "belief"), step(decision, "granted")
        proposed = step(decision, "proposal", "raised_proposal")
        assert belief is not None and proposed is not None and ruling is not None
        assert belief.facts["believed_sd"] == decision.believed
        assert proposed.facts["proposed_sd"] == contract["proposed"]
        assert ruling.facts["score_sd"] == contract["score"]
        assert ruling.facts["cutoff_sd"] == contract["cutoff"]
        assert (step(decision, "review") is not None) == contract["reviewed"]
        assert (step(decision, "override") is not None) == contract["overridden"]


def test_a_reviewed_score_lies_between_proposal_and_own_look(watched: Any) -> None:
    reviewed = 0
    for _, decision in decisions_of(watched):
        review, proposed = step(decision, "review"), step(decision, "proposal", "raised_proposal")
        if review is not None and proposed is not None:
            ends = sorted((review.facts["own_sd"], proposed.facts["proposed_sd"]))
            assert ends[0] - 1e-9 <= review.facts["score_sd"] <= ends[1] + 1e-9
            reviewed += 1
    assert reviewed > 50


def test_a_refusal_says_why(watched: Any) -> None:
    reasons = Counter[str]()
    for _, decision in decisions_of(watched):
        ruling = step(decision, "refused")
        assert (ruling is not None) == (decision.outcome == "refused")
        if ruling is not None:
            below = ruling.facts["score_sd"] < ruling.facts["cutoff_sd"]
            assert below or ruling.facts["why"] != "score"
            reasons[ruling.facts["why"]] += 1
    assert reasons["score"] > 20


def test_a_refusal_for_the_amount_is_told_apart(tiny: Any) -> None:
    """Where the bank must lend all that is needed, files above the cut-off are refused as well."""
    model = LoanPortfolio(tiny(least_limit=1.0, months=1), seed=3, watch=range(120))
    reasons = {
        ruling.facts["why"]: ruling.facts for _, decision in decisions_of(model)
        if (ruling := step(decision, "refused")) is not None
    }  # fmt: skip
    assert {"score", "amount"} <= reasons.keys()
    assert reasons["amount"]["score_sd"] >= reasons["amount"]["cutoff_sd"]


def test_a_granted_file_carries_the_codes_of_its_contract(
    watched: Any, events: list[Event]
) -> None:
    """Those of the decision and the pay-out; later ones come with later events."""
    at_once = {f"F{k:02}" for k in range(1, 12)} - {"F06"}  # a visit can set F06 later
    for row, decision in decisions_of(watched):
        if decision.outcome == "granted":
            bits = codes(int(contract_of(watched, row, decision)["failures"]))
            assert set(decision.failed) & at_once == set(bits) & at_once
            assert "F06" not in decision.failed or "F06" in bits


def test_the_contract_is_described(watched: Any) -> None:
    for row, decision in decisions_of(watched):
        terms = step(decision, "terms")
        if terms is not None:
            contract = contract_of(watched, row, decision)
            assert terms.facts["limit_fen"] == decision.lent_fen >= terms.facts["paid_out_fen"]
            assert terms.facts["repayment"] in ("bullet", "instalment")
            assert (terms.failed == ("F09",)) == (terms.facts["basis"] == "as_asked")
            assert terms.facts["annual_rate"] == contract["annual_rate"]
            payee = step(decision, "entrusted" if contract["entrusted"] else "own_account")
            assert payee is not None and (payee.failed == ("F11",)) == (payee.what == "own_account")


# --- after lending -----------------------------------------------------------------------


def test_visits_from_the_desk_are_told_from_real_ones(watched: Any, events: list[Event]) -> None:
    rows, what = watched._table.rows, Counter(e.what for e in events)
    assert what["visit"] == rows["visits_made"].sum() > 0
    assert what["visit"] + what["desk_visit"] == watched.loans["visits_logged"].sum()
    assert what["desk_visit"] + what["missed_visit"] == (
        rows["visits_due"].sum() - rows["visits_made"].sum()
    )
    assert what["kept_quiet"] == rows["suppressed"].sum() > 0


def test_distress_that_is_not_for_want_of_money_says_why(events: list[Event]) -> None:
    told = [e.truth for e in events if e.what in ("visit", "missed_visit", "answer")]
    reasons = Counter[str]()
    for truth in told:
        if truth["distressed"] == "distressed":
            assert truth.get("runway", 0.0) < 3.0 or {"late_days", "reason"} & truth.keys()
            assert truth.get("runway", 0.0) < NO_RUNWAY_END
            reasons.update(truth.keys())
        else:
            assert truth.keys() == {"distressed", "runway"}
    assert min(reasons[name] for name in ("runway", "late_days", "reason")) > 0
    assert reasons["runway"] < reasons["distressed"]


def test_a_code_stands_at_every_occurrence(events: list[Event]) -> None:
    for event in events:
        if event.what in ("desk_visit", "missed_visit"):
            assert event.failed == ("F12",)
        elif event.what == "unread_alert":
            assert event.failed == ("F13",)
        elif event.what == "answer":
            assert event.failed == (("F13",) if event.facts["waited_months"] >= 2 else ())
        elif event.what == "extension":
            assert event.failed == ("F14",)


def test_the_first_missed_payment_tells_what_the_firm_had(events: list[Event]) -> None:
    arrears = [e for e in events if e.what == "arrears"]
    assert any(e.truth for e in arrears) and any(not e.truth for e in arrears)
    for event in arrears:
        assert bool(event.truth) <= ({"cash_fen", "hidden_service_fen"} <= event.truth.keys())


def test_an_open_loan_has_a_last_line(watched: Any) -> None:
    still_open = 0
    for row, journal in watched.journals.items():
        last = chapter(journal, None, None)[-1:]
        is_open = bool(watched._world.enterprises["loan"][row] >= 0)
        assert is_open == any(e.what == "still_open" for e in last)
        still_open += is_open
    assert still_open > 5


def test_a_story_begins_with_its_request_and_its_past(watched: Any) -> None:
    journal = max(watched.journals.values(), key=lambda j: len(j.decisions))
    granted = [d for d in journal.decisions if d.outcome == "granted"][-1]
    story = chapter(journal, granted.month, None)
    past = [e for e in story if e.what == "earlier"]
    first = next(e for e in story if e.what != "earlier")
    assert first.what in ("application", "renewal_request") and first.month <= granted.month
    assert sum(e.facts["files"] for e in past) == sum(
        d.month < first.month for d in journal.decisions
    )


def test_where_rules_are_replaced_no_step_is_invented(tiny: Any) -> None:
    """Approved by another rule: the steps worked out by the bank's own would contradict it."""

    def approves(score: float, cutoff: float) -> bool:
        return score >= cutoff + 0.5

    model = LoanPortfolio(tiny(months=1), seed=3, watch=range(120), rules={"approves": approves})
    left_out = 0
    for _, decision in decisions_of(model):
        ruling = step(decision, "refused", "granted")
        if ruling is None:
            assert decision.outcome == "refused" and step(decision, "wish", "renewal_wish")
            left_out += 1
        elif ruling.facts["why"] == "score":
            assert ruling.facts["score_sd"] < ruling.facts["cutoff_sd"]
        else:
            assert decision.renewal or ruling.facts["why"] != "interest_owed"
    assert left_out > 0
