"""Cost of a study: what branching and processes save, what the store takes, one large study."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

import psutil

from benchmarks.speed import Figure, held, in_turns, ratio, timed
from experiments import Study
from experiments.replication import NO_DEADLINE, World, live_to_end, run_world
from scenarios import load_scenario
from simulation import Scenario

STRATEGIES = ("pre_loan_process", "risk_warning", "internal_control", "staff_ability")
ARMS = tuple(
    "+".join(name for bit, name in enumerate(STRATEGIES) if number >> bit & 1)
    for number in range(1, 16)
)
"""All combinations of the four strategies; with the baseline sixteen arms."""


def sixteen_arms(scenario: Scenario, replications: int) -> Study:
    """The study of all combinations, assumptions as declared."""
    return Study(scenario, ARMS, replications, 7, "fixed", references=False)


def branching_figures(enterprises: int = 2_000, months: int = 84, repeats: int = 3) -> list[Figure]:
    """Sixteen arms from one burn-in beside sixteen worlds with a burn-in each."""
    scenario = load_scenario("l_bank", enterprises=enterprises, months=months)
    arms = sixteen_arms(scenario, 1).arms
    world = World(scenario, arms, 7, 0, "fixed", {}, NO_DEADLINE, live_to_end)
    tasks = {
        "branched": timed(run_world, lambda: world, 1, len(arms), process_time),
        "apart": timed(lambda w: [run_world(x) for x in w.alone()], lambda: world, 1, len(arms),
                       process_time),
    }  # fmt: skip
    costs = in_turns(tasks, repeats)
    return [
        Figure("a run, sixteen arms from one burn-in", 1e3 * median(costs["branched"]), "ms"),
        Figure("a run with a burn-in of its own", 1e3 * median(costs["apart"]), "ms"),
        Figure("gain from branching", ratio(costs, "apart", "branched"), "x"),
    ]


def store_figures(replications: int = 60, repeats: int = 3) -> list[Figure]:
    """A small study in a file beside the same runs kept nowhere, in one process."""
    scenario = load_scenario("l_bank", enterprises=200, months=24)
    study = sixteen_arms(scenario, replications)
    worlds = [
        World(scenario, study.arms, 7, number, "fixed", {}, NO_DEADLINE, live_to_end)
        for number in range(replications)
    ]

    def kept(_: Study) -> None:
        with tempfile.TemporaryDirectory() as folder:
            sixteen_arms(scenario, replications).run(1, Path(folder) / "study", files=False)

    def bare(_: Study) -> None:
        for world in worlds:
            run_world(world)

    runs = replications * len(study.arms)
    tasks: dict[str, Callable[[], float]] = {
        "kept": timed(kept, lambda: study, 1, runs, process_time),
        "bare": timed(bare, lambda: study, 1, runs, process_time),
    }
    costs = in_turns(tasks, repeats)
    more = 100.0 * (ratio(costs, "kept", "bare") - 1.0)
    return [
        Figure("a run of 200 enterprises, written to a study", 1e3 * median(costs["kept"]), "ms"),
        Figure("the store's part of it", more, "%", held(more <= 5.0, "at most 5")),
    ]


def small_figures(replications: int = 125, repeats: int = 3) -> list[Figure]:
    """Two thousand small runs, kept in a file, in one process and in two; the parent's memory."""
    scenario = load_scenario("l_bank", enterprises=200, months=24)
    process = psutil.Process()

    def kept(jobs: int) -> Callable[[Study], None]:
        def run(study: Study) -> None:
            with tempfile.TemporaryDirectory() as folder:
                study.run(jobs, Path(folder) / "study", files=False)

        return run

    runs = 16 * replications
    tasks = {
        str(jobs): timed(kept(jobs), lambda: sixteen_arms(scenario, replications), 1, runs,
                         perf_counter)
        for jobs in (1, 2)
    }  # fmt: skip
    tasks["2"]()  # the processes of the pool stay for the next study
    before = process.memory_info().rss
    costs = in_turns(tasks, repeats)
    grown = (process.memory_info().rss - before) / 2**20
    gain = ratio(costs, "1", "2")
    return [
        Figure(f"{runs:,} runs, one process", 1e3 * median(costs["1"]), "ms each"),
        Figure(f"{runs:,} runs, two processes", 1e3 * median(costs["2"]), "ms each"),
        Figure("one process over two", gain, "x", held(gain >= 1.8, "at least 1.8")),
        Figure(f"the parent's memory, more after {2 + 2 * repeats} such studies", grown, "MB"),
    ]  # fmt: skip


def large_figures(replications: int = 500, jobs: int = 2) -> list[Figure]:
    """Sixteen arms x 500 worlds x 2,000 enterprises x 84 months, in two processes."""
    scenario = load_scenario("l_bank", enterprises=2_000, months=84)
    with tempfile.TemporaryDirectory() as folder:
        start = perf_counter()
        sixteen_arms(scenario, replications).run(jobs, Path(folder) / "study", files=False)
        minutes = (perf_counter() - start) / 60.0
    runs = 16 * replications
    return [
        Figure(f"{runs:,} runs of 2,000 enterprises and 84 months", minutes, "min",
               held(minutes <= 8.0, "at most 8")),
        Figure("of them a second and process", runs / minutes / 60.0 / jobs, "1/s"),
    ]  # fmt: skip
