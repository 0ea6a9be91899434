"""A study's rows in files for other programs: Parquet, CSV, XLSX."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from experiments.arms import StudyError
from experiments.run_tables import RUN_TABLES

if TYPE_CHECKING:
    from experiments.study import Study

SHEET_ROWS = 1_048_575
"""Rows that a sheet of XLSX holds under its heading."""


def _parquet(table: pd.DataFrame, path: Path) -> None:
    table.to_parquet(path, index=False)


def _csv(table: pd.DataFrame, path: Path) -> None:
    table.to_csv(path, index=False, lineterminator="\n")


def _xlsx(table: pd.DataFrame, path: Path) -> None:
    if len(table) > SHEET_ROWS:
        raise StudyError(
            f"{path.name}: {len(table):,} rows do not fit on a sheet of {SHEET_ROWS:,}; "
            "export as parquet or csv"
        )
    try:
        table.to_excel(path, index=False, engine="openpyxl")
    except ImportError:
        raise StudyError('XLSX needs openpyxl: python -m pip install "loanlab[xlsx]"') from None


WRITERS: dict[str, Callable[[pd.DataFrame, Path], None]] = {
    "parquet": _parquet, "csv": _csv, "xlsx": _xlsx,
}  # fmt: skip
"""How a table is written, by the ending of its file."""


def export(study: Study, folder: Path, kind: str) -> list[Path]:
    """Write the runs, their tables and the comparison.

    Rows are sorted by what names a run, so the same study gives the same rows however often it
    was interrupted, and in Parquet and CSV the same bytes. kind: of WRITERS. Returns: the files.
    """
    tables = {"runs": study.all_runs, "failures": study.failures.drop(columns="traceback")}
    tables |= {name: study.table(name) for name in RUN_TABLES}
    if study.has_baseline:
        tables["comparison"] = study.comparison()
    written = []
    for name, table in tables.items():
        path = folder / f"{name}.{kind}"
        partial = path.with_name(f".{path.stem}.partial.{kind}")
        WRITERS[kind](table, partial)
        partial.replace(path)
        written.append(path)
    return written
