"""Running what a study has not run yet, and writing it down as it comes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Protocol

from agents.compiled import waits_for_compiler
from experiments.replication import KEYS, Outcome, World, failed
from experiments.store.database import FAILED, OK, Store
from experiments.store.identity import Identity
from experiments.workers import Crew, WorkerLostError, Workers, workers_here
from simulation.model import LOOPS

Progress = Callable[[int, int], None]
"""Called with the number of worlds done and of all worlds."""

DEADLINE = 3600.0
"""Seconds that a run may take."""

START_UP = 120.0
"""Seconds in which a process starts and compiles the rules."""


class Plan(Protocol):
    """What is to be run: worlds by name, each with the same arms."""

    @property
    def seed(self) -> int:
        """Of all luck."""

    @property
    def rules(self) -> Mapping[str, Callable[..., Any]]:
        """Replaced rules."""

    @property
    def arms(self) -> tuple[str, ...]:
        """Arms of every world."""

    @property
    def identity(self) -> Identity:
        """What all runs share."""

    @property
    def worlds(self) -> Sequence[tuple[str, int]]:
        """Names of the worlds: (assumptions, replication)."""

    @property
    def replicate(self) -> Callable[[World], Outcome]:
        """Runs the arms of a world, in the process that got it."""

    def world(
        self, assumptions: str, replication: int, arms: tuple[str, ...], deadline: float
    ) -> World:
        """The world of that name with some of its arms."""


def workers_for(jobs: int, cluster: str | None) -> Workers:
    """Where a study runs: on a Dask cluster, or in so many processes of this machine."""
    if cluster is None:
        return workers_here(jobs)
    from experiments.cluster import Cluster

    return Cluster(cluster)


def run_missing(
    study: Plan,
    store: Store,
    workers: Workers,
    deadline: float,
    *,
    again: bool = False,
    progress: Progress | None = None,
) -> None:
    """Run the study's worlds that the store lacks; each is written when it ends.

    deadline: seconds that a run may take. again: repeat runs that failed. An interrupt leaves
    the runs under way as aborted; they are run again at the next call.
    """
    missing = _missing(study, store, again=again)
    total = len(study.worlds)
    done = total - len(missing)
    left = {key: len(arms) for key, arms in missing.items()}
    worlds = (study.world(*key, arms, deadline) for key, arms in missing.items())
    crew: Crew[World, Outcome] = Crew(
        study.replicate, workers, alone=World.alone, limit=_limit,
        starting=lambda world: _start(study, store, world),
        warm=bool(study.rules) or waits_for_compiler(LOOPS),
    )  # fmt: skip
    try:
        for world, outcome in crew.outcomes(worlds):
            if isinstance(outcome, WorkerLostError):
                outcome = failed(world.arms, outcome)
            store.finish(world.key, outcome.runs, outcome.tables)
            left[world.key] -= len(outcome.runs)
            if not left[world.key]:
                done += 1
                if progress is not None:
                    progress(done, total)
    except BaseException:
        store.abort()
        raise


def _missing(study: Plan, store: Store, *, again: bool) -> dict[tuple[str, int], tuple[str, ...]]:
    """Names of the worlds, with the arms that have not been run to their end."""
    ended = {OK} if again else {OK, FAILED}
    done = {run for run, status in store.statuses().items() if status in ended}
    found = {}
    for mode, number in study.worlds:
        arms = tuple(arm for arm in study.arms if (mode, number, arm) not in done)
        if arms:
            found[mode, number] = arms
    return found


def _limit(world: World) -> float:
    """Seconds until a world's process is given up: its runs' deadlines, one more for the burn-in,
    and the time in which a process starts and compiles.
    """
    return START_UP + (len(world.arms) + 1) * world.deadline


def _start(study: Plan, store: Store, world: World) -> None:
    """Write down that the runs of a world have begun."""
    store.start(
        (
            dict(zip(KEYS, (*world.key, arm), strict=True))
            | {"identity": study.identity.of_run(*world.key, arm), "seed": study.seed}
            for arm in world.arms
        ),
        at=datetime.now(UTC).isoformat(timespec="seconds"),
    )
