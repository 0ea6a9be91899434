"""Samples: the worlds that facts are measured in, run once for all facts that name them."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.arms import BASELINE, StudyError
from experiments.published_runs import stressed
from experiments.replication import set_aside_libraries
from experiments.validation.takes import Taken
from experiments.workers import results_of
from scenarios import load_scenario
from simulation import LoanPortfolio
from simulation.scenario import Scenario

Worlds = dict[str, dict[str, NDArray[Any]]]
"""What was taken, by arm and name; the first axis of each array is the world."""

Progress = Callable[[int, int], None]

QUICK_WORLDS = 3
QUICK = {"enterprises": 240, "burn_in_months": 72, "run_off_months": 96}
"""Size of every sample with ``--quick``: to see that it runs, not to judge. Two posts, so that
half of them can be closed."""


@dataclass(frozen=True)
class Arm:
    """One way in which a world goes on.

    strategies: in force from the fork, ``a+b``. stress: a shipped scenario whose stress paths
    are laid over. overrides: what differs in the scenario file. Arms of a sample have the same
    luck; those with the same stress and overrides share the burn-in.
    """

    name: str = BASELINE
    strategies: str = BASELINE
    stress: str = ""
    overrides: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Sample:
    """Worlds and what is taken from them.

    what: in words. worlds: how many. take: see experiments.validation.takes. overrides: of the
    scenario, for all arms. quick: laid over them for a run that is too small to judge.
    """

    name: str
    what: str
    worlds: int
    take: Callable[[LoanPortfolio], Taken]
    arms: tuple[Arm, ...] = (Arm(),)
    scenario: str = "l_bank"
    overrides: Mapping[str, Any] = field(default_factory=dict)
    quick: Mapping[str, Any] = field(default_factory=lambda: QUICK)

    def told(self, quick: bool) -> str:
        """What ran, in words; of a quick run its size beside that of a full one."""
        if not quick or not self.quick:
            return self.what
        size = ", ".join(f"{name} {value}" for name, value in self.quick.items())
        return f"{size} (full run: {self.what})"


@dataclass(frozen=True)
class Drawn:
    """A sample that was run: its worlds, how many, and the seconds they took in all processes."""

    worlds: Worlds
    count: int
    seconds: float


def scenario_of(sample: Sample, arm: Arm, quick: bool) -> Scenario:
    """The resolved scenario of an arm."""
    small = sample.quick if quick else {}
    scenario = load_scenario(sample.scenario, **{**sample.overrides, **small, **arm.overrides})
    return stressed(scenario, arm.stress) if arm.stress else scenario


def run_world(sample: Sample, replication: int, seed: int, quick: bool) -> tuple[Any, ...]:
    """One world of a sample in all its arms.

    Returns: the sample's name, the replication, what was taken by arm, seconds.
    """
    set_aside_libraries()
    began = time.perf_counter()
    burnt_in: list[tuple[Arm, LoanPortfolio]] = []
    taken: dict[str, Taken] = {}
    world: LoanPortfolio | None = None
    for arm in sample.arms:
        shared = (arm.stress, arm.overrides)
        world = next((m for a, m in burnt_in if (a.stress, a.overrides) == shared), None)
        if world is None:
            scenario = scenario_of(sample, arm, quick)
            world = LoanPortfolio(scenario, seed=seed, replication=replication)
            burnt_in.append((arm, world))
        taken[arm.name] = sample.take(world.fork(arm.strategies))
    # A model and its populations refer to each other, so a world would stay until a collection.
    del world, burnt_in
    gc.collect()
    return sample.name, replication, taken, time.perf_counter() - began


def run_samples(
    samples: Sequence[Sample], seed: int, jobs: int, quick: bool, progress: Progress
) -> dict[str, Drawn]:
    """Run every world of the samples, each a task; returns them by the sample's name.

    The result does not depend on ``jobs``. Raises: StudyError for a name that is used twice.
    """
    if len({sample.name for sample in samples}) < len(samples):
        raise StudyError("two samples have the same name")
    tasks = [
        (sample, replication, seed, quick)
        for sample in samples
        for replication in range(QUICK_WORLDS if quick else sample.worlds)
    ]
    done: list[tuple[Any, ...]] = []
    for result in results_of(run_world, tasks, min(jobs, max(len(tasks), 1))):
        done.append(result)
        progress(len(done), len(tasks))
    by_sample: dict[str, list[tuple[Any, ...]]] = {sample.name: [] for sample in samples}
    for result in sorted(done, key=lambda r: r[1]):
        by_sample[result[0]].append(result)
    return {
        name: Drawn(stacked(r[2] for r in results), len(results), sum(r[3] for r in results))
        for name, results in by_sample.items()
    }


def stacked(taken: Iterable[Mapping[str, Taken]]) -> Worlds:
    """Arrays over worlds from what was taken of each."""
    worlds = list(taken)
    if not worlds:
        return {}
    return {
        arm: {name: np.array([w[arm][name] for w in worlds]) for name in first}
        for arm, first in worlds[0].items()
    }
