"""The journal of a firm: month by month what was true, what the file said, what was decided.

A journal looks on: it copies records before and after each stage and writes nothing into the
world, so the books are the same with and without it. Off unless asked for. What a full check
would have decided comes from the decision's own record (docs/model-basis.md, section "Full
check"). Source: docs/model-basis.md, section "Journal".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from agents import enterprise, loan, officer
from agents.records import Field, copied
from simulation.checklist import check_notes
from simulation.nature import is_distressed
from simulation.story import OUTCOMES, told
from simulation.story.claims import claim_on
from simulation.story.desk import Steps, decided_again, queue_of, up_to
from simulation.story.lending import may_lend, steps_of
from simulation.story.records import Decision, Event, Record, Scene, Shot
from simulation.story.telling import lines_of
from simulation.story.watch import ordered_visit_again, visit_again
from simulation.story.words import ENGLISH, Words
from simulation.world import REFUSALS, World


class Raw(NamedTuple):
    """Records before a stage, in arrays of one row. loan: any row where there is none."""

    firm: Any
    loan: Any
    officer: Any


class Journal:
    """The journal of one enterprise. row: its row."""

    def __init__(self, row: int) -> None:
        self.row = row
        self.events: list[Event] = []
        self.decisions: list[Decision] = []
        self.truth: list[Record] = []
        self.seen: list[Record] = []
        self._before: tuple[Shot, Raw] | None = None
        self._order = ""

    def copy(self) -> Journal:
        """An independent copy, for a fork."""
        twin = Journal(self.row)
        for name in ("events", "decisions", "truth", "seen"):
            setattr(twin, name, list(getattr(self, name)))
        return twin

    # --- looking on ----------------------------------------------------------------------

    def before(self, world: World) -> None:
        """Remember the records before a stage."""
        self._order = ""
        e = world.enterprises[self.row]
        held, post = max(int(e.loan), 0), int(e.officer)
        raw = Raw(
            copied(world.enterprises[self.row : self.row + 1]),
            copied(world.loans[held : held + 1]), copied(world.officers[post : post + 1]),
        )  # fmt: skip
        self._before = self._shot(world), raw

    def note_order(self, stage: str, month: int, name: str, world: World) -> None:
        """Write down that a trainee's order was carried out before a stage, and what came of it.

        month: from the fork. What the stage itself tells of its work is left to it.
        """
        facts = {"order": name}
        self.events.append(Event(month, stage, "order", "trainee", facts, {}, (), "order"))
        if (name, stage) not in OUTCOMES:
            self._order = name
            return
        assert self._before is not None
        before, raw = self._before
        visit = ordered_visit_again(*raw, world.desk) if name == "visit" else None
        scene = Scene(
            stage, month, int(world.sheet["month"]) - month, before,
            self._shot(world, keep=before), visit=visit, order=name,
        )  # fmt: skip
        self.events += OUTCOMES[name, stage](scene)
        self.before(world)  # the stage goes on from here

    def after(self, stage: str, month: int, world: World) -> None:
        """Write down what a stage has changed. month: from the fork."""
        assert self._before is not None
        (before, raw), now = self._before, self._shot(world, keep=self._before[0])
        zero = int(world.sheet["month"]) - month
        scene = Scene(stage, month, zero, before, now, order=self._order)
        if stage == "decide_files" and before.enterprise["score"] != now.enterprise["score"]:
            decision = self._decision(scene, raw, world)
            self.decisions.append(decision)
            scene = replace(scene, decision=decision)
        elif stage == "visits" and before.loan and scene.change("visits_due") > 0:
            visit = visit_again(scene, raw.firm, raw.loan, raw.officer, world.desk)
            scene = replace(scene, visit=visit)
        self.events += told(scene)
        if stage == "close_month":
            self._close(month, now, world)

    def _shot(self, world: World, keep: Shot | None = None) -> Shot:
        """The records now; a contract or a call that has just ended is still shown."""
        e = world.enterprises[self.row]
        held, called, post = int(e.loan), int(e.called_loan), int(e.officer)
        distressed = held >= 0 and bool(is_distressed(e, world.loans[held], world.desk[0]))
        if keep is not None:
            held = held if held >= 0 else keep.loan.get("row", -1)
            called = called if called >= 0 else keep.enterprise["called_loan"]
        contract = _plain(world.loans[held]) | {"row": held} if held >= 0 else {}
        failed = contract.get("status") in (loan.DEFAULTED, loan.WRITTEN_OFF)
        return Shot(
            _plain(e) | {"row": self.row}, contract, _plain(world.officers[post]), distressed,
            claim_on(held if failed else -1, world), claim_on(called, world),
            queue_of(post, world) if e.file else (),
        )  # fmt: skip

    def _decision(self, scene: Scene, raw: Raw, world: World) -> Decision:
        """The decision that a file has just had."""
        before, now = scene.before, scene.now
        e, renewal = now.enterprise, before.enterprise["file"] == enterprise.RENEWAL_FILE
        new = now.loan if scene.is_new_contract else {}
        w = world.desk[0]
        refused = self.row in world.lists[REFUSALS, : w.listed[REFUSALS]]
        outcome = "granted" if new else "refused" if refused or renewal else "withdrawn"
        # An ordered file is dealt with first.
        own = tuple(entry for entry in before.queue if entry[0] == self.row)
        queue = own if scene.order else before.queue
        ahead = up_to(self.row, queue, scene.world_month, int(w.p.patience_months))
        balance = before.loan["balance_fen"] if renewal else 0
        steps = decided_again(raw.firm, raw.officer, balance, world.desk, ahead)
        return Decision(
            scene.month, renewal, outcome, float(e["score"]), float(steps.true),
            float(e["cutoff"]), e["asked_fen"],
            new["principal_fen"] + new["undrawn_fen"] if new else 0, e["full_check_fen"],
            check_notes(raw.firm[0], e, now.officer, w),
            tuple(steps_of(scene, steps if _agrees(steps, scene, outcome) else None, outcome)),
        )  # fmt: skip

    def _close(self, month: int, now: Shot, world: World) -> None:
        """What is true and what the bank can see at month end."""
        truth: Record = {"month": month}
        seen: Record = {"month": month}
        for prefix, fields, record in (
            ("", enterprise.FIELDS, now.enterprise), ("loan_", loan.FIELDS, now.loan),
            ("officer_", officer.FIELDS, now.officer),
        ):  # fmt: skip
            for name, field in fields.items():
                if name in record:
                    (truth if _is_hidden(field) else seen)[prefix + name] = record[name]
        if world.enterprises[self.row].loan >= 0:
            truth["distressed"] = now.distressed
        self.truth.append(truth)
        self.seen.append(seen)

    # --- reading -------------------------------------------------------------------------

    def frame(self) -> pd.DataFrame:
        """Truth and what was seen at each month's end, side by side (columns true.*, seen.*)."""
        true = pd.DataFrame(self.truth).set_index("month").add_prefix("true.")
        return true.join(pd.DataFrame(self.seen).set_index("month").add_prefix("seen."))

    def lines(
        self, *, reveal: bool = True, first: int | None = None, last: int | None = None,
        words: Words = ENGLISH,
    ) -> Iterator[str]:  # fmt: skip
        """The story in words, one line an event.

        reveal: also what the bank could not know. first, last: months, all where left out.
        words: of a language.
        """
        yield from lines_of(self, reveal=reveal, first=first, last=last, words=words)


def _is_hidden(field: Field) -> bool:
    """Is a field the model's knowledge only?"""
    return field.seen == "true"


def _plain(record: Any) -> Record:
    """A record as plain values."""
    values = (v.tolist() if isinstance(v, np.ndarray) else v for v in record.item())
    return dict(zip(record.dtype.names, values, strict=True))


def _agrees(steps: Steps, scene: Scene, outcome: str) -> bool:
    """Do the steps, or an order, lead to what was decided? Not always where rules are replaced."""
    file = scene.now.enterprise
    same_file = steps.believed == file["score"] and steps.terms.cutoff == file["cutoff"]
    wanted = {"approve": True, "refuse": False}.get(scene.order, steps.terms.granted)
    return bool(same_file and (wanted and may_lend(scene)) == (outcome != "refused"))
