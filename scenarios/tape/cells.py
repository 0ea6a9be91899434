"""From cells to values: numbers, dates and codes as banks write them.

Each function returns the values (missing where a cell is empty or cannot be read) and which
cells could not be read.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scenarios.tape.columns import Column, Source, plain

Read = tuple[pd.Series, NDArray[np.bool_]]

_GROUPED = r"[+-]?(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d+)?(?:e[+-]?\d{1,2})?"
_SIGNS = r"[\s¥$€元]|cny|rmb|usd"
_YEAR_FIRST = ("%Y-%m-%d", "%Y%m%d")
_YEAR_LAST = {"ymd": (), "dmy": ("%d-%m-%Y",), "mdy": ("%m-%d-%Y",)}
_NAMED_MONTH = ("%d-%b-%Y", "%d-%B-%Y")
_EXCEL_EPOCH = pd.Timestamp("1899-12-30")


def is_text(cells: pd.Series) -> bool:
    """Are the cells text, not numbers or dates already?"""
    return not (pd.api.types.is_numeric_dtype(cells) or pd.api.types.is_datetime64_any_dtype(cells))


def texts(cells: pd.Series) -> pd.Series:
    """Cells as plain text, 5 for 5.0; missing stay missing."""
    if not is_text(cells):
        cells = cells.astype("str").where(cells.notna())
    return _by_word(cells, lambda word: plain(word).removesuffix(".0"))


def _by_word(cells: pd.Series, change: Callable[[str], str]) -> pd.Series:
    """Apply a function to each different word once: a million cells have few words."""
    return cells.map({word: change(word) for word in cells.dropna().unique()})


def without_unknown(cells: pd.Series, source: Source) -> pd.Series:
    """Cells with those that the mapping calls unknown as missing."""
    if not source.unknown:
        return cells
    return cells.mask(texts(cells).isin(source.unknown))


def numbers(cells: pd.Series, source: Source, decimal: str) -> Read:
    """Numbers, with separators of thousands, signs of money and per cent."""
    if not is_text(cells):
        if not pd.api.types.is_numeric_dtype(cells):
            return _nothing(cells)
        values = cells.astype("float64").fillna(np.nan) * source.scale
        return values, np.zeros(len(cells), dtype=bool)
    values = pd.to_numeric(cells, errors="coerce").astype("float64")
    odd = (cells.notna() & (values.isna() if decimal == "." else True)).to_numpy(bool)
    if odd.any():
        written = cells[odd].str.normalize("NFKC").str.lower().str.replace(_SIGNS, "", regex=True)
        if decimal == ",":
            written = written.str.translate(str.maketrans(",.", ".,"))
        share = written.str.endswith("%").to_numpy(bool)
        written = written.str.removesuffix("%")
        clear = written.where(written.str.fullmatch(_GROUPED)).str.replace(",", "")
        read = pd.to_numeric(clear, errors="coerce").to_numpy("float64")
        values.loc[odd] = np.where(share, read / 100.0, read)
    return values * source.scale, (cells.notna() & values.isna()).to_numpy(bool)


def dates(cells: pd.Series, order: str) -> Read:
    """Days. order: of day and month where the year is last, ymd: such dates cannot be read."""
    if pd.api.types.is_datetime64_any_dtype(cells):
        days = cells.dt.tz_localize(None) if cells.dt.tz is not None else cells
        return days.astype("datetime64[s]"), np.zeros(len(cells), dtype=bool)
    if not is_text(cells):
        cells = texts(cells)
    days = pd.to_datetime(cells, format="%Y-%m-%d", errors="coerce").astype("datetime64[s]")
    odd = (cells.notna() & days.isna()).to_numpy()
    if odd.any():
        words = pd.Series(cells[odd].unique(), dtype="str")
        days.loc[odd] = cells[odd].map(pd.Series(_odd_dates(words, order).to_numpy(), index=words))
    return days, (cells.notna() & days.isna()).to_numpy(bool)


def _odd_dates(words: pd.Series, order: str) -> pd.Series:
    """Dates in other forms: 2001/1/31, 20010131, 2001年1月31日, with a time, Excel's days."""
    written = words.str.normalize("NFKC").str.strip()
    written = written.str.replace(r"[T ]\d{1,2}:\d{2}.*$", "", regex=True)
    written = written.str.replace(r"[年月/. ]", "-", regex=True).str.replace("日", "")
    days = pd.Series(pd.NaT, index=words.index, dtype="datetime64[s]")
    for form in (*_YEAR_FIRST, *_YEAR_LAST[order], *_NAMED_MONTH):
        days = days.fillna(pd.to_datetime(written, format=form, errors="coerce"))
    counted = pd.to_numeric(written.where(written.str.fullmatch(r"[2-7]\d{4}")), errors="coerce")
    excel = _EXCEL_EPOCH + pd.to_timedelta(counted.astype("float64"), unit="D")
    return days.fillna(excel).astype("datetime64[s]")


def codes(cells: pd.Series, column: Column, source: Source) -> Read:
    """Codes as the words of the column; of a flag as 1.0 and 0.0."""
    known = source.codes or column.codes
    words = texts(cells)
    values = words.map(dict(known))
    unread = (words.notna() & values.isna()).to_numpy()
    if source.other is not None:
        # Where every other code has a value, an empty cell is one of them only for a flag.
        values = values.mask(unread, source.other)
        if column.kind == "flag":
            values = values.fillna(source.other)
        unread = np.zeros(len(cells), dtype=bool)
    if column.kind == "flag":
        return pd.to_numeric(values, errors="coerce").astype("float64"), unread
    return values.astype("str"), unread


def identifiers(cells: pd.Series) -> Read:
    """Each different cell as a number, so that no name is kept; missing where empty."""
    order, _ = pd.factorize(cells.str.strip() if is_text(cells) else cells)
    values = pd.Series(order.astype("float64"), index=cells.index)
    return values.where(order >= 0), np.zeros(len(cells), dtype=bool)


def _nothing(cells: pd.Series) -> Read:
    """No value at all: a column of dates where numbers belong."""
    return pd.Series(np.nan, index=cells.index), cells.notna().to_numpy(bool)


def today() -> pd.Timestamp:
    """The day on which a tape without a day of its own is read."""
    return pd.Timestamp(dt.datetime.now(tz=dt.UTC).date())
