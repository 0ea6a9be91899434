"""One replication: a world burnt in once, then branched into every arm of the study."""

from __future__ import annotations

import gc
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import pandas as pd

from simulation import LoanPortfolio, Scenario

KEYS = ("assumptions", "replication", "strategy")
"""Columns that name a run; all others of a table of runs are measures."""

MONTHS_BEFORE = 24
"""Months before the fork that are kept for the pictures."""

SERIES = ("month", "npl_ratio", "npl_ratio_true")


COLLECT_EVERY = 8
"""Arms between two collections of worlds that are done with."""


class Outcome(NamedTuple):
    """What a replication leaves: its measures, one row an arm, and its monthly NPL ratios."""

    runs: list[dict[str, Any]]
    months: pd.DataFrame


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
    runs, months = [], []
    for arm in arms:
        key: dict[str, Any] = dict(zip(KEYS, (assumptions, replication, arm), strict=True))
        model = world.fork(arm)
        runs.append(key | model.run())
        months.append(_npl_series(model.months, scenario.months).assign(**key))
    # A model and its populations refer to each other, so worlds would stay until a collection,
    # and joblib replaces a worker that grows. A collection takes as long as a small world's arm.
    del world, model
    if replication % max(1, COLLECT_EVERY // len(arms)) == 0:
        gc.collect()
    return Outcome(runs, pd.concat(months, ignore_index=True)[[*KEYS, *SERIES]])


def _npl_series(months: pd.DataFrame, horizon: int) -> pd.DataFrame:
    """Monthly NPL ratios from two years before the fork to the horizon."""
    near = months["month"].between(-MONTHS_BEFORE, horizon - 1)
    return months.loc[near, list(SERIES)]
