"""What the commands on studies print: tables for people, JSON for machines."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    import pandas as pd

    from experiments.study import Study


def print_study(
    study: Study, folder: Path, *, as_json: bool, share: float | None = None, risk: bool = False
) -> None:
    """The results of a study; exit code 1 where runs failed.

    share: precision asked for. risk: the tables of risk as well.
    """
    if as_json:
        print(json.dumps(_study_as_json(study, folder), ensure_ascii=False))
    elif study.has_baseline:
        from experiments.equal_table import print_equal
        from experiments.money_table import print_money
        from experiments.risk_table import print_risk
        from experiments.tables import console, print_comparison

        print_comparison(study, *([] if share is None else [share]))
        print()
        print_equal(study, console())
        print()
        print_money(study, console())
        if risk:
            print()
            print_risk(study, console())
        if share is not None:
            from experiments.precision_table import print_precision

            print()
            print_precision(study, share, console())
        print_files(folder)
    if len(study.failures):
        from experiments.store.report import failure_lines

        for line in [*failure_lines(study), f"runs that failed: {len(study.failures)}"]:
            print(f"loanlab: {line}", file=sys.stderr)
        raise typer.Exit(1)


def _study_as_json(study: Study, folder: Path) -> dict[str, Any]:
    """What compare prints with --json."""
    from experiments.money_table import money_of
    from experiments.precision import precision
    from experiments.risk_table import risk_of

    runs = study.runs
    base = runs[(runs["assumptions"] == "fixed") & (runs["strategy"] == "baseline")]
    means = base.drop(columns=["assumptions", "replication", "strategy"]).mean()
    return {
        "scenario": study.scenario.name,
        "seed": study.seed,
        "replications": study.replications,
        "assumptions": study.assumptions,
        "strategies": list(study.strategies),
        "baseline": records(means.to_frame().T)[0],
        "comparison": records(study.comparison()),
        "ranking": records(study.ranking()),
        "precision": records(precision(study.runs)),
        "money": records(money_of(study)),
        **{name: records(table) for name, table in risk_of(study).items()},
        "equal": records(study.at_equal()),
        "equal_left_out": study.equal_gaps(),
        "out": str(folder),
    }


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows of a table for JSON; what is not a number is null."""
    rows: list[dict[str, Any]] = json.loads(table.to_json(orient="records", double_precision=15))
    return rows


def print_files(folder: Path) -> None:
    """Paths of the results, pictures last."""
    from experiments.results import files_of

    for what, suffix in (("\nResults", ".csv"), ("Pictures", ".png")):
        told = (str(path) for path in files_of(folder) if path.suffix == suffix)
        print(f"{what}: " + ", ".join(told))
