"""What a journal holds: shots of records, events and decisions.

Facts are what the bank could know; what only the model knows stands apart and is left out of
what is sealed. Names of facts end in their unit: ``_fen``, ``_sd``, ``_share``, ``_rate``,
``_days``, ``_months`` (a duration), ``_month`` (from the fork).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from agents.failures import FAILURES
from simulation.checklist import CheckNote
from simulation.story.claims import Claim

Record = dict[str, Any]
Facts = Mapping[str, Any]

NOT_SEEN = ""
"""What the bank makes of an event that it does not see."""


class Shot(NamedTuple):
    """The records of a firm, its contract and its officer at one moment (field -> value).

    distressed: truly, False without a contract. claim: on the firm's own defaulted contract;
    called: on the contract for which it is called as guarantor; None without one. queue: files
    on the officer's desk as (row, kind, month, is stale), where the firm has one.
    """

    enterprise: Record
    loan: Record
    officer: Record
    distressed: bool
    claim: Claim | None
    called: Claim | None
    queue: tuple[tuple[int, int, int, bool], ...]


class Event(NamedTuple):
    """Something that happened to the firm, or a step of a decision.

    month: from the fork. stage: of the model. what: a key of the table of words. who: who did
    it. facts: what the bank could know. truth: what only the model knows. failed: codes of the
    failure modes that occurred. seen_as: what the bank takes it for, another key of the table,
    NOT_SEEN if it sees nothing.
    """

    month: int
    stage: str
    what: str
    who: str
    facts: Facts
    truth: Facts
    failed: tuple[str, ...]
    seen_as: str

    @property
    def true(self) -> bool:
        """Does only the model know it?"""
        return self.seen_as == NOT_SEEN

    def sealed(self) -> Event:
        """The event as the bank sees it."""
        return self._replace(what=self.seen_as, truth={}, failed=())


@dataclass(frozen=True)
class Decision:
    """A decision on a file: what was believed, true, decided, and what a full check would lend.

    outcome: granted, refused, or withdrawn (granted, but the applicant had found another
    lender). Scores in sd of capacity, amounts in fen. checks: what became of each. steps: from
    the request to the money, in order.
    """

    month: int
    renewal: bool
    outcome: str
    believed: float
    true: float
    cutoff: float
    asked_fen: int
    lent_fen: int
    full_check_fen: int
    checks: tuple[CheckNote, ...]
    steps: tuple[Event, ...]

    @property
    def gap(self) -> float:
        """Belief less truth (sd)."""
        return self.believed - self.true

    @property
    def full_check(self) -> str:
        """What a full check would have decided."""
        return "granted" if self.full_check_fen > 0 else "refused"

    @property
    def failed(self) -> tuple[str, ...]:
        """Codes of the failure modes of the file and its pay-out."""
        checks = {note.code for note in self.checks if not note.found}
        return tuple(sorted(checks.union(*(step.failed for step in self.steps))))


@dataclass(frozen=True)
class Scene:
    """A stage of a month, for one firm.

    month: from the fork. zero: the fork, in months of the world. decision: taken in the stage.
    visit: what a visit that was due or ordered came to. order: of the trainee, carried out before
    the stage, "" without one.
    """

    stage: str
    month: int
    zero: int
    before: Shot
    now: Shot
    decision: Decision | None = None
    visit: Visit | None = None
    order: str = ""

    @property
    def world_month(self) -> int:
        """Months from the world's first day."""
        return self.month + self.zero

    @property
    def same_contract(self) -> bool:
        """Has the firm the contract that it had before?"""
        return self.before.loan.get("row") == self.now.loan.get("row")

    @property
    def is_new_contract(self) -> bool:
        """Has the firm another contract than before?"""
        return bool(self.now.loan) and not self.same_contract

    def change(self, field: str) -> Any:
        """Change of a field of the contract; of a new contract its value."""
        old = self.before.loan.get(field, 0) if self.same_contract else 0
        return self.now.loan.get(field, 0) - old

    def newly_failed(self) -> tuple[str, ...]:
        """Codes of the failure modes whose bit has just been set on the contract."""
        old = self.before.loan.get("failures", 0) if self.same_contract else 0
        return codes(self.now.loan.get("failures", 0) & ~old)

    def event(
        self,
        what: str,
        who: str,
        facts: Facts | None = None,
        truth: Facts | None = None,
        failed: tuple[str, ...] = (),
        seen_as: str | None = None,
    ) -> Event:
        """An event of this stage; the bank takes it for what it is unless ``seen_as`` is given."""
        seen = what if seen_as is None else seen_as
        return Event(
            self.month, self.stage, what, who, dict(facts or {}), dict(truth or {}), failed, seen
        )


class Visit(NamedTuple):
    """What a visit came to. failed: codes of the failure modes that occurred."""

    made: bool
    failed: tuple[str, ...]


def codes(bits: int) -> tuple[str, ...]:
    """Codes of failure modes. bits: as in the field ``failures`` of a contract."""
    return tuple(mode.code for mode in FAILURES if bits & mode.bit)
