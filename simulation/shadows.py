"""Shadow loans: refused applications carried on, to see whether they would have repaid.

A shadow is a copy of the applicant with the loan it needed. It lives with the luck of the real
firm, is booked nowhere, takes nobody's hours and changes nothing in the bank. At its maturity a
bullet is prolonged if the firm has at least even odds with a lender; else it must be repaid.
Source: docs/model-basis.md, section "Measures".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from agents import enterprise, loan
from agents.compiled import kernel
from agents.enterprise import CLOSED, NO_FILE, to_fen
from agents.records import FEN_PER_CNY, as_bytes, new_records, with_room
from simulation.approval import matched_kind
from simulation.contracts import pay_out
from simulation.nature import service_of, true_capacity
from simulation.world import DEFAULTS, FILES, LIST_COUNT, REFUSALS, World

JUDGED_AFTER = 24
"""Months without default after which a shadow loan counts as good."""


@kernel
def open_shadows(world: World, shadow: World) -> None:
    """Give each firm refused this month the loan it needed, in the shadow."""
    p = shadow.desk[0].p
    for k in range(world.desk[0].listed[REFUSALS]):
        row = shadow.desk[0].loan_count
        shadow.enterprises[row] = world.enterprises[world.lists[REFUSALS, k]]
        e = shadow.enterprises[row]
        e.loan, e.called_loan, e.file = -1, -1, NO_FILE
        kind, tenor = matched_kind(e, False, shadow.desk[0])
        amount = min(e.need_fen, to_fen(p.largest_loan_cny * FEN_PER_CNY))
        pay_out(row, amount, p.base_rate, e.score, kind, tenor, shadow)


@kernel
def judge_shadows(shadow: World) -> None:
    """Note defaults, prolong bullets that lenders would carry, end what is seen enough."""
    w = shadow.desk[0]
    for k in range(w.listed[DEFAULTS]):
        row = shadow.lists[DEFAULTS, k]
        shadow.loans[row].first_default = w.month
        shadow.enterprises[row].status = CLOSED
    for k in range(w.listed[FILES]):
        row = shadow.lists[FILES, k]
        e, contract = shadow.enterprises[row], shadow.loans[row]
        e.file = NO_FILE
        index = true_capacity(e, w, service_of(contract.balance_fen, contract.annual_rate))
        if index + w.p.refinancing_ease >= 0.0:
            contract.maturity_month += contract.tenor_months
    for row in range(w.loan_count):
        if w.month - shadow.loans[row].start_month >= JUDGED_AFTER or (
            shadow.enterprises[row].loan < 0
        ):
            shadow.enterprises[row].status = CLOSED


STAGES: dict[str, Callable[..., Any]] = {
    "open_shadows": open_shadows,
    "judge_shadows": judge_shadows,
}


class ShadowBook:
    """All shadow loans of a world, one row each in firms and loans alike."""

    def __init__(self, world: World) -> None:
        room = max(64, len(world.enterprises) // 8)  # more than most worlds refuse in a year
        self._world = World(
            desk=world.desk.copy(),
            enterprises=with_room(new_records(enterprise.FIELDS, 0), 0, room),
            loans=with_room(new_records(loan.FIELDS, 0), 0, room),
            officers=world.officers.copy(),
            lists=np.zeros((LIST_COUNT, room), dtype=np.int64),
            circle_start=world.circle_start,
            circle_members=world.circle_members,
            circles_start=world.circles_start,
            circles_of=world.circles_of,
        )
        self._sheet = self._world.sheet
        self._sheet["loan_count"] = 0

    def copy(self) -> ShadowBook:
        """An independent copy."""
        twin = object.__new__(ShadowBook)
        world, used = self._world, self._count
        twin._world = world.copy()._replace(
            enterprises=with_room(world.enterprises, used, len(world.enterprises))
        )
        twin._sheet = twin._world.sheet
        return twin

    def __setstate__(self, state: dict[str, Any]) -> None:
        """After a copy or a pickle: look at the copied desk."""
        self.__dict__.update(state)
        self._sheet = self._world.sheet

    @property
    def loans(self) -> Any:
        """The shadow contracts, a recarray: those with first_default < 0 did not default."""
        return self._world.loans[: self._count]

    @property
    def applicants(self) -> Any:
        """The firms behind them, a recarray, row by row."""
        return self._world.enterprises[: self._count]

    @property
    def _count(self) -> int:
        return int(self._sheet["loan_count"])

    def live(self, world: World, stages: Mapping[str, Callable[..., Any]]) -> None:
        """A month of all shadows, in the month and under the parameters of the world."""
        count = self._count
        if not count:
            return
        desk = self._world.desk
        as_bytes(desk)[...] = as_bytes(world.desk)
        self._sheet["loan_count"] = count
        self._sheet["listed"] = 0
        stages["live_months"](self._world, count)
        stages["judge_shadows"](self._world)

    def take(self, world: World, stages: Mapping[str, Callable[..., Any]]) -> None:
        """Open a shadow for each application refused this month."""
        refused = int(world.sheet["listed"][REFUSALS])
        if not refused:
            return
        w, count = self._world, self._count
        as_bytes(w.desk)[...] = as_bytes(world.desk)
        self._sheet["loan_count"] = count
        if count + refused > min(len(w.enterprises), len(w.loans)):  # a copy has more loans
            room = max(count + refused, 2 * len(w.loans))
            self._world = w._replace(
                enterprises=with_room(w.enterprises, count, room),
                loans=with_room(w.loans, count, room),
                lists=np.zeros((LIST_COUNT, room), dtype=np.int64),
            )
        stages["open_shadows"](world, self._world)
