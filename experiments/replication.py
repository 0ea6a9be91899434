"""One replication: a world burnt in once, then branched into every arm of the study."""

from __future__ import annotations

import functools
import gc
import itertools
import time
import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from experiments.run_tables import RUN_TABLES
from simulation import LoanPortfolio, Scenario

KEYS = ("assumptions", "replication", "strategy")
"""Columns that name a run; all others of a table of runs are measures."""

NO_DEADLINE = float("inf")

COLLECT_EVERY = 8
"""Arms between two collections of worlds that are done with."""

_worlds = itertools.count()
"""Worlds of this process: replications of a sensitivity study have small numbers only."""


@functools.cache
def set_aside_libraries() -> None:
    """Spare collections what was there before the first world: libraries, mostly.

    Once in a process; to go through them takes several times as long as a small world.
    """
    gc.collect()
    gc.freeze()


Live = Callable[[LoanPortfolio, float], dict[str, float]]
"""Lives a model to its end within so many seconds, and returns its measures."""


class DeadlineError(TimeoutError):
    """A run that took longer than it may."""


class World(NamedTuple):
    """What a process needs to run a replication; the result depends on nothing else.

    scenario: its catalogue holds all arms. arms: ``baseline`` and combinations ``a+b``.
    assumptions: ``drawn`` (each assumed parameter is drawn from its range, once for all arms),
    else as the scenario has them: ``fixed``, or the name of a point. rules: replacements in force
    from the fork in every arm. deadline: seconds that one arm may take, looked at between
    months. live: how a model is lived. tables: keep the rows of RUN_TABLES.
    """

    scenario: Scenario
    arms: tuple[str, ...]
    seed: int
    replication: int
    assumptions: str
    rules: Mapping[str, Callable[..., Any]]
    deadline: float
    live: Live
    tables: bool = True

    @property
    def key(self) -> tuple[str, int]:
        """The columns that name the world."""
        return self.assumptions, self.replication

    def alone(self) -> list[World]:
        """The same world once for each of its arms."""
        return [self._replace(arms=(arm,)) for arm in self.arms]


class Run(NamedTuple):
    """How a run ended. status: ``ok`` or ``failed``. seconds: of the arm, without the burn-in."""

    strategy: str
    status: str
    measures: dict[str, float]
    error: str | None = None
    traceback: str | None = None
    seconds: float | None = None


class Outcome(NamedTuple):
    """What a replication leaves: its runs, and the rows of those that are ok by table."""

    runs: list[Run]
    tables: dict[str, pd.DataFrame]


def live_to_end(model: LoanPortfolio, deadline: float) -> dict[str, float]:
    """Go on to the end of the run-off. Raises: DeadlineError between two months."""
    end = time.monotonic() + deadline
    while not model.finished:
        if time.monotonic() > end:
            raise DeadlineError(f"passed its deadline of {deadline:g} s in month {model.month}")
        model.step()
    return model.measures()


def run_world(world: World) -> Outcome:
    """Run every arm in the same world. An arm that raises is a failed run; the others go on."""
    set_aside_libraries()
    try:
        model = _burnt_in(world)
    except Exception as error:  # noqa: BLE001 - whatever it is, the study goes on
        return failed(world.arms, error)
    runs: list[Run] = []
    left: dict[str, dict[str, pd.DataFrame]] = {}
    for arm in world.arms:
        run, left[arm] = _run_arm(model, world, arm)
        runs.append(run)
    # A model and its populations refer to each other, so worlds would stay until a collection,
    # and loky replaces a worker that grows. A collection takes as long as a small world's arm.
    del model
    if next(_worlds) % max(1, COLLECT_EVERY // len(world.arms)) == 0:
        gc.collect()
    return Outcome(runs, _together(world, left))


def _burnt_in(world: World) -> LoanPortfolio:
    """The world at the fork, without strategies."""
    drawn = world.assumptions == "drawn"
    model = LoanPortfolio(
        world.scenario, seed=world.seed, replication=world.replication, drawn=drawn
    )
    return model.fork(rules=world.rules) if world.rules else model


def _run_arm(model: LoanPortfolio, world: World, arm: str) -> tuple[Run, dict[str, pd.DataFrame]]:
    """One arm to its end, and what it leaves."""
    began = time.perf_counter()
    try:
        branch = model.fork(arm)
        measures = world.live(branch, world.deadline)
        wanted = RUN_TABLES if world.tables else {}
        tables = {name: rows(branch) for name, rows in wanted.items()}
    except Exception as error:  # noqa: BLE001 - whatever it is, the other arms go on
        return failed([arm], error).runs[0], {}
    return Run(arm, "ok", measures, seconds=time.perf_counter() - began), tables


def _together(
    world: World, left: Mapping[str, Mapping[str, pd.DataFrame]]
) -> dict[str, pd.DataFrame]:
    """Rows of all arms by table, with the columns that name their run in front.

    left: the tables of each arm. Named once a world, for pandas takes as long to add a column
    to a few rows as to many.
    """
    found = {}
    for name in RUN_TABLES:
        parts = {arm: tables[name] for arm, tables in left.items() if tables}
        if parts:
            rows = pd.concat(parts.values())
            arms = np.repeat(list(parts), [len(part) for part in parts.values()])
            keys: dict[str, Any] = dict(zip(KEYS, (*world.key, arms), strict=True))
            found[name] = rows.assign(**keys)[[*KEYS, *rows.columns]]
    return found


def failed(arms: Iterable[str], error: BaseException) -> Outcome:
    """The runs of arms that ended in an error."""
    told = f"{type(error).__name__}: {error}"
    lines = "".join(traceback.format_exception(error))
    return Outcome([Run(arm, "failed", {}, told, lines) for arm in arms], {})


def run_replication(
    scenario: Scenario,
    arms: Sequence[str],
    seed: int,
    replication: int,
    assumptions: str,
) -> Outcome:
    """Run some arms of one world here and now. See World; errors become failed runs."""
    return run_world(
        World(scenario, tuple(arms), seed, replication, assumptions, {}, NO_DEADLINE, live_to_end)
    )
