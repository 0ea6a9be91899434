"""A sensitivity study: the model at many points, each in the same few worlds of luck."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import islice, product
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from experiments.arms import StudyError, checked_arms, whole_number
from experiments.references import Reference
from experiments.replication import Live, Outcome, World, live_to_end, run_world
from experiments.results import store_for
from experiments.running import DEADLINE, Progress, run_missing, workers_for
from experiments.sensitivity.factors import Array, Factor
from experiments.sensitivity.methods.base import Method
from experiments.sensitivity.points import law_name, point_name, problem_of
from experiments.store.database import FILE, Store
from experiments.store.definition import facts_of
from experiments.store.identity import Identity, identity_of
from experiments.study import MOST_JOBS, MOST_SEED
from simulation.scenario import Scenario

MOST_SAMPLES = 1_000_000
MOST_REPLICATIONS = 1_000


class SensitivityStudy:
    """The model at the points of a method, in the same worlds of luck at every point.

    Replication r of every point has the same seed and number, so the same firms' luck: what
    differs between two points is the factors. factors: at least two. method, samples: what
    points. replications: worlds at each point. strategies: arms whose benefit is asked for;
    the baseline is always there. group_by: one of KINDS or None. replicate: runs a world; the
    model, unless a test puts a function in its place. rules, live: as in experiments.Study.
    Raises: StudyError.
    """

    kind = "sensitivity"
    references: tuple[Reference, ...] = ()

    def __init__(
        self,
        scenario: Scenario,
        factors: Sequence[Factor],
        method: Method,
        samples: int | None = None,
        replications: int = 2,
        strategies: Sequence[str] = (),
        seed: int = 7,
        *,
        group_by: str | None = None,
        rules: Mapping[str, Callable[..., Any]] | None = None,
        live: Live = live_to_end,
        replicate: Callable[[World], Outcome] = run_world,
    ) -> None:
        self.scenario = scenario
        self.factors = tuple(factors)
        if len(self.factors) < 2:
            raise StudyError("--factors: one factor has nothing to be compared with; name two")
        self.method = method
        self.samples = whole_number(
            "samples", method.usual if samples is None else samples, 1, MOST_SAMPLES
        )
        self.replications = whole_number("replications", replications, 1, MOST_REPLICATIONS)
        self.arms = checked_arms(scenario, list(strategies))
        self.seed = whole_number("seed", seed, 0, MOST_SEED)
        self.problem = problem_of(self.factors, group_by)
        self.method.check(self.problem, self.samples)
        self.group_by = group_by
        self.rules = dict(rules or {})
        self.live = live
        self.replicate = replicate
        self._store: Store | None = None

    @property
    def plan(self) -> dict[str, Any]:
        """What is to be run, apart from what makes two runs different."""
        return {
            "method": self.method.name, "samples": self.samples, "group_by": self.group_by,
            "replications": self.replications, "strategies": list(self.arms),
            "factors": {
                f.name: [f.kind, f.low, f.high, law_name(f), list(f.values)]
                for f in self.factors
            },
        }  # fmt: skip

    @cached_property
    def identity(self) -> Identity:
        """What all its runs share."""
        return identity_of(self.scenario, self.seed, self.rules)

    @cached_property
    def points(self) -> Array:
        """Rows in the unit cube, one column a factor."""
        return self.method.points(self.problem, self.samples, self.seed)

    @cached_property
    def values(self) -> pd.DataFrame:
        """The factors' values: a row a point."""
        return pd.DataFrame({
            factor.name: factor.value(self.points[:, place])
            for place, factor in enumerate(self.factors)
        })  # fmt: skip

    @cached_property
    def names(self) -> list[str]:
        """Name of each point: a hash of its values, so that a point is run once, whatever
        method asks for it, and never taken for another.
        """
        return [point_name(row) for row in self._rows]

    @cached_property
    def _rows(self) -> list[dict[str, float]]:
        keys = [factor.name for factor in self.factors]
        return [dict(zip(keys, row, strict=True)) for row in self.values.to_numpy().tolist()]

    @cached_property
    def _values_by_name(self) -> dict[str, Mapping[str, float]]:
        return dict(zip(self.names, self._rows, strict=True))

    @property
    def worlds(self) -> list[tuple[str, int]]:
        """The tasks of the study: (point, replication), points in the order of the design."""
        return list(product(self._values_by_name, range(self.replications)))

    def world(
        self, assumptions: str, replication: int, arms: tuple[str, ...], deadline: float
    ) -> World:
        """The world of a point: the scenario with the factors' values in place."""
        values = {**self.scenario.parameters, **self._values_by_name[assumptions]}
        return World(
            replace(self.scenario, parameters=values), arms, self.seed, replication, assumptions,
            self.rules, deadline, self.live, tables=False,
        )  # fmt: skip

    def run(
        self,
        jobs: int = 2,
        out: str | PathLike[str] | None = None,
        progress: Progress | None = None,
        *,
        cluster: str | None = None,
        deadline: float = DEADLINE,
        first: int | None = None,
    ) -> SensitivityStudy:
        """Run what is missing; points that failed are run once more.

        out: folder of the study; one with the same bank, model and seed is gone on with, and
        points that it has are not run again. first: only so many worlds (a pilot). The rest as
        in experiments.Study. Raises: StudyError.
        """
        jobs = whole_number("jobs", jobs, 1, MOST_JOBS)
        store = self._store_in(None if out is None else Path(out))
        part = self if first is None else _Part(self, first)
        with store.writing():
            store.note("plan", self.plan)
            workers = workers_for(jobs, cluster)
            run_missing(part, store, workers, deadline, progress=progress)
            if not store.failures().empty:
                run_missing(part, store, workers_for(jobs, cluster), deadline, again=True)
        self._store = store
        return self

    def has_begun(self, folder: Path | None) -> bool:
        """Is there a run of it already?"""
        if folder is not None and (folder / FILE).exists():
            return bool(Store.opened(folder / FILE).statuses())
        return self._store is not None

    def _store_in(self, folder: Path | None) -> Store:
        if folder is None:
            return self._store or Store.made(None, facts_of(self))
        return store_for(self, folder)

    @property
    def runs(self) -> pd.DataFrame:
        """One row a run that is ok, those of other designs in the same folder left out."""
        return self._mine(self._written.runs())

    @property
    def failures(self) -> pd.DataFrame:
        """Runs that failed: assumptions (the point), replication, strategy, seed, error."""
        return self._mine(self._written.failures())

    @property
    def _written(self) -> Store:
        if self._store is None:
            raise StudyError("the study has not been run yet; call run() first")
        return self._store

    def _mine(self, rows: pd.DataFrame) -> pd.DataFrame:
        mine = rows["assumptions"].isin(self._values_by_name) & rows["strategy"].isin(self.arms)
        return rows[mine & (rows["replication"] < self.replications)].reset_index(drop=True)

    def answers(self, measure: str, strategy: str | None = None) -> Array:
        """A measure at every point and in every replication; NaN where it is missing.

        strategy: its benefit, the paired difference from the baseline in the same world; None
        for the level in the baseline. Returns: shape (points, replications).
        """
        table = self.runs.set_index(["assumptions", "replication", "strategy"])[measure]
        wide = table.unstack("strategy")
        series = wide["baseline"] if strategy is None else wide[strategy] - wide["baseline"]
        cells = series.unstack("replication").reindex(
            index=self.names, columns=range(self.replications)
        )
        return cells.to_numpy(dtype=np.float64)


class _Part:
    """The first worlds of a study, as a plan of their own."""

    def __init__(self, study: SensitivityStudy, first: int) -> None:
        self.worlds = list(islice(study.worlds, first))
        self.seed, self.rules, self.arms = study.seed, study.rules, study.arms
        self.identity, self.replicate, self.world = study.identity, study.replicate, study.world
