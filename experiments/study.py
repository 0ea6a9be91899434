"""A study: every arm in the same worlds, many times."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from functools import cached_property
from itertools import product
from os import PathLike
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from experiments import comparison, equal
from experiments.arms import MODES, StudyError, checked_arms, default_arms, one_of, whole_number
from experiments.precision import precision, reached
from experiments.progress import progress as bar
from experiments.references import Reference, ladder, left_out, usable
from experiments.replication import KEYS, Live, World, live_to_end, run_world
from experiments.run_tables import RUN_TABLES
from experiments.running import DEADLINE, Progress, run_missing, workers_for
from experiments.store.database import FILE, Store
from experiments.store.definition import facts_of, readable, scenario_of
from experiments.store.identity import Identity, identity_of
from scenarios.problems import shown
from simulation.scenario import Scenario

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
    live: how each model is lived, see experiments.replication.Live.
    Raises: StudyError.
    """

    kind = "study"
    replicate = staticmethod(run_world)

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
        live: Live = live_to_end,
    ) -> None:
        if not isinstance(scenario, Scenario):
            raise StudyError(f"scenario = {shown(scenario)} is no scenario; use load_scenario()")
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
        self.arms = (*self.strategies, *(a for a in self._rungs if a not in self.strategies))
        self.rules = dict(rules or {})
        self.live = live
        self._store: Store | None = None
        self._read: dict[str, pd.DataFrame] = {}
        self._equal: tuple[pd.DataFrame, list[str]] | None = None

    @classmethod
    def opened(
        cls, folder: str | PathLike[str], rules: Rules | None = None, **changes: Any
    ) -> Study:
        """A study from its folder, to read, to resume, or to extend.

        rules: those it was run with. changes: of the plan (replications, strategies,
        assumptions). Nothing is run until ``run``. Raises: StudyError where there is no study
        or it is damaged.
        """
        path = Path(folder) / FILE
        store = Store.opened(path)
        facts = readable(store.facts(), path)
        plan = {**facts["plan"], **changes}
        study = cls(scenario_of(facts, path), seed=facts["identity"][1], rules=rules, **plan)
        study._store = store
        return study

    @property
    def plan(self) -> dict[str, Any]:
        """What is to be run, apart from what makes two runs different."""
        return {
            "strategies": list(self.strategies), "replications": self.replications,
            "assumptions": self.assumptions, "references": bool(self.references),
        }  # fmt: skip

    @cached_property
    def identity(self) -> Identity:
        """What all its runs share."""
        return identity_of(self.scenario, self.seed, self.rules)

    @property
    def worlds(self) -> list[tuple[str, int]]:
        """The tasks of the study: (assumptions, replication)."""
        return list(product(MODES[self.assumptions], range(self.replications)))

    @cached_property
    def arms_scenario(self) -> Scenario:
        """The scenario with the references' rungs in its catalogue, as arms like others."""
        return replace(self.scenario, strategies={**self.scenario.strategies, **self._rungs})

    def world(
        self, assumptions: str, replication: int, arms: tuple[str, ...], deadline: float
    ) -> World:
        """The task of a world, with some of its arms."""
        return World(
            self.arms_scenario, arms, self.seed, replication, assumptions, self.rules, deadline,
            self.live,
        )  # fmt: skip

    def run(
        self,
        jobs: int = 2,
        out: str | PathLike[str] | None = None,
        progress: Progress | bool | None = None,
        *,
        cluster: str | None = None,
        deadline: float = DEADLINE,
        again: bool = False,
        files: bool = True,
    ) -> Study:
        """Run what is missing; the results depend neither on ``jobs`` nor on interruptions.

        jobs: number of processes; with 1 all is run in this one. out: folder of the study; one
        that holds this study is gone on with, and what is in it is kept. progress: called with
        the number of worlds done and of all; True for a bar, in a notebook too. cluster: address
        of a Dask scheduler to run on instead. deadline: seconds that a run may take, looked at
        between months. again: repeat runs that failed. files: write tables and pictures beside
        the store.
        Returns: the study; runs that failed are in ``failures``. Raises: StudyError for bad
        arguments or a folder that is in use or holds another study.
        """
        jobs = whole_number("jobs", jobs, 1, MOST_JOBS)
        store = self._store_in(None if out is None else Path(out))
        self._read, self._equal = {}, None
        with store.writing():
            store.note("plan", _joined(store.facts()["plan"], self.plan))
            workers = workers_for(jobs, cluster)
            with _told(progress) as tell:
                run_missing(self, store, workers, deadline, again=again, progress=tell)
        self._store = store
        if out is not None and files:
            from experiments.results import write_study

            write_study(self if self.is_all_there else Study.opened(out, self.rules), Path(out))
        return self

    @property
    def is_all_there(self) -> bool:
        """Does its folder hold no more than this study asks for?"""
        held = self.facts["plan"]
        return _joined(held, self.plan) == {**held, **self.plan}

    def run_until(
        self,
        share: float,
        most: int = 1_000,
        out: str | PathLike[str] | None = None,
        **how: Any,
    ) -> Study:
        """Run until every difference of the loss rate is known well enough.

        share: wanted half-width of its 95 % interval, as a share of the baseline's loss rate.
        It begins with the study's replications and adds what their spread asks for, up to
        ``most`` of each kind of world. out, how: as in ``run``.
        Returns: the study with as many replications as were run. Stopping where an interval is
        narrow makes it a little too narrow (of order 1 / replications). Raises: StudyError.
        """
        if not 0.0 < share < 1.0:
            raise StudyError(f"precision = {share:g} is not allowed; allowed: above 0 and below 1")
        whole_number("most replications", most, self.replications, MOST_WORLDS)
        self.run(out=out, files=False, **how)
        while not reached(self.runs, share) and self.replications < most:
            needed = precision(self.runs, share=share)["replications_needed"].max()
            wanted = needed if needed > self.replications else self.replications + 1
            self.replications = int(min(most, wanted))
            self.run(out=out, files=False, **how)
        if out is not None:
            from experiments.results import write_study

            write_study(self, Path(out))
        return self

    def _store_in(self, folder: Path | None) -> Store:
        """The store to write into: there already, or new. Raises: StudyError."""
        if folder is None:
            return self._store or Store.made(None, facts_of(self))
        from experiments.results import store_for

        return store_for(self, folder)

    def _stored(self, name: str, read: Callable[[Store], pd.DataFrame]) -> pd.DataFrame:
        """Rows of the plan's runs, read once: fixed before drawn, by replication, then by arm."""
        store = self._written
        if name not in self._read:
            rows = read(store)
            ranks = {word: i for i, word in enumerate([*MODES[self.assumptions], *self.arms])}
            planned = rows["strategy"].isin(ranks) & rows["assumptions"].isin(ranks)
            rows = rows[planned & (rows["replication"] < self.replications)]
            self._read[name] = rows.sort_values(
                list(KEYS), ignore_index=True,
                key=lambda c: c if c.name == "replication" else c.map(ranks),
            )  # fmt: skip
        return self._read[name]

    @property
    def all_runs(self) -> pd.DataFrame:
        """As ``runs``, with those of the references' rungs."""
        return self._stored("runs", Store.runs)

    @property
    def runs(self) -> pd.DataFrame:
        """One row a run that is ok: assumptions, replication, strategy and all measures."""
        return self._of(self.all_runs, self.strategies)

    @property
    def has_baseline(self) -> bool:
        """Is there a run of the baseline, without which nothing can be compared?"""
        return "baseline" in set(self.runs["strategy"])

    @property
    def has_declared_baseline(self) -> bool:
        """Is there one with the assumptions as declared, as all pictures show them?"""
        runs = self.runs
        return "fixed" in set(runs.loc[runs["strategy"] == "baseline", "assumptions"])

    @property
    def ladder_runs(self) -> pd.DataFrame:
        """As ``runs``, of the references' rungs."""
        return self._of(self.all_runs, self._rungs)

    @property
    def failures(self) -> pd.DataFrame:
        """Runs that failed: assumptions, replication, strategy, seed, error, traceback."""
        return self._stored("failures", Store.failures)

    @property
    def facts(self) -> dict[str, Any]:
        """What its store says of it."""
        return self._written.facts()

    @property
    def statuses(self) -> dict[tuple[str, int, str], str]:
        """Status of every run that was begun, by (assumptions, replication, strategy)."""
        return self._written.statuses()

    @property
    def volatile(self) -> pd.DataFrame:
        """What differs from one execution to the next: when runs began, attempts, seconds."""
        return self._written.volatile()

    @property
    def _written(self) -> Store:
        if self._store is None:
            raise StudyError(_NOT_RUN)
        return self._store

    @property
    def months(self) -> pd.DataFrame:
        """Monthly ratios of every run from two years before the fork to the horizon."""
        return self.table("months")

    def table(self, name: str, *, all_arms: bool = False) -> pd.DataFrame:
        """Rows of one of RUN_TABLES (experiments.run_tables) of every run.

        all_arms: those of the references' rungs as well.
        Returns: assumptions, replication, strategy, and the table's columns. Raises: StudyError
        for an unknown table or before the study was run.
        """
        one_of("table", name, RUN_TABLES)
        rows = self._stored(f"table {name}", lambda store: store.table(name))
        return rows if all_arms else self._of(rows, self.strategies)

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
            self._equal = equal.at_equal(self.all_runs, self.strategies[1:], self.references)
        return self._equal

    def ranking(self) -> pd.DataFrame:
        """Share of worlds in which each arm is the best, see experiments.comparison.ranking."""
        return comparison.ranking(self.runs)

    @staticmethod
    def _of(table: pd.DataFrame, arms: Iterable[str]) -> pd.DataFrame:
        """Rows of some arms."""
        return table[table["strategy"].isin(list(arms))].reset_index(drop=True)


def _told(progress: Progress | bool | None) -> AbstractContextManager[Progress | None]:
    """Who is told how far the study is."""
    if progress is True:
        return bar("worlds")
    return nullcontext(progress or None)


def _joined(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """A plan that holds both: a study in a folder only grows."""
    return {
        "strategies": list(dict.fromkeys([*old["strategies"], *new["strategies"]])),
        "replications": max(old["replications"], new["replications"]),
        "assumptions": "drawn" if "drawn" in (old["assumptions"], new["assumptions"]) else "fixed",
        "references": old["references"] or new["references"],
    }
