"""A tape's file as a table of cells: CSV, Parquet or XLSX, only the columns that are wanted."""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from importlib import util
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv as arrow_csv
import pyarrow.parquet as parquet

from scenarios.problems import ScenarioError, shown
from scenarios.tape.columns import plain
from scenarios.tape.mapping import Mapping

EMPTY = ("", "NA", "N/A", "#N/A", "n/a", "nan", "NaN", "null", "NULL", "None", "<NA>", "-", "—")
"""Cells that count as empty."""
_SEPARATORS = ",;\t|"
_MOST_COLUMNS = 1_000

Chosen = Callable[[list[str]], Sequence[str]]


@dataclass
class RawTable:
    """Cells of a file. table: wanted headers, index: the row as its reader counts it, the
    header's included. headers: all of the file's. uneven: row -> cells where they are not as
    many as headers. encoding: of a text file, else "". blank: rows without a wanted cell.
    """

    table: pd.DataFrame
    headers: list[str]
    uneven: dict[int, int] = field(default_factory=dict)
    encoding: str = ""
    blank: list[int] = field(default_factory=list)


def read_raw(path: Path, label: str, mapping: Mapping, chosen: Chosen) -> RawTable:
    """Read a file.

    chosen: from the file's headers those that are wanted. label: how messages name the file.
    Raises: ScenarioError where the file cannot be read, and what ``chosen`` raises.
    """
    readers: dict[str, Callable[..., RawTable]] = {
        ".csv": _read_csv, ".csv.gz": _read_csv, ".parquet": _read_parquet, ".xlsx": _read_xlsx,
    }  # fmt: skip
    ending = next((e for e in readers if path.name.lower().endswith(e)), None)
    if ending is None:
        raise ScenarioError([f"{label}: not a tape; allowed: .csv, .csv.gz, .parquet or .xlsx"])
    if not path.is_file():
        raise ScenarioError([f"{label}: no such file"])
    try:
        raw = readers[ending](path, label, mapping, chosen)
    except ScenarioError:
        raise
    except (OSError, ValueError, EOFError, KeyError, zipfile.BadZipFile):  # Arrow's: ValueErrors
        kind = {".parquet": "Parquet", ".xlsx": "XLSX"}.get(ending, "CSV")
        raise ScenarioError([f"{label}: cannot be read as {kind}"]) from None
    blank = raw.table.isna().all(axis=1).to_numpy()
    raw.blank = raw.table.index[blank].tolist()
    raw.table = raw.table[~blank]
    if raw.table.empty and not raw.uneven:
        raise ScenarioError([f"{label}: the tape has no rows"])
    return raw


def _unique(headers: list[str], label: str) -> list[str]:
    """The headers, stripped. Raises: ScenarioError where two are the same."""
    headers = [str(header).strip() for header in headers]
    folded = [plain(header) for header in headers]
    twice = sorted({h for h, f in zip(headers, folded, strict=True) if f and folded.count(f) > 1})
    if twice:
        names = ", ".join(map(shown, twice[:5]))
        raise ScenarioError([f"{label}: two columns have the same header: {names}"])
    return headers


# --- CSV -----------------------------------------------------------------------------------


def _text(path: Path, label: str, encoding: str) -> tuple[str, str]:
    """A file's text and the encoding it was read in."""
    content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    if not content.strip():
        raise ScenarioError([f"{label}: the file is empty"])
    tried = [encoding] if encoding else ["utf-8-sig", "gb18030"]
    if not encoding and content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        tried = ["utf-16"]
    for name in tried:
        try:
            return content.decode("utf-8-sig" if name == "utf-8" else name), name
        except UnicodeDecodeError as error:
            place = content.count(b"\n", 0, error.start) + 1
    told = encoding or ("UTF-16" if tried == ["utf-16"] else "UTF-8 or GB18030")
    raise ScenarioError([f"{label}: row {place}: not text in {told}"])


def _separator(line: str) -> str:
    """The sign between the headers."""
    try:
        return str(csv.Sniffer().sniff(line, delimiters=_SEPARATORS).delimiter)
    except csv.Error:
        return ","


def _read_csv(path: Path, label: str, mapping: Mapping, chosen: Chosen) -> RawTable:
    text, encoding = _text(path, label, mapping.encoding)
    if "\0" in text:
        row = text.count("\n", 0, text.index("\0")) + 1
        raise ScenarioError([f"{label}: row {row}: a zero byte; not a text file"])
    lines = io.StringIO(text, newline="")
    for _ in range(mapping.header_row - 1):
        lines.readline()
    start = lines.tell()
    separator = _separator(lines.readline())
    lines.seek(start)
    headers = _headers(lines, separator, label)
    wanted = [headers.index(header) for header in chosen(headers)]
    columns = {f"f{place}": pa.string() for place in wanted}
    uneven: dict[int, int] = {}

    def note(row: Any) -> str:
        uneven[row.number + mapping.header_row - 1] = row.actual_columns
        return "skip"

    table = arrow_csv.read_csv(
        pa.BufferReader(text[start:].encode()),
        # The number of an uneven row is known in one thread only.
        read_options=arrow_csv.ReadOptions(use_threads=False, autogenerate_column_names=True),
        parse_options=arrow_csv.ParseOptions(
            delimiter=separator, ignore_empty_lines=False, newlines_in_values='"' in text,
            invalid_row_handler=note,
        ),
        convert_options=arrow_csv.ConvertOptions(
            include_columns=list(columns), column_types=columns, strings_can_be_null=True,
            quoted_strings_can_be_null=True, null_values=list(EMPTY),
        ),
    ).slice(1)  # fmt: skip  # the headers
    cells: pd.DataFrame = table.rename_columns([headers[place] for place in wanted]).to_pandas()
    rows = np.arange(mapping.header_row + 1, mapping.header_row + 1 + len(cells) + len(uneven))
    cells.index = pd.Index(np.setdiff1d(rows, list(uneven)), name="row")
    return RawTable(cells, headers, uneven, encoding)


def _headers(lines: io.StringIO, separator: str, label: str) -> list[str]:
    """The cells of the header's row."""
    try:
        found = next(csv.reader(lines, delimiter=separator), [])
    except csv.Error:
        found = []
    if not any(header.strip() for header in found) or len(found) > _MOST_COLUMNS:
        raise ScenarioError([f"{label}: no row of headers"])
    return _unique(found, label)


# --- Parquet and XLSX ----------------------------------------------------------------------


def _read_parquet(path: Path, label: str, _mapping: Mapping, chosen: Chosen) -> RawTable:
    """Parquet has no row of headers: its first loan is row 1."""
    file = parquet.ParquetFile(path)
    names = [str(name) for name in file.schema_arrow.names]
    stripped = dict(zip(_unique(names, label), names, strict=True))
    wanted = {stripped[header]: header for header in chosen(list(stripped))}
    table = file.read(columns=list(wanted)).to_pandas(ignore_metadata=True)
    table = table.rename(columns=wanted)
    table.index = pd.RangeIndex(1, len(table) + 1, name="row")
    for name in table.columns:
        if not (pd.api.types.is_numeric_dtype(table[name])
                or pd.api.types.is_datetime64_any_dtype(table[name])):  # fmt: skip
            table[name] = _cells(table[name])
    return RawTable(table, list(stripped))


def _read_xlsx(path: Path, label: str, mapping: Mapping, chosen: Chosen) -> RawTable:
    if util.find_spec("openpyxl") is None:
        need = "an XLSX file needs the extra xlsx; install it with: "
        raise ScenarioError([f"{label}: {need}python -m pip install 'loanlab[xlsx]'"])
    from openpyxl import load_workbook

    book = load_workbook(path, read_only=True, data_only=True)
    try:
        if mapping.sheet and mapping.sheet not in book.sheetnames:
            known = shown(", ".join(book.sheetnames))
            raise ScenarioError([f"{label}: no sheet {shown(mapping.sheet)}; it has {known}"])
        sheet = book[mapping.sheet] if mapping.sheet else book.worksheets[0]
        rows = sheet.iter_rows(min_row=mapping.header_row, values_only=True)
        first = ["" if cell is None else str(cell) for cell in next(rows, ())]
        if not any(first):
            raise ScenarioError([f"{label}: no row of headers"])
        headers = _unique(first, label)
        wanted = list(chosen(headers))
        places = [headers.index(header) for header in wanted]
        cells = [[row[p] if p < len(row) else None for p in places] for row in rows]
    finally:
        book.close()
    table = pd.DataFrame(cells, columns=wanted, dtype=object)
    table.index = pd.RangeIndex(mapping.header_row + 1, mapping.header_row + 1 + len(table))
    return RawTable(table.apply(_cells), headers)


def _cells(column: pd.Series) -> pd.Series:
    """Cells of any kind as text; empty ones as missing."""
    texts = column.map(_cell, na_action="ignore").astype("str")
    return texts.mask(texts.str.strip().isin(EMPTY))


def _cell(value: Any) -> str:
    """A cell as its reader sees it: 5 for 5.0, the day of a date, 1 and 0 for true and false."""
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return str(value.date()) if hasattr(value, "date") else str(value)
