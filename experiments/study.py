"""A study: every arm in the same worlds, many times."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from itertools import product
from os import PathLike
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from experiments import comparison, equal
from experiments.arms import MODES, StudyError, checked_arms, default_arms, one_of, whole_number
from experiments.references import Reference, ladder, left_out, usable
from experiments.replication import KEYS, Outcome, run_replication
from experiments.run_tables import RUN_TABLES
from experiments.workers import results_of
from simulation.scenario import Scenario

Progress = Callable[[int, int], None]
"""Called with the number of worlds done and of all worlds."""

Rules = Mapping[str, Callable[..., Any]]
"""Rule name -> replacement, see simulation.LoanPortfolio."""

_NOT_RUN = "the study has not been run yet; call run() first"

MOST_SEED = 2**63 - 1
MOST_WORLDS = 1_000_000
MOST_JOBS = 1_000


class Study:
    """Strategies against the baseline in the same worlds.

    scenario: a resolved scenario. strategies: names and combinations ``a+b``, left out: every
    strategy, all of them together, and the rivals; the baseline is always there. replications:
    worlds with assumptions at their defaults, and as many again with assumptions drawn.
    seed: of all luck, from 0 to 2**63 - 1. assumptions: ``drawn``, or ``fixed`` to leave the
    drawn worlds out. references: run the ladders of experiments.references as well, for
    ``at_equal``. rules: rule name -> replacement, in force from the fork in every arm.
    Raises: StudyError.
    """

    def __init__(
        self,
        scenario: Scenario,
        strategies: Sequence[str] | None = None,
        replications: int = 200,
        seed: int = 7,
        assumptions: Literal["drawn", "fixed"] = "drawn",
        *,
        references: bool = True,
        rules: Rules | None = None,
    ) -> None:
        self.scenario = scenario
        self.strategies = checked_arms(
            scenario, default_arms(scenario) if strategies is None else strategies
        )
        self.replications = whole_number("replications", replications, 1, MOST_WORLDS)
        self.seed = whole_number("seed", seed, 0, MOST_SEED)
        self.assumptions = one_of("assumptions", assumptions, MODES)
        wanted = references and len(self.strategies) > 1
        self.references: tuple[Reference, ...] = usable(scenario) if wanted else ()
        self.left_out = tuple(left_out(scenario).values()) if wanted else ()
        self._rungs = ladder(scenario) if wanted else {}
        self._arms = (*self.strategies, *(a for a in self._rungs if a not in self.strategies))
        self.rules = dict(rules or {})
        self._runs: pd.DataFrame | None = None
        self._equal: tuple[pd.DataFrame, list[str]] | None = None
        self._tables: dict[str, pd.DataFrame] | None = None

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
        self._tables = {
            name: self._sorted(pd.concat([outcome.tables[name] for outcome in done]))
            for name in RUN_TABLES
        }
        self._equal = None
        if out is not None:
            from experiments.results import write_study

            write_study(self, Path(out))
        return self

    def _outcomes(
        self, worlds: Iterable[tuple[str, int]], jobs: int
    ) -> Generator[Outcome, None, None]:
        """Outcomes of the worlds as they come, in any order; an interrupt stops all workers."""
        # The rungs are arms like others; only here does the catalogue hold them.
        catalogue = {**self.scenario.strategies, **self._rungs}
        scenario = replace(self.scenario, strategies=catalogue)
        tasks = [
            (scenario, self._arms, self.seed, number, mode, self.rules) for mode, number in worlds
        ]
        yield from results_of(run_replication, tasks, jobs, rules=bool(self.rules))

    def _sorted(self, table: pd.DataFrame) -> pd.DataFrame:
        """Fixed before drawn, then by replication, then arms in the study's order.

        Rows of a run keep their order.
        """
        ranks = {name: i for i, name in enumerate([*MODES["drawn"], *self._arms])}
        return table.sort_values(
            list(KEYS),
            key=lambda c: c.map(ranks) if c.name in ("assumptions", "strategy") else c,
            ignore_index=True, kind="stable",
        )  # fmt: skip

    @property
    def runs(self) -> pd.DataFrame:
        """One row a run: assumptions, replication, strategy and all measures."""
        return self._of(self._finished(self._runs), self.strategies)

    @property
    def ladder_runs(self) -> pd.DataFrame:
        """As ``runs``, of the references' rungs."""
        return self._of(self._finished(self._runs), self._rungs)

    @property
    def months(self) -> pd.DataFrame:
        """Monthly ratios of every run from two years before the fork to the horizon."""
        return self.table("months")

    def table(self, name: str) -> pd.DataFrame:
        """Rows of one of RUN_TABLES (experiments.run_tables) of every run.

        Returns: assumptions, replication, strategy, and the table's columns. Raises: StudyError
        for an unknown table or before the study was run.
        """
        one_of("table", name, RUN_TABLES)
        if self._tables is None:
            raise StudyError(_NOT_RUN)
        return self._of(self._tables[name], self.strategies)

    def comparison(self) -> pd.DataFrame:
        """Paired differences from the baseline with 95 % intervals.

        Returns: one row for each strategy, measure and interval (the columns of comparison.csv).
        """
        return comparison.comparison(self.runs)

    def at_equal(self) -> pd.DataFrame:
        """Each strategy against the references of equal volume and of equal cost.

        Returns: the columns of comparison.csv, with ``baseline_mean`` the reference's mean, and
        ``reference`` (``equal_volume`` or ``equal_cost``) and ``position``, the multiple of the
        rival at which volumes or costs are equal; NaN where no rung reaches so far.
        """
        return self._at_equal()[0]

    def equal_gaps(self) -> list[str]:
        """What ``at_equal`` cannot tell and why, a sentence each."""
        return [*self.left_out, *self._at_equal()[1]]

    def _at_equal(self) -> tuple[pd.DataFrame, list[str]]:
        """Table and gaps, computed once."""
        if self._equal is None:
            runs = self._finished(self._runs)
            self._equal = equal.at_equal(runs, self.strategies[1:], self.references)
        return self._equal

    def ranking(self) -> pd.DataFrame:
        """Share of worlds in which each arm is the best, see experiments.comparison.ranking."""
        return comparison.ranking(self.runs)

    @staticmethod
    def _of(table: pd.DataFrame, arms: Iterable[str]) -> pd.DataFrame:
        """Rows of some arms."""
        return table[table["strategy"].isin(list(arms))].reset_index(drop=True)

    @staticmethod
    def _finished(table: pd.DataFrame | None) -> pd.DataFrame:
        if table is None:
            raise StudyError(_NOT_RUN)
        return table
