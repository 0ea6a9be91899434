"""The words of a story: all that happens has some, and sealed they hold no truth."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from agents import enterprise, loan, officer
from simulation.story.english import NAMES, TEXTS, TRUTHS
from simulation.story.records import Event
from simulation.story.telling import as_data, key_to, lines_of
from simulation.story.words import ENGLISH, shown, text_of

TRUE_FIELDS = {
    name for fields in (enterprise.FIELDS, loan.FIELDS, officer.FIELDS)
    for name, field in fields.items() if field.seen == "true"
}  # fmt: skip


def test_a_fact_is_no_field_that_only_the_model_knows(events: list[Event]) -> None:
    facts = {name for e in events if not e.true for name in e.facts}
    assert len(facts) > 30
    assert facts & TRUE_FIELDS == set()


def test_sealed_it_tells_only_what_the_bank_could_know(watched: Any) -> None:
    for journal in watched.journals.values():
        opened, sealed = list(lines_of(journal)), list(lines_of(journal, reveal=False))
        assert len(sealed) <= len(opened)
        text = "\n".join(sealed)
        assert not re.search(r"\btru(e|ly|th)\b|full check|\bF[01]\d|insisted|pay for vol", text)
        assert not re.search(r"refuses to pay|decides not to pay|from the desk|quiet", text)


def test_sealed_data_hold_no_truth(watched: Any) -> None:
    whole = [as_data(j, True, None, None) for j in watched.journals.values()]
    sealed = [as_data(j, False, None, None) for j in watched.journals.values()]
    text = json.dumps(sealed)
    assert '"truth"' in json.dumps(whole) and json.dumps(whole) != text
    hidden = r'"(truth|true|gap|full_check\w*|failed|seen_as|found|modes)":'
    assert re.search(hidden, json.dumps(whole)) and not re.search(hidden, text)
    for story in sealed:
        for event in story["events"]:
            assert event["what"] not in ("desk_visit", "hiding", "refusal", "kept_quiet")
        for month in story["months"]:
            assert month.keys() == {"seen"}
            names = {name.removeprefix("loan_") for name in month["seen"]}
            assert not names & (TRUE_FIELDS - loan.FIELDS.keys() - officer.FIELDS.keys())


def test_sealed_nothing_is_told_before_it_is_known(watched: Any, events: list[Event]) -> None:
    """An alert's way to the desk and the day of a sale are luck that is still to come."""
    seen = [month for journal in watched.journals.values() for month in journal.seen]
    assert not any({"alert_month", "loan_sale_month"} & month.keys() for month in seen)
    ahead = {"answer_month", "sale_month"}
    assert any(ahead & e.truth.keys() for e in events)
    assert not any(ahead & e.sealed().facts.keys() for e in events)


def test_a_visit_from_the_desk_looks_real_when_sealed(events: list[Event]) -> None:
    desk = next(e for e in events if e.what == "desk_visit")
    real = next(e for e in events if e.what == "visit")
    assert text_of(desk, reveal=False) == text_of(real, reveal=False)
    assert text_of(desk) != text_of(real)


# --- words -------------------------------------------------------------------------------


def test_there_are_words_for_all_that_happens(events: list[Event]) -> None:
    assert TRUTHS.keys() <= TEXTS.keys()
    for event in events:
        assert "{" not in text_of(event)
        if not event.true:
            assert event.seen_as in TEXTS
            assert "{" not in text_of(event, reveal=False)
        for value in [*event.facts.values(), *event.truth.values()]:
            assert not isinstance(value, str) or value == "" or value in NAMES


def test_words_can_be_translated(events: list[Event]) -> None:
    german = ENGLISH._replace(
        texts={**TEXTS, "arrears": "zahlt {paid_fen}, schuldet {owed_fen}, {late_days} zu spät"},
        units={**ENGLISH.units, "day": ("Tag", "Tage")}, truths={},
    )  # fmt: skip
    arrears = next(e for e in events if e.what == "arrears")
    assert re.fullmatch(r"zahlt .* CNY, schuldet .* CNY, \d+ Tage? zu spät",
                        text_of(arrears, words=german))  # fmt: skip


@pytest.mark.parametrize(
    ("truth", "text"),
    [
        ({"distressed": "sound", "runway": 999.0},
         " (true: money for as long as one can see, not in distress)"),
        ({"distressed": "distressed", "runway": 0.5}, " (true: money for 0.5 months, in distress)"),
        ({"distressed": "distressed", "late_days": 1.0}, " (true: in distress, 1 day past due)"),
        ({"distressed": "distressed", "runway": 40.0, "reason": "called"},
         " (true: money for 40 months, in distress, called as guarantor)"),
    ],
)  # fmt: skip
def test_what_is_not_known_is_left_out(truth: dict[str, Any], text: str) -> None:
    visit = Event(3, "visits", "visit", "officer", {}, truth, (), "visit")
    assert text_of(visit) == TEXTS["visit"] + text


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("late_days", 1.0, "1 day"), ("late_days", 31.4, "31 days"),
        ("guarantors", 1, "1 guarantor"), ("wait_months", 2, "2 months"),
        ("runway", 1.5, "1.5 months"), ("runway", 999.0, "as long as one can see"),
        ("paid_fen", 123_456_700, "1,234,567 CNY"), ("annual_rate", 0.0528, "5.28%"),
        ("score_sd", -0.1, "-0.10"), ("suit_month", 33, "month 33"),
        ("earlier_month", [-3, 4], "months -3, 4"), ("earlier_month", [4], "month 4"),
        ("sources", ["sale", "assets"], "sale of the security, share of the firm's other assets"),
    ],
)  # fmt: skip
def test_facts_are_shown_by_their_unit(name: str, value: Any, text: str) -> None:
    assert shown(name, value) == text


def test_the_key_spells_out_the_codes_of_the_story(watched: Any) -> None:
    for journal in watched.journals.values():
        told = set(re.findall(r"\bF\d\d\b", "\n".join(lines_of(journal))))
        assert told == key_to(journal, None, None).keys()
