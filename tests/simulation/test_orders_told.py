"""What the journal tells of a trainee's order: that it was given, and what came of it."""

from __future__ import annotations

from typing import Any

import pytest

from scenarios import load_scenario
from simulation import LoanPortfolio
from simulation.journal import Journal
from simulation.story.records import Decision, Event
from simulation.story.telling import key_to, lines_of

MONTHS = 10
SIZES = {"enterprises": 300, "months": 24, "burn_in_months": 24}
HARD = {
    "diversion_probability": 1.0, "disbursement_control": 0.0, "hiding": 1.0,
    "relation_shading": 1.0, "suppressed_reports": 1.0, "integrity_shape": 0.1, "fixed_cost": 0.16,
    "audit": 0.0, "hiding_months": 24,
}  # fmt: skip


@pytest.fixture(scope="module")
def world() -> LoanPortfolio:
    """Ten months after the fork, with everybody's journal. Money leaves the business, officers
    keep quiet, and defaults are hidden.
    """
    scenario = load_scenario("l_bank", **SIZES, **HARD)
    rows = range(len(LoanPortfolio(scenario, seed=4).enterprises.records))
    model = LoanPortfolio(scenario, seed=4, watch=rows)
    for _ in range(MONTHS):
        model.step()
    return model


def rows_where(world: LoanPortfolio, order: str) -> list[int]:
    """Enterprises for which an order is possible next month, found in one fork."""
    twin = world.fork()
    twin.journals = {}
    for row in world.journals:
        twin._orders.ask(row)
    twin.step()
    return [row for row in world.journals if order in twin._orders.found(row)]


def after(world: LoanPortfolio, row: int, order: str) -> tuple[LoanPortfolio, list[Event]]:
    """The world a month later under an order, and what is told of the firm from the order on."""
    model = world.fork()
    model.journals = {row: model.journals[row]}
    model.order(row, order)
    model.step()
    events = model.journals[row].events
    given = max(k for k, event in enumerate(events) if event.what == "order")
    assert events[given].month == MONTHS and events[given].facts == {"order": order}
    return model, events[given + 1 :]


def decision_of(model: LoanPortfolio, row: int) -> Decision:
    decision = model.journals[row].decisions[-1]
    assert decision.month == MONTHS
    return decision


def whats(events: Any) -> list[str]:
    return [event.what for event in events]


def stays_told(journal: Journal) -> None:
    """Codes told of the story are those of its key, and no line has a gap."""
    text = "\n".join(lines_of(journal))
    assert "{" not in text
    assert all(code in text for code in key_to(journal, None, None))


# --- visits -------------------------------------------------------------------------------------


def test_money_that_an_ordered_visit_brings_back_is_told(world: LoanPortfolio) -> None:
    found = 0
    for row in rows_where(world, "visit"):
        contract = world.loans[world._world.enterprises["loan"][row]]
        if contract["diverted_fen"] > 0 and contract["start_month"] == world._sheet["month"]:
            model, told = after(world, row, "visit")
            now = model.loans[model._world.enterprises["loan"][row]]
            back = contract["diverted_fen"] - now["diverted_fen"]
            assert told[0].what == "visit" and told[0].truth["distressed"]
            assert [e.facts["returned_fen"] for e in told if e.what == "recall"] == (
                [back] if back else []
            )
            found += back > 0
    assert found > 0


def test_an_ordered_visit_tells_what_it_noticed(world: LoanPortfolio) -> None:
    """An alert, an officer who keeps quiet, or nothing; sealed the latter two look the same."""
    seen = set()
    rows = iter(rows_where(world, "visit"))
    while not seen >= {"nothing_noticed", "kept_quiet", "visit_report"}:
        row = next(rows)
        model, told = after(world, row, "visit")
        outcome = told[1].what
        firm, was = model._world.enterprises[row], world._world.enterprises[row]
        seen.add(outcome)
        assert outcome in ("nothing_noticed", "kept_quiet", "visit_report", "recall")
        assert (outcome == "visit_report") <= (firm["alert"] == 2 != was["alert"])
        assert outcome != "kept_quiet" or told[1].seen_as == "nothing_noticed"
        assert outcome != "kept_quiet" or told[1].failed == ("F06",)
        stays_told(model.journals[row])


# --- decisions ----------------------------------------------------------------------------------


def files(world: LoanPortfolio, *, lends: bool) -> list[int]:
    """Rows whose new file the bank, left to itself, grants or refuses next month."""
    twin = world.fork()
    twin.step()
    wanted = "granted" if lends else "refused"
    return [
        row for row, journal in twin.journals.items()
        for d in journal.decisions[-1:]
        if d.month == MONTHS and d.outcome == wanted and not d.renewal
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("order", "lends", "outcome", "ruling", "told"),
    [
        ("refuse", True, "refused", "granted", "order_refuses"),
        ("approve", False, "granted", "refused", "order_grants"),
        ("cut", True, "granted", "granted", "order_cuts"),
        ("cut", False, "refused", "refused", "nothing_to_cut"),
        ("refuse", False, "refused", "refused", None),
        ("approve", True, "granted", "granted", None),
    ],
)
def test_an_order_leaves_the_papers_and_stands_beside_the_ruling(
    world: LoanPortfolio, order: str, lends: bool, outcome: str, ruling: str, told: str | None
) -> None:
    row = files(world, lends=lends)[0]
    usual = world.fork()
    usual.step()
    own, (model, _) = decision_of(usual, row), after(world, row, order)
    decision = decision_of(model, row)
    assert decision.outcome == outcome
    ordered = [s for s in decision.steps if s.what.startswith(("order_", "nothing_to_cut"))]
    assert whats(ordered) == ([told] if told else [])
    assert all(step.who == "trainee" and step.facts["decider"] for step in ordered)
    # Nothing is missing that the bank's own decision has, but for the contract.
    looks = {"belief", "proposal", "raised_proposal", "review", "rubber_stamp", ruling,
             "full_check_lends", "full_check_refuses"}  # fmt: skip
    kept = [s for s in decision.steps if s.what in looks]
    assert whats(kept) == whats(s for s in own.steps if s.what in looks)
    scores = {"believed_sd", "proposed_sd", "own_sd", "score_sd", "cutoff_sd"}
    for mine, theirs in zip(kept, (s for s in own.steps if s.what in looks), strict=True):
        assert {k: v for k, v in mine.facts.items() if k in scores} == {
            k: v for k, v in theirs.facts.items() if k in scores
        }
    if order == "cut" and lends:
        assert ordered[0].facts["whole_fen"] == own.lent_fen
        assert decision.lent_fen == own.lent_fen // 2
    stays_told(model.journals[row])


def test_an_approval_against_the_bank_carries_its_code(world: LoanPortfolio) -> None:
    row = files(world, lends=False)[0]
    model, _ = after(world, row, "approve")
    step = next(s for s in decision_of(model, row).steps if s.what == "order_grants")
    assert step.failed == ("F08",)


def test_an_ordered_file_is_dealt_with_first_and_its_days_say_so(world: LoanPortfolio) -> None:
    usual = world.fork()
    usual.step()
    sooner = 0
    for row in files(world, lends=True)[:10]:
        days = [
            step.facts["decision_days"]
            for model in (usual, after(world, row, "refuse")[0])
            for step in decision_of(model, row).steps if step.what == "granted"
        ]  # fmt: skip
        assert days[1] <= days[0]
        sooner += days[1] < days[0]
    assert sooner > 0


# --- after lending ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("order", "told"),
    [("restructure", "easing"), ("collateral", "more_security"), ("cut", "freeze")],
)
def test_what_an_order_does_to_a_contract_is_told(
    world: LoanPortfolio, order: str, told: str
) -> None:
    rows = [r for r in rows_where(world, order) if world._world.enterprises["loan"][r] >= 0
            and world._world.enterprises["file"][r] == 0]  # fmt: skip
    for row in rows[:5]:
        _, events = after(world, row, order)
        assert whats(events[:1]) == [told]
    assert rows


def test_a_suit_by_order_is_no_finding_of_an_audit(world: LoanPortfolio) -> None:
    e, month = world._world.enterprises, world._sheet["month"]
    hidden = [r for r in rows_where(world, "sue")
              if world.loans["hidden_until"][e["loan"][r]] > month + 1]  # fmt: skip
    for row in hidden[:5]:
        _, events = after(world, row, "sue")
        assert whats(events)[:1] == ["order_surfaces"]
        assert "found_by_audit" not in whats(events)
        assert {"suit", "suit_planned"} & set(whats(events))
    assert hidden
