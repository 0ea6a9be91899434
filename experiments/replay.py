"""One run of a study again, held against what the study wrote down."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from experiments.arms import StudyError, one_of, whole_number
from experiments.replication import KEYS, NO_DEADLINE, Run, World, run_world
from experiments.store.database import FAILED, OK
from experiments.store.definition import differences
from experiments.store.identity import platform_of
from experiments.study import MOST_WORLDS, Study
from scenarios.problems import nearest, shown
from simulation.measures import UNITS

TOLERANCE = 1e-9
"""Relative difference that is allowed on another platform than the study's."""


@dataclass(frozen=True)
class Replay:
    """What a run gave again. differing: measure or table -> (stored, now), empty where all agree.

    exact: compared to the last bit (the platform is the study's) or within TOLERANCE.
    stored_status: of the study's run; ``ok`` or ``failed``.
    """

    run: Run
    stored_status: str
    exact: bool
    differing: dict[str, tuple[Any, Any]]


def run_key(study: Study, name: str) -> tuple[str, int, str]:
    """Assumptions, replication and strategy from ``strategy/assumptions/replication``.

    Raises: StudyError that says what a run's name looks like, which there are, or that it was
    never run.
    """
    parts = name.split("/")
    if len(parts) != 3:
        raise StudyError(
            f"run {shown(name)} is no run's name; it is strategy/assumptions/replication, "
            "as in risk_warning/fixed/3"
        )
    arm, mode, number = parts
    one_of("assumptions", mode, ("fixed", "drawn"))
    if not number.isdecimal():
        raise StudyError(f"replication = {shown(number)} is not allowed; allowed: a whole number")
    key = (mode, whole_number("replication", int(number), 0, MOST_WORLDS), arm)
    statuses = study.statuses
    if key not in statuses:
        if key[:2] in study.worlds and arm in study.arms:
            raise StudyError(f"run {shown(name)}: was not run yet; loanlab study resume runs it")
        near = _near(arm, mode, list(statuses))
        raise StudyError(f"run {shown(name)}: the study has no such run{near}")
    return key


def _near(arm: str, mode: str, known: list[tuple[str, int, str]]) -> str:
    """The runs that an arm has, or the nearest arm, as the end of a message."""
    if arm not in {strategy for _, _, strategy in known}:
        return nearest(arm, [strategy for _, _, strategy in known])
    numbers = [number for kind, number, strategy in known if (kind, strategy) == (mode, arm)]
    if not numbers:
        return f"; it has no {mode} worlds of {arm}"
    return f"; known: {arm}/{mode}/{min(numbers)} to {max(numbers)}"


def replay(study: Study, name: str, folder: Path) -> Replay:
    """Run one run of a stored study again and compare. name: see run_key.

    Raises: StudyError where the model or the rules are not those of the study, or the run was not
    finished.
    """
    mode, number, arm = key = run_key(study, name)
    status = study.statuses[key]
    if status not in (OK, FAILED):
        raise StudyError(
            f"run {shown(name)}: was not finished ({status}), so there is nothing to compare with; "
            f"go on with: loanlab study resume {folder}"
        )
    apart = differences(study.facts, study, folder)
    if apart:
        raise StudyError(f"{folder}: cannot be replayed here: {'; '.join(apart)}")
    world = World(
        study.arms_scenario, (arm,), study.seed, number, mode, study.rules, NO_DEADLINE,
        study.live,
    )  # fmt: skip
    outcome = run_world(world)
    exact = study.facts["platform"] == platform_of()
    differing = _differing(study, key, outcome, exact) if status == "ok" else {}
    return Replay(outcome.runs[0], status, exact, differing)


def _differing(
    study: Study, key: tuple[str, int, str], outcome: Any, exact: bool
) -> dict[str, tuple[Any, Any]]:
    """Measures and tables that are not what the study wrote down."""
    run = outcome.runs[0]
    stored = _rows(study.all_runs, key).iloc[0]
    found: dict[str, tuple[Any, Any]] = {
        name: (stored[name], run.measures.get(name))
        for name in UNITS
        if not _same(stored[name], run.measures.get(name, np.nan), exact)
    }
    for name, table in outcome.tables.items():
        old, new = _rows(study.table(name, all_arms=True), key), table.reset_index(drop=True)
        if not _same_rows(old, new, exact):
            found[f"table {name}"] = (f"{len(old)} rows", f"{len(new)} rows")
    return found


def _rows(table: pd.DataFrame, key: tuple[str, int, str]) -> pd.DataFrame:
    """Rows of one run."""
    ours = np.logical_and.reduce([table[c] == v for c, v in zip(KEYS, key, strict=True)])
    return table[ours].reset_index(drop=True)


def _same(a: Any, b: Any, exact: bool) -> bool:
    """Equal, both without a value, or on another platform nearly equal."""
    return bool(np.isclose(a, b, rtol=0.0 if exact else TOLERANCE, atol=0.0, equal_nan=True))


def _same_rows(old: pd.DataFrame, new: pd.DataFrame, exact: bool) -> bool:
    """As ``_same``, of whole tables."""
    share = 0.0 if exact else TOLERANCE
    try:
        pd.testing.assert_frame_equal(old, new, check_dtype=False, rtol=share, atol=0.0)
    except AssertionError:
        return False
    return True
