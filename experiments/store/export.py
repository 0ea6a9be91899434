"""A study's rows in files for other programs: Parquet, CSV, XLSX."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from experiments.arms import StudyError
from experiments.results import summaries
from experiments.run_tables import RUN_TABLES

if TYPE_CHECKING:
    from experiments.study import Study

SHEET_ROWS = 1_048_575
"""Rows that a sheet of XLSX holds under its heading."""


WORKBOOK = "study.xlsx"
KINDS = ("parquet", "csv", "xlsx")


def _parquet(table: pd.DataFrame, path: Path) -> None:
    table.to_parquet(path, index=False)


def _csv(table: pd.DataFrame, path: Path) -> None:
    table.to_csv(path, index=False, lineterminator="\n")


def _workbook(tables: Mapping[str, pd.DataFrame], path: Path) -> None:
    """All tables in one file, a sheet each."""
    for name, table in tables.items():
        if len(table) > SHEET_ROWS:
            raise StudyError(
                f"{name}: {len(table):,} rows do not fit on a sheet of {SHEET_ROWS:,}; "
                "export as parquet or csv"
            )
    try:
        with pd.ExcelWriter(path, engine="openpyxl") as book:
            for name, table in tables.items():
                table.to_excel(book, sheet_name=name, index=False)
    except ImportError:
        raise StudyError('XLSX needs openpyxl: python -m pip install "loanlab[xlsx]"') from None


def export(study: Study, folder: Path, kind: str) -> list[Path]:
    """Write the runs, their tables, and what is made of them (experiments.results.summaries).

    Rows are sorted by what names a run, so the same study gives the same rows however often it
    was interrupted, and in Parquet and CSV the same bytes. folder: is made if need be. kind: of
    KINDS; ``xlsx`` is one workbook, the others a file a table. Returns: the files.
    """
    tables = {"runs": study.runs, "failures": study.failures.drop(columns="traceback")}
    tables |= {name: study.table(name) for name in RUN_TABLES}
    tables |= summaries(study)
    folder.mkdir(parents=True, exist_ok=True)
    if kind == "xlsx":
        return [_whole(folder / WORKBOOK, partial(_workbook, tables))]
    write = {"parquet": _parquet, "csv": _csv}[kind]
    return [
        _whole(folder / f"{name}.{kind}", partial(write, table)) for name, table in tables.items()
    ]


def _whole(path: Path, write: Callable[[Path], None]) -> Path:
    """A file that appears when it is whole."""
    unfinished = path.with_name(f".{path.stem}.partial{path.suffix}")
    write(unfinished)
    unfinished.replace(path)
    return path
