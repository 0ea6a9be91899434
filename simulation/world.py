"""The state of a world: arrays that the stages read and write, and its first day.

Everything is in arrays plus the month, so a copy of the arrays is a copy of the world.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from agents import bank, failures  # noqa: F401  (failures: its switches are parameters)
from agents.compiled import kernel
from agents.loan import CLASSES, COHORTS, STATUSES
from agents.parameters import parameter_dtype
from agents.records import copied, record_dtype, with_room
from simulation.ledger import KINDS
from simulation.scenario import SECTORS

# Lists of rows that one stage leaves for the next within a month.
FILES, VISITS, ALERTS, MATURITIES, DEFAULTS, WORKOUTS, REFUSALS = range(7)
LIST_COUNT = 7

TALLIES = (
    "applications", "renewals_asked", "decided", "approved", "renewals_granted", "refused",
    "overridden", "dropped_out", "decision_days", "checks_due", "checks_made", "visits_due",
    "visits_made", "alerts", "true_alerts", "alerts_handled", "actions", "evergreened",
    "extensions_refused", "hidden", "calls", "pulled", "unregistered", "diverted", "defaults",
    "cures", "closures", "hours", "alert_lead_months", "files_waiting", "wrongly_granted",
    "wrongly_refused", "sound_firms_cut", "frozen", "recalled", "suppressed", "uncovered",
    "rotations", "departures",
)  # fmt: skip
"""What the stages count in a month (numbers; days, hours and months where named)."""

TALLY = {name: i for i, name in enumerate(TALLIES)}


SUMS = (
    "living", "clients", "open_files", "cash_ratio", "book_age", "npl_reported", "npl_true",
    "watched", "provision", "open_new", "book", "posts", "skill", "file_effort", "watch_effort",
)  # fmt: skip
"""Sums over contracts and posts at month end (numbers, months, shares or fen)."""

SUM = {name: i for i, name in enumerate(SUMS)}


def desk_dtype() -> np.dtype[np.void]:
    """The desk: one record with all that every rule may need in a month.

    month: world month (0 is the first). cohort: of loans made this month. systematic,
    collateral_log, sectors: economy. pressure: to lend. stress: added to it. departures: share
    of officers who leave beside the usual. season: by phase. p: parameters in force. bank: the
    bank's record. flows: fen by (cohort, class, kind). balances: fen by (cohort, class). tally,
    sums: see TALLIES and SUMS. transitions: (from, to). open_loans: contracts not yet closed,
    by status. listed: entries of each list. loan_count: contracts ever made.

    Why one record: a record is passed to a compiled function as a bare pointer, while each
    array costs a counted reference at every call.
    """
    return np.dtype(
        [
            ("month", np.int64), ("seed", np.int64), ("replication", np.int64),
            ("cohort", np.int64), ("loan_count", np.int64), ("systematic", np.float64),
            ("collateral_log", np.float64), ("pressure", np.float64), ("stress", np.float64),
            ("departures", np.float64),
            ("sectors", np.float64, (len(SECTORS),)), ("season", np.float64, (12,)),
            ("p", parameter_dtype()), ("bank", record_dtype(bank.FIELDS)),
            ("flows", np.int64, (len(COHORTS), len(CLASSES), len(KINDS))),
            ("balances", np.int64, (len(COHORTS), len(CLASSES))),
            ("tally", np.float64, (len(TALLIES),)), ("sums", np.float64, (len(SUMS),)),
            ("transitions", np.int64, (len(STATUSES), len(STATUSES))),
            ("open_loans", np.int64, (len(STATUSES),)),
            ("listed", np.int64, (LIST_COUNT,)),
        ],
        align=True,
    )  # fmt: skip


class World(NamedTuple):
    """The whole state of a world. desk: (1,), see desk_dtype.

    lists: (LIST_COUNT, rows), rows that one stage leaves for the next. circle_start:
    (circles + 1,) and circle_members: rows, the mutual-guarantee circles. circles_start:
    (rows + 1,) and circles_of: the circles that each enterprise is a member of.
    """

    desk: Any
    enterprises: Any
    loans: Any
    officers: Any
    lists: NDArray[np.int64]
    circle_start: NDArray[np.int64]
    circle_members: NDArray[np.int64]
    circles_start: NDArray[np.int64]
    circles_of: NDArray[np.int64]

    @property
    def sheet(self) -> Any:
        """The desk as Python code reads and writes it: by field name, ten times faster."""
        return np.frombuffer(self.desk, np.dtype((np.void, self.desk.dtype)))[0]

    def copy(self) -> World:
        """An independent copy, with room for as many contracts again."""
        used = int(self.sheet["loan_count"])
        loans = with_room(self.loans, used, max(len(self.loans), 2 * used))
        return World(*(loans if a is self.loans else copied(a) for a in self))


@kernel
def clear_month(world: World) -> None:
    """Set to zero what is counted afresh in each month: on the desk and for each post."""
    w = world.desk[0]
    w.flows[:] = 0
    w.balances[:] = 0
    w.tally[:] = 0.0
    w.sums[:] = 0.0
    w.transitions[:] = 0
    w.open_loans[:] = 0
    w.listed[:] = 0
    officers = world.officers
    for post in range(len(officers)):
        o = officers[post]
        o.new_files = o.renewal_files = o.visits_due = 0
        o.alerts_due = o.collections = o.clients = 0


@kernel
def push(world: World, which: int, row: int) -> None:
    """Leave a row for a later stage of the same month."""
    w = world.desk[0]
    world.lists[which, w.listed[which]] = row
    w.listed[which] += 1
