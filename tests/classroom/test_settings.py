"""Lessons: what there can be, and codes that bring one back."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classroom.codes import LONGEST, code_of, settings_from
from classroom.presets import PRESETS
from classroom.settings import Settings, SettingsError, settings_of
from classroom.words import LANGUAGES

LESSON = Settings(
    preset="evergreening", seed=3, pre_loan=0.8,
    strategies=[{"strategy": "risk_warning", "month": 3}],
    decisions=[{"month": 5, "enterprise": 17, "order": "visit"}],
)  # fmt: skip


def test_a_code_brings_the_lesson_back() -> None:
    code = code_of(LESSON)
    assert settings_from(code) == LESSON
    assert set(code) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")
    assert settings_from(code_of(Settings())) == Settings()


def test_the_longest_lesson_fits_into_a_code() -> None:
    luck = random.Random(1)
    rows = [luck.randrange(9_000) for _ in range(50)]
    many = [{"month": luck.randrange(60), "enterprise": e, "order": "collateral"} for e in rows]
    lesson = Settings(decisions=many)
    assert len(code_of(lesson)) < LONGEST
    assert settings_from(code_of(lesson)) == lesson


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("", "letters and digits"), ("x" * 5_000, "letters and digits"), ("中文", "letters"),
        ("2" + code_of(LESSON)[1:], "another version"), (code_of(LESSON)[:-1], "mistyped"),
        ("1" + "00000000", "cannot be read"),
    ],
)  # fmt: skip
def test_a_bad_code_is_told_in_one_sentence(code: str, words: str) -> None:
    with pytest.raises(SettingsError, match=words):
        settings_from(code)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60))
def test_garbage_is_never_more_than_refused(text: str) -> None:
    with pytest.raises(SettingsError):
        settings_from(text)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"preset": "lbank"}, "unknown; nearest known: l_bank"),
        ({"months": 1}, "months: .* greater than or equal to 6"),
        ({"enterprises": 1_000_000}, "enterprises: .* less than or equal to 5000"),
        ({"pre_loan": 1.5}, "pre_loan"),
        ({"pre_loan": float("nan")}, "pre_loan"),
        ({"strategies": [{"strategy": "tighter_cutoff", "month": 0}]}, "unknown"),
        ({"strategies": [{"strategy": "risk_warning", "month": 0}] * 2}, "twice"),
        ({"decisions": [{"month": 70, "enterprise": 1, "order": "visit"}]}, "after the last month"),
        ({"strategies": [{"strategy": "risk_warning", "month": 60}]}, "after the last month"),
        ({"decisions": [{"month": 7, "enterprise": 1, "order": "bribe"}]}, "order .* known: app"),
        ({"file": "/etc/passwd"}, "file"),
        (5, "valid dictionary"),
    ],
)  # fmt: skip
def test_a_lesson_that_cannot_be_is_told(fields: object, words: str) -> None:
    with pytest.raises(SettingsError, match=words):
        settings_of(fields)


def test_both_languages_have_the_same_words_with_the_same_gaps() -> None:
    english, chinese = LANGUAGES["en"], LANGUAGES["zh"]
    assert english.keys() == chinese.keys()
    for key, text in english.items():
        assert gaps(text) == gaps(chinese[key]), key
        assert chinese[key].strip(), key
    for name in PRESETS:
        assert {f"preset.{name}", f"lesson.{name}"} <= english.keys()


def gaps(text: str) -> set[str]:
    return {part.split("}")[0] for part in text.split("{")[1:]}
