"""The case file of a firm: documents as a trainee would find them, sealed or with the truth."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import NamedTuple

from agents.records import FEN_PER_CNY
from classroom.roles import KIND, ROLES, may_see
from classroom.settings import Settings
from classroom.timeline import journal_of
from simulation.checklist import CheckNote
from simulation.journal import Journal
from simulation.story.records import Decision, Event
from simulation.story.telling import chapter
from simulation.story.words import CHINESE, ENGLISH, Words, text_of, text_of_check

_COMES_OUT = ("found_by_audit", "order_surfaces", "surfacing")
"""Events with which a default that was not reported becomes known."""

WORDS_OF: dict[str, Words] = {"en": ENGLISH, "zh": CHINESE}
"""Language -> words of the journal."""


class Line(NamedTuple):
    """A line of a document. modes: codes of failure modes, empty where sealed. hidden: does only
    the model know it, or the one who did it?
    """

    text: str
    modes: tuple[str, ...] = ()
    hidden: bool = False


class Document(NamedTuple):
    """A sheet of the file. kind: of classroom.roles.KINDS. month: from the fork."""

    kind: str
    month: int
    lines: tuple[Line, ...]


class Check(NamedTuple):
    """A check on a file, as the trainee sees it. found, why: None where sealed."""

    check: str
    made: bool
    found: bool | None
    why: str | None


class Verdict(NamedTuple):
    """A decision on a file. Amounts in CNY, scores in sd of capacity; what is sealed is None, and
    what was found by the investigation is None or empty for a role that does not see that.
    """

    month: int
    renewal: bool
    outcome: str
    asked_cny: float
    lent_cny: float
    believed: float | None
    cutoff: float
    true: float | None
    full_check_cny: float | None
    checks: tuple[Check, ...]


class Case(NamedTuple):
    """What lies on the desk when a case is opened. enterprise: row. modes: what failed, by code."""

    enterprise: int
    role: str
    revealed: bool
    documents: tuple[Document, ...]
    verdicts: tuple[Verdict, ...]
    modes: tuple[str, ...]


def case_of(
    journal: Journal, language: str, *, role: str = "trainer", reveal: bool = False,
    first: int | None = None, last: int | None = None,
) -> Case:  # fmt: skip
    """The case of a firm from its journal.

    role: of classroom.roles.ROLES. reveal: also what nobody in the bank knows; no role but the
    trainer's gets it. first, last: months of a contract's start and end, else all.
    """
    open_ = reveal and ROLES[role].everything
    events = chapter(journal, first, last)
    if ROLES[role].once_failed:
        events = [event for loan in _loans(events) if _known_to_have_failed(loan)
                  for event in loan]  # fmt: skip
    if _is_hidden(events, role):
        events = [_as_reported(event) for event in events]
    span = {event.month for event in events}
    decided = {d.month: d for d in journal.decisions if d.month in span}
    documents = tuple(_documents(events, decided, role, WORDS_OF[language], open_))
    sees_files = may_see(role, "decision") or may_see(role, "belief")
    verdicts = tuple(_verdict(d, role, open_) for d in decided.values()) if sees_files else ()
    failed = {code for document in documents for line in document.lines for code in line.modes}
    return Case(journal.row, role, open_, documents, verdicts, tuple(sorted(failed)))


def pending_of(journal: Journal, language: str, month: int, role: str) -> tuple[Document, ...]:
    """The file that is decided in a month, as a role has it before the decision: what is asked,
    what the statement says, what was investigated and proposed. Empty where none is.
    """
    asked = ("application", "renewal_request", "decision")
    events = [e for e in journal.events if e.month == month and e.what in asked]
    decided = {d.month: d for d in journal.decisions if d.month == month}
    if not decided:  # the file waits for another month
        return ()
    documents = _documents(events, decided, role, WORDS_OF[language], reveal=False)
    return tuple(d for d in documents if d.kind in ("request", "statement", "investigation"))


def _loans(events: Sequence[Event]) -> list[list[Event]]:
    """A chapter loan by loan: each begins with an application, and has its renewals in it."""
    loans: list[list[Event]] = [[]]
    for event in events:
        if event.what == "application":
            loans.append([])
        loans[-1].append(event)
    return loans


def _known_to_have_failed(loan: Sequence[Event]) -> bool:
    """Has it defaulted, in a month after which nobody hid it, or came it out since?"""
    failed = {e.month for e in loan if e.what in ("default", "default_with_guarantors")}
    hidden = {e.month for e in loan if e.what == "hiding"}
    return bool(failed - hidden) or any(e.what in _COMES_OUT for e in loan)


def _is_hidden(events: Sequence[Event], role: str) -> bool:
    """Has a default not been reported, by others than this role, that has not come out since?"""
    told = (e for e in reversed(events) if e.what == "hiding" or e.what in _COMES_OUT)
    last = next(told, None)
    if last is None or last.what != "hiding":
        return False
    return not (ROLES[role].everything or last.who in ROLES[role].acts_as)


def _as_reported(event: Event) -> Event:
    """What the books say of a loan whose default is not reported."""
    if event.what != "still_open":
        return event
    return event._replace(facts={**event.facts, "status": "observed"})


def _documents(
    events: Sequence[Event], decided: dict[int, Decision], role: str, words: Words, reveal: bool
) -> Iterator[Document]:
    """Sheets in time: lines of one kind and month that follow each other lie together."""
    sheet: list[Line] = []
    place: tuple[str, int] | None = None
    for kind, month, line in _lines(events, decided, role, words, reveal):
        if place != (kind, month) and place is not None:
            yield Document(*place, tuple(sheet))
            sheet = []
        place = kind, month
        sheet.append(line)
    if place is not None:
        yield Document(*place, tuple(sheet))


def _lines(
    events: Sequence[Event], decided: dict[int, Decision], role: str, words: Words, reveal: bool
) -> Iterator[tuple[str, int, Line]]:
    """Every line that a role may see, with its document and month, in time."""
    for event in events:
        if event.what != "decision":
            yield from _line(event, role, words, reveal)
            continue
        decision = decided[event.month]
        steps = decision.steps
        checks = [(KIND["belief"], event.month, _check(note, words, reveal))
                  for note in decision.checks if may_see(role, "belief")]  # fmt: skip
        before = [step for step in steps if KIND[step.what] in ("request", "statement")]
        for step in before:
            yield from _line(step, role, words, reveal)
        yield from checks
        for step in steps:
            if step not in before:
                yield from _line(step, role, words, reveal)


def _line(event: Event, role: str, words: Words, reveal: bool) -> Iterator[tuple[str, int, Line]]:
    """An event as a role sees it, nothing where it does not."""
    own = event.who in ROLES[role].acts_as
    if not may_see(role, event.what) and not (own and event.true):
        return
    if event.true and not (reveal or own):
        return
    if reveal:
        text = text_of(event._replace(failed=()), words=words)
        line = Line(text, event.failed, event.true)
    elif own:  # knows what it did, all of it, and nothing more of what was true
        done = event._replace(facts={**event.facts, **event.truth}, truth={}, failed=())
        line = Line(text_of(done, words=words), (), event.true)
    else:
        line = Line(text_of(event._replace(failed=()), reveal=False, words=words))
    yield KIND[event.what], event.month, line


def _check(note: CheckNote, words: Words, reveal: bool) -> Line:
    """A check as a line; its code comes with it where the truth may be told."""
    text = text_of_check(note, reveal=reveal, words=words).removesuffix(f" [{note.code}]")
    return Line(text, (note.code,) if reveal and not note.found else ())


def _verdict(decision: Decision, role: str, reveal: bool) -> Verdict:
    """A decision in numbers, as far as a role sees them."""
    investigated = may_see(role, "belief")
    return Verdict(
        decision.month, decision.renewal, decision.outcome, decision.asked_fen / FEN_PER_CNY,
        decision.lent_fen / FEN_PER_CNY,
        decision.believed if investigated else None, decision.cutoff,
        decision.true if reveal else None,
        decision.full_check_fen / FEN_PER_CNY if reveal else None,
        tuple(
            Check(note.check, note.made, note.found if reveal else None,
                  note.why if reveal else None)
            for note in decision.checks if investigated
        ),
    )  # fmt: skip


def parted(
    own: Settings, twin: Settings, enterprise: int, months: int, language: str
) -> tuple[int, str] | None:
    """Where a firm's story here, revealed, parts from its story at the twin.

    months: lived of both. Returns: month and the first line that differs; None where the stories
    are the same. Where this story ends first, its last line.
    """
    story, other = (
        list(journal_of(settings, enterprise, months).lines(words=WORDS_OF[language]))
        for settings in (own, twin)
    )
    pairs = enumerate(zip_longest(story, other))
    place = next((k for k, (own_line, twin_line) in pairs if own_line != twin_line), None)
    if place is None:
        return None
    told = story[: place + 1]
    # The steps of a decision are set in below the line with its month.
    head = next((one for one in reversed(told) if one[:1] != " "), "")
    month = re.search(r"-?\d+", head)
    at = int(month.group()) if month else 0
    opening = WORDS_OF[language].units["at_month"][0].format(f"{at:>4}")
    return at, told[-1].removeprefix(opening).strip() if told else ""
