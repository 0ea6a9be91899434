"""A study: every arm in the same worlds, many times."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import closing
from itertools import product
from os import PathLike
from pathlib import Path
from typing import Literal

import pandas as pd
from joblib import Parallel, delayed
from joblib.externals.loky import get_reusable_executor

from experiments import comparison
from experiments.arms import MODES, StudyError, checked_arms, default_arms, one_of, whole_number
from experiments.replication import KEYS, Outcome, run_replication
from simulation.scenario import Scenario

Progress = Callable[[int, int], None]
"""Called with the number of worlds done and of all worlds."""

MOST_SEED = 2**63 - 1
MOST_WORLDS = 1_000_000
MOST_JOBS = 1_000


class Study:
    """Strategies against the baseline in the same worlds.

    scenario: a resolved scenario. strategies: names and combinations ``a+b``, left out: every
    strategy, all of them together, and the rivals; the baseline is always there. replications:
    worlds with assumptions at their defaults, and as many again with assumptions drawn.
    seed: of all luck, from 0 to 2**63 - 1. assumptions: ``drawn``, or ``fixed`` to leave the
    drawn worlds out. Raises: StudyError.
    """

    def __init__(
        self,
        scenario: Scenario,
        strategies: Sequence[str] | None = None,
        replications: int = 200,
        seed: int = 7,
        assumptions: Literal["drawn", "fixed"] = "drawn",
    ) -> None:
        self.scenario = scenario
        self.strategies = checked_arms(
            scenario, default_arms(scenario) if strategies is None else strategies
        )
        self.replications = whole_number("replications", replications, 1, MOST_WORLDS)
        self.seed = whole_number("seed", seed, 0, MOST_SEED)
        self.assumptions = one_of("assumptions", assumptions, MODES)
        self._runs: pd.DataFrame | None = None
        self._months: pd.DataFrame | None = None

    @property
    def worlds(self) -> list[tuple[str, int]]:
        """The tasks of the study: (assumptions, replication)."""
        return list(product(MODES[self.assumptions], range(self.replications)))

    def run(
        self,
        jobs: int = 2,
        out: str | PathLike[str] | None = None,
        progress: Progress | None = None,
    ) -> Study:
        """Run all worlds; the result does not depend on ``jobs``.

        jobs: number of processes. out: folder to write tables, pictures and manifest to; it
        appears when everything is in it. progress: called after each world.
        Returns: the study. Raises: StudyError for bad arguments or a folder that is in use.
        """
        jobs = whole_number("jobs", jobs, 1, MOST_JOBS)
        if out is not None:
            from experiments.results import check_folder

            check_folder(Path(out), "study")
        worlds = self.worlds
        done: list[Outcome] = []
        with closing(self._outcomes(worlds, min(jobs, len(worlds)))) as outcomes:
            for outcome in outcomes:
                done.append(outcome)
                if progress is not None:
                    progress(len(done), len(worlds))
        runs = pd.DataFrame([row for outcome in done for row in outcome.runs])
        self._runs = self._sorted(runs)
        self._months = self._sorted(pd.concat([outcome.months for outcome in done]))
        if out is not None:
            from experiments.results import write_study

            write_study(self, Path(out))
        return self

    def _outcomes(
        self, worlds: Iterable[tuple[str, int]], jobs: int
    ) -> Generator[Outcome, None, None]:
        """Outcomes of the worlds as they come, in any order; an interrupt stops all workers."""
        tasks = [
            (self.scenario, self.strategies, self.seed, number, mode) for mode, number in worlds
        ]
        if jobs > 1:
            # The first world here: it compiles the rules, once, for all the workers.
            yield run_replication(*tasks.pop(0))
        todo = (delayed(run_replication)(*task) for task in tasks)
        try:
            yield from Parallel(n_jobs=jobs, return_as="generator_unordered")(todo)
        except BaseException:
            if jobs > 1:
                get_reusable_executor().shutdown(wait=True, kill_workers=True)
            raise

    def _sorted(self, table: pd.DataFrame) -> pd.DataFrame:
        """Fixed before drawn, then by replication, then arms in the study's order."""
        ranks = {name: i for i, name in enumerate([*MODES["drawn"], *self.strategies])}
        by = [*KEYS, "month"] if "month" in table else list(KEYS)
        return table.sort_values(
            by, key=lambda c: c.map(ranks) if c.name in ("assumptions", "strategy") else c,
            ignore_index=True,
        )  # fmt: skip

    @property
    def runs(self) -> pd.DataFrame:
        """One row a run: assumptions, replication, strategy and all measures."""
        return self._finished(self._runs)

    @property
    def months(self) -> pd.DataFrame:
        """Monthly NPL ratios of every run from two years before the fork to the horizon."""
        return self._finished(self._months)

    def comparison(self) -> pd.DataFrame:
        """Paired differences from the baseline with 95 % intervals.

        Returns: one row for each strategy, measure and interval (the columns of comparison.csv).
        """
        return comparison.comparison(self.runs)

    def ranking(self) -> pd.DataFrame:
        """Share of worlds in which each arm is the best, see experiments.comparison.ranking."""
        return comparison.ranking(self.runs)

    @staticmethod
    def _finished(table: pd.DataFrame | None) -> pd.DataFrame:
        if table is None:
            raise StudyError("the study has not been run yet; call run() first")
        return table
