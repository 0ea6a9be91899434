"""What is wrong with a tape, and what is only odd, in sentences with row and column."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scenarios.problems import nearest, shown
from scenarios.tape.columns import COLUMNS, DEFAULT, PAID, Source


class Breaches:
    """Problems of a tape: of each kind the first few cells one by one, the rest counted.

    label: names the file. headers: column -> header. most: cells told of one kind.
    lines: what has been found so far.
    """

    def __init__(self, label: str, headers: Mapping[str, str], most: int) -> None:
        self.lines: list[str] = []
        self._label, self._headers, self._most = label, headers, most
        self._unread: dict[str, pd.Index] = {}

    def uneven(self, rows: Mapping[int, int], headers: int) -> None:
        """Rows with more or fewer cells than the header."""
        for row, cells in list(rows.items())[: self._most]:
            what = f"{cells} cells, but the header has {headers}"
            self.lines.append(f"{self._label}: row {row}: {what}")
        self._count(
            len(rows) - self._most, "more rows with another number of cells than the header"
        )

    def unread(self, name: str, cells: pd.Series, source: Source) -> None:
        """Cells whose text is no value of their column."""
        if cells.empty:
            return
        self._unread[name] = cells.index
        allowed = _allowed(name, source)
        for row, cell in cells.head(self._most).items():
            advice = nearest(str(cell), source.codes or COLUMNS[name].codes)
            advice = advice if advice.startswith("; nearest") else ""
            self._cell(row, name, cell, allowed + advice)
        self._count(len(cells) - self._most, f"more such cells in {self._place(name)}")

    def refused(self, found: pd.DataFrame, cells: Mapping[str, pd.Series]) -> None:
        """Values that break a rule. found: columns column, row, allowed; cells: as written."""
        for (name, allowed), group in found.groupby(["column", "allowed"], sort=False):
            rows = pd.Index(group["row"]).difference(self._unread.get(str(name), pd.Index([])))
            for row in rows[: self._most]:
                self._cell(row, str(name), cells[str(name)].at[row], str(allowed))
            self._count(len(rows) - self._most, f"more such cells in {self._place(str(name))}")

    def _place(self, name: str) -> str:
        """A column as its reader knows it."""
        header = self._headers[name]
        return f"column {header}" if header == name else f"column {header} ({name})"

    def _cell(self, row: object, name: str, cell: object, allowed: str) -> None:
        # A number of a loan or an officer may name a person: it is not shown.
        hidden = COLUMNS[name].kind == "identifier"
        value = "" if hidden else f"{_written(cell)} is not allowed; "
        self.lines.append(
            f"{self._label}: row {row}, {self._place(name)}: {value}allowed: {allowed}"
        )

    def _count(self, left: int, what: str) -> None:
        if left > 0:
            self.lines.append(f"{self._label}: and {left:,} {what}")


def _written(cell: object) -> str:
    """A cell as it stands in the file."""
    if cell is None or pd.isna(cell):  # type: ignore[call-overload]
        return "an empty cell"
    return shown(str(cell.date()) if isinstance(cell, pd.Timestamp) else str(cell))


def _allowed(name: str, source: Source) -> str:
    """What a cell may hold, in words; of own codes these."""
    column = COLUMNS[name]
    if column.kind == "date":
        return 'a date such as 2001-12-31; a mapping\'s dates = "dmy" or "mdy" reads 31/12/2001'
    if column.kind in ("code", "flag") and source.codes:
        words = list(source.codes)
        return ", ".join(words[:8]) + (", …" if len(words) > 8 else "")
    return column.allowed


_ODD: tuple[tuple[str, Callable[[pd.DataFrame], pd.Series]], ...] = (
    ("loans without a day of disbursement: not in cohorts and curves",
     lambda t: t["disbursement_date"].isna()),
    ("loans in default without a day of default: not in the curves",
     lambda t: (t["status"] == DEFAULT) & t["default_date"].isna()),
    ("loans paid that have a day of default: paid in the shares, a default in the curves",
     lambda t: (t["status"] == PAID) & t["default_date"].notna()),
    ("losses above the amount lent", lambda t: t["loss_amount"] > t["amount"]),
    ("loans without a term: not in the curves", lambda t: t["term_months"].isna()),
    ("loans that equal an earlier one in every column",
     lambda t: t.drop(columns="weight", errors="ignore").duplicated()),
)  # fmt: skip


def notices(loans: pd.DataFrame, blank: list[int]) -> list[str]:
    """What is odd but possible, each with its number of loans and the first row."""
    found = [_notice("empty rows were left out", np.array(blank))] if blank else []
    for what, rule in _ODD:
        try:
            rows = loans.index[rule(loans).to_numpy(bool)]
        except KeyError:  # the tape has no such column
            continue
        if len(rows):
            found.append(_notice(what, rows.to_numpy()))
    return found


def _notice(what: str, rows: NDArray[np.int64]) -> str:
    return f"{len(rows):,} {what} (first: row {rows[0]})"
