"""Cost of the model's months beside a floor, a Mesa agent, other sizes and a second process."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from functools import partial
from statistics import median
from time import perf_counter, thread_time
from typing import Any, NamedTuple

import mesa
import numpy as np

from agents.compiled import kernel
from agents.enterprise import ALIVE, NO_FILE, REAL_ESTATE
from experiments import Study
from scenarios import load_scenario
from simulation import LoanPortfolio
from simulation.draws import SHOCK, SIGNAL, normal, uniforms

SIZE = 5_000
MONTHS = 12  # timed at a time
Task = Callable[[], float]  # does a piece of work and returns seconds for each unit of it


class Figure(NamedTuple):
    """One line of the table. note: what it is to be held against."""

    name: str
    value: float
    unit: str
    note: str = ""


def held(reached: bool, target: str) -> str:
    """A target beside a figure, and whether it is reached."""
    return f"target: {target}; {'reached' if reached else 'NOT reached'}"


def timed(
    work: Callable[[Any], object], on: Callable[[], Any], times: int, units: float,
    clock: Callable[[], float] = thread_time,
) -> Task:  # fmt: skip
    """A task: ``work`` done ``times`` times on what ``on`` makes, untimed, with so many units."""

    def task() -> float:
        subject, start = on(), clock()
        for _ in range(times):
            work(subject)
        return (clock() - start) / (times * units)

    return task


def in_turns(tasks: Mapping[str, Task], repeats: int) -> dict[str, list[float]]:
    """Costs by task: one round to warm up, then ``repeats`` rounds, every other one backwards."""
    for task in tasks.values():
        task()
    costs: dict[str, list[float]] = {name: [] for name in tasks}
    for turn in range(repeats):
        for name in sorted(tasks, reverse=turn % 2 == 1):
            costs[name].append(tasks[name]())
    return costs


def ratio(costs: Mapping[str, list[float]], above: str, below: str) -> float:
    """Median over the rounds of one task's cost over another's."""
    return median(a / b for a, b in zip(costs[above], costs[below], strict=True))


def seasoned(enterprises: int, **overrides: Any) -> LoanPortfolio:
    """L Bank of a size, at its fork."""
    return LoanPortfolio(load_scenario("l_bank", enterprises=enterprises, **overrides), seed=1)


def branch(world: LoanPortfolio) -> LoanPortfolio:
    """A fork, one month on: its copied records are warm."""
    model = world.fork()
    model.step()
    return model


def full_month(world: LoanPortfolio) -> Task:
    """Months after the fork: seconds for each live enterprise and month."""
    model = branch(world)
    for _ in range(MONTHS):
        model.step()
    living = float(model.months["enterprises"].iloc[-MONTHS:].mean())
    return timed(LoanPortfolio.step, partial(branch, world), MONTHS, living)


@kernel
def touch_all(firms: Any, seed: int, replication: int, month: int) -> None:
    """One block of draws, one read and one write for each record."""
    for row in range(len(firms)):
        e = firms[row]
        u = uniforms(seed, replication, e.entity, month, SHOCK, 0)
        e.demand = 0.5 * e.demand + u[0] + u[1] - u[2] - u[3]


class Saver(mesa.Agent):  # type: ignore[misc]  # mesa ships no types
    """An agent that draws once and adds once a step."""

    wealth = 0.0

    def step(self) -> None:
        """Draw, add."""
        self.wealth += self.random.random()


def month_figures(size: int = SIZE, repeats: int = 15) -> list[Figure]:
    """The full month beside the floor, a Mesa agent and a month with no enterprises."""
    closed = seasoned(  # its only enterprise closes in the first month
        1, burn_in_months=0, months=600, birth_rate=0.0, application_hazard=0.0, closure_hazard=1.0
    )
    world = seasoned(size)
    firms = world.enterprises.records.copy()
    plain = mesa.Model(seed=1)  # an AgentSet alone would not keep its agents alive
    Saver.create_agents(plain, size)
    costs = in_turns(
        {
            "month": full_month(world),
            "floor": timed(lambda f: touch_all(f, 1, 0, 2), lambda: firms, MONTHS, len(firms)),
            "agent": timed(lambda agents: agents.do("step"), lambda: plain.agents, 1, size),
            "none": timed(LoanPortfolio.step, partial(branch, closed), 10 * MONTHS, 1.0),
        },
        repeats,
    )
    cost = {name: median(values) for name, values in costs.items()}
    status, loan, file = (np.array(world.enterprises.get(n)) for n in ("status", "loan", "file"))
    speed, floors = 1.0 / cost["month"], ratio(costs, "month", "floor")
    agents = ratio(costs, "agent", "month")
    busy = 100.0 * float(np.mean(((loan >= 0) | (file != NO_FILE))[status == ALIVE]))
    either = speed >= 8e6 or floors <= 8.0
    return [
        Figure("live enterprise-months a second and core", speed, "1/s",
               held(either, "8,000,000, or 8 x the floor")),
        Figure("live enterprises with a loan or open application", busy, "%",
               held(busy >= 60.0, "at least 60")),
        Figure("a live enterprise's month", 1e9 * cost["month"], "ns"),
        Figure("floor: a Philox block, a read and a write of a record", 1e9 * cost["floor"], "ns",
               "reference machine: about 25"),
        Figure("the month over the floor", floors, "x", held(floors <= 8.0, "at most 8")),
        Figure("a Mesa agent that draws once and adds once", 1e6 * cost["agent"], "µs",
               "reference machine: 0.8 to 1.2"),
        Figure("that agent's step over the month", agents, "x", held(agents >= 5.0, "at least 5")),
        Figure("a month with no enterprises", 1e6 * cost["none"], "µs",
               held(cost["none"] <= 60e-6, "at most 60")),
    ]  # fmt: skip


@kernel
def draw_all(firms: Any, seed: int, replication: int, month: int) -> float:
    """The draws that every live firm needs in a month, and nothing else."""
    total = 0.0
    for row in range(len(firms)):
        e = firms[row]
        if e.status == ALIVE:
            u = uniforms(seed, replication, e.entity, month, SHOCK, 0)
            v = uniforms(seed, replication, e.entity, month, SIGNAL, 0)
            total += normal(u[0]) + normal(u[2]) + normal(u[3]) + v[0]
            if e.security == REAL_ESTATE:
                total += normal(v[2])
    return total


def stage_seconds(world: LoanPortfolio) -> dict[str, float]:
    """Seconds in each stage, and in all, for each live enterprise and month after the fork."""
    model = branch(world)
    spent: dict[str, float] = defaultdict(float)

    def watched(name: str, stage: Callable[..., Any]) -> Callable[..., Any]:
        def run(*arguments: Any) -> None:
            start = perf_counter()
            stage(*arguments)
            shadow = name == "live_months" and arguments[0] is not model._world
            spent["live_months of shadow loans" if shadow else name] += perf_counter() - start

        return run

    model._stages = {name: watched(name, stage) for name, stage in model._stages.items()}
    start = perf_counter()
    for _ in range(MONTHS):
        model.step()
    spent["all"] = perf_counter() - start
    living = float(model.months["enterprises"].iloc[-MONTHS:].sum())
    return {name: seconds / living for name, seconds in spent.items()}


def profile_figures(size: int = SIZE, repeats: int = 9) -> list[Figure]:
    """Where a month goes: its stages, what lies between them, and the firms' draws alone."""
    world = seasoned(size)
    rounds = [stage_seconds(world) for _ in range(repeats + 1)][1:]
    cost = {name: median(r[name] for r in rounds) for name in rounds[0]}
    whole = cost.pop("all")
    cost["between the stages: books, parameters, room"] = whole - sum(cost.values())
    firms = world.enterprises.records.copy()
    living = int(np.count_nonzero(np.array(firms["status"]) == ALIVE))
    draws = timed(lambda f: draw_all(f, 1, 0, 2), lambda: firms, MONTHS, living)
    draws()
    lines = [
        Figure(name, 1e9 * seconds, "ns", f"{100.0 * seconds / whole:.1f} %")
        for name, seconds in sorted(cost.items(), key=lambda item: -item[1])
    ]
    alone = median(draws() for _ in range(repeats))
    note = "2 blocks, 3 normals, a 4th with real estate; part of live_months"
    return [*lines, Figure("these draws of a live enterprise alone", 1e9 * alone, "ns", note)]


def size_figures(
    sizes: tuple[int, ...] = (1_000, SIZE, 50_000), large: int = 1_000_000, repeats: int = 5
) -> list[Figure]:
    """A live enterprise's month in models of several sizes; of the largest a shorter burn-in."""
    costs = in_turns({f"{n:,}": full_month(seasoned(n)) for n in sizes}, repeats)
    figures = [
        Figure(f"a live enterprise's month among {name}", 1e9 * median(values), "ns",
               f"{ratio(costs, name, f'{sizes[0]:,}'):.2f} x that among {sizes[0]:,}")
        for name, values in costs.items()
    ]  # fmt: skip
    short = {"burn_in_months": 24, "months": MONTHS + 1, "run_off_months": 0}
    costs = in_turns({f"{n:,}": full_month(seasoned(n, **short)) for n in (SIZE, large)}, 2)
    times = ratio(costs, f"{large:,}", f"{SIZE:,}")
    return [
        *figures,
        *(
            Figure(f"the same after 24 months of burn-in, among {name}", 1e9 * median(values), "ns")
            for name, values in costs.items()
        ),
        Figure(f"{large:,} over {SIZE:,}", times, "x", held(times <= 1.3, "at most 1.3")),
    ]


def process_figures(replications: int = 8, repeats: int = 3) -> list[Figure]:
    """Replications of the baseline in one process and in two."""
    scenario = load_scenario("l_bank")

    def fresh() -> Study:  # one that has run keeps its worlds and would not live them again
        return Study(scenario, [], replications, assumptions="fixed")

    tasks = {
        str(jobs): timed(partial(Study.run, jobs=jobs), fresh, 1, replications, perf_counter)
        for jobs in (1, 2)
    }
    costs = in_turns(tasks, repeats)
    gain = ratio(costs, "1", "2")
    return [
        Figure(f"{replications} replications, one process", 1e3 * median(costs["1"]), "ms each"),
        Figure(f"{replications} replications, two processes", 1e3 * median(costs["2"]), "ms each"),
        Figure("one process over two", gain, "x", held(gain >= 1.8, "at least 1.8")),
    ]
