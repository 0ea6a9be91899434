"""A case: what a role finds in the file, and what would have saved the loan."""

from __future__ import annotations

import re

import numpy as np
import pytest

from agents.loan import NEW_LENDING, STATUSES
from classroom.case_file import Case, case_of, parted, pending_of
from classroom.debrief import fingerprint
from classroom.flow import refused_files
from classroom.quiz import Life, answer, is_saved, life_of, lived, questions
from classroom.roles import KIND, KINDS, ROLES, SHARED, may_see
from classroom.settings import Settings, SettingsError
from classroom.timeline import Timeline, journal_of
from classroom.world import found
from simulation.journal import Journal
from simulation.orders import OrderError
from simulation.story import chinese, english
from simulation.story.records import Event
from simulation.story.words import CHINESE, ENGLISH, text_of

LESSON = Settings(enterprises=400, months=36, seed=5)


@pytest.fixture(scope="module")
def lesson() -> Timeline:
    timeline = Timeline(LESSON)
    timeline.go_to(36)
    return timeline


@pytest.fixture(scope="module")
def firm(lesson: Timeline) -> int:
    return int(lesson.model.loans["enterprise"][questions(lesson.model)[0]])


@pytest.fixture(scope="module")
def journal(firm: int) -> Journal:
    return journal_of(LESSON, firm, 36)


def texts(case: Case) -> list[str]:
    return [line.text for document in case.documents for line in document.lines]


# --- words --------------------------------------------------------------------------------------


def gaps(text: str) -> set[str]:
    return {part.split("}")[0] for part in text.split("{")[1:]}


@pytest.mark.parametrize("table", ["TEXTS", "TRUTHS", "NAMES", "CHECKS", "UNITS"])
def test_the_chinese_journal_says_all_that_the_english_one_says(table: str) -> None:
    ours, theirs = getattr(english, table), getattr(chinese, table)
    assert ours.keys() == theirs.keys()
    for key in ours:
        if table in ("TEXTS", "TRUTHS"):
            assert gaps(ours[key]) == gaps(theirs[key]), key
        assert theirs[key], key


def test_every_event_has_its_document() -> None:
    told = {what for what in english.TEXTS if not what.startswith("check_")}  # parts of a check
    assert set(KIND) == told
    assert set(KIND.values()) == set(KINDS)
    assert set(SHARED) <= told
    assert {role for roles in SHARED.values() for role in roles} <= set(ROLES)


# --- the case -----------------------------------------------------------------------------------


def test_a_case_tells_the_whole_journal_to_the_trainer(journal: Journal) -> None:
    case = case_of(journal, "en", reveal=True)
    told = {text_of(e._replace(failed=())) for e in journal.events if e.what != "decision"}
    assert told <= set(texts(case))
    assert case.modes and case.verdicts
    assert any(line.hidden for document in case.documents for line in document.lines)
    months = [document.month for document in case.documents]
    assert months == sorted(months)


def test_sealed_there_is_no_truth_in_it(journal: Journal) -> None:
    for role in ROLES:
        case = case_of(journal, "en", role=role)
        assert case.modes == () and not case.revealed
        for verdict in case.verdicts:
            assert verdict.true is None and verdict.full_check_cny is None
            assert all(check.found is None and check.why is None for check in verdict.checks)
        told = " ".join(texts(case))
        assert "(true" not in told and "would have" not in told


@pytest.mark.parametrize("preset", ["late_watch_list", "evergreening", "guarantee_circle"])
def test_every_seat_can_read_every_case(preset: str) -> None:
    """Whatever happened, a seat gets lines without a gap; what it did itself tells no truth."""
    timeline = Timeline(Settings(preset=preset, enterprises=200, months=60, seed=5))
    timeline.go_to(60)
    defaulted = {int(timeline.model.loans["enterprise"][row])
                 for row in questions(timeline.model, 12)}  # fmt: skip
    assert len(defaulted) > 2
    hidden = 0
    for firm in defaulted:
        kept = journal_of(timeline.settings, firm, 60)
        for role in ROLES:
            for language in ("en", "zh"):
                case = case_of(kept, language, role=role)
                told = " ".join(texts(case))
                unknown = role == "collector" and any(e.what == "hiding" for e in kept.events)
                assert (told.strip() or unknown) and "{" not in told
                assert "(true" not in told and "（真实" not in told
                hidden += sum(line.hidden for d in case.documents for line in d.lines)
    assert hidden > 0


def test_no_role_but_the_trainer_can_reveal(journal: Journal) -> None:
    for role in set(ROLES) - {"trainer"}:
        assert case_of(journal, "en", role=role, reveal=True) == case_of(journal, "en", role=role)


def test_a_role_sees_its_own_documents_and_its_own_doings(journal: Journal) -> None:
    seen = {role: {d.kind for d in case_of(journal, "en", role=role).documents} for role in ROLES}
    assert "visit" not in seen["reviewer"] and "recovery" not in seen["customer_manager"]
    assert seen["trainer"] >= seen["customer_manager"]
    assert may_see("branch_head", "hiding") and not may_see("customer_manager", "hiding")
    assert may_see("reviewer", "proposal") and not may_see("reviewer", "belief")


def test_what_was_investigated_is_in_no_verdict_of_those_who_do_not_see_it(
    journal: Journal,
) -> None:
    for role in ROLES:
        verdicts = case_of(journal, "en", role=role).verdicts
        sees = may_see(role, "belief")
        assert bool(verdicts) == (sees or may_see(role, "decision"))
        for verdict in verdicts:
            assert (verdict.believed is not None) == bool(verdict.checks) == sees


def test_a_hidden_default_is_known_to_the_branch_head_alone() -> None:
    timeline = Timeline(Settings(preset="evergreening", enterprises=400, months=36, seed=5))
    timeline.go_to(36)
    loans = np.asarray(timeline.model.loans)
    burn_in = timeline.model.scenario.burn_in_months
    hidden = (loans["cohort"] == NEW_LENDING) & (loans["hidden_until"] > 36 + burn_in)
    row = int(loans["enterprise"][np.flatnonzero(hidden)[-1]])  # it has had no other default
    kept = journal_of(timeline.settings, row, 36)
    line = english.TEXTS["hiding"]
    assert case_of(kept, "en", role="collector").documents == ()
    assert "under observation" in " ".join(texts(case_of(kept, "en", role="customer_manager")))
    assert "in default" not in " ".join(texts(case_of(kept, "en", role="customer_manager")))
    assert "in default" in " ".join(texts(case_of(kept, "en", role="branch_head")))
    assert line in texts(case_of(kept, "en", role="branch_head"))
    for role in set(ROLES) - {"branch_head"}:
        assert line not in texts(case_of(kept, "en", role=role))
    assert line in texts(case_of(kept, "en", reveal=True))


def test_the_collector_gets_a_loan_when_it_has_failed() -> None:
    """Nothing of it before, of a loan that does not fail nothing ever, and then all its account."""
    lesson = Settings(preset="unverified_statements")
    assert case_of(journal_of(lesson, 1351, 24), "en", role="collector").documents == ()
    kept = journal_of(lesson, 1351, 60)
    case = case_of(kept, "en", role="collector")
    assert {d.kind for d in case.documents} == {"account", "approval", "recovery"}
    assert min(d.month for d in case.documents) == 21
    timeline = Timeline(lesson)
    timeline.go_to(40)
    loans = timeline.model.loans
    sound = [int(row) for row in loans["enterprise"][loans["first_default"] < 0][-3:]
             if not (loans["first_default"][loans["enterprise"] == row] >= 0).any()]  # fmt: skip
    assert sound
    for firm in sound:
        assert case_of(journal_of(lesson, firm, 40), "en", role="collector").documents == ()


def test_a_loan_that_failed_opens_no_other_to_the_collector() -> None:
    def event(month: int, what: str) -> Event:
        return Event(month, "", what, "bank", {"paid_fen": 100, "ead_fen": 1}, {}, (), what)

    told = ["application", "repaid", "application", "current", "default", "application", "current"]
    kept = Journal(0)
    kept.events = [event(month, what) for month, what in enumerate(told)]
    case = case_of(kept, "en", role="collector")
    assert [d.month for d in case.documents] == [3, 4]


def test_no_seat_knows_the_day_of_a_sale_before_it_comes() -> None:
    lesson = Settings(preset="unverified_statements")
    kept = journal_of(lesson, 1351, 28)
    assert any(event.what == "sale_planned" for event in kept.events)
    for role in ROLES:
        assert not any("will be sold" in text for text in texts(case_of(kept, "en", role=role)))
    assert any("will be sold" in text for text in texts(case_of(kept, "en", reveal=True)))


def test_the_collector_orders_nothing_for_a_loan_that_is_paid() -> None:
    timeline = Timeline(LESSON)
    timeline.go_to(35)
    last = {int(loan["enterprise"]): loan for loan in timeline.model.loans}
    paid = [firm for firm, loan in last.items() if STATUSES[loan["status"]] == "repaid"][:5]
    failed = [firm for firm, loan in last.items() if STATUSES[loan["status"]] == "defaulted"]
    assert paid and failed
    for firm in paid:
        assert not set(timeline.possible_orders(firm)) & set(ROLES["collector"].orders)
    assert any("sue" in timeline.possible_orders(firm) for firm in failed)


def test_both_languages_tell_the_same_lines(journal: Journal) -> None:
    ours, theirs = (case_of(journal, language, reveal=True) for language in ("en", "zh"))
    assert len(texts(ours)) == len(texts(theirs))
    assert ours.modes == theirs.modes and ours.verdicts == theirs.verdicts
    assert not any("{" in text for text in texts(theirs))
    lines = list(journal.lines(words=CHINESE))
    assert len(lines) == len(list(journal.lines(words=ENGLISH)))


def test_the_twin_parts_at_a_line_of_the_story(journal: Journal, firm: int) -> None:
    strong = LESSON.but(pre_loan=1.0)
    at = parted(LESSON, strong, firm, 36, "en")
    assert at is not None
    month, line = at
    assert "month" not in line[:5]
    assert any(one.strip().endswith(line) for one in journal.lines())
    assert any(re.match(rf"month +{month} ", one) for one in journal.lines())
    assert parted(LESSON, LESSON, firm, 36, "en") is None


# --- decide again -------------------------------------------------------------------------------


def granted_in(lesson: Timeline, firm: int) -> int:
    """The month in which a firm's first new loan was decided."""
    own = lesson.model.loans[lesson.model.loans["enterprise"] == firm]
    new = own[own["cohort"] == NEW_LENDING][0]
    return int(new["start_month"]) - lesson.model.scenario.burn_in_months


def test_a_decision_changes_what_follows_and_nothing_before(lesson: Timeline, firm: int) -> None:
    month = granted_in(lesson, firm)
    timeline = Timeline(LESSON)
    timeline.go_to(month)
    assert "refuse" in timeline.possible_orders(firm)
    other = timeline.decide(firm, "refuse")
    assert other.month == month
    assert fingerprint(other) == fingerprint(timeline)
    other.step()
    timeline.step()
    assert other.model.loan_count == timeline.model.loan_count - 1
    again = Timeline(other.settings)
    again.go_to(month + 1)
    assert fingerprint(again) == fingerprint(other)
    with pytest.raises(OrderError, match="not possible in this month; possible: "):
        again.decide(firm, "sue")


def test_a_second_decision_for_the_same_firm_and_month_replaces_the_first(
    lesson: Timeline, firm: int
) -> None:
    timeline = Timeline(LESSON)
    timeline.go_to(granted_in(lesson, firm))
    possible = timeline.possible_orders(firm)
    assert len(possible) > 1
    for order in possible:
        timeline = timeline.decide(firm, order)
    assert [decision.order for decision in timeline.settings.decisions] == [possible[-1]]
    with pytest.raises(SettingsError):
        LESSON.but(decisions=[{"month": 1, "enterprise": 1, "order": "visit"}] * 51)


# --- the quiz -----------------------------------------------------------------------------------


def test_the_usual_life_is_the_one_that_was_seen(lesson: Timeline, firm: int) -> None:
    assert life_of(lived(found(LESSON), LESSON, 36), firm) == life_of(lesson.model, firm)
    assert life_of(lesson.model, firm).defaulted


def test_a_default_without_a_loss_is_saved_only_where_it_does_not_happen() -> None:
    recovered = Life(1e6, 0.0, True)
    assert not is_saved(recovered, recovered)
    assert is_saved(recovered, Life(1e6, 0.0, False))
    assert is_saved(Life(1e6, 4e5, True), Life(1e6, 2e5, True))


def test_an_answer_is_what_lives_lived_again_say(lesson: Timeline) -> None:
    answers = []
    for row in questions(lesson.model, 4):
        contract = lesson.model.loans[row]
        codes = ["F01", "F09"] if contract["failures"] else []
        told = answer(LESSON, int(contract["enterprise"]), 36, codes)
        assert told.usual.defaulted and told.usual.lost_cny > 0.0
        for stage, life in told.stages.items():
            assert (stage in told.saving) == is_saved(told.usual, life)
        assert set(told.catching) <= set(told.modes) == set(codes)
        answers.append(told)
    assert any(told.saving for told in answers)
    assert len({told.saving for told in answers}) > 1


# --- before a decision --------------------------------------------------------------------------


def test_what_lies_on_the_desk_is_what_was_there_before_the_decision(lesson: Timeline) -> None:
    """Of a granted file and of a refused one: the papers do not tell which is which."""
    model = lesson.model
    fork = model.scenario.burn_in_months
    rows = [
        (refused_files(model)[0].enterprise, refused_files(model)[0].month),
        (int(model.loans["enterprise"][-1]), int(model.loans["start_month"][-1]) - fork),
    ]
    for firm, month in rows:
        journal = journal_of(LESSON, firm, month + 1)
        assert month in [d.month for d in journal.decisions]
        for role in ROLES:
            papers = pending_of(journal, "en", month, role)
            kinds = {paper.kind for paper in papers}
            assert kinds <= {"request", "statement", "investigation"} & set(ROLES[role].sees) | {
                "investigation"
            }
            told = " ".join(line.text for paper in papers for line in paper.lines)
            assert "grants" not in told and "refuse" not in told
            assert not any(line.hidden or line.modes for paper in papers for line in paper.lines)
        assert pending_of(journal, "en", month, "trainer")
        assert pending_of(journal, "en", month + 1, "trainer") == ()


def test_a_file_that_waits_for_another_month_is_not_on_the_desk() -> None:
    lesson = Settings(enterprises=300, months=36, seed=5)
    waiting, decided = (journal_of(lesson, firm, 14) for firm in (303, 346))
    assert "application" in [e.what for e in waiting.events if e.month == 13]
    assert pending_of(waiting, "en", 13, "trainer") == ()
    assert pending_of(decided, "en", 13, "trainer")
