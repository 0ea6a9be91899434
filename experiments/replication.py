"""One replication: a world burnt in once, then branched into every arm of the study."""

from __future__ import annotations

import gc
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import pandas as pd

from experiments.run_tables import RUN_TABLES
from simulation import LoanPortfolio, Scenario

KEYS = ("assumptions", "replication", "strategy")
"""Columns that name a run; all others of a table of runs are measures."""

COLLECT_EVERY = 8
"""Arms between two collections of worlds that are done with."""


class Outcome(NamedTuple):
    """What a replication leaves: its measures, one row an arm, and its tables by name."""

    runs: list[dict[str, Any]]
    tables: dict[str, pd.DataFrame]


def run_replication(
    scenario: Scenario,
    arms: Sequence[str],
    seed: int,
    replication: int,
    assumptions: str,
    rules: Mapping[str, Callable[..., Any]] | None = None,
) -> Outcome:
    """Run every arm in the same world.

    arms: ``baseline`` and combinations ``a+b``. assumptions: ``drawn`` (each assumed parameter
    is drawn from its range, once for all arms) or ``fixed``. rules: replacements in force from
    the fork in every arm. The result depends on nothing but the arguments.
    """
    world = LoanPortfolio(
        scenario, seed=seed, replication=replication, drawn=assumptions == "drawn"
    )
    if rules:
        world = world.fork(rules=rules)
    runs: list[dict[str, Any]] = []
    tables: dict[str, list[pd.DataFrame]] = {name: [] for name in RUN_TABLES}
    for arm in arms:
        key: dict[str, Any] = dict(zip(KEYS, (assumptions, replication, arm), strict=True))
        model = world.fork(arm)
        runs.append(key | model.run())
        for name, rows in RUN_TABLES.items():
            tables[name].append(_keyed(rows(model), key))
    # A model and its populations refer to each other, so worlds would stay until a collection,
    # and joblib replaces a worker that grows. A collection takes as long as a small world's arm.
    del world, model
    if replication % max(1, COLLECT_EVERY // len(arms)) == 0:
        gc.collect()
    return Outcome(runs, {name: pd.concat(parts) for name, parts in tables.items()})


def _keyed(rows: pd.DataFrame, key: Mapping[str, Any]) -> pd.DataFrame:
    """Rows with the columns that name their run in front."""
    return rows.assign(**key)[[*KEYS, *rows.columns]]
