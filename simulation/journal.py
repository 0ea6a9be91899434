"""The journal of a firm: month by month what was true, what the file said, what was decided.

A journal looks on: it copies records before and after each stage and writes nothing into the
world, so the books are the same with and without it. Off unless asked for. What a full check
would have decided comes from the decision's own record (docs/model-basis.md, section "Full
check"). Source: docs/model-basis.md, section "Journal".
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import pandas as pd

from agents import enterprise, loan, officer
from agents.records import Field
from simulation.checklist import CheckNote, check_notes
from simulation.nature import is_distressed, service_of, true_capacity
from simulation.story import is_new_contract, told
from simulation.world import REFUSALS, World

Record = dict[str, Any]


class Shot(NamedTuple):
    """The records of a firm, its contract and its officer at one moment (field -> value)."""

    enterprise: Record
    loan: Record
    officer: Record


class Event(NamedTuple):
    """Something that happened to the firm.

    month: from the fork. stage: of the model. what: a short name. text: one sentence. failed:
    codes of the failure modes that occurred. true: only the model knows it, not the bank.
    """

    month: int
    stage: str
    what: str
    text: str
    failed: tuple[str, ...] = ()
    true: bool = False


class Decision(NamedTuple):
    """A decision on a file: what was believed, true, decided, and what a full check would lend.

    outcome: granted, refused, or withdrawn (granted, but the applicant had found another
    lender). Scores in sd of capacity, amounts in fen; checks: what became of each.
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

    @property
    def gap(self) -> float:
        """Belief less truth (sd)."""
        return self.believed - self.true

    @property
    def full_check(self) -> str:
        """What a full check would have decided."""
        return "granted" if self.full_check_fen > 0 else "refused"


class Journal:
    """The journal of one enterprise. row: its row."""

    def __init__(self, row: int) -> None:
        self.row = row
        self.events: list[Event] = []
        self.decisions: list[Decision] = []
        self.truth: list[Record] = []
        self.seen: list[Record] = []
        self._before: Shot | None = None

    def copy(self) -> Journal:
        """An independent copy, for a fork."""
        twin = Journal(self.row)
        for name in ("events", "decisions", "truth", "seen"):
            setattr(twin, name, list(getattr(self, name)))
        return twin

    # --- looking on ----------------------------------------------------------------------

    def before(self, world: World) -> None:
        """Remember the records before a stage."""
        self._before = self._shot(world)

    def after(self, stage: str, month: int, world: World) -> None:
        """Write down what a stage has changed. month: from the fork."""
        before, now = self._before, self._shot(world, keep=self._before)
        assert before is not None
        if stage == "decide_files" and before.enterprise["score"] != now.enterprise["score"]:
            self.decisions.append(self._decision(month, before, now, world))
        self.events += [Event(month, stage, *event) for event in told(stage, before, now)]
        if stage == "close_month":
            self._close(month, now, world)

    def _shot(self, world: World, keep: Shot | None = None) -> Shot:
        """Copies of the records now; a contract that was just closed is still shown."""
        e = world.enterprises[self.row]
        held = int(e.loan)
        if held < 0 and keep is not None and keep.loan:
            held = int(keep.loan["row"])
        contract = _copied(world.loans[held]) | {"row": held} if held >= 0 else {}
        return Shot(_copied(e), contract, _copied(world.officers[int(e.officer)]))

    def _decision(self, month: int, before: Shot, now: Shot, world: World) -> Decision:
        """The decision that a file has just had."""
        e, renewal = now.enterprise, before.enterprise["file"] == enterprise.RENEWAL_FILE
        new = now.loan if is_new_contract(before, now) else {}
        w = world.desk[0]
        # The truth as it was when the file was read: before the money was paid out.
        record = world.enterprises[self.row : self.row + 1].copy()
        for name, value in before.enterprise.items():
            record[name] = value
        truth = true_capacity(record[0], w, service_of(e["need_fen"], w.p.base_rate))
        refused = self.row in world.lists[REFUSALS, : w.listed[REFUSALS]]
        outcome = "granted" if new else "refused" if refused or renewal else "withdrawn"
        return Decision(
            month, renewal, outcome, float(e["score"]), float(truth),
            float(e["cutoff"]),
            int(e["asked_fen"]), int(new["principal_fen"] + new["undrawn_fen"]) if new else 0,
            int(e["full_check_fen"]), check_notes(record[0], e, now.officer, w),
        )  # fmt: skip

    def _close(self, month: int, now: Shot, world: World) -> None:
        """What is true and what the bank can see at month end."""
        e = world.enterprises[self.row]
        truth: Record = {"month": month}
        seen: Record = {"month": month}
        for prefix, fields, record in (
            ("", enterprise.FIELDS, now.enterprise), ("loan_", loan.FIELDS, now.loan),
            ("officer_", officer.FIELDS, now.officer),
        ):  # fmt: skip
            for name, field in fields.items():
                if name in record:
                    (truth if _is_hidden(field) else seen)[prefix + name] = record[name]
        if e.loan >= 0:
            truth["distressed"] = bool(is_distressed(e, world.loans[e.loan], world.desk[0]))
        self.truth.append(truth)
        self.seen.append(seen)

    # --- reading -------------------------------------------------------------------------

    def frame(self) -> pd.DataFrame:
        """Truth and what was seen at each month's end, side by side (columns true.*, seen.*)."""
        true = pd.DataFrame(self.truth).set_index("month").add_prefix("true.")
        return true.join(pd.DataFrame(self.seen).set_index("month").add_prefix("seen."))

    def lines(
        self, *, reveal: bool = True, first: int | None = None, last: int | None = None
    ) -> Iterator[str]:
        """The story in words, one line an event.

        reveal: also what the bank could not know. first, last: months, all where left out.
        """
        decisions = {d.month: d for d in self.decisions}
        for event in self.events:
            too_early = first is not None and event.month < first
            too_late = last is not None and event.month > last
            if too_early or too_late or (event.true and not reveal):
                continue
            failed = f" [{', '.join(event.failed)}]" if event.failed and reveal else ""
            yield f"month {event.month:>4}  {event.text}{failed}"
            if event.what == "decision":
                yield from _decision_lines(decisions[event.month], reveal)


def _is_hidden(field: Field) -> bool:
    """Is a field the model's knowledge only?"""
    return field.seen == "true"


def _copied(record: Any) -> Record:
    """A record as plain values."""
    return dict(zip(record.dtype.names, record.item(), strict=True))


def _decision_lines(decision: Decision, reveal: bool) -> Iterator[str]:
    """The checks behind a decision, and the comparison with a full check."""
    for note in decision.checks:
        yield f"            {note.text(reveal)}"
    yield (
        f"            believed {decision.believed:+.2f} sd, cut-off {decision.cutoff:+.2f}: "
        f"{decision.outcome}"
    )
    if reveal:
        yield (
            f"            true {decision.true:+.2f} sd; a full check would have "
            f"{decision.full_check}"
        )
