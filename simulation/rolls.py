"""How loans roll: moves between stages of arrears from one month's end to the next.

Kept from the fork to the horizon, for the whole book, beside the world: it looks on and changes
nothing. Source: docs/model-basis.md, section "Rolls".
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from agents.compiled import kernel
from agents.loan import DEFAULTED, RENEWED, REPAID
from simulation.world import World

ARREARS_STAGES = ("current", "1-30 days", "31-60 days", "61-90 days", "default")
"""Where an open loan can stand at a month's end, by days past due and status."""

ENDS = ("repaid", "renewed", "worked out")
"""How a loan can have ended during the month; worked out: written off or settled."""

STAGES = (*ARREARS_STAGES, *ENDS)
_DEFAULT, _REPAID, _RENEWED, _WORKED_OUT = range(len(ARREARS_STAGES) - 1, len(STAGES))


@kernel
def arrears_stage(loan: Any) -> int:
    """Where a contract stands: index into STAGES."""
    if loan.status == DEFAULTED:
        return _DEFAULT
    if loan.status > DEFAULTED:
        if loan.status == REPAID:
            return _REPAID
        return _RENEWED if loan.status == RENEWED else _WORKED_OUT
    if loan.dpd <= 0.0:
        return 0
    return min(1 + int((loan.dpd - 1.0) / 30.0), _DEFAULT - 1)


@kernel
def look(world: World, held: Any, stood: Any, counts: Any, counted: bool) -> None:
    """Count the moves since the last look, and remember where every firm's loan stands now.

    held: row of each firm's contract at the last look, -1 if none; stood: where it stood.
    """
    for row in range(len(held)):
        before = held[row]
        if counted and before >= 0:
            counts[stood[row], arrears_stage(world.loans[before])] += 1
        now = world.enterprises[row].loan
        held[row] = -1
        if now >= 0:
            stage = arrears_stage(world.loans[now])
            if stage <= _DEFAULT:  # a firm may still point to what was worked out
                held[row], stood[row] = now, stage


class RollBook:
    """Counts of moves in one arm. world: at the fork."""

    def __init__(self, world: World) -> None:
        self._held = np.full(len(world.enterprises), -1, dtype=np.int64)
        self._stood = np.zeros(len(world.enterprises), dtype=np.int64)
        self.counts: NDArray[np.int64] = np.zeros((len(ARREARS_STAGES), len(STAGES)), np.int64)
        """Loans by (stage at a month's end, stage or end at the next)."""
        look(world, self._held, self._stood, self.counts, False)

    def copy(self) -> RollBook:
        """An independent copy."""
        twin = object.__new__(RollBook)
        twin._held, twin._stood = self._held.copy(), self._stood.copy()
        twin.counts = self.counts.copy()
        return twin

    def look(self, world: World) -> None:
        """Another month has ended."""
        look(world, self._held, self._stood, self.counts, True)
