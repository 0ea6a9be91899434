"""What a stored study holds, in words and numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from experiments.replication import KEYS
from experiments.store.database import STATUSES

if TYPE_CHECKING:
    from experiments.replay import Replay
    from experiments.study import Study

MANY = 10
"""Failures that are told one by one."""


def run_name(key: tuple[str, int, str]) -> str:
    """A run's name as ``loanlab replay`` takes it. key: assumptions, replication, strategy."""
    assumptions, replication, strategy = key
    return f"{strategy}/{assumptions}/{replication}"


def status_of(study: Study) -> dict[str, Any]:
    """Counts by status, what is missing from the plan, seconds, and the failures."""
    statuses = list(study.statuses.values())
    counts = {status: statuses.count(status) for status in STATUSES}
    planned = len(study.worlds) * len(study.arms)
    volatile = study.volatile
    return {
        **study.plan, "seed": study.seed, "model_version": study.facts["identity"][2],
        "planned": planned, **counts, "missing": planned - counts["ok"] - counts["failed"],
        "seconds": float(volatile["seconds"].sum()),
        "failures": [
            {"run": run_name(tuple(row[:3])), "seed": row[3], "error": row[4]}
            for row in study.failures[[*KEYS, "seed", "error"]].itertuples(index=False)
        ],
    }  # fmt: skip


def print_status(study: Study, folder: str) -> None:
    """The status for people."""
    found = status_of(study)
    print(
        f"{folder}: {study.scenario.name}, seed {study.seed}, {len(study.arms)} arms x "
        f"{len(study.worlds)} worlds ({study.assumptions}), model {found['model_version']}"
    )
    print(
        f"  {found['ok']:,} of {found['planned']:,} runs ok, {found['failed']:,} failed, "
        f"{found['missing']:,} missing; {found['seconds'] / 60.0:,.1f} minutes of computing"
    )
    for line in failure_lines(study):
        print(f"  {line}")
    if found["missing"]:
        print(f"Go on with: loanlab study resume {folder}")


def failure_lines(study: Study) -> list[str]:
    """The first failures, one line each, with the seed and the world that repeat them."""
    failures = study.failures
    lines = [
        f"failed: {run_name(tuple(row[:3]))} (seed {row[3]}): {str(row[4]).splitlines()[0]}"
        for row in failures[[*KEYS, "seed", "error"]].head(MANY).itertuples(index=False)
    ]
    more = len(failures) - MANY
    return [*lines, f"and {more} more"] if more > 0 else lines


def print_replay(name: str, found: Replay) -> None:
    """What came of a replay, for people."""
    if found.run.error:
        print(f"{name}: failed ({found.run.error}); the study has it as {found.stored_status}")
        print(found.run.traceback)
        return
    how = "to the last bit" if found.exact else "within 1e-9, on another platform than the study's"
    if found.stored_status != "ok":
        print(f"{name}: runs now; the study has it as {found.stored_status}")
    elif not found.differing:
        print(f"{name}: the same {how}: {len(found.run.measures)} measures and all tables")
    for what, (stored, now) in found.differing.items():
        print(f"  {what}: stored {stored}, now {now}")
    for measure in ("loss_rate", "risk_adjusted_profit", "disbursed"):
        print(f"  {measure:<22} {found.run.measures[measure]:.6g}")
