"""What a lesson came to can be taken home, and lived again from its code."""

from __future__ import annotations

import json
import re

import pytest

from classroom.codes import code_of
from classroom.debrief import as_data, as_json, as_page, fingerprint, numbers
from classroom.settings import Settings, settings_of
from classroom.timeline import Timeline
from classroom.words import LANGUAGES
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
    assert page.count("<li>") >= 12 and f'lang="{language}"' in page


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
        (["replay", "--code", IMPOSSIBLE], "not possible in month 0"),
    ],
)  # fmt: skip
def test_a_code_that_cannot_be_replayed_is_told(
    line: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(line) == cli.WRONG_INPUT
    assert words in " ".join(capsys.readouterr().err.split())
