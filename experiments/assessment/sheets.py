"""The cells of a CSV or XLSX file, with the row and column that its writer sees."""

from __future__ import annotations

import csv
import io
import warnings
from collections.abc import Callable
from contextlib import closing
from importlib import util
from pathlib import Path
from typing import NamedTuple

from scenarios.problems import ScenarioError, nearest, shown

SHEET = "questionnaire"
"""Name of the sheet of a workbook that is read; the only sheet may have any name."""

ENDINGS = (".csv", ".xlsx")
_ENCODINGS = ("utf-8-sig", "gb18030")
_SEPARATORS = (",", ";", "\t")
_LONGEST_ROW = 2_000


class Sheet(NamedTuple):
    """A table as it stands in a file.

    label: how messages name the file. name: of the sheet, "" for CSV. rows: number of each row
    that is not empty, from 1, with its cells; empty cells are "".
    """

    label: str
    name: str
    rows: list[tuple[int, list[object]]]

    def place(self, row: int, column: int | None = None, heading: str = "") -> str:
        """Where a cell or row is, as the beginning of a message. column: from 0."""
        where = f"{self.label}: sheet {self.name}, " if self.name else f"{self.label}: "
        if column is None:
            return f"{where}row {row}"
        letters = f" {column_letters(column)}" if self.name or not heading else ""
        named = f" {shown(heading)}" if heading else ""
        return f"{where}row {row}, column{letters}{named}"


def column_letters(column: int) -> str:
    """The letters of a spreadsheet's column. column: from 0."""
    letters = ""
    while column >= 0:
        column, last = divmod(column, 26)
        letters = chr(ord("A") + last) + letters
        column -= 1
    return letters


def check_openpyxl(what: str) -> None:
    """Can workbooks be read and written? Raises: ScenarioError that names the extra."""
    if util.find_spec("openpyxl") is None:
        advice = "install it with: python -m pip install 'loanlab[xlsx]', or use CSV"
        raise ScenarioError([f"{what}: XLSX needs the extra xlsx; {advice}"])


def read_sheet(path: Path) -> Sheet:
    """The table of a file. Raises: ScenarioError where it cannot be read as what its name says."""
    label = str(path)
    readers: dict[str, Callable[[Path, str], Sheet]] = {".csv": _csv, ".xlsx": _xlsx}
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise ScenarioError([f"{label}: not a questionnaire; allowed: {' or '.join(ENDINGS)}"])
    if path.is_dir():
        raise ScenarioError([f"{label}: is a folder, not a file"])
    if not path.is_file():
        raise ScenarioError([f"{label}: no such file{_neighbour(path)}"])
    try:
        sheet = reader(path, label)
    except OSError as error:
        raise ScenarioError([f"{label}: cannot be read ({error.strerror or error})"]) from None
    if not sheet.rows:
        raise ScenarioError([f"{label}: the {'sheet' if sheet.name else 'file'} is empty"])
    return sheet


def _neighbour(path: Path) -> str:
    """The nearest file of a kind that can be read in the same folder."""
    beside = path.parent.iterdir() if path.parent.is_dir() else ()
    advice = nearest(path.name, [p.name for p in beside if p.suffix.lower() in ENDINGS])
    return advice if "nearest" in advice else ""


def _csv(path: Path, label: str) -> Sheet:
    """A text file in UTF-8 or GB 18030, separated by commas, semicolons or tabs."""
    text = _decoded(path.read_bytes(), label)
    separator = max(_SEPARATORS, key=_heading(text).count)
    reader = csv.reader(io.StringIO(text), delimiter=separator, strict=True)
    rows: list[list[object]] = []
    try:
        rows.extend(list(cells) for cells in reader)
    except csv.Error as error:
        where = f"{label}: row {len(rows) + 1} cannot be read as CSV ({error})"
        allowed = 'allowed: text in straight quotes that are closed, "..."'
        raise ScenarioError([f"{where}; {allowed}"]) from None
    return _filled(label, "", rows)


def _heading(text: str) -> str:
    """The first line that is neither empty nor a remark."""
    lines = (line for line in text.splitlines() if line.strip() and not is_remark(line))
    return next(lines, "")


def is_remark(cell: object) -> bool:
    """Is it the first cell of a row that is not read?"""
    return isinstance(cell, str) and cell.strip().strip('"').startswith("#")


def _decoded(content: bytes, label: str) -> str:
    """The text of a file. Raises: ScenarioError."""
    for encoding in _ENCODINGS:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise ScenarioError([f"{label}: not a text file; allowed: CSV in UTF-8 or GB 18030"])


def _xlsx(path: Path, label: str) -> Sheet:
    """The sheet ``questionnaire`` of a workbook, or its only sheet."""
    check_openpyxl(label)
    from openpyxl import load_workbook

    try:
        with (
            warnings.catch_warnings(action="ignore"),  # of styles and lists, which are not read
            closing(load_workbook(path, read_only=True, data_only=True)) as book,
        ):
            names = [sheet.title for sheet in book.worksheets]
            name = SHEET if SHEET in names else names[0] if len(names) == 1 else None
            rows = [list(cells) for cells in book[name].iter_rows(values_only=True)] if name else []
    except OSError:
        raise
    except Exception as error:  # a damaged workbook raises whatever its damage provokes
        raise ScenarioError([f"{label}: cannot be read as XLSX"]) from error
    if name is None:
        told = ", ".join(names) or "none"
        raise ScenarioError([f"{label}: no sheet {SHEET}; the sheets are {shown(told)}"])
    return _filled(label, name, rows)


def _filled(label: str, name: str, rows: list[list[object]]) -> Sheet:
    """The rows that hold something, without the empty cells at their ends."""
    kept: list[tuple[int, list[object]]] = []
    for number, cells in enumerate(rows, start=1):
        row = [_plain(cell) for cell in cells]
        while row and row[-1] == "":
            row.pop()
        if len(row) > _LONGEST_ROW:
            told = f"row {number} has {len(row)} cells; allowed: at most {_LONGEST_ROW}"
            raise ScenarioError([f"{label}: {told}"])
        if row and not is_remark(row[0]):
            kept.append((number, row))
    return Sheet(label, name, kept)


def _plain(cell: object) -> object:
    """A cell with blanks at its ends removed; None as empty, a whole float as a whole number."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return int(cell)
    return cell.strip() if isinstance(cell, str) else cell
