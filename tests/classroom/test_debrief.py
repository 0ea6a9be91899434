"""What a lesson came to can be taken home, and lived again from its code."""

from __future__ import annotations

import json
import re
from html import unescape

import pytest

from classroom.case_file import case_of, parted
from classroom.codes import code_of
from classroom.debrief import as_data, as_json, as_page, fingerprint, numbers
from classroom.settings import Settings, settings_of
from classroom.sheets import key_verdicts, management_told
from classroom.timeline import Timeline, journal_of
from classroom.words import LANGUAGES, said
from experiments import cli

LESSON = Settings(
    enterprises=200, months=24, strategies=[{"strategy": "internal_control", "month": 2}]
)


IMPOSSIBLE = code_of(Settings(decisions=[{"month": 0, "enterprise": 3, "order": "sue"}]))


@pytest.fixture(scope="module")
def lesson() -> Timeline:
    timeline = Timeline(LESSON)
    timeline.go_to(24)
    rows = timeline.model.loans["enterprise"]
    timeline.go_to(12)
    row = next(int(r) for r in rows if "visit" in timeline.possible_orders(int(r)))
    decided = timeline.decide(row, "visit")
    decided.go_to(24)
    return decided


@pytest.fixture(scope="module")
def twin(lesson: Timeline) -> Timeline:
    return lesson.with_settings(lesson.settings.but(approval=1.0, decisions=()))


def test_data_hold_what_makes_the_lesson_again(lesson: Timeline, twin: Timeline) -> None:
    data = json.loads(as_json(lesson, twin))
    assert settings_of(data["settings"]) == lesson.settings
    assert data["numbers"] == numbers(lesson) != data["twin"]["numbers"]
    assert len(data["months"]) == 36 and data["months"][-1]["month"] == 23
    again = Timeline(settings_of(data["settings"]))
    again.go_to(data["month"])
    assert fingerprint(again) == data["fingerprint"]


@pytest.mark.parametrize("language", list(LANGUAGES))
def test_the_page_stands_alone_and_says_all(
    lesson: Timeline, twin: Timeline, language: str
) -> None:
    page = as_page(lesson, language, twin)
    assert page == as_page(lesson, language, twin)
    assert not re.search(r"<script|https?://|url\(", page)
    assert code_of(lesson.settings) in page and code_of(twin.settings) in page
    assert management_told(language, twin.settings) in page
    assert said(language, "taken", number=1) in page  # of this bank, not of its twin
    assert page.count("<li>") >= 12 and f'lang="{language}"' in page


@pytest.mark.parametrize("language", list(LANGUAGES))
def test_the_page_has_the_case_as_it_lies_on_the_desk(lesson: Timeline, language: str) -> None:
    loans = lesson.model.loans
    row = int(loans["enterprise"][-1])
    journal = journal_of(lesson.settings, row, 24)
    pages = {}
    for role, reveal in (("trainer", True), ("trainer", False), ("collector", False)):
        case = case_of(journal, language, role=role, reveal=reveal)
        pages[role, reveal] = page = unescape(as_page(lesson, language, case=case))
        assert said(language, "case_of", enterprise=row) in page
        assert said(language, f"role.{role}") in page
        assert page.count("<article>") == len(case.documents) + len(key_verdicts(case.verdicts))
        for document in case.documents:
            for line in document.lines:
                assert line.text in page
    hidden = said(language, "hidden_line")
    assert hidden in pages["trainer", True] and hidden not in pages["trainer", False]
    assert said(language, "sealed") in pages["trainer", False]
    assert len(pages["collector", False]) < len(pages["trainer", False])


def test_a_revealed_case_says_where_the_twin_parts(lesson: Timeline, twin: Timeline) -> None:
    decided = lesson.settings.decisions[0]
    journal = journal_of(lesson.settings, decided.enterprise, 24)
    place = parted(lesson.settings, twin.settings, decided.enterprise, 24, "en")
    assert place is not None  # the twin is without the visit
    told = said("en", "parts_at", month=place[0], line=place[1])
    for reveal in (True, False):
        case = case_of(journal, "en", reveal=reveal)
        assert (told in unescape(as_page(lesson, "en", twin, case))) is reveal


def test_a_debrief_without_a_case_has_none(lesson: Timeline) -> None:
    assert "<article>" not in as_page(lesson, "en")


def test_replay_lives_a_lesson_again(lesson: Timeline, capsys: pytest.CaptureFixture[str]) -> None:
    code = code_of(lesson.settings)
    assert cli.run(["replay", "--code", code]) == 0
    told = capsys.readouterr().out
    assert f"Fingerprint of the loan book: {fingerprint(lesson)}" in told
    assert cli.run(["replay", "--code", code, "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == as_data(lesson)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (["replay", "--code", "nonsense"], "--code: the run code is of another version"),
        (["replay", "here", "--code", "x"], "exclude each other"),
        (["replay"], "name a study's folder and a run"),
        (["replay", "--code", IMPOSSIBLE], "decision of month 0 cannot be carried out"),
    ],
)  # fmt: skip
def test_a_code_that_cannot_be_replayed_is_told(
    line: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(line) == cli.WRONG_INPUT
    assert words in " ".join(capsys.readouterr().err.split())
