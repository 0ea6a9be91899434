"""The words of the journal, in one table that can be translated, and how a line is made of them.

A line is the text of what happened, filled with its facts; where the truth may be told, its
clause follows, and the codes of the failure modes. A part in square brackets is left out where a
fact in it is missing. Numbers are shown by the unit in which their name ends.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from agents.enterprise import NO_RUNWAY_END
from agents.records import FEN_PER_CNY
from simulation.checklist import CheckNote
from simulation.story import chinese, english
from simulation.story.records import Event, Facts


class Words(NamedTuple):
    """A language. texts: what happened -> sentence. truths: -> what only the model knows of it.

    names: of what facts may be. checks: of the checks on a file. units: one and many.
    """

    texts: Mapping[str, str]
    truths: Mapping[str, str]
    names: Mapping[str, str]
    checks: Mapping[str, str]
    units: Mapping[str, tuple[str, str]]


def _language(table: Any) -> Words:
    return Words(table.TEXTS, table.TRUTHS, table.NAMES, table.CHECKS, table.UNITS)


ENGLISH, CHINESE = _language(english), _language(chinese)


def text_of(event: Event, *, reveal: bool = True, words: Words = ENGLISH) -> str:
    """An event in one line. reveal: also what the bank could not know."""
    if not reveal:
        event = event.sealed()
    known = {**event.facts, **event.truth}
    text = _filled(words.texts[event.what], known, words)
    clause = words.truths.get(event.what, "") if reveal and event.truth else ""
    return text + _filled(clause, known, words) + marked(event.failed)


def marked(failed: Iterable[str]) -> str:
    """Codes of failure modes as they stand behind a line."""
    listed = ", ".join(failed)
    return f" [{listed}]" if listed else ""


def text_of_check(note: CheckNote, *, reveal: bool = True, words: Words = ENGLISH) -> str:
    """What became of a check; sealed, one that found nothing looks like any other."""
    outcome = "check_made" if note.made else "check_skipped"
    told = {"check": words.checks[note.check], "outcome": words.texts[outcome]}
    line = words.texts["check_line"].format_map(told)
    if note.found or not reveal:
        return line
    nothing = words.texts["check_found_nothing"] if note.made else ""
    why = words.texts["check_because"].format(why=words.names[note.why])
    return f"{line}{nothing}{why}{marked((note.code,))}"


def _filled(template: str, facts: Facts, words: Words) -> str:
    def kept(part: re.Match[str]) -> str:
        return part[1] if facts.keys() >= set(_GAP.findall(part[1])) else ""

    template = _OPTIONAL.sub(kept, template)
    return template.format_map({name: shown(name, value, words) for name, value in facts.items()})


def shown(name: str, value: Any, words: Words = ENGLISH) -> str:
    """A fact for people, by the unit in which its name ends."""
    if isinstance(value, list):
        return _listed(name, value, words)
    if isinstance(value, str):
        return words.names.get(value, value)
    if name == "runway":
        return words.names["no_end"] if value >= NO_RUNWAY_END else _counted(value, "month", words)
    if name.endswith("_fen"):
        return f"{value / FEN_PER_CNY:,.0f} {words.units['money'][0]}"
    if name.endswith("_month"):
        return words.units["at_month"][0].format(value)
    unit = next((unit for ending, unit in _COUNTED.items() if name.endswith(ending)), "")
    if unit:
        return _counted(round(value) if unit == "day" else value, unit, words)
    return next((f.format(value) for end, f in _FORMATS.items() if name.endswith(end)), str(value))


def _listed(name: str, values: list[Any], words: Words) -> str:
    """Facts of one name, one after another; of months the word comes once."""
    between = words.units["between"][0]
    if not name.endswith("_month"):
        return between.join(shown(name, value, words) for value in values)
    return words.units["at_month"][len(values) > 1].format(between.join(map(str, values)))


def _counted(value: float, unit: str, words: Words) -> str:
    """A number with its unit, one or many."""
    number = f"{value:.0f}" if float(value).is_integer() or value >= 20.0 else f"{value:.1f}"
    one, many = words.units[unit]
    return f"{number} {one if number == '1' else many}"


_OPTIONAL, _GAP = re.compile(r"\[(.*?)\]"), re.compile(r"{(\w+)}")

_FORMATS = {"_share": "{:.0%}", "_rate": "{:.2%}", "_sd": "{:+.2f}"}
"""Ending of a fact's name -> how its value is shown."""

_COUNTED = {
    "_days": "day", "_months": "month", "guarantors": "guarantor", "clients": "client",
    "employees": "employee", "files": "file",
}  # fmt: skip
"""Ending of a fact's name -> unit in which it is counted."""
