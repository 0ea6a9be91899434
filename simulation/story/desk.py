"""A decision once more: how a file came to its outcome, worked out on copies.

The books keep the outcome of a file and, for contracts, its papers. The steps between come from
the same luck and the same records as the decision itself. Source: docs/model-basis.md, section
"Origination".
"""

from __future__ import annotations

from typing import Any, NamedTuple

from agents.enterprise import ALIVE, NEW_FILE, RENEWAL_FILE
from agents.loan import DEFAULTED
from agents.officer import days_to_decision
from agents.records import copied
from simulation.approval import Terms, decide, in_branch, relation_with, reviewers_luck, second_look
from simulation.investigation import investigate, sight_of
from simulation.world import FILES, World

Queue = tuple[tuple[int, int, int, bool], ...]


class Steps(NamedTuple):
    """How a file came to its outcome.

    believed: the file's score, true: the firm's capacity, own_look: the reviewer's own score
    (sd). related: the officer has an old relation with the firm. in_branch: the branch head
    decides alone. days: from request to decision.
    """

    terms: Terms
    believed: float
    true: float
    own_look: float
    related: bool
    in_branch: bool
    days: float


def queue_of(post: int, world: World) -> Queue:
    """Files on an officer's desk as (row, kind, month it came in, has it lost its object)."""
    rows = world.lists[FILES, : world.sheet["listed"][FILES]]
    return tuple(_entry(int(row), world) for row in rows if world.enterprises[row].officer == post)


def _entry(row: int, world: World) -> tuple[int, int, int, bool]:
    e = world.enterprises[row]
    performing = e.loan >= 0 and world.loans[e.loan].status < DEFAULTED
    stale = e.status != ALIVE or (e.file == RENEWAL_FILE and not performing)
    return row, int(e.file), int(e.file_month), bool(stale)


def decided_again(firm: Any, officer: Any, balance: int, desk: Any, ahead: Queue) -> Steps:
    """The steps of a decision. firm, officer: records as the file was read, in arrays of one row.

    balance: to be renewed (fen). desk: of the world. ahead: the officer's files up to this one,
    in the order in which they are decided.
    """
    e, o, w = firm[0], officer[0], copied(desk)[0]
    sight, luck = sight_of(e, w), reviewers_luck(e, w)
    file = investigate(e, o, sight, w)
    terms = decide(e, o, file, sight.capacity, luck, balance, w)
    return Steps(
        terms, file.score, sight.capacity, second_look(file.score, sight.capacity, luck[1], w),
        relation_with(e, o, w) > 0.0, in_branch(file.asked, w),
        _days(e, o, terms, in_branch(file.asked, w), ahead, w),
    )  # fmt: skip


def _days(e: Any, o: Any, terms: Terms, alone: bool, ahead: Queue, w: Any) -> float:
    """Days from request to decision, as the bank counts them."""
    p = w.p
    used, worked = 0.0, 0.0
    for _, kind, _, stale in ahead:
        hours = (p.renewal_hours if kind == RENEWAL_FILE else p.file_hours) * o.file_effort
        if not stale and o.file_hours - used >= hours - 1e-9:
            used, worked = used + hours, hours
    rest = o.hours_used - o.file_hours
    upstairs = (p.review_days if terms.reviewed else 0.0) + (0.0 if alone else p.committee_days)
    share = used / max(p.hours_per_month - rest, 1.0)
    return days_to_decision(float(w.month - e.file_month), share, worked, p.hours_per_day, upstairs)


def up_to(row: int, queue: Queue, month: int, patience: int) -> Queue:
    """The files of a desk up to a firm's own: renewals, then new files, the oldest first.

    month: of the world. patience: months after which a file waits no longer.
    """
    renewals = [entry for entry in queue if entry[1] == RENEWAL_FILE]
    new = [entry for entry in queue if entry[1] == NEW_FILE]
    new.sort(key=lambda entry: -min(month - entry[2], patience))  # a stable sort
    order = [*renewals, *new]
    last = next(i for i, entry in enumerate(order) if entry[0] == row)
    return tuple(order[: last + 1])
