"""The story of a firm, or of one of its contracts, from its journal: lines, or data for a page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from agents.failures import FAILURES
from agents.loan import STATUSES
from simulation.story.records import Decision, Event
from simulation.story.words import ENGLISH, Words, text_of, text_of_check

if TYPE_CHECKING:
    from simulation.journal import Journal

_INDENT = " " * 12


def chapter(journal: Journal, first: int | None, last: int | None) -> list[Event]:
    """Events from the request that led to a contract to its end.

    first, last: months of the contract's start and end; None: from the beginning, to the end.
    """
    opening = _opening(journal, first)
    told = [
        e for e in journal.events
        if (opening is None or e.month >= opening) and (last is None or e.month <= last)
    ]  # fmt: skip
    before = [] if opening is None else list(_earlier(journal, opening))
    return [*before, *told, *([] if last is not None else _still_open(journal))]


def _opening(journal: Journal, first: int | None) -> int | None:
    """Month of the request behind a contract that starts in ``first``."""
    if first is None:
        return None
    asked = [e.month for e in journal.events if e.what in ("application", "renewal_request")]
    return max((month for month in asked if month <= first), default=first)


def _earlier(journal: Journal, opening: int) -> Iterator[Event]:
    """What became of earlier files, so that a story has its past."""
    for outcome in ("granted", "refused", "withdrawn"):
        months = [d.month for d in journal.decisions if d.month < opening and d.outcome == outcome]
        if months:
            facts = {"outcome": outcome, "files": len(months), "earlier_month": months}
            yield Event(opening, "", "earlier", "bank", facts, {}, (), "earlier")


def _still_open(journal: Journal) -> list[Event]:
    """The last line of a story without an end."""
    if not journal.seen or journal.seen[-1]["loan"] < 0:
        return []
    seen = journal.seen[-1]
    facts = {"status": STATUSES[seen["loan_status"]], "balance_fen": seen["loan_balance_fen"]}
    return [Event(seen["month"], "", "still_open", "bank", facts, {}, (), "still_open")]


def lines_of(
    journal: Journal, *, reveal: bool = True, first: int | None = None, last: int | None = None,
    words: Words = ENGLISH,
) -> Iterator[str]:  # fmt: skip
    """The story in words, one line an event. reveal: also what the bank could not know.

    first, last: months of the contract's start and end, see ``chapter``.
    """
    decisions = {d.month: d for d in journal.decisions}
    for event in chapter(journal, first, last):
        if event.true and not reveal:
            continue
        head = words.units["at_month"][0].format(f"{event.month:>4}")
        if event.what == "decision":
            # The steps that follow carry the codes.
            yield f"{head}  {text_of(event._replace(failed=()), reveal=reveal, words=words)}"
            yield from _steps(decisions[event.month], reveal, words)
        else:
            yield f"{head}  {text_of(event, reveal=reveal, words=words)}"


def _steps(decision: Decision, reveal: bool, words: Words) -> Iterator[str]:
    """The steps of a decision; the checks come before the belief that rests on them."""
    shown = [step for step in decision.steps if reveal or not step.true]
    asked = [step for step in shown if step.what in ("firm", "wish", "renewal_wish", "load")]
    for step in asked:
        yield f"{_INDENT}{text_of(step, reveal=reveal, words=words)}"
    for note in decision.checks:
        yield f"{_INDENT}- {text_of_check(note, reveal=reveal, words=words)}"
    for step in shown[len(asked) :]:
        yield f"{_INDENT}{text_of(step, reveal=reveal, words=words)}"


def parting(story: Sequence[str], twin: Sequence[str]) -> str | None:
    """The first line of a story that differs from its twin's; "" where it ends before the twin.

    None where both are the same.
    """
    for own, other in zip_longest(story, twin, fillvalue=""):
        if own != other:
            return own
    return None


def key_to(journal: Journal, first: int | None, last: int | None) -> dict[str, str]:
    """The failure modes of a story: code -> title."""
    events = chapter(journal, first, last)
    failed = {code for event in events for code in event.failed}
    months = {event.month for event in events if event.what == "decision"}
    failed |= {code for d in journal.decisions if d.month in months for code in d.failed}
    return {mode.code: mode.title for mode in FAILURES if mode.code in failed}


def as_data(journal: Journal, reveal: bool, first: int | None, last: int | None) -> dict[str, Any]:
    """The same as plain data; sealed, only what the bank could know.

    Returns: events, decisions and months, each a list in time, and the key to the codes.
    """
    events = [e for e in chapter(journal, first, last) if reveal or not e.true]
    span = {e.month for e in events}
    decided = [d for d in journal.decisions if d.month in span]
    low, high = (min(span), max(span)) if span else (0, -1)
    months = [
        {"seen": seen} | ({"true": true} if reveal else {})
        for seen, true in zip(journal.seen, journal.truth, strict=True)
        if low <= seen["month"] <= high
    ]
    story = {
        "events": [_event_data(event, reveal) for event in events],
        "decisions": [_decision_data(decision, reveal) for decision in decided],
        "months": months,
    }
    return story | ({"modes": key_to(journal, first, last)} if reveal else {})


def _event_data(event: Event, reveal: bool) -> dict[str, Any]:
    text = text_of(event._replace(failed=()), reveal=reveal)
    shown = event if reveal else event.sealed()
    data = {
        "month": shown.month, "stage": shown.stage, "what": shown.what, "who": shown.who,
        "text": text, "facts": shown.facts,
    }  # fmt: skip
    if reveal:
        data |= {"truth": shown.truth, "failed": shown.failed, "seen_as": shown.seen_as}
    return data


def _decision_data(decision: Decision, reveal: bool) -> dict[str, Any]:
    d = decision
    data: dict[str, Any] = {
        "month": d.month, "renewal": d.renewal, "outcome": d.outcome, "believed": d.believed,
        "cutoff": d.cutoff, "asked_fen": d.asked_fen, "lent_fen": d.lent_fen,
        "checks": [{"check": note.check, "made": note.made} for note in d.checks],
        "steps": [_event_data(step, reveal) for step in d.steps if reveal or not step.true],
    }  # fmt: skip
    if reveal:
        data |= {
            "true": d.true, "gap": d.gap, "full_check": d.full_check,
            "full_check_fen": d.full_check_fen, "failed": d.failed,
            "checks": [note._asdict() for note in d.checks],
        }  # fmt: skip
    return data
