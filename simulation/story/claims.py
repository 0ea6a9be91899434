"""Who of the called guarantors has paid how much, worked out from records before and after.

The books hold what was recovered, not from whom. Each guarantor owes an equal part of what is
left of the claim; what it did not pay of its part is written down with it. Source:
docs/model-basis.md, section "Guarantee circles".
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from agents.enterprise import ALIVE
from simulation.ledger import claim_left
from simulation.world import World


class Claim(NamedTuple):
    """What is left of a claim (fen), among how many it is shared, and who is called for it.

    unpaid: row of a called firm -> what it left unpaid of its part (fen). alive: those of them
    that trade.
    """

    left_fen: int
    shares: int
    unpaid: dict[int, int]
    alive: frozenset[int]


def claim_on(loan: int, world: World) -> Claim | None:
    """The claim on a contract; None where there is no contract. loan: its row, -1 for none."""
    if loan < 0:
        return None
    firms, contract = world.enterprises, world.loans[loan]
    called = np.flatnonzero(firms["called_loan"] == loan).tolist()
    return Claim(
        int(claim_left(contract)),
        max(int(contract.guarantors), 1),
        {row: int(firms["liability_fen"][row]) for row in called},
        frozenset(row for row in called if firms["status"][row] == ALIVE),
    )


def payments(before: Claim | None, now: Claim | None) -> dict[int, int]:
    """What each guarantor has paid in the firms' month (fen), by row; none that paid nothing.

    Who is called no more has paid nothing, and firms pay in the order of their rows.
    """
    if before is None or now is None:
        return {}
    left, paid = before.left_fen, {}
    for row in sorted(before.alive & now.unpaid.keys()):
        amount = -(-left // before.shares) - now.unpaid[row]
        if amount > 0:
            paid[row] = amount
            left -= amount
    return paid
