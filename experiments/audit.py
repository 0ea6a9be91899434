"""Proof that two arms share their luck: their shocks, economy and draws, bit by bit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from agents.enterprise import ALIVE
from experiments.arms import checked_arms, whole_number
from experiments.study import MOST_SEED
from simulation import LoanPortfolio, Scenario
from simulation.draws import CHECKS, DISBURSEMENT, OBSERVATION, REVIEW, uniforms

BLOCKS = {
    "checks of a file": (CHECKS, 2), "observation of a file": (OBSERVATION, 1),
    "review of a file": (REVIEW, 3), "disbursement of a file": (DISBURSEMENT, 1),
}  # fmt: skip
"""Luck of a file: purpose and number of blocks of four draws."""


class Finding(NamedTuple):
    """Numbers of one kind that were compared between two arms, and how many differ."""

    what: str
    compared: int
    differing: int


def audit_draws(
    scenario: Scenario, first: str, second: str, seed: int = 7, replication: int = 0
) -> list[Finding]:
    """Run two arms from the same fork to the horizon and compare what depends on luck alone.

    first, second: strategies as ``a+b``. Returns: what was compared. Raises: StudyError.
    """
    for name, number in (("seed", seed), ("replication", replication)):
        whole_number(name, number, 0, MOST_SEED)
    first, second = (checked_arms(scenario, [arm])[-1] for arm in (first, second))
    world = LoanPortfolio(scenario, seed=seed, replication=replication)
    arms = (world.fork(first), world.fork(second))
    key = (seed, replication)
    return compare_luck(arms, (key, key), scenario.months)


def compare_luck(
    arms: tuple[LoanPortfolio, LoanPortfolio],
    keys: tuple[tuple[int, int], tuple[int, int]],
    months: int,
) -> list[Finding]:
    """Step two arms side by side and compare what depends on luck alone.

    An enterprise counts as long as it has traded in every month in both arms: one that is
    closed or in workout meets no shocks, and whether it is can be a decision's effect.
    keys: (seed, replication) of each arm. months: to run.
    """
    counts = {"demand": [0, 0], "setback": [0, 0], "economy": [0, 0]}
    trading: NDArray[np.bool_] | None = None
    for _ in range(months):
        unborn = [_records(arm)["birth_month"] > _now(arm) for arm in arms]
        able = [
            (_records(arm)["status"] == ALIVE) | (_records(arm)["birth_month"] == _now(arm))
            for arm in arms
        ]
        both = (able[0] | unborn[0]) & (able[1] | unborn[1])
        trading = both if trading is None else trading & both
        for arm in arms:
            arm.step()
        rows = np.flatnonzero(trading & ~unborn[0])
        for field in ("demand", "setback"):
            _count(counts[field], *(_records(arm)[field][rows] for arm in arms))
    _count(counts["economy"], *(_economy(arm) for arm in arms))
    found = [
        Finding("demand of an enterprise in a month", *counts["demand"]),
        Finding("setback of an enterprise in a month", *counts["setback"]),
        Finding("economy and property prices in a month", *counts["economy"]),
    ]
    return found + _file_luck(arms, keys)


def _records(arm: LoanPortfolio) -> Any:
    """Enterprises of an arm, the unborn and closed ones too."""
    return arm.enterprises.records


def _now(arm: LoanPortfolio) -> int:
    """World month that the next step will live through."""
    return arm.month + arm.scenario.burn_in_months


def _economy(arm: LoanPortfolio) -> NDArray[np.float64]:
    """Common factor and property prices of every month since the fork."""
    months = arm.months
    after = months.loc[months["month"] >= 0, ["systematic", "collateral_index"]]
    return after.to_numpy(dtype=np.float64).ravel()


def _count(count: list[int], first: Any, second: Any) -> None:
    """Add the numbers compared and those that differ in any bit."""
    a, b = (np.ascontiguousarray(x, dtype=np.float64).view(np.int64) for x in (first, second))
    count[0] += len(a)
    count[1] += int((a != b).sum())


def _files(arm: LoanPortfolio) -> set[tuple[int, int]]:
    """Files that became a loan after the fork, as (entity, ordinal of the file)."""
    loans = arm.loans[arm.loans["start_month"] >= arm.scenario.burn_in_months]
    entities = _records(arm)["entity"][loans["enterprise"]]
    return set(zip(entities.tolist(), loans["ordinal"].tolist(), strict=True))


def _file_luck(arms: Sequence[LoanPortfolio], keys: Sequence[tuple[int, int]]) -> list[Finding]:
    """Draws of the files that both arms have lent on."""
    shared = sorted(_files(arms[0]) & _files(arms[1]))
    found = []
    for what, (purpose, blocks) in BLOCKS.items():
        count = [0, 0]
        for entity, ordinal in shared:
            for block in range(blocks):
                draws = (uniforms(*key, entity, ordinal, purpose, block) for key in keys)
                _count(count, *draws)
        found.append(Finding(f"draws for the {what}", *count))
    return found
