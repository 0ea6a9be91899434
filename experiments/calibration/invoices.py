"""Read monthly invoices of firms: CSV (or .csv.gz), one row a firm, kind and month.

| column | meaning |
|---|---|
| ``firm`` | the firm's name or number |
| ``kind`` | ``output`` (sales) or ``input`` (purchases) |
| ``month`` | YYYY-MM |
| ``net`` | sum of the month's invoices without tax, any currency; credit notes are negative |

Other columns are ignored. A month without a row is one without an invoice.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from experiments.arms import StudyError
from scenarios.problems import shown

COLUMNS = ("firm", "kind", "month", "net")
KINDS = ("output", "input")


def read_invoices(path: Path) -> dict[str, pd.DataFrame]:
    """Net invoices by kind, months x firms (index: every month from the first to the last).

    NaN where a firm has no row. Raises: StudyError that names row (1 is the first below the
    headings) and column.
    """
    table = _table(path)
    missing = [name for name in COLUMNS if name not in table.columns]
    if missing:
        raise StudyError(
            f"{path}: no column {missing[0]}; needed: {', '.join(COLUMNS)}; the columns are "
            f"{shown(', '.join(map(str, table.columns)))}"
        )
    if table.empty:
        raise StudyError(f"{path}: no rows")
    month = pd.to_datetime(table["month"], format="%Y-%m", errors="coerce")
    # Not pandas' own floats: where a firm has no row they have NA, and no comparison is false.
    net = pd.to_numeric(table["net"], errors="coerce").astype("float64")
    _refuse(path, table, "firm", table["firm"].isna(), "a name or number")
    _refuse(path, table, "kind", ~table["kind"].isin(KINDS), " or ".join(KINDS))
    _refuse(path, table, "month", month.isna(), "YYYY-MM")
    _refuse(path, table, "net", ~net.between(-np.inf, np.inf, "neither"), "a number")
    twice = table.duplicated(["firm", "kind", "month"])
    _refuse(path, table, "month", twice, "one row a firm, kind and month")
    tidy = table.assign(month=month.dt.to_period("M"), net=net)
    months = pd.period_range(tidy["month"].min(), tidy["month"].max(), freq="M")
    return {
        kind: tidy[tidy["kind"] == kind].pivot(index="month", columns="firm", values="net")
        .reindex(months) for kind in KINDS
    }  # fmt: skip


def _table(path: Path) -> pd.DataFrame:
    """The file's cells as text."""
    if not path.name.lower().endswith((".csv", ".csv.gz")):
        raise StudyError(f"{path}: no invoices; allowed: .csv or .csv.gz")
    if not path.is_file():
        raise StudyError(f"{path}: no such file")
    try:
        return pd.read_csv(path, dtype="string")
    except pd.errors.EmptyDataError:
        raise StudyError(f"{path}: the file is empty") from None
    except (OSError, ValueError, EOFError):  # pandas' own errors are ValueErrors
        raise StudyError(f"{path}: cannot be read as CSV") from None


def _refuse(path: Path, table: pd.DataFrame, column: str, bad: pd.Series, allowed: str) -> None:
    """Raise for the first row of a column that is not allowed."""
    rows = np.flatnonzero(bad.to_numpy(bool, na_value=True))
    if rows.size:
        value = table[column].iloc[rows[0]]
        raise StudyError(
            f"{path}: row {rows[0] + 1}, column {column}: "
            f"{'empty' if pd.isna(value) else shown(str(value))} is not allowed "
            f"({rows.size} such rows); allowed: {allowed}"
        )
