"""Read a loan tape: a table of past loans from which enterprises are sampled.

CSV or Parquet, one row a loan. Columns (others are ignored):

| column | meaning | where absent |
|---|---|---|
| ``disbursed`` or ``amount`` | amount lent, above 0; times ``tape_unit_cny`` it is CNY | an error |
| ``naics2`` or ``sector`` | two-digit NAICS code, or a name of ``SECTORS`` | other |
| ``no_emp`` or ``employees`` | employees, 0 where unknown | 0 |
| ``new_exist`` or ``is_new`` | 1 existing, 2 new, 0 unknown; or 1 new, 0 existing | existing |
| ``rev_line`` or ``revolving`` | Y revolving, all else not; or 1 and 0 | not revolving |
| ``weight`` | sampling weight, above 0 | 1 |

Of two columns with the same meaning the first named counts.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scenarios.problems import ScenarioError, nearest, shown
from simulation.scenario import SECTORS, Tape

NAICS_SECTORS: dict[int, str] = {
    23: "construction",
    31: "manufacturing", 32: "manufacturing", 33: "manufacturing",
    42: "wholesale",
    44: "retail", 45: "retail",
    48: "transport", 49: "transport",
    51: "services", 52: "services", 53: "services", 54: "services", 55: "services",
    56: "services", 61: "services", 62: "services", 71: "services", 81: "services",
    72: "hospitality",
}  # fmt: skip
"""Two-digit NAICS code -> sector. All else is other: 0 unknown, 11 farming, 21 mining,
22 utilities, 92 administration."""

_AMOUNT = ("disbursed", "amount")
_KNOWN = (*_AMOUNT, "naics2", "sector", "no_emp", "employees", "new_exist", "is_new",
          "rev_line", "revolving", "weight")  # fmt: skip
_LARGEST = 1e12
_YES = {"1", "1.0", "y", "yes", "true"}
_NO = {"0", "0.0", "n", "no", "false", "", "nan", "none", "<na>"}


def read_tape(path: str | Path, unit_cny: float = 1.0, label: str | None = None) -> Tape:
    """Read a loan tape.

    path: file ending in .csv, .csv.gz or .parquet. unit_cny: CNY of one unit of the tape's
    amounts (7.0 for US dollars). label: how messages name the tape; the path where None.
    Returns: the tape, amounts in CNY.
    Raises: ScenarioError naming every column at fault, with the first bad row.
    """
    path = Path(path)
    label = label or str(path)
    table = _table(path, label)
    problems: list[str] = []
    if table.empty:
        problems.append(f"{label}: the tape has no rows")
    if not set(_AMOUNT) & set(table.columns):
        guess = next((c for c in table.columns if nearest(str(c), _AMOUNT)[:9] == "; nearest"), "")
        advice = f"; is {guess} meant?" if guess else ""
        problems.append(
            f"{label}: no column disbursed or amount{advice}; "
            f"the columns are {shown(', '.join(map(str, table.columns)))}"
        )
    if problems:
        raise ScenarioError(problems)
    columns = _Columns(table, label, problems)
    tape = Tape(
        amount_cny=columns.numbers(_AMOUNT, 1.0, above_zero=True) * unit_cny,
        sector=columns.sectors(),
        employees=columns.numbers(("no_emp", "employees"), 0.0, above_zero=False),
        is_new=columns.is_new(),
        revolving=columns.revolving(),
        weight=columns.numbers(("weight",), 1.0, above_zero=True),
    )
    if problems:
        raise ScenarioError(problems)
    return tape


def _table(path: Path, label: str) -> pd.DataFrame:
    """The file as a table, whatever its form."""
    readers: dict[str, Callable[[Path], pd.DataFrame]] = {
        ".csv": pd.read_csv, ".csv.gz": pd.read_csv, ".parquet": pd.read_parquet,
    }  # fmt: skip
    ending = next((e for e in readers if path.name.lower().endswith(e)), None)
    if ending is None:
        raise ScenarioError([f"{label}: not a tape; allowed: .csv, .csv.gz or .parquet"])
    if path.is_dir() or not path.is_file():
        raise ScenarioError([f"{label}: no such file"])
    try:
        return readers[ending](path)
    except pd.errors.EmptyDataError:
        raise ScenarioError([f"{label}: the file is empty"]) from None
    except UnicodeDecodeError:
        raise ScenarioError([f"{label}: not a text file in UTF-8"]) from None
    except (OSError, ValueError, EOFError):  # pandas' and Arrow's own errors are ValueErrors
        kind = "Parquet" if ending == ".parquet" else "CSV"
        raise ScenarioError([f"{label}: cannot be read as {kind}"]) from None


class _Columns:
    """The tape's columns under their several names; problems are collected."""

    def __init__(self, table: pd.DataFrame, label: str, problems: list[str]) -> None:
        self._table, self._label, self._problems = table, label, problems

    def _named(self, names: tuple[str, ...]) -> str | None:
        return next((name for name in names if name in self._table.columns), None)

    def _refuse(self, name: str, bad: NDArray[np.bool_], allowed: str) -> None:
        """Note the rows of a column that are not allowed."""
        if bad.any():
            row = int(np.argmax(bad))
            value = shown(self._table[name].iloc[row])
            self._problems.append(
                f"{self._label}: column {name}, row {row + 1}: {value} is not allowed"
                f" ({int(bad.sum())} such rows); allowed: {allowed}"
            )

    def numbers(
        self, names: tuple[str, ...], absent: float, above_zero: bool
    ) -> NDArray[np.float64]:
        """A column of numbers: all above 0, or at least 0 with empty cells as 0."""
        name = self._named(names)
        if name is None:
            return np.full(len(self._table), absent)
        column = self._table[name]
        values = pd.to_numeric(column, errors="coerce").to_numpy(np.float64, na_value=np.nan)
        if above_zero:
            good = (values > 0) & (values <= _LARGEST)
            self._refuse(name, ~good, f"a number above 0, at most {_LARGEST:.0e}")
            return values
        values = np.where(column.isna().to_numpy(), 0.0, values)
        self._refuse(name, ~((values >= 0) & (values <= _LARGEST)), "a number of at least 0")
        return values

    def sectors(self) -> NDArray[np.int64]:
        """Index into SECTORS of each row."""
        other = SECTORS.index("other")
        name = self._named(("naics2", "sector"))
        if name is None:
            return np.full(len(self._table), other)
        if name == "naics2":
            codes = pd.to_numeric(self._table[name].fillna(0), errors="coerce")
            self._refuse(name, ~codes.between(0, 99).to_numpy(), "a code of two digits")
            index = {code: SECTORS.index(sector) for code, sector in NAICS_SECTORS.items()}
            return codes.map(index).fillna(other).to_numpy().astype(np.int64)
        words = self._table[name].fillna("other").astype(str).str.strip().str.lower()
        self._refuse(name, ~words.isin(SECTORS).to_numpy(), ", ".join(SECTORS))
        places = {sector: place for place, sector in enumerate(SECTORS)}
        return words.map(places).fillna(other).to_numpy().astype(np.int64)

    def is_new(self) -> NDArray[np.int64]:
        """1 for a new business, 0 for an existing or unknown one."""
        if self._named(("new_exist", "is_new")) == "new_exist":
            codes = pd.to_numeric(self._table["new_exist"].fillna(0), errors="coerce")
            self._refuse("new_exist", ~codes.isin([0, 1, 2]).to_numpy(), "0, 1 or 2")
            return (codes == 2).to_numpy().astype(np.int64)
        return self._flags("is_new")

    def revolving(self) -> NDArray[np.int64]:
        """1 for a revolving loan, 0 for any other."""
        if self._named(("rev_line", "revolving")) == "rev_line":
            words = self._table["rev_line"].astype(str).str.strip().str.upper()
            return (words == "Y").to_numpy().astype(np.int64)
        return self._flags("revolving")

    def _flags(self, name: str) -> NDArray[np.int64]:
        """A column of yes and no; absent means no."""
        if name not in self._table.columns:
            return np.zeros(len(self._table), dtype=np.int64)
        words = self._table[name].astype(str).str.strip().str.lower()
        self._refuse(name, ~words.isin(_YES | _NO).to_numpy(), "1 or 0")
        return words.isin(_YES).to_numpy().astype(np.int64)
