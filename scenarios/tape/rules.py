"""What the values of a tape must be, as a schema of pandera: bounds, order of days, duplicates."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pandera.pandas as pa

from scenarios.tape.columns import COLUMNS, Column

_FIRST_DAY = pd.Timestamp("1900-01-01")
AFTER = {"default_date": "days_to_default", "closed_date": "days_to_end"}
"""A date that cannot lie before the disbursement -> the days between them, checked beside it."""

_TWICE = "each loan once, but this number stands in an earlier row"
_EARLY = "a day not before the disbursement"


def schema(loans: pd.DataFrame, cut_off: pd.Timestamp) -> pa.DataFrameSchema:
    """The schema for the columns that a tape has. cut_off: the day of the tape."""
    columns = {name: _column(column, cut_off) for name, column in COLUMNS.items() if name in loans}
    for days in AFTER.values():
        if days in loans:
            columns[days] = pa.Column("float64", pa.Check.ge(0.0, error=_EARLY), nullable=True)
    return pa.DataFrameSchema(columns)


def with_days(loans: pd.DataFrame) -> pd.DataFrame:
    """The loans with the days from disbursement to default and to the end, where known."""
    if "disbursement_date" not in loans:
        return loans
    between = {
        days: (loans[date] - loans["disbursement_date"]).dt.days.astype("float64")
        for date, days in AFTER.items() if date in loans
    }  # fmt: skip
    return loans.assign(**between)


def _column(column: Column, cut_off: pd.Timestamp) -> pa.Column:
    """One column's rules."""
    if column.kind == "identifier":
        return pa.Column("float64", unique=column.allowed.endswith("once"), nullable=True,
                         report_duplicates="exclude_first")  # fmt: skip
    checks = {
        "number": lambda: pa.Check.in_range(
            column.low, column.high, include_min=not column.above, error=column.allowed),
        "date": lambda: pa.Check.in_range(_FIRST_DAY, cut_off, error=_days(cut_off)),
        "code": lambda: pa.Check.isin(set(column.codes.values()), error=column.allowed),
        "flag": lambda: pa.Check.isin([0.0, 1.0], error=column.allowed),
    }  # fmt: skip
    return pa.Column(checks=checks[column.kind](), nullable=not column.needed)


def _days(cut_off: pd.Timestamp) -> str:
    return f"a day from {_FIRST_DAY.date()} to {cut_off.date()}, the day of the tape"


def breaches(loans: pd.DataFrame, cut_off: pd.Timestamp) -> pd.DataFrame:
    """Every value that is not allowed: columns ``column``, ``row``, ``allowed``.

    loans: values by column, index: the row in the file.
    """
    checked = with_days(loans)
    try:
        schema(checked, cut_off).validate(checked, lazy=True)
    except pa.errors.SchemaErrors as error:
        found = error.failure_cases
    else:
        return pd.DataFrame({"column": [], "row": np.array([], dtype=np.int64), "allowed": []})
    home = {days: date for date, days in AFTER.items()}
    column = found["column"].replace(home)
    allowed = found["check"].mask(found["check"] == "field_uniqueness", _TWICE)
    empty = found["check"] == "not_nullable"
    allowed = allowed.mask(empty, column.map(lambda name: COLUMNS[name].allowed))
    return pd.DataFrame({"column": column, "row": found["index"].astype("int64"),
                         "allowed": allowed})  # fmt: skip
