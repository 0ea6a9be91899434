"""Observed series that drive a world: read from CSV, held against the months that it needs.

The file has a row a month, quarter or day: first column the day (2001-01-01 or 2001-01), then
values. Quarterly values hold for their three months, daily ones are averaged over the month.
Equations: docs/model-basis.md, section "Observed series".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scenarios.problems import ScenarioError, nearest, shown
from simulation.scenario import Observed

SIZES = {"systematic": 1.0, "cutoff": 3.0, "base_rate": 2.0}
"""What a series can drive -> the largest size: share of variance, sd of the score, share that is
passed on."""

_LEAST = 8  # months or quarters of which a mean and a spread are taken
_MISSING = ("", ".", "NA", "nan", "NaN")


def read_series(path: Path, label: str, entry: Mapping[str, Any]) -> pd.Series:
    """The monthly values of a series (index: month, no month missing inside is filled).

    entry: the checked table of the scenario file. label: how messages name the file.
    Raises: ScenarioError naming file, row and column.
    """
    if not path.name.lower().endswith(".csv"):
        raise ScenarioError([f"{label}: not a series; allowed: .csv"])
    if not path.is_file():
        raise ScenarioError([f"{label}: no such file"])
    try:
        cells = pd.read_csv(path, dtype="str", keep_default_na=False, skip_blank_lines=False,
                            encoding="utf-8-sig", index_col=False)  # fmt: skip
    except pd.errors.EmptyDataError:
        raise ScenarioError([f"{label}: the file is empty"]) from None
    except (OSError, ValueError):  # pandas' own errors are ValueErrors
        raise ScenarioError([f"{label}: cannot be read as CSV"]) from None
    cells.index = cells.index + 2  # the row in the file
    cells = cells[(cells != "").any(axis=1)]
    column = _column(cells, label, entry.get("column", ""))
    return _monthly(cells.iloc[:, 0], cells[column], label, entry.get("every", "month"))


def _column(cells: pd.DataFrame, label: str, wanted: str) -> str:
    """The header of the values."""
    names = [str(name) for name in cells.columns[1:]]
    if not names:
        raise ScenarioError([f"{label}: one column; a series has a day and a value"])
    if wanted and wanted not in names:
        raise ScenarioError([f"{label}: no column {shown(wanted)}{nearest(wanted, names)}"])
    return wanted or names[0]


def _monthly(days: pd.Series, values: pd.Series, label: str, every: str) -> pd.Series:
    """Values by month from the cells of the two columns."""
    day = pd.to_datetime(days, format="ISO8601", errors="coerce")
    number = pd.to_numeric(values, errors="coerce").astype("float64")
    known = ~values.isin(_MISSING)
    problems = [
        *_refused(label, days, day.isna(), "a day such as 2001-01-01"),
        *_refused(label, values, known & ~np.isfinite(number), "a number"),
    ]
    period = day.dt.to_period("Q" if every == "quarter" else "M")
    if every != "day":
        what = f"one row a {every}"
        problems += _refused(label, days, period.duplicated() & day.notna(), what)
    if problems:
        raise ScenarioError(problems)
    found = number[known].groupby(period[known]).mean()
    if len(found) < _LEAST or not found.std() > 0.0:
        what = f"fewer than {_LEAST} values" if len(found) < _LEAST else "no variation"
        raise ScenarioError([f"{label}: column {values.name}: {what}"])
    if every == "quarter":
        first = pd.PeriodIndex(found.index).asfreq("M", how="S").repeat(3)
        months = first + np.tile([0, 1, 2], len(found))
        return pd.Series(found.to_numpy().repeat(3), index=months)
    return found


def _refused(label: str, cells: pd.Series, bad: pd.Series, allowed: str) -> list[str]:
    """A line for the first cell of a column that is not allowed."""
    rows = cells.index[bad.to_numpy(bool)]
    if not len(rows):
        return []
    value = f"{shown(str(cells[rows[0]]))} is not allowed ({len(rows)} such rows)"
    return [f"{label}: row {rows[0]}, column {cells.name}: {value}; allowed: {allowed}"]


def observed(
    entries: Sequence[Mapping[str, Any]], values: Sequence[pd.Series], label: str, fork_month: str,
    before: int, after: int,
) -> tuple[Observed, ...]:  # fmt: skip
    """What drives a world month by month.

    entries: checked tables of the scenario file; values: of each its monthly values. label: names
    the file. fork_month: YYYY-MM. before, after: months of the world before the fork and from it.
    Raises: ScenarioError where there is no fork month, or naming the first month without a value.
    """
    if not entries:
        return ()
    if not fork_month:
        raise ScenarioError([f"{label}: fork_month is missing; [[series]] needs it, as in 2001-01"])
    fork = pd.Period(fork_month, freq="M")
    needed = pd.period_range(fork - before, periods=before + after, freq="M")
    problems: list[str] = []
    found = []
    for place, (entry, series) in enumerate(zip(entries, values, strict=True), 1):
        where = f"{label}: [[series]] number {place}"
        missing = needed.difference(pd.PeriodIndex(series.index))
        if len(missing):
            problems.append(
                f"{where}: {entry['file']} has no value for {missing[0]} ({len(missing)} of "
                f"{len(needed)} months missing; the world needs {needed[0]} to {needed[-1]})"
            )
        elif entry["size"] > SIZES[entry["drives"]]:
            most = f"{SIZES[entry['drives']]:g} where it drives {entry['drives']}"
            problems.append(f"{where}: size = {entry['size']:g} is not allowed; at most {most}")
        else:
            path = _path(entry, series, needed)
            told = f"{entry['file']}, {needed[0]} to {needed[-1]}"
            found.append(
                Observed(entry["name"], entry["drives"], entry["size"], told, tuple(path.tolist()))
            )
    share = sum(s.size for s in found if s.drives == "systematic")
    if share > 1.0 + 1e-9:
        problems.append(f"{label}: series: the sizes that drive systematic add up to {share:g}; "
                        "allowed: at most 1")  # fmt: skip
    if problems:
        raise ScenarioError(problems)
    return tuple(found)


def _path(
    entry: Mapping[str, Any], series: pd.Series, needed: pd.PeriodIndex
) -> NDArray[np.float64]:
    """The months' path: in sd of its own history with its sign, or a rate's distance (1/year)."""
    months = series.reindex(needed).to_numpy(np.float64)
    if entry["drives"] == "base_rate":
        return np.asarray((months - months.mean()) / 100.0)
    standard = (months - float(series.mean())) / float(series.std(ddof=0))
    bad_is = -1.0 if entry["drives"] == "systematic" else 1.0
    sign = bad_is if entry.get("high_is", "bad") == "bad" else -bad_is
    return np.asarray(sign * standard)
